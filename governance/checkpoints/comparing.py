"""The ledger beside its newest checkpoint: every stream is there, has come at least as far, and still holds the event named then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import connection

from governance.bytewise import bytewise
from governance.checkpoints.files import StreamAt
from governance.models import StreamHead

AT_ONCE = 400
SHOWN = 20


def heads_now() -> Iterator[StreamAt]:
    """Where every stream stands in this database, sorted by the bytes of its name; one consistent picture."""
    rows = StreamHead.objects.filter(number__gt=0).order_by(bytewise("stream"))
    yield from rows.values_list("stream", "number", "hash").iterator(chunk_size=5000)


@dataclass
class Differences:
    """What does not agree: streams that are behind the checkpoint, and streams whose event of then is another one now."""

    behind: int = 0
    mismatched: int = 0
    shown: list[str] = field(default_factory=list)
    _grown: list[StreamAt] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.behind or self.mismatched)

    def note_behind(self, then: StreamAt, number: int) -> None:
        """The stream stood at ``then`` and stands at ``number`` now."""
        self.behind += 1
        self._show(f"{then[0]} stood at event {then[1]} and stands at {number or 'nothing'}")

    def note_mismatch(self, then: StreamAt) -> None:
        """Event ``then[1]`` of the stream is another one now."""
        self.mismatched += 1
        self._show(f"event {then[1]} of {then[0]} is another one now")

    def note_growth(self, then: StreamAt) -> None:
        """The stream went on: whether it still holds that event is asked for many at once."""
        self._grown.append(then)
        if len(self._grown) >= AT_ONCE:
            self.ask()

    def ask(self) -> None:
        """Ask the database for the events that are still to be compared."""
        if not self._grown:
            return
        values = ", ".join(["(%s, %s)"] * len(self._grown))
        query = (
            f"WITH named (stream, number) AS (VALUES {values}) SELECT e.stream, e.number, e.hash "  # noqa: S608  only placeholders
            "FROM named JOIN governance_event e ON e.stream = named.stream AND e.number = named.number"
        )
        with connection.cursor() as cursor:
            cursor.execute(query, [value for stream, number, _ in self._grown for value in (stream, number)])
            found = {(stream, number): digest for stream, number, digest in cursor.fetchall()}
        for then in self._grown:
            if found.get(then[:2]) != then[2]:
                self.note_mismatch(then)
        self._grown = []

    def _show(self, words: str) -> None:
        if len(self.shown) < SHOWN:
            self.shown.append(words)

    def words(self) -> str:
        """What was found, for people."""
        parts = [f"{self.behind} streams are behind it"] if self.behind else []
        parts += [f"in {self.mismatched} streams an event is another one than it names"] if self.mismatched else []
        return f"{' and '.join(parts)}: {'; '.join(self.shown[:5])}."


def beside(then: Iterable[StreamAt], now: Iterable[StreamAt], found: Differences) -> Iterator[tuple[StreamAt, bool]]:
    """Each head of ``now`` and whether it moved since ``then``; what does not agree is noted in ``found``. Both sorted, read once."""
    before = iter(then)
    old = next(before, None)
    for head in now:
        while old is not None and old[0] < head[0]:
            found.note_behind(old, 0)
            old = next(before, None)
        moved = True
        if old is not None and old[0] == head[0]:
            moved = old[1:] != head[1:]
            _judge(old, head, found)
            old = next(before, None)
        yield head, moved
    while old is not None:
        found.note_behind(old, 0)
        old = next(before, None)
    found.ask()


def _judge(old: StreamAt, head: StreamAt, found: Differences) -> None:
    if head[1] < old[1]:
        found.note_behind(old, head[1])
    elif head[1] > old[1]:
        found.note_growth(old)
    elif head[2] != old[2]:
        found.note_mismatch(old)
