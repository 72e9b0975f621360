"""What waits for one person this morning, as numbers: counted like the lists they point at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from accounts.models import DisputeSignal
from collections_site.letters import address
from collections_site.notices import words
from drafts import states
from drafts.admin.decisions import deciding
from drafts.admin.work import counted, mine, second_approval
from drafts.models import FollowUp
from governance.calendar import zone
from governance.models import Decision, Notice, User
from governance.rights import Scope, scope_of
from governance.roles import DECIDERS

NEWEST = 10


def told(person: User, at: datetime) -> tuple[str, dict[str, Any]] | None:
    """Subject and what the letter is made of; None when nothing waits and nothing is new."""
    scope = scope_of(person)
    work = _work(person, scope, at) if scope.all_roles & DECIDERS else {}
    fresh = Notice.objects.filter(told__person=person, told__read_at__isnull=True).select_related("portfolio")
    unread, notices = fresh.count(), [words.said(notice, person.time_zone).title for notice in fresh[:NEWEST]]
    if not unread and not any(work.values()):
        return None
    subject = _subject(work, unread)
    queue = address(reverse("admin:drafts_followup_changelist"))
    return subject, {"work": work, "unread": unread, "notices": notices, "queue": queue, "list": address(reverse("admin:notices"))}


def _work(person: User, scope: Scope, at: datetime) -> dict[str, int]:
    rows = FollowUp.objects.visible_to(person, scope)
    signal = DisputeSignal.objects.filter(account=OuterRef("account_id"), status=DisputeSignal.Status.PENDING)
    work = counted(
        rows.filter(mine(person, scope, at)), at.astimezone(zone(person.time_zone)),
        signals=Count("pk", filter=Exists(signal)), stopped=Count("pk", filter=Q(status=states.STOPPED)),
    )  # fmt: skip
    work["second"] = rows.filter(second_approval(scope)).count()
    work["decisions"] = Decision.objects.filter(deciding(scope), state=Decision.State.OPEN).count()
    return work


def _subject(work: dict[str, int], unread: int) -> str:
    n = work.get("total", 0)
    if not n:
        return f"{unread} new {'notice' if unread == 1 else 'notices'}" if unread else "Answers of yours are asked for"
    late = f", {work['late']} late" if work["late"] else ""
    return f"{n} {'draft waits' if n == 1 else 'drafts wait'} for you{late}"
