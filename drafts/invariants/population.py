"""I4, I18, I23, I24, I26, I27: the population is complete, nothing hangs, no budget is broken, and what was erased stays accounted for."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncDate

from accounts.models import Contact, Message
from drafts import states
from drafts.invariants.base import CHUNK, Violation, deliveries, each, of
from drafts.models import Brief, Classification, Delivery, Draft, FollowUp, Generation
from drafts.privacy.erasing import NOBODY
from governance import clock, quarantine
from governance.holds import sending_paused
from governance.models import ApprovalRequest, ErasedRow, Erasure, Event, PolicyVersion, Quarantine

# generated = decided + pending + expired + superseded + withdrawn: each status is in exactly one part, but for closed ones. Closed after
# a message left is decided; closed without one (nothing due any more, a decision not to write) is withdrawn.
PARTS: dict[str, tuple[str, ...]] = {
    "decided": (states.APPROVED, states.SENT, states.ANSWERED, states.REJECTED),
    "pending": (
        states.PREPARING, states.AWAITING_DECISION, states.READY, states.IN_REVIEW, states.AWAITING_APPROVAL, states.ON_HOLD, states.STOPPED,
    ),
    "expired": (states.EXPIRED,),
    "superseded": (states.SUPERSEDED,),
    "withdrawn": (),
}
SENT_STATUS = (states.SENT, states.ANSWERED, states.CLOSED)
LATE = timedelta(minutes=15)


def population(rows: Q | None = None) -> dict[str, int]:
    """How many follow-ups began (by the ledger) and how many are in each part, for all or for the ``rows`` of a slice."""
    found = FollowUp.objects.filter(rows or Q())
    counts = Counter(dict(found.order_by().values_list("status").annotate(n=Count("pk"))))
    parts = {part: sum(counts[status] for status in known) for part, known in PARTS.items()}
    never = found.filter(status=states.CLOSED, sent_at__isnull=True).count()
    parts["withdrawn"] += never
    parts["decided"] += counts[states.CLOSED] - never
    begun = Event.objects.filter(subject_kind="follow_up", action="follow_up.prepare")
    return {"generated": (begun if rows is None else begun.filter(subject_id__in=found.values("pk"))).count(), **parts}


def the_population_is_complete() -> Iterator[Violation]:
    """I27: what began is decided, pending, expired, superseded or withdrawn; approvals = deliveries = mail log; per portfolio and lane."""
    begun = set(Event.objects.filter(subject_kind="follow_up", action="follow_up.prepare").values_list("subject_id", flat=True))
    known = {status for part in PARTS.values() for status in part} | {states.CLOSED}
    there = dict(FollowUp.objects.values_list("pk", "status"))
    yield from (Violation("follow_up", pk or 0, "it was begun, and there is no row of it any more") for pk in begun - there.keys())
    yield from (Violation("follow_up", pk, "it exists, and nothing says that it was begun") for pk in there.keys() - begun)
    yield from (Violation("follow_up", pk, f"{status} is in no part of the population") for pk, status in there.items() if status not in known)
    yield from _approvals_are_deliveries()
    yield from _deliveries_are_the_mail_log()


def _approvals_are_deliveries() -> Iterator[Violation]:
    """A request that every role approved has its delivery, and the other way round."""
    complete = Q(completed_at__isnull=False) | Q(state=ApprovalRequest.State.COMPLETE)
    requests = set(ApprovalRequest.objects.filter(complete, subject_kind="draft").values_list("pk", flat=True))
    delivered = dict(Delivery.objects.values_list("approval_request_id", "pk"))
    yield from (Violation("approval_request", pk, "it is complete, and no delivery came of it") for pk in sorted(requests - delivered.keys()))
    yield from (Violation("delivery", delivered[pk], "it comes of no complete approval") for pk in sorted(delivered.keys() - requests))


def _deliveries_are_the_mail_log() -> Iterator[Violation]:
    """Each accepted delivery is one outbound message with our Message-ID; each such message one accepted delivery, and its follow-up left."""
    accepted = {row.message_id: row for row in each(Delivery.objects.filter(state=states.ACCEPTED).select_related("follow_up").defer("mime"))}
    log = Counter(Message.objects.filter(message_id__in=list(accepted)).values_list("message_id", flat=True))
    for message_id, row in accepted.items():
        if log[message_id] != 1:
            yield of(row, f"the mail log has {log[message_id]} messages of it")
        if row.follow_up.status not in SENT_STATUS:
            yield of(row, f"it was accepted, and its follow-up is {row.follow_up.status}")
    ours = Message.objects.filter(direction=Message.Direction.OUT, external_id=F("message_id")).exclude(message_id="")
    for pk, message_id in ours.values_list("pk", "message_id").iterator(chunk_size=CHUNK):
        if message_id not in accepted and Delivery.objects.filter(message_id=message_id).exists():
            yield Violation("message", pk, "the mail log has it, and its delivery was never accepted")


def nothing_hangs() -> Iterator[Violation]:
    """I4: 15 minutes after its leaving time a message has ended or says in words why it waits; while sending is not stopped as a whole."""
    now = clock.now()
    if quarantine.standing() or sending_paused(now) is not None:
        return
    for row in each(Delivery.objects.filter(state__in=(states.SCHEDULED, states.CLAIMED), leaves_at__lt=now - LATE).defer("mime")):
        if not row.last_error:
            yield of(row, f"it should have left at {row.leaves_at:%Y-%m-%d %H:%M} UTC and nothing says why it did not")


def spend_is_within_budget() -> Iterator[Violation]:
    """I18: no day cost more than the largest budget any policy in force ever allowed."""
    policies = PolicyVersion.objects.exclude(state=PolicyVersion.State.DRAFT)
    budget = max((row.typed.model_cost_micro_per_day for row in policies), default=0)
    days = Generation.objects.annotate(day=TruncDate("created_at")).order_by().values_list("day").annotate(spent=Sum("cost_micro"))
    for day, spent in days:
        if spent > budget:
            yield Violation("generation", str(day), f"the model cost {spent} millionths that day, the budget was {budget}")


def erasures_are_on_record() -> Iterator[Violation]:
    """I23: a row changed by an erasure is in the list of one, in a chain of hashes from the first to what stands there; each erasure has its
    event and ended; and no erased contact has a name again."""
    told = {json.loads(data).get("uid") for data in Event.objects.filter(action="privacy.erased").values_list("data", flat=True)}
    for pk, uid, applied in Erasure.objects.values_list("pk", "uid", "applied_at"):
        if uid not in told:
            yield Violation("erasure", pk, "the ledger does not say so")
        if applied is None:
            yield Violation("erasure", pk, "it was begun and never ended")
    named = Contact.objects.filter(pk__in=Erasure.objects.values("contact_id")).exclude(name=NOBODY)
    yield from (Violation("contact", pk, "this person was erased and is named again") for pk in named.values_list("pk", flat=True))
    for model, first in ((Brief, "fingerprint"), (Draft, "fingerprint"), (Delivery, "mime_sha256")):
        yield from _chains(model, first)


def _chains(model: Any, first: str) -> Iterator[Violation]:
    table = model._meta.db_table
    listed: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for pk, before, after in ErasedRow.objects.filter(table_name=table).order_by("pk").values_list("row_id", "before", "after"):
        listed[pk].append((before, after))
    for pk, begun, stands in model._default_manager.exclude(erased_sha256="").values_list("pk", first, "erased_sha256"):
        hashes = [begun, *(after for _, after in listed[pk])]
        if not listed[pk]:
            yield Violation(table, pk, "its words were replaced, and no erasure lists it")
        elif hashes[-1] != stands or [before for before, _ in listed[pk]] != hashes[:-1]:
            yield Violation(table, pk, "its words are not those an erasure left")


def nothing_left_in_quarantine() -> Iterator[Violation]:
    """I24: nothing was handed over while a delivery quarantine stood."""
    for stood in Quarantine.objects.order_by("pk"):
        rows = deliveries().filter(handed_over_at__gt=stood.found_at)
        if stood.lifted_at is not None:
            rows = rows.filter(handed_over_at__lt=stood.lifted_at)
        for row in each(rows):
            yield of(row, f"it was handed over while quarantine {stood.pk} stood")


def lanes_are_never_lowered() -> Iterator[Violation]:
    """I26: what the rules said is the least; the lane that holds is the same or stricter."""
    for pk, lane, machine in Classification.objects.exclude(lane=F("machine_lane")).values_list("pk", "lane", "machine_lane"):
        if states.LANE_ORDER.get(lane, 0) < states.LANE_ORDER.get(machine, 0):
            yield Violation("classification", pk, f"the rules said {machine}, it was made {lane}")
