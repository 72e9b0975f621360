"""The units of dispute detection: one overdue invoice of one account in one round, at the moment a person decided about it.

A unit is flagged when the detector had found a possible dispute about the invoice (or the whole account) by then. What was known to be
disputed before the round is no unit: there was nothing to detect. Texts and facts are those of then, from the frozen brief.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, Q

from accounts.models import DisputeSignal
from drafts import states
from drafts.models import Brief, Classification, Delivery, Draft, FollowUp
from governance.audit import account_stream
from governance.models import Event

TICKET, MAIL, NEITHER, FLAGGED = "ticket", "mail", "neither", "flagged"
STRATA = {TICKET: "an open ticket", MAIL: "mail from the customer within 30 days", NEITHER: "neither", FLAGGED: "flagged by the detector"}
RECENT = timedelta(days=30)
# Signals a person raised: the detector had no part in them.
BY_PEOPLE = ("person",)
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit. ``key`` names it in a frame: follow-up and invoice."""

    follow_up_id: int
    invoice_id: int
    account_id: int
    portfolio_id: int
    brief_id: int
    draft_id: int | None
    decided_at: datetime
    stratum: str

    @property
    def key(self) -> str:
        """ "17:204"."""
        return f"{self.follow_up_id}:{self.invoice_id}"


@dataclass(slots=True)
class _Round:
    """One follow-up with what was decided in it, and when."""

    row: FollowUp
    decided_at: datetime | None = None
    brief_id: int | None = None
    prepared_at: datetime | None = None


def units_of(starts_at: datetime, ends_at: datetime, portfolio_ids: Collection[int] = ()) -> list[Unit]:
    """Every unit decided in [``starts_at``, ``ends_at``), flagged ones included; of these portfolios, or of all. Ordered by follow-up and invoice."""
    found: list[Unit] = []
    rows = list(_candidates(starts_at, ends_at, portfolio_ids))
    for begin in range(0, len(rows), CHUNK):
        found += _chunk(rows[begin : begin + CHUNK], starts_at, ends_at)
    return found


def _candidates(starts_at: datetime, ends_at: datetime, portfolio_ids: Collection[int]) -> Iterator[FollowUp]:
    signalled = DisputeSignal.objects.filter(found_at__gte=starts_at, found_at__lt=ends_at).values("account_id")
    disputed = [account_of(stream) for stream in _opened(starts_at, ends_at).values_list("stream", flat=True).distinct()]
    delivered = Delivery.objects.filter(created_at__gte=starts_at, created_at__lt=ends_at).values("follow_up_id")
    rows = FollowUp.objects.filter(opened_at__lt=ends_at).filter(
        Q(pk__in=delivered) | Q(status=states.REJECTED, ended_at__gte=starts_at) | Q(account_id__in=signalled) | Q(account_id__in=disputed)
    )
    if portfolio_ids:
        rows = rows.filter(portfolio_id__in=portfolio_ids)
    return rows.only("pk", "account_id", "portfolio_id", "status", "draft_id", "opened_at", "ended_at").order_by("pk").iterator(chunk_size=CHUNK)


def account_of(stream: str) -> int:
    """The account of a stream; 0 for another stream."""
    number = stream.removeprefix("account:")
    return int(number) if number.isdecimal() else 0


def _opened(starts_at: datetime | None, ends_at: datetime | None) -> Any:
    rows = Event.objects.filter(action="dispute.opened", actor_id__isnull=False)
    rows = rows.filter(at__gte=starts_at) if starts_at else rows
    return rows.filter(at__lt=ends_at) if ends_at else rows


def disputes_opened(account_ids: Iterable[int]) -> dict[int, list[tuple[datetime, int | None, int]]]:
    """Account → disputes people opened: moment, invoice (None: the whole account), id; by moment."""
    streams = [account_stream(pk) for pk in set(account_ids)]
    out: dict[int, list[tuple[datetime, int | None, int]]] = {}
    for stream, at, data, pk in _opened(None, None).filter(stream__in=streams).order_by("at", "id").values_list("stream", "at", "data", "subject_id"):
        out.setdefault(account_of(stream), []).append((at, json.loads(data).get("invoice"), pk))
    return out


def _chunk(rows: list[FollowUp], starts_at: datetime, ends_at: datetime) -> list[Unit]:
    accounts = {row.account_id for row in rows}
    opened, signals = disputes_opened(accounts), signals_of(accounts)
    first_left = dict(Delivery.objects.filter(follow_up__in=rows).order_by().values("follow_up_id").annotate(at=Min("created_at")).values_list("follow_up_id", "at"))
    rounds = {row.pk: _Round(row, _decision(row, first_left.get(row.pk), opened.get(row.account_id, []))) for row in rows}
    _rest_on(rounds)
    asked = dict(Draft.objects.filter(pk__in=[row.draft_id for row in rows if row.draft_id]).values_list("follow_up_id", "invoice_ids"))
    kept = [r for r in rounds.values() if r.brief_id and starts_at <= (r.decided_at or r.prepared_at or ends_at) < ends_at]
    facts = {pk: json.loads(text) for pk, text in Brief.objects.filter(pk__in=[r.brief_id for r in kept]).values_list("pk", "facts")}
    return [unit for r in kept for unit in _units(r, facts[r.brief_id or 0], signals.get(r.row.account_id, []), asked.get(r.row.pk, []))]


def _decision(row: FollowUp, left: datetime | None, opened: list[tuple[datetime, int | None, int]]) -> datetime | None:
    """The first decision of a person in a round: approved, rejected, or held for a dispute; None while there is none."""
    moments = [at for at, _, _ in opened if at >= row.opened_at and (row.ended_at is None or at <= row.ended_at)][:1]
    moments += [left] if left else []
    moments += [row.ended_at] if row.status == states.REJECTED and row.ended_at else []
    return min(moments, default=None)


def _rest_on(rounds: dict[int, _Round]) -> None:
    """The brief each decision rested on: that of the last classification whose facts are older than it."""
    rows = Classification.objects.filter(follow_up_id__in=rounds).order_by("follow_up_id", "pk")
    for pk, brief_id, at in rows.values_list("follow_up_id", "brief_id", "brief__as_of"):
        one = rounds[pk]
        if one.brief_id is None or one.decided_at is None or at < one.decided_at:
            one.brief_id, one.prepared_at = brief_id, at


def signals_of(account_ids: Collection[int]) -> dict[int, list[DisputeSignal]]:
    """Account → what the detector found there."""
    out: dict[int, list[DisputeSignal]] = {}
    for signal in DisputeSignal.objects.filter(account_id__in=account_ids).exclude(detector__in=BY_PEOPLE).order_by("pk"):
        out.setdefault(signal.account_id, []).append(signal)
    return out


def _units(one: _Round, facts: dict[str, Any], signals: list[DisputeSignal], asked: Collection[int]) -> list[Unit]:
    row, moment = one.row, one.decided_at or one.prepared_at
    assert moment is not None
    if any(dispute["invoice_id"] is None for dispute in facts.get("disputes", ())):
        return []
    out = []
    for invoice in facts.get("invoices", ()):
        if invoice["days_overdue"] <= 0 or invoice.get("dispute_ids"):
            continue
        flagged = any(covers(signal, invoice["id"], row.opened_at, moment) for signal in signals)
        if not flagged and (one.decided_at is None or (asked and invoice["id"] not in asked)):
            continue
        stratum = FLAGGED if flagged else _stratum(facts, moment)
        out.append(Unit(row.pk, invoice["id"], row.account_id, row.portfolio_id, one.brief_id or 0, row.draft_id, moment, stratum))
    return out


def covers(signal: DisputeSignal, invoice_id: int, opened_at: datetime, moment: datetime) -> bool:
    """Whether this signal flagged the invoice in the round that began at ``opened_at``, by ``moment``."""
    about = signal.invoice_id in (invoice_id, None)
    return about and signal.found_at <= moment and (signal.decided_at is None or signal.decided_at >= opened_at)


def _stratum(facts: dict[str, Any], moment: datetime) -> str:
    if facts.get("tickets"):
        return TICKET
    last = facts.get("last_in_at")
    return MAIL if last and datetime.fromisoformat(last) >= moment - RECENT else NEITHER
