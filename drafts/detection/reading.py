"""The texts nobody has read yet: tickets, inbound messages, contract notes, call notes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import CallNote, Contract, Message, Ticket


@dataclass(frozen=True, slots=True)
class Text:
    """One unread text. ``kind`` and ``id`` name its row; ``live`` is False for a matter that is closed (a solved ticket)."""

    kind: str
    id: int
    account_id: int
    subject: str
    body: str
    at: datetime | None
    sender: str = ""
    live: bool = True


@dataclass(frozen=True, slots=True)
class Channel:
    """A table with texts: how its unread rows are found and what of them is read."""

    kind: str
    model: Any
    unread: Q
    columns: tuple[str, ...]
    text: Callable[..., Text]
    keeps_topics: bool = True
    body: str = "body"  # the column people write into


def _ticket(pk: int, account_id: int, subject: str, body: str, updated_at: datetime, status: str) -> Text:
    return Text("ticket", pk, account_id, subject, body, updated_at, live=status != Ticket.Status.SOLVED)


def _message(pk: int, account_id: int, subject: str, body: str, at: datetime, sender: str) -> Text:
    return Text("message", pk, account_id, subject, body, at, sender)


def _contract(pk: int, account_id: int, notes: str, noted_on: date | None) -> Text:
    at = datetime.combine(noted_on, time(0), UTC) if noted_on else None
    return Text("contract", pk, account_id, "", notes, at)


def _call(pk: int, account_id: int, note: str, at: datetime) -> Text:
    return Text("call", pk, account_id, "", note, at)


CHANNELS: tuple[Channel, ...] = (
    Channel("ticket", Ticket, Q(), ("subject", "body", "updated_at", "status"), _ticket),
    Channel("message", Message, Q(direction=Message.Direction.IN), ("subject", "body", "at", "sender"), _message),
    Channel("contract", Contract, ~Q(notes=""), ("notes", "noted_on"), _contract, keeps_topics=False, body="notes"),
    Channel("call", CallNote, ~Q(note=""), ("note", "at"), _call, body="note"),
)


def unread_rows(channel: Channel) -> QuerySet[Any]:
    """The unread rows of a channel."""
    rows: QuerySet[Any] = channel.model.objects.filter(channel.unread, scanned_at__isnull=True)
    return rows


def read_rows(channel: Channel, rows: QuerySet[Any]) -> list[Text]:
    """Rows of a channel as texts."""
    return [channel.text(*row) for row in rows.values_list("pk", "account_id", *channel.columns)]


def unread(account_ids: Collection[int] | None, limit: int) -> list[Text]:
    """At most ``limit`` unread texts, channel by channel; one query each."""
    texts: list[Text] = []
    for channel in CHANNELS:
        rows = unread_rows(channel)
        if account_ids is not None:
            rows = rows.filter(account_id__in=account_ids)
        texts += read_rows(channel, rows.order_by("pk")[: limit - len(texts)])
        if len(texts) >= limit:
            break
    return texts
