"""I10–I13: only listed moves, one event per change, a ledger that verifies, guards that stand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator

from django.db import connection
from django.db.models import F

from accounts.models import Dispute, DisputeSignal
from drafts import states
from drafts.invariants.base import Violation
from drafts.models import Delivery, Draft, FollowUp
from governance import guards, ledger
from governance.models import Approval, Decision, Event, Hold, PolicyVersion, PromptVersion, ReviewStandard, TemplateVersion, ToneRule

PREFIX = "follow_up."


def moves_are_listed() -> Iterator[Violation]:
    """I10: every recorded move of a follow-up is in the table and begins where the one before ended; the last one is its status."""
    at: dict[int, str] = {}
    moves: Counter[int] = Counter()
    rows = Event.objects.filter(subject_kind="follow_up", action__startswith=PREFIX).order_by("subject_id", "id")
    for pk, action, data in rows.values_list("subject_id", "action", "data").iterator(chunk_size=2000):
        name, content = action.removeprefix(PREFIX), json.loads(data)
        if name not in states.BY_ACTION and name != "prepare":
            continue
        moves[pk or 0] += 1
        problem = _problem(name, content.get("from"), content.get("to"), at.get(pk or 0, ""))
        if problem:
            yield Violation("follow_up", pk or 0, f"{name}: {problem}")
        at[pk or 0] = content.get("to", "")
    for pk, status, version in FollowUp.objects.order_by("pk").values_list("pk", "status", "version"):
        if at.get(pk) != status:
            yield Violation("follow_up", pk, f"it is {status}, but its last recorded move led to {at.get(pk) or 'nothing'}")
        elif moves[pk] != version:
            yield Violation("follow_up", pk, f"it moved {version} times, {moves[pk]} of them are on record")


def _problem(name: str, before: str, after: str, stood: str) -> str:
    if before != stood:
        return f"it began at {before or 'nothing'}, but the follow-up stood at {stood or 'nothing'}"
    if name == "prepare":
        return "" if after == states.PREPARING else f"a follow-up began as {after}"
    transition = states.BY_ACTION[name]
    listed = before in transition.sources and after == transition.target
    return "" if listed else f"no listed move leads from {before} to {after}"


def changes_have_events() -> Iterator[Violation]:
    """I11: each of these rows has exactly the event of the act that made it."""
    yield from _without("approval", Approval.objects.values_list("pk", flat=True), _approvals_on_record(), "approval.given")
    for kind, rows, action in (
        ("delivery", Delivery.objects.all(), "delivery.scheduled"),
        ("delivery", Delivery.objects.filter(state=states.DELIVERY_STOPPED), "delivery.stopped"),
        ("draft", Draft.objects.filter(author_kind=Draft.AuthorKind.PERSON), "draft.edited"),
        ("hold", Hold.objects.all(), "hold.put"),
        ("hold", Hold.objects.filter(released_at__isnull=False), "hold.released"),
        ("signal", DisputeSignal.objects.filter(status=DisputeSignal.Status.DISMISSED), "signal.dismissed"),
        ("signal", DisputeSignal.objects.filter(status=DisputeSignal.Status.CONFIRMED), "signal.confirmed"),
        ("dispute", Dispute.objects.filter(resolved_by__isnull=False), "dispute.resolved"),
        ("decision", Decision.objects.filter(state=Decision.State.DECIDED), "decision.recorded"),
    ):  # fmt: skip
        told = Event.objects.filter(action=action, subject_kind=kind).values_list("subject_id", flat=True)
        yield from _without(kind, rows.order_by("pk").values_list("pk", flat=True), Counter(told), action)


def _approvals_on_record() -> Counter[int | None]:
    """Approval id → events of that person about that request."""
    told: Counter[tuple[int | None, int]] = Counter()
    for actor, data in Event.objects.filter(action__in=("approval.given", "approval.refused")).values_list("actor_id", "data"):
        told[actor, json.loads(data).get("request", 0)] += 1
    rows = Approval.objects.values_list("pk", "person_id", "request_id")
    return Counter({pk: told[person, request] for pk, person, request in rows})


def _without(kind: str, ids: Iterable[int], told: Counter[int | None], action: str) -> Iterator[Violation]:
    for pk in ids:
        if told[pk] != 1:
            yield Violation(kind, pk, f"{told[pk] or 'no'} event{'s' if told[pk] > 1 else ''} “{action}” in the ledger, expected one")


def the_ledger_verifies() -> Iterator[Violation]:
    """I12: every stream chains from its first event to its head."""
    for broken in ledger.verify():
        yield Violation("event", f"{broken.stream}#{broken.number}", broken.why)


def guards_stand() -> Iterator[Violation]:
    """I13, as far as the application can see: every trigger is there as delivered."""
    yield from (Violation("guard", name, "absent, switched off or changed") for name in guards.missing(connection))


def policies_and_texts_are_by_two_people() -> Iterator[Violation]:
    """I9 of the words: nobody put their own policy, text or prompt in force."""
    kinds = (
        ("policy", PolicyVersion), ("template", TemplateVersion), ("prompt", PromptVersion), ("tone_rule", ToneRule),
        ("review_standard", ReviewStandard),
    )  # fmt: skip
    for kind, model in kinds:
        for pk in model._default_manager.filter(author=F("activated_by")).values_list("pk", flat=True):
            yield Violation(kind, pk, "its author put it in force")
