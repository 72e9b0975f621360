"""The frame of every page: what this person may reach, how much waits there, and what is wrong right now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from drafts import states
from drafts.admin import holding, waiting
from drafts.models import FollowUp
from governance import break_glass, quarantine, verifications
from governance.admin.pages import may, moment, person, scope_for
from governance.models import Hold, Portfolio, Quarantine, TemplateVersion
from governance.roles import AUDITOR, POLICY, SYSTEM


@dataclass(frozen=True, slots=True)
class Item:
    """One link of the sidebar; shown only to people whose role may do ``action``."""

    title: str
    url_name: str
    icon: str
    action: str
    count: str = ""


SET_UP = "Set-up"
SECTIONS: tuple[tuple[str, tuple[Item, ...]], ...] = (
    (
        "Work",
        (
            Item("Home", "admin:index", "home", ""),
            Item("Queue", "admin:drafts_followup_changelist", "queue", "see_account", "mine"),
            Item("Decisions", "admin:decisions", "question", "see_account", "decisions"),
            Item("Disputes", "admin:disputes", "scale", "see_account", "signals"),
            Item("Outgoing", "admin:outgoing", "send", "stop", "leaving"),
            Item("Holds", "admin:holds", "pause", "see_health"),
            Item("Accounts", "admin:accounts_account_changelist", "accounts", "see_account"),
            Item("Notices", "admin:notices", "mail", "", "notices"),
        ),
    ),
    (
        "Record",
        (
            Item("Measures", "admin:measures", "chart", "see_metrics"),
            Item("Replies", "admin:replies", "reply", "see_draft"),
            Item("Outcomes", "admin:outcomes", "check", "see_ledger"),
            Item("Packs", "admin:packs", "doc", "export_pack"),
            Item("Compliance", "admin:compliance", "check", "see_compliance"),
            Item("Samples", "admin:samples", "search", "see_samples"),
            Item("Incidents", "admin:incidents", "alert", "see_incidents"),
            Item("Training", "admin:trainings", "people", "write_training"),
            Item("Access review", "admin:access_review", "lock", "see_access_review"),
            Item("Events", "admin:governance_event_changelist", "record", "auditor"),
            Item("All data", "admin:all_data", "data", ""),
        ),
    ),
    (
        SET_UP,
        (
            Item("Readiness", "admin:readiness", "check", "see_readiness"),
            Item("Health", "admin:health", "health", "see_health"),
            Item("Import", "admin:imports", "import", "import"),
            Item("Sources", "admin:accounts_source_changelist", "plug", "see_health"),
            Item("Policy", "admin:governance_policyversion_changelist", "rules", "see_health"),
            Item("Texts", "admin:governance_templateversion_changelist", "doc", "see_health"),
            Item("Tone and guidance", "admin:tone", "pen", "see_health"),
            Item("Prompts", "admin:governance_promptversion_changelist", "pen", "see_health"),
            Item("People", "admin:governance_user_changelist", "people", "see_roles"),
            Item("Roles", "admin:roles", "lock", "see_roles"),
            Item("Emergency access", "admin:break_glass", "alert", "see_roles"),
            Item("Portfolios", "admin:governance_portfolio_changelist", "gear", "see_roles"),
        ),
    ),
    ("Help", (Item("Who may do what", "admin:who_may", "question", ""), Item("Practice", "admin:practice", "check", "approve"))),
)


def _allowed(request: HttpRequest, item: Item) -> bool:
    if item.action == "auditor":
        return "compliance_auditor" in scope_for(request).roles_everywhere
    return not item.action or bool(may(request, item.action))


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Sections with their links. A role never sees a link that answers 403."""
    numbers = waiting.counts(request)
    out = []
    for title, items in SECTIONS:
        links = [
            {
                "title": item.title, "url": reverse(item.url_name), "icon": item.icon, "count": waiting.told(numbers[item.count]) if numbers.get(item.count) else "",
                "current": _is_current(request, item.url_name),
            }
            for item in items
            if _allowed(request, item)
        ]
        if links:
            out.append({"title": title, "links": links, "folded": _folded(request, title, links)})
    return out


def _folded(request: HttpRequest, title: str, links: list[dict[str, Any]]) -> bool | None:
    """Whether a section begins folded: set-up, for who only reads there and is not there now. None for one that never folds."""
    if title != SET_UP or scope_for(request).all_roles & {POLICY, SYSTEM}:
        return None
    return not any(link["current"] for link in links)


# Pages that belong to a link they do not lie below.
BELONGS = {"draft_history": "admin:outcomes", "account_page": "admin:accounts_account_changelist"}


def _is_current(request: HttpRequest, url_name: str) -> bool:
    page = request.resolver_match.url_name if request.resolver_match else None
    if page in BELONGS:
        return url_name == BELONGS[page]
    url = reverse(url_name)
    return request.path == url if url_name == "admin:index" else request.path.startswith(url)


SHOWN_LINES = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the system bar."""

    tone: str
    icon: str
    text: str
    hold: Hold | Quarantine | None = None
    url: str = ""


def system_lines(request: HttpRequest) -> list[Line]:
    """What everybody must know now, most severe first."""
    lines = []
    if waiting.counts(request)["quarantines"] and (refused := quarantine.standing()):
        why = "; ".join(row.get_cause_display().lower() for row in refused)
        since = f"{timezone.localtime(refused[0].found_at):%d %b %H:%M}"
        lines.append(Line("bad", "lock", f"Nothing is sent since {since}: {why}. A person has to look and lift this.", refused[0]))
    for hold in holding.thrown(request):
        lines.append(Line("bad", "pause", _switch_words(request, hold), hold))
    alarms = [*_record_lines(request), *_break_glass_lines(request)] if scope_for(request).all_roles & {AUDITOR, SYSTEM} else []
    return [*_at_most(lines), *alarms]  # an alarm is never counted away


def _switch_words(request: HttpRequest, hold: Hold) -> str:
    """What a switch stops, by whom since when, why, and what that means."""
    reason = hold.reason.rstrip(".")
    if hold.scope == Hold.Scope.GLOBAL:
        waiting = FollowUp.objects.filter(status=states.APPROVED).count() if scope_for(request).everything else None
        tail = f" {waiting} approved messages wait; those whose time comes meanwhile are stopped." if waiting else " Messages whose time comes meanwhile are stopped and need a new approval."
        return f"Sending is paused {clock_words(hold)}: {reason}.{tail}"
    if hold.scope == Hold.Scope.PORTFOLIO:
        portfolio = Portfolio.objects.filter(pk=hold.scope_id).first()
        return f"Sending is paused for {portfolio} {clock_words(hold)}: {reason}."
    if hold.scope == Hold.Scope.MODEL:
        return f"Model drafting is off {clock_words(hold)}: {reason}. Approved texts are used instead."
    return f"The text {TemplateVersion.objects.filter(pk=hold.scope_id).first()} is off {clock_words(hold)}: {reason}."


def _at_most(lines: list[Line], most: int = SHOWN_LINES) -> list[Line]:
    """The most severe lines, and how many more there are."""
    more = len(lines) - most
    return lines if more <= 0 else [*lines[:most], Line("bad", "pause", f"And {more} more.", lines[most].hold)]


def _record_lines(request: HttpRequest) -> list[Line]:
    """A record that did not verify, until a verification finds it whole: for who has to look into it."""
    found = verifications.broken()
    if found is None:
        return []
    since = f"{timezone.localtime(found.at):%d %b %H:%M}"
    return [Line("bad", "record", f"The record did not verify on {since}: {found.words.rstrip('.')}.", url=reverse("admin:health"))]


def _break_glass_lines(request: HttpRequest) -> list[Line]:
    """An open emergency access, for everybody whom it concerns: its holder, the auditors, the other administrators."""
    found, user = [], person(request)
    for row in break_glass.visible_to(user).filter(pk__in=break_glass.open_now(moment(request))):
        until = f"{timezone.localtime(row.ends_at):%H:%M}"
        what = "one account" if row.account_id else "all accounts"
        own = f"You read {what} of {row.portfolio} by emergency access until {until}. Every page is on record."
        other = f"{row.user} reads {what} of {row.portfolio} by emergency access until {until}: {row.reason}"
        found.append(Line("bad", "alert", own if row.user_id == user.pk else other, url=reverse("admin:break_glass_access", args=[row.pk])))
    return found


def clock_words(pause: Hold) -> str:
    """ "by Ana Ruiz since 13:02"; a switch that tripped names nobody."""
    since = timezone.localtime(pause.created_at).strftime("%d %b %H:%M")
    return f"by {pause.created_by} since {since}" if pause.created_by else f"since {since}"
