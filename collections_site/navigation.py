"""The frame of every page: what this person may reach, how much waits there, and what is wrong right now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import DisputeSignal
from drafts import states
from drafts.admin import decisions, outgoing
from drafts.admin.lookup import accounts_of, follow_ups_of
from drafts.admin.work import mine
from drafts.models import Delivery, FollowUp
from governance import quarantine
from governance.admin.pages import may, moment, scope_for
from governance.holds import sending_paused
from governance.models import Decision, Hold, Quarantine
from governance.roles import DECIDERS


@dataclass(frozen=True, slots=True)
class Item:
    """One link of the sidebar; shown only to people whose role may do ``action``."""

    title: str
    url_name: str
    icon: str
    action: str
    count: str = ""


SECTIONS: tuple[tuple[str, tuple[Item, ...]], ...] = (
    (
        "Work",
        (
            Item("Home", "admin:index", "home", ""),
            Item("Queue", "admin:drafts_followup_changelist", "queue", "see_account", "mine"),
            Item("Decisions", "admin:decisions", "question", "see_account", "decisions"),
            Item("Disputes", "admin:disputes", "scale", "see_account", "signals"),
            Item("Outgoing", "admin:outgoing", "send", "stop", "leaving"),
            Item("Accounts", "admin:accounts_account_changelist", "accounts", "see_account"),
        ),
    ),
    (
        "Record",
        (
            Item("Replies", "admin:replies", "reply", "see_draft"),
            Item("Outcomes", "admin:outcomes", "check", "see_ledger"),
            Item("Packs", "admin:packs", "doc", "export_pack"),
            Item("Compliance", "admin:compliance", "check", "see_compliance"),
            Item("Incidents", "admin:incidents", "alert", "see_incidents"),
            Item("Access review", "admin:access_review", "lock", "see_access_review"),
            Item("Events", "admin:governance_event_changelist", "record", "auditor"),
            Item("All data", "admin:all_data", "data", ""),
        ),
    ),
    (
        "Set-up",
        (
            Item("Import", "admin:imports", "import", "import"),
            Item("Sources", "admin:accounts_source_changelist", "plug", "see_health"),
            Item("Policy", "admin:governance_policyversion_changelist", "rules", "see_health"),
            Item("Texts", "admin:governance_templateversion_changelist", "doc", "see_health"),
            Item("Prompts", "admin:governance_promptversion_changelist", "pen", "see_health"),
            Item("People", "admin:governance_user_changelist", "people", "see_roles"),
            Item("Roles", "admin:governance_portfoliousergrant_changelist", "lock", "see_roles"),
            Item("Portfolios", "admin:governance_portfolio_changelist", "gear", "see_roles"),
        ),
    ),
)


def counts(request: HttpRequest) -> dict[str, int]:
    """The numbers beside the links, each counted like the list it points at; one query for all of them."""
    user: Any = request.user
    scope = scope_for(request)
    rows, accounts = follow_ups_of(request), accounts_of(request)
    leaving = Delivery.objects.filter(follow_up__in=rows, state__in=outgoing.TABS["leaving"][1])
    parts = {
        "mine": rows.filter(mine(user, scope)),
        "leaving": leaving,
        "decisions": Decision.objects.filter(decisions.deciding(scope), state=Decision.State.OPEN),
        "signals": DisputeSignal.objects.filter(account__in=accounts, status=DisputeSignal.Status.PENDING),
    }
    queries = [
        part.order_by().values(key=Value(name, CharField())).annotate(n=Count("pk")).values_list("key", "n")
        for name, part in parts.items()
    ]
    return dict(queries[0].union(*queries[1:], all=True))


def _allowed(request: HttpRequest, item: Item) -> bool:
    if item.action == "auditor":
        return "compliance_auditor" in scope_for(request).roles_everywhere
    return not item.action or bool(may(request, item.action))


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Sections with their links. A role never sees a link that answers 403."""
    numbers = counts(request) if scope_for(request).all_roles & (DECIDERS | {"compliance_auditor"}) else {}
    out = []
    for title, items in SECTIONS:
        links = [
            {
                "title": item.title, "url": reverse(item.url_name), "icon": item.icon, "count": numbers.get(item.count, ""),
                "current": _is_current(request.path, reverse(item.url_name)),
            }
            for item in items
            if _allowed(request, item)
        ]
        if links:
            out.append({"title": title, "links": links})
    return out


def _is_current(path: str, url: str) -> bool:
    return path == url if url == reverse("admin:index") else path.startswith(url)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the system bar."""

    tone: str
    icon: str
    text: str
    hold: Hold | Quarantine | None = None


def system_lines(request: HttpRequest) -> list[Line]:
    """What everybody must know now, most severe first."""
    lines = []
    refused = quarantine.standing()
    if refused:
        why = "; ".join(row.get_cause_display().lower() for row in refused)
        since = f"{timezone.localtime(refused[0].found_at):%d %b %H:%M}"
        lines.append(Line("bad", "lock", f"Nothing is sent since {since}: {why}. A person has to look and lift this.", refused[0]))
    pause = sending_paused(moment(request))
    if pause is not None:
        waiting = FollowUp.objects.filter(status=states.APPROVED).count() if scope_for(request).everything else None
        tail = f" {waiting} messages wait." if waiting else " Approved messages wait and are checked again before they leave."
        since = clock_words(pause)
        lines.append(Line("bad", "pause", f"Sending is paused {since}: {pause.reason}.{tail}", pause))
    return lines


def clock_words(pause: Hold) -> str:
    """ "by Ana Ruiz since 13:02"."""
    who = f"by {pause.created_by} " if pause.created_by else ""
    return f"{who}since {timezone.localtime(pause.created_at):%d %b %H:%M}"
