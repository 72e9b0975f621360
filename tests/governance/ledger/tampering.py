"""Ways to falsify the ledger, as somebody would who owns the database: raw SQL, with the guards switched off.

Every way names the stream and number where a verification has to find it. Streams hold ``EVENTS`` events; checkpoint 1 was taken after
``FIRST`` of them, checkpoint 2 after ``SECOND``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from governance import guards
from governance.audit import event_hash
from governance.heads import GENESIS
from governance.models import Event, StreamHead

FIRST, SECOND, EVENTS = 6, 10, 13
S = "account:5"  # the stream that is falsified, unless said otherwise
OTHER = "account:7"


@dataclass(frozen=True)
class Tampering:
    """One way: what it is called, how it is done, and what has to be found (kind, stream, number)."""

    name: str
    do: Callable[[], None]
    kind: str
    number: int
    stream: str = S


@contextmanager
def guards_off() -> Iterator[None]:
    """No trigger fires: a superuser's session on PostgreSQL, dropped triggers on SQLite."""
    if connection.vendor == "postgresql":
        sql("SET LOCAL session_replication_role = replica")
        yield
        sql("SET LOCAL session_replication_role = origin")
    else:
        guards.drop(connection)
        yield
        guards.install(connection)


def sql(statement: str, *values: object) -> None:
    """Run one statement as it is."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def edit(column: str, value: object, number: int, stream: str = S) -> Callable[[], None]:
    """Overwrite one column of one event."""
    return lambda: sql(f"UPDATE governance_event SET {column} = %s WHERE stream = %s AND number = %s", value, stream, number)


def delete(*numbers: int, stream: str = S) -> Callable[[], None]:
    """Delete events."""

    def do() -> None:
        for number in numbers:
            sql("DELETE FROM governance_event WHERE stream = %s AND number = %s", stream, number)

    return do


def move(before: int, after: int, stream: str = S) -> None:
    """Give an event another number."""
    sql("UPDATE governance_event SET number = %s WHERE stream = %s AND number = %s", after, stream, before)


def swap(a: int, b: int) -> Callable[[], None]:
    """Exchange the numbers of two events."""

    def do() -> None:
        move(a, 1_000)
        move(b, a)
        move(1_000, b)

    return do


def swap_rows(a: int, b: int) -> Callable[[], None]:
    """Exchange the places of two rows in the table."""

    def do() -> None:
        ids = dict(Event.objects.filter(stream=S, number__in=(a, b)).values_list("number", "pk"))
        for pk, to in ((ids[a], -1), (ids[b], ids[a]), (-1, ids[b])):
            sql("UPDATE governance_event SET id = %s WHERE id = %s", to, pk)

    return do


def forged(number: int, prev: str, data: str = '{"forged":true}') -> None:
    """Insert an event that fits behind ``prev``."""
    like = Event.objects.filter(stream=S).latest("number")
    digest = event_hash(prev, S, number, "hold.released", 1, "hold:1", like.at, data)
    sql(
        "INSERT INTO governance_event (stream, number, action, actor_id, subject_kind, subject_id, data, at, prev_hash, hash) "
        "VALUES (%s, %s, 'hold.released', 1, 'hold', 1, %s, %s, %s, %s)",
        S, number, data, like.at, prev, digest,
    )


def hash_of(number: int) -> str:
    """The hash of an event, GENESIS for number 0."""
    return Event.objects.get(stream=S, number=number).hash if number else GENESIS


def append(count: int) -> Callable[[], None]:
    """Add events that fit at the end, the head row left as it was."""

    def do() -> None:
        for number in range(EVENTS + 1, EVENTS + 1 + count):
            forged(number, hash_of(number - 1))

    return do


def shift_in(at: int) -> Callable[[], None]:
    """Make room by moving everything behind one on, and insert a fitting event."""

    def do() -> None:
        for number in range(EVENTS, at - 1, -1):
            move(number, number + 1)
        forged(at, hash_of(at - 1))

    return do


def double(number: int) -> Callable[[], None]:
    """A second event with a number that is taken; on PostgreSQL after dropping the constraint that forbids it."""

    def do() -> None:
        sql("ALTER TABLE governance_event DROP CONSTRAINT events_of_a_stream_are_gapless_and_unique")
        forged(number, hash_of(number - 1))

    return do


def restamp(stream: str = S) -> None:
    """Number the events of a stream anew, compute every hash anew, and set the head to where they end: a perfect chain."""
    prev, number = GENESIS, 0
    for event in list(Event.objects.filter(stream=stream).order_by("number", "id")):
        number += 1
        subject = f"{event.subject_kind}:{event.subject_id}"
        digest = event_hash(prev, stream, number, event.action, event.actor_id, subject, event.at, event.data, event.roles)
        sql("UPDATE governance_event SET number = %s, prev_hash = %s, hash = %s WHERE id = %s", number, prev, digest, event.pk)
        prev = digest
    set_head(number, prev, stream)


def set_head(number: int, digest: str, stream: str = S) -> None:
    """Overwrite the head row."""
    sql("UPDATE governance_streamhead SET number = %s, hash = %s WHERE stream = %s", number, digest, stream)


def then_restamp(*steps: Callable[[], None]) -> Callable[[], None]:
    """Falsify, then make the chain perfect again."""

    def do() -> None:
        for step in steps:
            step()
        restamp()

    return do


def own_hash(number: int) -> Callable[[], None]:
    """Change an event and compute its own hash anew, but not those behind it."""

    def do() -> None:
        edit("data", '{"quiet":1}', number)()
        event = Event.objects.get(stream=S, number=number)
        subject = f"{event.subject_kind}:{event.subject_id}"
        digest = event_hash(event.prev_hash, S, number, event.action, event.actor_id, subject, event.at, event.data, event.roles)
        edit("hash", digest, number)()

    return do


def cut(keep: int, *, head: bool, stream: str = S) -> Callable[[], None]:
    """Remove every event behind ``keep``; with ``head`` its row is made to fit."""

    def do() -> None:
        sql("DELETE FROM governance_event WHERE stream = %s AND number > %s", stream, keep)
        if head:
            set_head(keep, hash_of(keep), stream)

    return do


def drop_stream(*, head: bool) -> Callable[[], None]:
    """Remove a whole stream, with or without its head row."""

    def do() -> None:
        sql("DELETE FROM governance_event WHERE stream = %s", S)
        if head:
            sql("DELETE FROM governance_streamhead WHERE stream = %s", S)

    return do


def invent() -> None:
    """Exchange a whole stream for an invented one of the same length."""
    drop_stream(head=False)()
    prev = GENESIS
    for number in range(1, EVENTS + 1):
        like = Event.objects.filter(stream=OTHER).latest("number")
        digest = event_hash(prev, S, number, "hold.put", None, "hold:1", like.at, "{}")
        sql(
            "INSERT INTO governance_event (stream, number, action, actor_id, subject_kind, subject_id, data, at, prev_hash, hash) "
            "VALUES (%s, %s, 'hold.put', NULL, 'hold', 1, '{}', %s, %s, %s)", S, number, like.at, prev, digest,
        )
        prev = digest
    set_head(EVENTS, prev)


def head_row(number: int | None = None, digest: str | None = None) -> Callable[[], None]:
    """Change the head row alone."""

    def do() -> None:
        row = StreamHead.objects.get(stream=S)
        set_head(row.number if number is None else number, row.hash if digest is None else digest)

    return do


LATE = "2031-01-01 00:00:00+00:00"

WAYS: tuple[Tampering, ...] = (
    # edited
    Tampering("the action of the first event", edit("action", "hold.released", 1), "edited", 1),
    Tampering("the action of an event", edit("action", "hold.released", 4), "edited", 4),
    Tampering("the action of the last event", edit("action", "hold.released", EVENTS), "edited", EVENTS),
    Tampering("who did it", edit("actor_id", 99, 3), "edited", 3),
    Tampering("that anybody did it", edit("actor_id", None, 8), "edited", 8),
    Tampering("in which role it was done", edit("roles", "finance_approver", 3), "edited", 3),
    Tampering("that a role is on record", edit("roles", "", 3), "edited", 3),
    Tampering("a role, and every hash after it", then_restamp(edit("roles", "executive", 4)), "restamped", FIRST),
    Tampering("what it was about", edit("subject_kind", "draft", 5), "edited", 5),
    Tampering("which one it was about", edit("subject_id", 4711, 5), "edited", 5),
    Tampering("the data", edit("data", '{"n":99}', 7), "edited", 7),
    Tampering("white space in the data", edit("data", '{"n": 2}', 2), "edited", 2),
    Tampering("the data after the last checkpoint", edit("data", '{"n":99}', 12), "edited", 12),
    Tampering("the moment", edit("at", LATE, 6), "edited", 6),
    Tampering("the link to the event before", edit("prev_hash", "a" * 64, 6), "edited", 6),
    Tampering("the link of the first event", edit("prev_hash", "a" * 64, 1), "edited", 1),
    Tampering("the hash", edit("hash", "b" * 64, 6), "edited", 6),
    Tampering("the hash of the last event", edit("hash", "b" * 64, EVENTS), "edited", EVENTS),
    # deleted
    Tampering("the first event", delete(1), "deleted", 1),
    Tampering("an event in the middle", delete(5), "deleted", 5),
    Tampering("three in a row", delete(4, 5, 6), "deleted", 4),
    Tampering("two apart", delete(3, 9), "deleted", 9),
    Tampering("the last but one", delete(EVENTS - 1), "deleted", EVENTS - 1),
    Tampering("the first half", delete(*range(1, 7)), "deleted", 1),
    # reordered
    Tampering("two neighbours", swap(4, 5), "reordered", 4),
    Tampering("first and last", swap(1, EVENTS), "reordered", EVENTS),
    Tampering("two far apart", swap(3, 11), "reordered", 11),
    Tampering("the places of two rows", swap_rows(6, 7), "reordered", 7),
    # inserted
    Tampering("an event at the end", append(1), "head", EVENTS + 1),
    Tampering("three events at the end", append(3), "head", EVENTS + 1),
    Tampering("an event in between, the others moved on", shift_in(5), "reordered", 6),
    Tampering("an event at the beginning, the others moved on", shift_in(1), "reordered", 2),
    Tampering("an event taken from another stream", lambda: sql(
        "UPDATE governance_event SET stream = %s, number = %s WHERE stream = %s AND number = %s", S, EVENTS + 1, OTHER, EVENTS), "edited", EVENTS + 1),
    # restamped
    Tampering("one event with its own hash", own_hash(4), "restamped", 4),
    Tampering("the last but one with its own hash", own_hash(EVENTS - 1), "restamped", EVENTS - 1),
    Tampering("an edit before the first checkpoint", then_restamp(edit("data", '{"n":99}', 2)), "restamped", FIRST),
    Tampering("an edit of the event the first checkpoint names", then_restamp(edit("data", '{"n":99}', FIRST)), "restamped", FIRST),
    Tampering("an edit between the checkpoints", then_restamp(edit("actor_id", 99, 8)), "restamped", SECOND),
    Tampering("a deletion", then_restamp(delete(3)), "restamped", FIRST),
    Tampering("an exchange of two events", then_restamp(swap(2, 3)), "restamped", FIRST),
    Tampering("an insertion", then_restamp(shift_in(4)), "restamped", FIRST),
    Tampering("a whole stream invented", invent, "restamped", FIRST),
    # truncated
    Tampering("the last event", delete(EVENTS), "truncated", EVENTS),
    Tampering("the tail", cut(9, head=False), "truncated", 10),
    Tampering("all but the first", cut(1, head=False), "truncated", 2),
    Tampering("the tail with its head row", cut(9, head=True), "truncated", 10),
    Tampering("the tail behind the first checkpoint with its head row", cut(FIRST, head=True), "truncated", FIRST + 1),
    Tampering("all but the first with the head row", cut(1, head=True), "truncated", 2),
    # removed
    Tampering("all events of a stream", drop_stream(head=False), "removed", EVENTS),
    Tampering("a stream and its head row", drop_stream(head=True), "removed", SECOND),
    # the head row
    Tampering("a head row put back", head_row(number=EVENTS - 2), "head", EVENTS - 1),
    Tampering("a head row put forward", head_row(number=EVENTS + 4), "truncated", EVENTS + 1),
    Tampering("a head row with another hash", head_row(digest="c" * 64), "head", EVENTS),
    Tampering("a head row deleted", lambda: sql("DELETE FROM governance_streamhead WHERE stream = %s", S), "head", EVENTS),
)  # fmt: skip

# SQLite keeps the constraint inside the table.
ON_POSTGRESQL: tuple[Tampering, ...] = (
    Tampering("a second event with a number that is taken", double(5), "inserted", 5),
    Tampering("a second last event", double(EVENTS), "inserted", EVENTS),
)
