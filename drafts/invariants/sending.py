"""I2, I3, I5, I6: the bytes are the approved ones, once, and what the mail server did with them is known or somebody said so."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from accounts.models import Message
from drafts import states
from drafts.delivery import mime
from drafts.delivery.looks import intact
from drafts.invariants.base import Violation, deliveries, each, of, reached
from drafts.models import Delivery
from governance.models import Event


def bytes_are_the_approved_ones() -> Iterator[Violation]:
    """I2: headers, body, attachments and envelope of the frozen bytes are those of the draft, and the draft is what was fingerprinted."""
    for delivery in each(deliveries()):
        for part in (*mime.differences(delivery.draft, delivery.mime), *mime.envelope_differences(delivery)):
            yield of(delivery, f"its bytes differ from the approved text in: {part}")
        if not intact(delivery.draft):
            yield of(delivery, f"draft {delivery.draft_id} is not the text its fingerprint was taken of")


def erased_words() -> str:
    """How many messages are erased: their bytes are compared with what is left of the text; the hashes before are on record."""
    n = Delivery.objects.exclude(erased_sha256="").count()
    return f"{n} message{'' if n == 1 else 's'} erased: what is left agrees, the hashes before are in the list of the erasure" if n else ""


def one_message_per_step() -> Iterator[Violation]:
    """I3: one demand per account, cycle and step (the top of the ladder again only after the policy's window), one outbound row each."""
    seen: dict[tuple[int, int, int], datetime] = {}
    demands = deliveries().filter(state=states.ACCEPTED, draft__purpose=states.DEMAND, accepted_at__isnull=False)
    for delivery in demands.order_by("accepted_at", "pk").iterator(chunk_size=500):
        follow_up, policy = delivery.draft.follow_up, delivery.approval_request.policy_version.typed
        key, before = (delivery.account_id, follow_up.cycle, follow_up.step), None
        assert delivery.accepted_at is not None
        before, seen[key] = seen.get(key), delivery.accepted_at
        top = max(rule.step for rule in policy.steps)
        again = follow_up.step >= top and before is not None and (delivery.accepted_at - before).days >= policy.cap_window_days - 1
        if before is not None and not again:
            yield of(delivery, f"a second demand of cycle {follow_up.cycle}, step {follow_up.step} of account {delivery.account_id}")
    outbound = set(Message.objects.filter(direction=Message.Direction.OUT).values_list("account_id", "message_id"))
    for delivery in each(Delivery.objects.filter(state=states.ACCEPTED).defer("mime")):
        if (delivery.account_id, delivery.message_id) not in outbound:
            yield of(delivery, "it was accepted, but the account has no outbound message of it")


def accepted_means_accepted() -> Iterator[Violation]:
    """I5: an accepted message has the server's answer (or what settled it), its moment and its event."""
    told = _acts("delivery.accepted")
    for delivery in each(Delivery.objects.filter(state=states.ACCEPTED).defer("mime")):
        if not delivery.server_answer or delivery.accepted_at is None:
            yield of(delivery, "it is accepted without an answer of the mail server")
        if delivery.pk not in told:
            yield of(delivery, "it is accepted, but the ledger does not say so")


def unknown_is_left_by_evidence_only() -> Iterator[Violation]:
    """I6: an unknown outcome ended by a late answer, a reply, or two named persons; it was never handed over again."""
    unknown, over = _acts("delivery.unknown"), _acts("delivery.handing_over")
    resolved, proposed = _acts("delivery.resolved"), _acts("delivery.outcome_proposed")
    for delivery in each(Delivery.objects.filter(pk__in=unknown).defer("mime")):
        first = unknown[delivery.pk][0]
        if any(event.id > first.id for event in over.get(delivery.pk, [])):
            yield of(delivery, "it was handed over again after its outcome was unknown")
        if delivery.state == states.OUTCOME_UNKNOWN:
            continue
        ends = resolved.get(delivery.pk, [])
        if not ends:
            yield of(delivery, f"it left “outcome unknown” for {delivery.state} without a word in the ledger")
        elif ends[-1].actor_id is None and delivery.state != states.ACCEPTED:
            yield of(delivery, "the machine itself declared an unknown outcome a failure")
        elif ends[-1].actor_id is not None and not _second_person(ends[-1], proposed.get(delivery.pk, [])):
            yield of(delivery, "one person alone settled its outcome")


def _second_person(end: Event, proposals: list[Event]) -> bool:
    before = [event for event in proposals if event.id < end.id]
    outcome = json.loads(end.data).get("outcome")
    wanted = "sent" if outcome == states.ACCEPTED else "not_sent"
    return bool(before) and before[-1].actor_id != end.actor_id and json.loads(before[-1].data).get("outcome") == wanted


def _acts(action: str) -> dict[int, list[Event]]:
    """Events of one action about deliveries, by delivery, in order."""
    found: dict[int, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(action=action, subject_kind="delivery").order_by("id").iterator(chunk_size=2000):
        found[event.subject_id or 0].append(event)
    return found


def handed_over_by_the_book() -> Iterator[Violation]:
    """I7, its record: whatever reached the mail server has the event of its last look."""
    over = _acts("delivery.handing_over")
    for delivery in reached():
        acts = over.get(delivery.pk, [])
        if not acts:
            yield of(delivery, "no last look of it is on record")
        elif acts[-1].at != delivery.handed_over_at or not json.loads(acts[-1].data).get("looks"):
            yield of(delivery, "the last look on record is not the one it was handed over after")
