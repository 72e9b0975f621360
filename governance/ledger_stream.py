"""One stream of the ledger, taken row by row: what does not follow is named with its number and in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from governance.audit import event_hash
from governance.checkpoints.points import Point
from governance.heads import GENESIS
from governance.ledger_rows import Row

# How far a row is looked for from where it stands, when its content fits another number.
NEARBY = 16


# The kinds of breaks, and the word for each on a screen.
KINDS = {
    "edited": "Changed", "deleted": "Deleted", "inserted": "Inserted", "reordered": "Reordered", "restamped": "Rewritten",
    "truncated": "Cut off", "removed": "Whole stream removed", "head": "Head row", "checkpoint": "Checkpoint",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Break:
    """Where a stream stops being what was written: the stream, the event number, what is wrong in words, and of which kind it is.

    ``kind`` is one of ``KINDS``.
    """

    stream: str
    number: int
    why: str
    kind: str = "edited"

    @property
    def kind_words(self) -> str:
        """The kind as a screen says it."""
        return KINDS[self.kind]


class Stream:
    """Walks the events of one stream after ``start`` (number and hash), beside its head row and the points of the checkpoints."""

    def __init__(
        self, name: str, head: tuple[int, str] | None, points: Sequence[Point], add: Callable[[Break], None],
        start: tuple[int, str] = (0, GENESIS),
    ) -> None:  # fmt: skip
        self.name, self.head, self.add = name, head, add
        self.number, self.last = start
        self.points = [point for point in points if point[0] > start[0]]
        self.point = 0  # index of the next point
        self.named = self.points[0][0] if self.points else 0
        self.agreed, self.restamped = start[0], False
        self.id = self.count = self.reported = 0
        self.also = ""  # the hash of a second row with the same number

    def take(self, row: Row) -> None:
        """The next row by number."""
        stream, number, pk, action, actor, kind, subject, data, at, prev, digest, roles = row
        self.count += 1
        computed = event_hash(prev, stream, number, action, actor, f"{kind}:{subject}", at, data, roles)
        if number != self.number + 1 or prev != self.last or computed != digest or pk <= self.id:
            if number <= self.number:
                self._break(number, "is there twice: a row was inserted with a number that was taken", "inserted")
                self.also = digest
                return
            self._odd(row, computed)
        self.number, self.last, self.id = number, digest, pk
        if self.named and self.named <= number:
            self._compare(number, digest)

    def end(self) -> None:
        """After the last row: the head row and the checkpoints end here too."""
        furthest, witness = self._furthest()
        if furthest > self.number:
            if self.number == 0:
                self._break(furthest, f"all {furthest} events of the stream are gone: {witness} names event {furthest}", "removed")
            else:
                which = f"{self.number + 1}" if furthest == self.number + 1 else f"{self.number + 1} to {furthest}"
                self._break(self.number + 1, f"events are missing at the end: {which}; {witness} names event {furthest}", "truncated")
        elif self.head is None:
            self._break(self.number, "the head row of the stream is gone", "head")
        elif self.head[0] < self.number:
            words = f"the head row stands at event {self.head[0]}: it was changed, or events were added past it"
            self._break(self.head[0] + 1, words, "head")
        elif self.head[1] not in (self.last, self.also):
            self._break(self.number, "the head row names another hash than this event has", "head")

    def _furthest(self) -> tuple[int, str]:
        """The highest number that something outside the events names, and what that is."""
        head = self.head[0] if self.head else 0
        number, _, checkpoint = self.points[-1] if self.points else (0, "", 0)
        return (number, f"checkpoint {checkpoint}") if number >= head else (head, "its head row")

    def _odd(self, row: Row, computed: str) -> None:
        number, pk, prev, digest = row[1], row[2], row[9], row[10]
        gap = number > self.number + 1
        if gap:
            gone = number - self.number - 1
            words = "is missing" if gone == 1 else f"and the {gone - 1} after it are missing"
            self._break(self.number + 1, words, "deleted")
        if computed != digest:
            self._break(number, *self._changed(row))
            self.reported = number
        elif prev not in (self.last, self.also) and not gap:
            if self.number == 0:
                self._break(number, "does not begin the stream: events before it are gone", "deleted")
            elif self.reported != self.number:
                words = f"was changed and its hash computed anew: event {number} was written after another event {self.number}"
                self._break(self.number, words, "restamped")
        elif pk <= self.id and not gap:
            self._break(number, "its row was moved before the event it follows", "reordered")

    def _changed(self, row: Row) -> tuple[str, str]:
        """What was done to a row whose hash is not that of its content."""
        stream, number, _, action, actor, kind, subject, data, at, prev, digest, roles = row

        def fits(before: str, as_number: int) -> bool:
            return event_hash(before, stream, as_number, action, actor, f"{kind}:{subject}", at, data, roles) == digest

        if prev != self.last and fits(self.last, number):
            return "its link to the event before it was changed", "edited"
        for other in range(max(1, number - NEARBY), number + NEARBY + 1):
            if other != number and fits(prev, other):
                return f"was written as event {other}: the order was changed", "reordered"
        return "was changed after it was written", "edited"

    def _compare(self, number: int, digest: str) -> None:
        """Every point up to this event; those in a gap were reported with it."""
        while self.point < len(self.points) and self.points[self.point][0] <= number:
            at, named, checkpoint = self.points[self.point]
            self.point += 1
            if at == number and named == digest:
                self.agreed = number
            elif at == number and not self.restamped:
                self.restamped = True
                after = f"after event {self.agreed}" if self.agreed else "from its beginning"
                words = f"is another one than checkpoint {checkpoint} names: the stream was rewritten {after} and its hashes computed anew"
                self._break(number, words, "restamped")
        self.named = self.points[self.point][0] if self.point < len(self.points) else 0

    def _break(self, number: int, why: str, kind: str) -> None:
        self.add(Break(self.name, number, why, kind))
