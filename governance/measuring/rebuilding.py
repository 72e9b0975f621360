"""The measures read again from the ledger alone: to compare with what stands here, or to take its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum

from governance import guards
from governance.ledger_rows import CHUNK
from governance.measuring import rolling
from governance.measuring.levels import LEVELS, SPREADS
from governance.measuring.reading import Book
from governance.measuring.rolling import LIKE, SPREAD_LIKE, roll
from governance.measuring.writing import READERS, measured, read, save
from governance.models import Event, Measure, MeasureSpread, MeasureState, MeasureSum

AT_ONCE = 2_000
# Rows are compared by everything but their own number.
COMPARED = tuple(f.attname for f in Measure._meta.local_concrete_fields if f.attname != "id")


@dataclass(slots=True)
class Differences:
    """What does not agree. Words for the first hundred, the others are counted."""

    count: int = 0
    words: list[str] = field(default_factory=list)

    def add(self, words: str) -> None:
        """One more."""
        self.count += 1
        if len(self.words) < 100:
            self.words.append(words)


def books() -> Iterator[Book]:
    """Portions of whole streams, read from the ledger with nothing else known."""
    events = Event.objects.filter(action__in=READERS, stream__startswith="account:").order_by("stream", "number")
    waiting = Book()
    for _, stream in groupby(events.iterator(chunk_size=CHUNK), key=lambda event: event.stream):
        one = read(measured(stream), Book())
        waiting.new += one.new
        if len(waiting.new) >= AT_ONCE:
            yield waiting
            waiting = Book()
    if waiting.new:
        yield waiting


def compare() -> Differences:
    """Read the ledger again and hold every row of measures, and every sum, to it."""
    found = Differences()
    seen = 0
    for book in books():
        events = {row.event_id for row in book.new}
        stored = {(row.event_id, row.part): row for row in Measure.objects.filter(event_id__in=events)}
        seen += len(stored)
        for row in book.new:
            _compare(row, stored.pop((row.event_id, row.part), None), found)
        for event_id, part in stored:
            found.add(f"event {event_id}, part {part}: a row that the ledger does not give")
    extra = Measure.objects.count() - seen
    if extra > 0:
        found.add(f"{extra} rows of events that measure nothing")
    _sums(found)
    return found


def _compare(row: Measure, stored: Measure | None, found: Differences) -> None:
    if stored is None:
        found.add(f"event {row.event_id}, part {row.part}: {row.kind} {row.outcome} is missing")
        return
    wrong = [name for name in COMPARED if getattr(row, name) != getattr(stored, name)]
    if wrong:
        found.add(f"event {row.event_id}, part {row.part}: {', '.join(wrong)} differ")


def _sums(found: Differences) -> None:
    until = MeasureState.objects.filter(pk=1).values_list("summed_until", flat=True).first()
    if until is None:
        return
    rows = Measure.objects.filter(stands=True, day__lte=until)
    for level in LEVELS.values():
        ours = MeasureSum.objects.filter(by=level.name).order_by().values_list(*LIKE, "value", "by").annotate(total=Sum("n"))
        _hold(rolling.grouped(rows, level), ours, found)
        for spread in SPREADS.values():
            mine = MeasureSpread.objects.filter(of=spread.key, by=level.name).order_by().values_list(*SPREAD_LIKE[:-1]).annotate(total=Sum("n"))
            _hold(rolling.grouped_spread(rows, level, spread), mine, found)


def _hold(counted: Iterable[tuple[Any, ...]], summed: Iterable[tuple[Any, ...]], found: Differences) -> None:
    """Sums against rows counted now, both as a key and a number at its end."""
    right = {tuple(key): n for *key, n in counted}
    ours = {tuple(key): n for *key, n in summed if n}
    for key in right.keys() ^ ours.keys() | {key for key in right.keys() & ours.keys() if right[key] != ours[key]}:
        told = " ".join(str(part) for part in key if part not in ("", None, False))
        found.add(f"the sum of {told} is {ours.get(key, 0)}, there are {right.get(key, 0)}")


def rebuild(at: datetime) -> int:
    """Throw the measures away and read them again from the ledger; returns how many rows. As the owner of the tables.

    The guard of the table is taken down for it and put back, in one transaction that nobody else's writing can come between.
    """
    with transaction.atomic():
        guards.drop(connection, only=Measure._meta.db_table)
        MeasureSum.objects.all().delete()
        MeasureSpread.objects.all().delete()
        MeasureState.objects.filter(pk=1).update(summed_until=None)
        Measure.objects.all()._raw_delete(Measure.objects.db)  # type: ignore[attr-defined]
        for book in books():
            save(book)
        guards.install(connection, only=Measure._meta.db_table)
    roll(at)
    return Measure.objects.count()
