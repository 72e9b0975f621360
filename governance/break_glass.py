"""Emergency access: an administrator, who sees no accounts, reads one account or portfolio for a short while.

It is read only, ends by itself, is told to every auditor and administrator at once, leaves an event for every page that was read, and is
reviewed by an auditor. What it opens is written in ``governance.rights.scope_of``; it entitles to nothing but ``see_account`` and ``see_draft``.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q

from governance.audit import Entry, account_stream, record
from governance.canonical import sha256_hex
from governance.decisions import Denied
from governance.language import said
from governance.models import BreakGlass, User
from governance.readers import written_for
from governance.rights import can, people_with, scope_of
from governance.roles import AUDITOR, SYSTEM

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from governance.models import Portfolio

log = logging.getLogger(__name__)

DEFAULT_MINUTES = 60
MAX_MINUTES = 240


def begin(portfolio: Portfolio, reason: str, minutes: int = DEFAULT_MINUTES, *, account_id: int | None = None, by: User, at: datetime) -> BreakGlass:
    """Open an access, narrowed to one account where one is named. Raises ``NotAllowed``, or ``ValueError`` for what is missing or too long."""
    can(by, "break_glass", portfolio).or_raise()
    if len(reason.strip()) < 10:
        raise ValueError("write a reason of at least ten characters: every auditor reads it")
    if not 1 <= minutes <= MAX_MINUTES:
        raise ValueError(f"an emergency access lasts between 1 and {MAX_MINUTES} minutes")
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)
        if open_now(at).filter(user=by).exists():
            raise ValueError("you have an emergency access open already; end it first")
        row = BreakGlass.objects.create(
            user=by, portfolio=portfolio, account_id=account_id, reason=reason.strip(), starts_at=at, ends_at=at + timedelta(minutes=minutes)
        )
        data = {"access": row.pk, "portfolio": portfolio.pk, "account": account_id, "minutes": minutes, "reason_sha256": sha256_hex(row.reason)}
        record([Entry(stream, "break_glass.begun", "breakglass", row.pk, data) for stream in _streams(row)], by=by, at=at)
        transaction.on_commit(lambda: _mail(row))
    return row


def _streams(row: BreakGlass) -> list[str]:
    """Where its acts are on record: among the rights, and with the one account it opens."""
    return ["rights", account_stream(row.account_id)] if row.account_id else ["rights"]


def told(row: BreakGlass) -> list[User]:
    """Who is told at once: every auditor and administrator of the portfolio but the person themselves."""
    return [person for person in people_with([AUDITOR, SYSTEM], row.portfolio_id) if person.pk != row.user_id]


def _mail(row: BreakGlass) -> None:
    """The alarm by mail: who, where, how long. Neither the reason nor the account is in it. A mail that fails is logged; Home tells it anyway."""
    people = [person for person in told(row) if person.email]
    if not people or settings.DEMO_MODE or not settings.EMAIL_URL:
        return
    for person in people:
        with written_for(person):
            subject, body = _words(row)
        try:
            send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [person.email])
        except OSError:  # every error of a mail server is one
            log.exception("the alarm of emergency access %s was not mailed", row.pk)


def _words(row: BreakGlass) -> tuple[str, str]:
    """Subject and text in the active language."""
    what, ends = "one account" if row.account_id else "all accounts", f"{row.ends_at.day} {row.ends_at:%b} {row.ends_at:%H:%M} UTC"
    opened = said(f"{row.user} opened {what} of the portfolio {row.portfolio} by emergency access.")
    until = said(f"It is read only and ends on {ends}.")
    desk = settings.PUBLIC_URL or "Home"
    kept = said(f"The reason and every page read are on record in Collections Desk: {desk}")
    return said("Emergency access opened"), f"{opened}\n{until}\n\n{kept}\n"


def open_now(at: datetime) -> QuerySet[BreakGlass]:
    """Accesses that open something at ``at``."""
    return BreakGlass.objects.filter(starts_at__lte=at, ends_at__gt=at, ended_at__isnull=True).select_related("user", "portfolio")


def note_page(ids: tuple[int, ...], page: str, subject: int | None, *, by: User, at: datetime) -> None:
    """Record that a page is about to be shown under the accesses ``ids``. If this fails the page is not shown."""
    with transaction.atomic():
        for row in BreakGlass.objects.filter(pk__in=ids).order_by("pk"):
            stream = account_stream(row.account_id) if row.account_id else "rights"
            record([Entry(stream, "break_glass.page_read", "breakglass", row.pk, {"page": page, "subject": subject})], by=by, at=at)


def end(pk: int, *, by: User, at: datetime) -> BreakGlass:
    """End an access early: its holder, another administrator or an auditor of the portfolio may."""
    with transaction.atomic():
        row = BreakGlass.objects.select_for_update(of=("self",)).select_related("portfolio", "user").get(pk=pk)
        if row.user_id != by.pk and not scope_of(by).roles_for(row.portfolio_id) & {AUDITOR, SYSTEM}:
            Denied("because only its holder, an administrator or an auditor of the portfolio ends an emergency access").or_raise()
        if row.ended_at is not None or row.ends_at <= at:
            raise ValueError("this emergency access is over already")
        row.ended_at, row.ended_by = at, by
        row.save(update_fields=["ended_at", "ended_by"])
        record([Entry(s, "break_glass.ended", "breakglass", row.pk, {"access": row.pk}) for s in _streams(row)], by=by, at=at)
    return row


def review(pk: int, words: str, *, by: User, at: datetime) -> BreakGlass:
    """An auditor of the portfolio looked at what was read. Never the holder, never while it is open."""
    with transaction.atomic():
        row = BreakGlass.objects.select_for_update(of=("self",)).select_related("portfolio").get(pk=pk)
        can(by, "review_break_glass", row.portfolio).or_raise()
        if row.user_id == by.pk:
            Denied("because it was your own access; another auditor reviews it").or_raise()
        if row.ended_at is None and row.ends_at > at:
            raise ValueError("the access is still open; end it or wait until it is over")
        if row.reviewed_at is not None:
            raise ValueError("somebody has reviewed this access already")
        if not words.strip():
            raise ValueError("write what you found: it is recorded with the access")
        row.reviewed_at, row.reviewed_by, row.review = at, by, words.strip()
        row.save(update_fields=["reviewed_at", "reviewed_by", "review"])
        data = {"access": row.pk, "review_sha256": sha256_hex(row.review)}
        record([Entry(s, "break_glass.reviewed", "breakglass", row.pk, data) for s in _streams(row)], by=by, at=at)
    return row


def visible_to(user: User) -> QuerySet[BreakGlass]:
    """Accesses a person may know of: of the portfolios they audit or administer."""
    scope, rows = scope_of(user), BreakGlass.objects.select_related("user", "portfolio", "reviewed_by", "ended_by")
    if scope.roles_everywhere & {AUDITOR, SYSTEM}:
        return rows
    here = [pk for pk, held in scope.roles_by_portfolio.items() if held & {AUDITOR, SYSTEM}]
    return rows.filter(Q(portfolio_id__in=here))


def unreviewed(user: User, at: datetime) -> QuerySet[BreakGlass]:
    """Accesses that are over and wait for this auditor."""
    scope, rows = scope_of(user), visible_to(user).filter(reviewed_at__isnull=True).exclude(user=user)
    over = rows.filter(Q(ended_at__isnull=False) | Q(ends_at__lte=at))
    if AUDITOR in scope.roles_everywhere:
        return over
    return over.filter(portfolio_id__in=[pk for pk, held in scope.roles_by_portfolio.items() if AUDITOR in held])
