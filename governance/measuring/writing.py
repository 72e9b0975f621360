"""Rows of measures beside the events they measure: read what is known, read the events, write what they add. In the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.db.models import Q

from governance import bulk
from governance.measuring import drafts, kinds, messages
from governance.measuring.reading import Book, Told
from governance.measuring.rolling import add_late, shared_lock
from governance.models import Event, Measure

# What each act adds. Every other act measures nothing.
READERS: dict[str, Callable[[Told, Book], None]] = {
    "follow_up.draft_ready": drafts.offered,
    "follow_up.answer": drafts.offered,
    "follow_up.reopen": drafts.offered,
    "follow_up.edit": drafts.resumed,
    "follow_up.approve_partly": drafts.partly,
    "follow_up.approve": drafts.approved,
    "follow_up.reject": drafts.rejected,
    "follow_up.request_changes": drafts.sent_back,
    "follow_up.expire": drafts.expired,
    "follow_up.refresh": drafts.overtaken,
    "follow_up.supersede": drafts.overtaken,
    "follow_up.hold": drafts.withdrawn,
    "follow_up.nothing_due": drafts.withdrawn,
    "draft.opened": drafts.opened,
    "follow_up.open": drafts.opened,
    "draft.viewed_evidence": drafts.evidence,
    "draft.answered_first": drafts.answered_first,
    "draft.edited": drafts.edited,
    "gate.blocked": drafts.blocked,
    "follow_up.stop": messages.stopped,
    "delivery.handing_over": messages.handing_over,
    "follow_up.accepted": messages.sent,
    "delivery.failed": messages.failed,
    "reply.recorded": messages.replied,
    "reply.confirmed": messages.relabelled,
    "signal.found": messages.signal_found,
    "signal.confirmed": messages.signal_judged,
    "signal.dismissed": messages.signal_judged,
    "dispute.opened": messages.dispute_opened,
    "dispute.resolved": messages.dispute_resolved,
    "promise.recorded": messages.promised,
    "promise.settled": messages.promise_settled,
    "contact.opted_out": messages.opted_out,
    "account.routed": messages.routed,
}
# Acts about a row that has a row of measures by its id.
_BY_REF = {
    "reply.confirmed": kinds.REPLY, "signal.confirmed": kinds.SIGNAL, "signal.dismissed": kinds.SIGNAL,
    "dispute.resolved": kinds.DISPUTE, "promise.settled": kinds.PROMISE,
}  # fmt: skip
_NOT_FROM_REVIEW = ("follow_up.hold", "follow_up.nothing_due", "follow_up.supersede", "follow_up.refresh", "follow_up.edit")


def measured(events: Iterable[Event]) -> list[Told]:
    """The events that add something, read."""
    return [Told.of(event) for event in events if event.action in READERS and event.stream.startswith("account:")]


def project(events: Sequence[Event]) -> None:
    """Write what ``events``, just appended, add to the measures. A few statements for any number; none when they add nothing."""
    told = [one for one in measured(events) if not _idle(one)]
    if told:
        book = read(told, known(told))
        save(book, summed_until=shared_lock())


def _idle(told: Told) -> bool:
    """A move that began outside review ends no draft: the common case of a batch of preparation."""
    before = told.data.get("from")
    return told.action in _NOT_FROM_REVIEW and before not in (*drafts.UNDER_REVIEW, "stopped")


def known(told: Sequence[Told]) -> Book:
    """The standing rows that these events may continue."""
    book = Book()
    begun = {one.follow_up for one in told if one.action == "follow_up.draft_ready" and one.data.get("fresh")}
    follow_ups = {one.follow_up for one in told if one.follow_up is not None} - begun
    refs: dict[str, set[int | None]] = {}
    for one in told:
        if one.action in _BY_REF:
            refs.setdefault(_BY_REF[one.action], set()).add(one.event.subject_id)
    wanted = Q()
    if follow_ups:
        wanted |= Q(follow_up_id__in=follow_ups)
    for kind, ids in refs.items():
        wanted |= Q(kind=kind, ref__in=ids)
    if wanted:
        rows = list(Measure.objects.filter(wanted, stands=True).order_by("event_id", "part"))
        further = {row.follow_up_id for row in rows if row.follow_up_id is not None} - follow_ups
        if further:
            rows = [row for row in rows if row.follow_up_id not in further]
            rows += Measure.objects.filter(follow_up_id__in=further, stands=True).order_by("event_id", "part")
        book.know(rows)
    return book


def read(told: Iterable[Told], book: Book) -> Book:
    """Read the events, in order, on top of what is known."""
    for one in told:
        READERS[one.action](one, book)
    return book


def save(book: Book, *, summed_until: object = None) -> None:
    """Write the new rows and take down those that fell; days that were summed already get sums of their own."""
    stored = [row for row in book.fallen if row.pk is not None]
    bulk.insert(Measure, book.new)
    if stored:
        Measure.objects.filter(pk__in=[row.pk for row in stored]).update(stands=False)
    if summed_until is not None:
        add_late([(row, 1) for row in book.new if row.stands] + [(row, -1) for row in stored], summed_until)
