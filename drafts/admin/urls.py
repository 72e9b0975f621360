"""Addresses of the desk's own pages. Reading is GET; everything that changes something is POST."""

from __future__ import annotations

from django.urls import URLPattern, path

from drafts.admin import (
    account_page,
    acts,
    addresses,
    decisions,
    disputes,
    editing,
    first,
    holding,
    looking,
    outgoing,
    policies,
    policy_accounts,
    quarantine,
    queue,
    replies,
    saved,
    search,
    several,
    standards,
    versions,
    workspace,
)
from drafts.admin.readiness import readiness_urls
from drafts.admin.record_urls import record_urls
from drafts.admin.rights_urls import rights_urls
from governance.admin import preferences, who_may
from governance.admin.pages import act_view, desk_view

FOLLOW_UP_ACTS = {
    "approve": acts.approve, "request-changes": acts.request_changes, "reject": acts.reject, "route": acts.route, "snooze": acts.snooze,
    "mark-disputed": acts.mark_disputed, "dismiss-signal": acts.dismiss_signal, "confirm-signal": acts.confirm_signal,
    "claim": acts.claim, "leave": acts.leave, "take-over": acts.take_over, "reopen": acts.reopen, "close": acts.close,
    "edit": editing.save, "working-copy": editing.keep, "drop-copy": editing.drop, "check": editing.check,
    "looked": looking.look, "answer-first": first.answer,
}


def follow_up_urls() -> list[URLPattern]:
    """Below ``drafts/followup/``: the workspace and its verbs."""
    acts_ = [path(f"<int:pk>/{name}/", act_view(view), name=f"act_{name.replace('-', '_')}") for name, view in FOLLOW_UP_ACTS.items()]
    return [path("<int:pk>/review/", desk_view(workspace.review), name="review"), *acts_]


def page_urls() -> list[URLPattern]:
    """Pages of their own."""
    return [
        *version_urls(), *policy_urls(), *standard_urls(), *outgoing_urls(),
        *record_urls(), *readiness_urls(), *hold_urls(), *rights_urls(), *queue_urls(),
        path("search/", desk_view(search.search), name="search"),
        path("who-may/", desk_view(who_may.who_may, methods=("GET", "HEAD")), name="who_may"),
        path("preferences/", desk_view(preferences.preferences), name="preferences"),
        path("decisions/", desk_view(decisions.decisions), name="decisions"),
        path("decisions/<int:pk>/", desk_view(decisions.decision), name="decision"),
        path("account/<int:pk>/decision/", act_view(decisions.ask), name="ask_decision"),
        path("decisions/<int:pk>/decide/", act_view(decisions.decide), name="decide"),
        path("terms/<int:pk>/withdraw/", act_view(decisions.withdraw), name="withdraw_term"),
        path("disputes/", desk_view(disputes.disputes), name="disputes"),
        path("disputes/<int:pk>/", desk_view(disputes.dispute), name="dispute"),
        path("disputes/<int:pk>/own/", act_view(disputes.own), name="own_dispute"),
        path("disputes/<int:pk>/answer/", act_view(disputes.answer), name="answer_dispute"),
        path("disputes/<int:pk>/resolve/", act_view(disputes.resolve), name="resolve_dispute"),
        path("account/<int:pk>/", desk_view(account_page.account), name="account_page"),
        path("account/<int:pk>/draft/", act_view(account_page.request_draft), name="request_draft"),
        path("account/<int:pk>/hold/", act_view(account_page.put_hold), name="put_hold"),
        path("account/<int:pk>/call/", act_view(account_page.log_call), name="log_call"),
        path("account/<int:pk>/reply/", act_view(replies.record), name="record_reply"),
        path("account/<int:pk>/invoices/dispute/", act_view(disputes.open_for_account), name="open_dispute"),
        path("account/<int:pk>/address/", act_view(addresses.propose), name="propose_address"),
        path("address/<int:pk>/answer/", act_view(addresses.answer), name="answer_address"),
        path("account/<int:pk>/bounced/", act_view(account_page.bounced), name="mark_bounced"),
        path("replies/", desk_view(replies.replies), name="replies"),
        path("replies/<int:pk>/confirm/", act_view(replies.confirm), name="confirm_reply"),
    ]


def queue_urls() -> list[URLPattern]:
    """Beside the queue itself: lists under a name, several rows at once, what changed meanwhile."""
    return [
        path("queue/changes/", desk_view(queue.changes, methods=("GET", "HEAD")), name="queue_changes"),
        path("queue/several/", act_view(several.several), name="several"),
        path("queue/views/", desk_view(saved.new_view), name="new_view"),
        path("queue/views/<int:pk>/", desk_view(saved.view), name="saved_view"),
        path("queue/views/<int:pk>/delete/", act_view(saved.delete), name="delete_view"),
    ]


def hold_urls() -> list[URLPattern]:
    """Holds and switches."""
    return [
        path("holds/", desk_view(holding.page_of_holds), name="holds"),
        path("holds/portfolio/", act_view(holding.put_on_portfolio), name="hold_portfolio"),
        path("holds/pause-portfolio/", act_view(holding.pause_portfolio), name="pause_portfolio"),
        path("holds/model/", act_view(holding.switch_off_model), name="switch_off_model"),
        path("holds/text/", act_view(holding.switch_off_text), name="switch_off_text"),
        path("hold/<int:pk>/lift/", act_view(holding.lift), name="lift_hold"),
    ]


def outgoing_urls() -> list[URLPattern]:
    """What is on its way out, and what keeps it here."""
    return [
        path("outgoing/", desk_view(outgoing.outgoing), name="outgoing"),
        path("outgoing/pause/", act_view(outgoing.pause), name="pause_sending"),
        path("outgoing/resume/", act_view(outgoing.resume), name="resume_sending"),
        path("outgoing/quarantine/", act_view(quarantine.lift), name="lift_quarantine"),
        path("outgoing/<int:pk>/", desk_view(outgoing.delivery), name="delivery"),
        path("outgoing/<int:pk>/stop/", act_view(outgoing.stop), name="stop_delivery"),
        path("outgoing/<int:pk>/correct/", act_view(outgoing.correct), name="correct_delivery"),
        path("outgoing/<int:pk>/settle/", act_view(outgoing.settle), name="settle_delivery"),
        path("attachment/<int:pk>/", desk_view(outgoing.attachment), name="attachment"),
    ]


def version_urls() -> list[URLPattern]:
    """Versions of texts and prompts."""
    return [
        path("texts/<int:pk>/", desk_view(versions.text_version), name="text_version"),
        path("texts/<int:pk>/write/", act_view(versions.write_text), name="write_text"),
        path("texts/<int:pk>/activate/", act_view(versions.activate_text), name="activate_text"),
        path("texts/<int:pk>/restore/", act_view(versions.restore_text), name="restore_text"),
        path("texts/<int:pk>/preview/", desk_view(versions.preview_text, methods=("GET", "HEAD")), name="preview_text"),
        path("prompts/<int:pk>/restore/", act_view(versions.restore_prompt), name="restore_prompt"),
        path("prompts/<int:pk>/", desk_view(versions.prompt_version), name="prompt_version"),
        path("prompts/<int:pk>/write/", act_view(versions.write_prompt), name="write_prompt"),
        path("prompts/<int:pk>/activate/", act_view(versions.activate_prompt), name="activate_prompt"),
    ]


POLICY_ACTS = {
    "write": policies.write, "simulate": policies.simulate, "ask": policies.ask, "withdraw": policies.withdraw, "discard": policies.discard,
    "activate": policies.activate, "roll-back": policies.roll_back,
}  # fmt: skip


def policy_urls() -> list[URLPattern]:
    """The policy, version by version, and what a simulation found."""
    acts_ = [path(f"policy/<int:pk>/{name}/", act_view(view), name=f"policy_{name.replace('-', '_')}") for name, view in POLICY_ACTS.items()]
    return [
        path("policy/<int:pk>/", desk_view(policies.policy, methods=("GET", "HEAD")), name="policy"),
        *acts_,
        path("policy/simulation/<int:pk>/", desk_view(policy_accounts.accounts, methods=("GET", "HEAD")), name="simulated_accounts"),
        path("policy/simulation/<int:pk>/read/", act_view(policy_accounts.read), name="read_simulated"),
    ]


def standard_urls() -> list[URLPattern]:
    """Tone rules and guidance for reviewers."""
    reading = ("GET", "HEAD")
    return [
        path("tone/", desk_view(standards.tone, methods=reading), name="tone"),
        path("tone/write/", act_view(standards.write_tone), name="write_tone"),
        path("tone/<int:pk>/", desk_view(standards.tone_rule, methods=reading), name="tone_rule"),
        path("tone/<int:pk>/activate/", act_view(standards.activate_tone), name="activate_tone"),
        path("tone/<int:pk>/restore/", act_view(standards.restore_tone), name="restore_tone"),
        path("guidance/write/", act_view(standards.write_guidance), name="write_guidance"),
        path("guidance/<int:pk>/", desk_view(standards.guidance, methods=reading), name="guidance"),
        path("guidance/<int:pk>/activate/", act_view(standards.activate_guidance), name="activate_guidance"),
        path("guidance/<int:pk>/restore/", act_view(standards.restore_guidance), name="restore_guidance"),
    ]
