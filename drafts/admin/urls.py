"""Addresses of the desk's own pages. Reading is GET; everything that changes something is POST."""

from __future__ import annotations

from django.urls import URLPattern, path

from drafts.admin import (
    account_page,
    acts,
    decisions,
    disputes,
    editing,
    looking,
    outgoing,
    quarantine,
    replies,
    search,
    versions,
    workspace,
)
from drafts.admin.record_urls import record_urls
from governance.admin import preferences
from governance.admin.pages import act_view, desk_view

FOLLOW_UP_ACTS = {
    "approve": acts.approve, "request-changes": acts.request_changes, "reject": acts.reject, "route": acts.route,
    "mark-disputed": acts.mark_disputed, "dismiss-signal": acts.dismiss_signal, "confirm-signal": acts.confirm_signal,
    "claim": acts.claim, "leave": acts.leave, "take-over": acts.take_over, "reopen": acts.reopen, "close": acts.close,
    "edit": editing.save, "working-copy": editing.keep, "check": editing.check,
    "looked": looking.look,
}


def follow_up_urls() -> list[URLPattern]:
    """Below ``drafts/followup/``: the workspace and its verbs."""
    acts_ = [path(f"<int:pk>/{name}/", act_view(view), name=f"act_{name.replace('-', '_')}") for name, view in FOLLOW_UP_ACTS.items()]
    return [path("<int:pk>/review/", desk_view(workspace.review), name="review"), *acts_]


def page_urls() -> list[URLPattern]:
    """Pages of their own."""
    return [
        *version_urls(),
        *outgoing_urls(),
        *record_urls(),
        path("search/", desk_view(search.search), name="search"),
        path("preferences/", desk_view(preferences.preferences), name="preferences"),
        path("decisions/", desk_view(decisions.decisions), name="decisions"),
        path("decisions/<int:pk>/", desk_view(decisions.decision), name="decision"),
        path("decisions/<int:pk>/decide/", act_view(decisions.decide), name="decide"),
        path("terms/<int:pk>/withdraw/", act_view(decisions.withdraw), name="withdraw_term"),
        path("disputes/", desk_view(disputes.disputes), name="disputes"),
        path("disputes/<int:pk>/", desk_view(disputes.dispute), name="dispute"),
        path("disputes/<int:pk>/own/", act_view(disputes.own), name="own_dispute"),
        path("disputes/<int:pk>/answer/", act_view(disputes.answer), name="answer_dispute"),
        path("disputes/<int:pk>/resolve/", act_view(disputes.resolve), name="resolve_dispute"),
        path("account/<int:pk>/", desk_view(account_page.account), name="account_page"),
        path("account/<int:pk>/hold/", act_view(account_page.put_hold), name="put_hold"),
        path("account/<int:pk>/call/", act_view(account_page.log_call), name="log_call"),
        path("account/<int:pk>/reply/", act_view(replies.record), name="record_reply"),
        path("account/<int:pk>/invoices/dispute/", act_view(disputes.open_for_account), name="open_dispute"),
        path("hold/<int:pk>/lift/", act_view(account_page.lift_hold), name="lift_hold"),
        path("replies/", desk_view(replies.replies), name="replies"),
        path("replies/<int:pk>/confirm/", act_view(replies.confirm), name="confirm_reply"),
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
        path("prompts/<int:pk>/", desk_view(versions.prompt_version), name="prompt_version"),
        path("prompts/<int:pk>/write/", act_view(versions.write_prompt), name="write_prompt"),
        path("prompts/<int:pk>/activate/", act_view(versions.activate_prompt), name="activate_prompt"),
    ]
