"""Approvals under races: many people, each with a connection of their own, answer for the same draft at the same moment.

Five kinds of race. After each one the rows are looked at (who answered what, what leaves), and the invariants about approving (I1, I8,
I9) are asked; after all of them every invariant and the ledger. Whatever is not a refusal in words is counted as an error.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from django.db import connection, connections

from accounts.models import Source
from collections_site.benchmarks import racing_cast, yardsticks
from collections_site.benchmarks.racing_cast import Cast
from drafts import states
from drafts.delivery import handover, outbox
from drafts.invariants import broken
from drafts.models import Delivery, FollowUp
from drafts.review import Blocked, Conflict, NotAllowed, WrongState, approve, edit, put_hold, reject, stop
from governance.ledger import verify
from governance.models import Approval, ApprovalRequest, Hold, User

REFUSALS = (Blocked, Conflict, NotAllowed, WrongState)
ABOUT_APPROVING = ("I1", "I8", "I9")
WORKERS_IDLE = 60
# Seconds between two words about how far it is.
EVERY = 10

Act = Callable[[], Any]


class Sink:
    """Takes messages and counts them, per Message-ID of nothing: the bytes themselves are kept."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    def connect(self) -> None:
        """Nothing to open."""

    def send(self, sender: str, recipients: Sequence[str], mime: bytes) -> str:
        """Take one."""
        self.taken.append(mime)
        return "250 taken"

    def close(self) -> None:
        """Nothing to close."""


@dataclass
class Races:
    """The threads, and what was counted so far."""

    cast: Cast
    parallel: int
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pool = ThreadPoolExecutor(self.parallel)

    def at_once(self, acts: Sequence[Act]) -> list[Any]:
        """Run the acts in threads that start together. Refusals are results; anything else raised is an error that is counted."""
        gate = threading.Barrier(len(acts))

        def run(act: Act) -> Any:
            gate.wait(WORKERS_IDLE)
            try:
                return act()
            except REFUSALS as refusal:
                return refusal
            except Exception as error:
                self.fault(f"{type(error).__name__}: {error}")
                return error

        results = list(self.pool.map(run, acts))
        self.counts["acts"] += len(acts)
        self.counts["refusals"] += sum(isinstance(r, REFUSALS) for r in results)
        return results

    def fault(self, words: str) -> None:
        """Note something that must not happen."""
        self.counts["faults"] += 1
        if len(self.wrong) < 20:
            self.wrong.append(words)

    def demand(self, holds: bool, words: str) -> None:
        """Note ``words`` unless ``holds``."""
        if not holds:
            self.fault(words)

    def close(self) -> None:
        """End the threads with their connections."""
        gate = threading.Barrier(self.parallel)  # so that every thread of the pool comes, and none twice

        def leave(_: int) -> None:
            gate.wait(WORKERS_IDLE)
            connections.close_all()

        list(self.pool.map(leave, range(self.parallel)))
        self.pool.shutdown()


def approving(follow_up: FollowUp, person: User, cast: Cast) -> Act:
    """``person`` approves what stood on the screen, warnings ticked."""
    assert follow_up.draft is not None
    pk, seen = follow_up.pk, follow_up.draft.fingerprint
    warnings = list(follow_up.draft.findings.filter(severity="warn").values_list("pk", flat=True))
    return lambda: approve(pk, seen, by=person, at=cast.at, acknowledged=warnings, reason="checked_source")


def one_each(races: Races, follow_up: FollowUp) -> None:
    """Everybody approves: one approval per role, each by another person, one message."""
    races.at_once([approving(follow_up, person, races.cast) for person in races.cast.people[: races.parallel]])
    given = list(Approval.objects.filter(request__subject_id=follow_up.draft_id).select_related("required_role"))
    asked = {role for role, _ in follow_up.required_roles}
    races.counts["approvals"] += len(given)
    races.demand(sorted(a.required_role.role for a in given) == sorted(asked), f"{follow_up}: roles {[a.required_role.role for a in given]} of {asked}")
    races.demand(len({a.person_id for a in given}) == len(given), f"{follow_up}: one person filled two roles")
    races.demand(Delivery.objects.filter(follow_up=follow_up).count() == 1, f"{follow_up}: not one message")
    races.demand(ApprovalRequest.objects.filter(subject_id=follow_up.draft_id).count() == 1, f"{follow_up}: asked twice")


def edit_against(races: Races, follow_up: FollowUp) -> None:
    """Half edit, half approve: nobody's approval is of a text they did not see, and only the text in force leaves."""
    draft, people = follow_up.draft, races.cast.people[: races.parallel]
    assert draft is not None
    body, at = draft.body, races.cast.at

    def editing(person: User) -> Act:
        return lambda: edit(follow_up.pk, draft.subject, f"{body}\nThank you, {person.pk}.", 1, by=person, at=at)

    races.at_once([approving(follow_up, p, races.cast) if n % 2 else editing(p) for n, p in enumerate(people)])
    now = FollowUp.objects.select_related("draft").get(pk=follow_up.pk)
    assert now.draft is not None
    given = list(Approval.objects.filter(request__subject_id__in=now.drafts.values("pk")))
    races.counts["approvals"] += len(given)
    races.counts["edited"] += now.draft_id != draft.pk
    races.demand(all(a.fingerprint == draft.fingerprint for a in given), f"{follow_up}: an approval of a text nobody saw")
    leaving = list(Delivery.objects.filter(follow_up=follow_up))
    races.demand(all(d.fingerprint == draft.fingerprint == now.draft.fingerprint for d in leaving), f"{follow_up}: another text leaves")
    races.demand(len(leaving) <= 1 and bool(leaving) == (now.status == states.APPROVED), f"{follow_up}: {now.status} with {len(leaving)} messages")


def reject_against(races: Races, follow_up: FollowUp) -> None:
    """One rejects while the others approve: either it leaves whole, or nothing does."""
    people, at = races.cast.people[: races.parallel], races.cast.at
    acts = [approving(follow_up, person, races.cast) for person in people[1:]]
    middle = len(acts) // 2
    acts.insert(middle, lambda: reject(follow_up.pk, "wrong_fact", "the amount is wrong", by=people[0], at=at))
    races.at_once(acts)
    _either(races, follow_up, states.REJECTED, "rejected")


def hold_against(races: Races, follow_up: FollowUp) -> None:
    """One puts a hold while the others approve: nothing is left that would leave."""
    people, at, account_id = races.cast.people[: races.parallel], races.cast.at, follow_up.account_id
    acts = [approving(follow_up, person, races.cast) for person in people[1:]]
    acts.insert(len(acts) // 2, lambda: put_hold("account", account_id, kind="other", reason="wait for the credit note", by=people[0], at=at))
    races.at_once(acts)
    races.demand(Hold.objects.filter(account_id=account_id, released_at=None).count() == 1, f"{follow_up}: not one hold")
    left = Delivery.objects.filter(follow_up=follow_up, state__in=outbox.UNDER_WAY)
    races.demand(not left.exists(), f"{follow_up}: leaves in spite of the hold")
    live = ApprovalRequest.objects.filter(subject_id=follow_up.draft_id, state__in=("open", "complete"))
    races.demand(not live.exists(), f"{follow_up}: an approval survived the hold")
    races.counts["stopped"] += Delivery.objects.filter(follow_up=follow_up, state=states.DELIVERY_STOPPED).exists()


def _either(races: Races, follow_up: FollowUp, ended: str, counted: str) -> None:
    now = FollowUp.objects.get(pk=follow_up.pk)
    leaving = Delivery.objects.filter(follow_up=follow_up).count()
    live = ApprovalRequest.objects.filter(subject_id=follow_up.draft_id, state__in=("open", "complete")).count()
    whole = (now.status, leaving, live) == (states.APPROVED, 1, 1)
    none = (now.status, leaving, live) == (ended, 0, 0)
    races.demand(whole or none, f"{follow_up}: {now.status}, {leaving} messages, {live} live requests")
    races.counts[counted] += none


def stop_against(races: Races, follow_up: FollowUp) -> None:
    """Half stop, half hand over: it is stopped and never left, or it left once."""
    people, sink = races.cast.people[: races.parallel], Sink()
    for person in people:
        if FollowUp.objects.get(pk=follow_up.pk).status == states.APPROVED:
            break
        try:
            approving(follow_up, person, races.cast)()
        except REFUSALS:
            continue
    delivery = Delivery.objects.get(follow_up=follow_up)
    at = delivery.leaves_at

    def stopping(person: User) -> Act:
        return lambda: stop(delivery.pk, "wait", by=person, at=at)

    leave: Act = lambda: handover.deliver_one(delivery.pk, at, transport=sink)  # noqa: E731
    races.at_once([leave if n % 2 else stopping(person) for n, person in enumerate(people)])
    delivery.refresh_from_db()
    races.counts["sent"] += delivery.state == states.ACCEPTED
    races.counts["stopped"] += delivery.state == states.DELIVERY_STOPPED
    expected = {states.ACCEPTED: 1, states.DELIVERY_STOPPED: 0}.get(delivery.state)
    races.demand(len(sink.taken) == expected, f"{delivery}: {delivery.state}, taken {len(sink.taken)} times: {delivery.stop_reason}")


KINDS: dict[str, Callable[[Races, FollowUp], None]] = {
    "approvers": one_each, "edit": edit_against, "reject": reject_against, "hold": hold_against, "stop": stop_against,
}  # fmt: skip


def run(parallel: int, rounds: int, only: str = "", *, seconds: float = 0, say: Callable[[str], Any] = lambda words: None) -> dict[str, Any]:
    """``rounds`` races of each kind (or of one) with ``parallel`` people, in the current (scratch) database.

    ``seconds`` ends each kind after that time with what was raced until then (0: no limit); ``say`` is told how far it is. Raises
    ``Refused`` on SQLite and for an unknown kind.
    """
    if only and only not in KINDS:
        raise yardsticks.Refused(f"unknown kind of race: {only}; known are {', '.join(KINDS)}")
    if connection.vendor != "postgresql":
        raise yardsticks.Refused("SQLite takes one writer at a time: races need PostgreSQL (DATABASE_URL=postgres://…)")
    cast = racing_cast.gather(parallel)
    result: dict[str, Any] = {"parallel": parallel, "races_of_each_kind": rounds}
    wrong: list[str] = []
    for kind, race in [(only, KINDS[only])] if only else KINDS.items():
        races = Races(cast, parallel)
        began = time.perf_counter()
        try:
            _race(races, race, rounds, _Clock(kind, rounds, seconds, say))
        finally:
            races.close()
        result |= {f"{kind}_{name}": races.counts[name] for name in sorted({"faults", *races.counts})}
        result[f"{kind}_seconds"] = round(time.perf_counter() - began, 1)
        wrong += races.wrong
    say("all invariants and the ledger")
    standing = broken()
    result["broken_invariants"], wrong = len(standing), wrong + standing[:20]
    result["ledger_breaks"] = len(verify())
    result["faults"] = sum(value for key, value in result.items() if key.endswith("_faults"))
    return {**result, "wrong": wrong}


@dataclass
class _Clock:
    """How far a kind is, told every ``EVERY`` seconds, and whether its time is over."""

    kind: str
    rounds: int
    seconds: float
    say: Callable[[str], Any]
    told: float = 0

    def __post_init__(self) -> None:
        self.began = time.perf_counter()

    def over(self, done: int, faults: int) -> bool:
        """Tell, now and then; True when no further race is to be begun."""
        spent = time.perf_counter() - self.began
        over = bool(self.seconds) and spent > self.seconds
        if over or done == self.rounds or spent - self.told >= EVERY:
            self.told = spent
            self.say(f"{self.kind}: {done} of {self.rounds} races, {faults} faults, {spent:.0f} s{', its time is over' if over else ''}")
        return over


def _race(races: Races, race: Callable[[Races, FollowUp], None], rounds: int, clock: _Clock) -> None:
    """Half of the drafts take two roles, half three; in turns, so that a race ended early met both."""
    two, three = racing_cast.drafts(races.cast, rounds - rounds // 2), racing_cast.drafts(races.cast, rounds // 2, legal=True)
    rows = [row for pair in zip_longest(two, three) for row in pair if row is not None]
    Source.objects.update(as_of=races.cast.at)
    for follow_up in rows:
        if clock.over(races.counts["races"], races.counts["faults"]):
            return
        if follow_up.draft is None:
            raise yardsticks.Refused(f"no draft was prepared for {follow_up}: {follow_up.hold_reason}")
        race(races, follow_up)
        for words in broken(ABOUT_APPROVING):
            races.fault(words)
        races.counts["races"] += 1
    clock.over(races.counts["races"], races.counts["faults"])
