"""One event at a time becomes rows: what every reader of events stands on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from governance.measuring.rounds import Round
from governance.models import Event, Measure

# Columns of an old row that its successor does not take over: they say where and what the row itself is.
_OWN = ("id", "event_id", "part", "stands")
_COPIED = tuple(f.attname for f in Measure._meta.local_concrete_fields if f.attname not in _OWN)


@dataclass(frozen=True, slots=True)
class Told:
    """One event with its data read. ``follow_up`` is None for what concerns an account as a whole."""

    event: Event
    data: dict[str, Any]
    account_id: int

    @classmethod
    def of(cls, event: Event) -> Told:
        """From the ledger's own text, so that reading again later reads the same."""
        return cls(event, json.loads(event.data), int(event.stream.partition(":")[2]))

    @property
    def action(self) -> str:
        """What was done."""
        return self.event.action

    @property
    def at(self) -> datetime:
        """When."""
        return self.event.at

    @property
    def follow_up(self) -> int | None:
        """The follow-up it is about, where the event names one."""
        return self.event.subject_id if self.event.subject_kind == "follow_up" else self.data.get("follow_up")

    def part(self, name: str) -> dict[str, Any]:
        """A part of the data that is itself a table; empty where the event is older than the part."""
        found = self.data.get(name)
        return found if isinstance(found, dict) else {}


@dataclass(slots=True)
class Book:
    """The rows known so far, and what a round of reading adds: new rows, and old ones that no longer stand."""

    rounds: dict[int, Round] = field(default_factory=dict)
    refs: dict[tuple[str, int], Measure] = field(default_factory=dict)
    new: list[Measure] = field(default_factory=list)
    fallen: list[Measure] = field(default_factory=list)

    def know(self, rows: Iterable[Measure]) -> None:
        """Rows of the database that stand."""
        for row in rows:
            self._index(row)

    def round(self, follow_up: int | None) -> Round:
        """What is known of one follow-up."""
        return self.rounds.setdefault(follow_up, Round()) if follow_up is not None else Round()

    def write(self, told: Told, kind: str, **values: Any) -> Measure:
        """A new row of ``kind``; ``values`` may name any column. The slices are those of the follow-up's draft."""
        at = values.pop("at", told.at)
        known = self.round(told.follow_up).slices()
        given = {"actor_id": told.event.actor_id, "follow_up_id": told.follow_up, **known, **values}
        return self._add(told, Measure(kind=kind, at=at, day=at.astimezone(UTC).date(), account_id=told.account_id, **given))

    def replace(self, told: Told, old: Measure, **changes: Any) -> Measure:
        """A row that takes the place of ``old``, with ``changes``."""
        row = Measure(**{**{name: getattr(old, name) for name in _COPIED}, **changes})
        old.stands = False
        self.fallen.append(old)
        if old.follow_up_id is not None:
            rows = self.round(old.follow_up_id).rows
            rows.remove(old)
        return self._add(told, row)

    def _add(self, told: Told, row: Measure) -> Measure:
        row.event_id = told.event.pk
        row.part = sum(1 for other in reversed(self.new[-40:]) if other.event_id == row.event_id)
        self.new.append(row)
        self._index(row)
        return row

    def _index(self, row: Measure) -> None:
        if row.follow_up_id is not None:
            self.round(row.follow_up_id).rows.append(row)
        if row.ref is not None:
            self.refs[row.kind, row.ref] = row


def amounts_of(amounts: Any) -> dict[str, Any]:
    """The columns about money: minor units per currency, and the currency, or * for several."""
    table = {str(c): int(n) for c, n in amounts.items()} if isinstance(amounts, dict) else {}
    return {"amounts": table, "currency": next(iter(table)) if len(table) == 1 else "*" if table else ""}


def text(value: Any) -> str:
    """An id as a slice: empty for none."""
    return "" if value is None else str(value)


def first(codes: Sequence[Any] | None) -> str:
    """The first of some codes, or nothing."""
    return str(codes[0])[:40] if codes else ""
