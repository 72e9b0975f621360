"""A desk with decided rounds to draw from, and people who label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from drafts.labelling import drawing, judging
from drafts.labelling.judging import Answer
from drafts.labelling.units import Unit
from drafts.models import FollowUp
from governance.models import SampleFrame, SampleItem
from tests.drafts.scene import AS_OF, Case, Desk, stop_clock
from tests.factories import make_invoice, make_message, make_ticket, make_user, moment

SINCE, UNTIL, LATER = moment(-48), moment(6), moment(7)
WORDS = "we only received eight of the ten pallets"


def decided(desk: Desk, invoices: int = 2, *, ticket: str = "", mail: str = "", **fields) -> Case:
    """An account with overdue invoices, its draft approved by the reviewer. ``ticket`` and ``mail`` are texts that lie there, read already."""
    account = desk.account(**fields)
    case = Case(desk, account, [make_invoice(account, days_overdue=10 + n, amount_minor=10_000) for n in range(invoices)])
    if ticket:
        make_ticket(account, body=ticket, scanned_at=moment(-5))
    if mail:
        make_message(account, body=mail, subject="Delivery", at=moment(-72), scanned_at=moment(-70))
    case.prepare()
    people = [desk.person(role["role"] if isinstance(role, dict) else role[0]) for role in case.follow_up.required_roles or [["reviewer", ""]]]
    case.approve(*people)
    return case


def send(settings, *cases: Case) -> None:
    """Let the approved messages leave; the clock stands after."""
    from drafts import sweeping

    last = max(case.delivery.leaves_at for case in cases)
    stop_clock(settings, last + timedelta(seconds=5))
    sweeping.sweep(last + timedelta(seconds=5))
    assert {case.delivery.state for case in cases} == {"accepted"}, [case.delivery.stop_reason for case in cases]


def sample(by=None, *, kind: str = "recall", size: int = 60, since: datetime = SINCE, until: datetime = UNTIL, at: datetime = LATER) -> SampleFrame:
    """A frame with its items, drawn by an auditor."""
    by = by or make_user("compliance_auditor")
    frame = drawing.frame(kind, since, until, by=by, at=at, size=size)
    drawing.draw(frame.pk, by=by, at=at)
    return frame


NO = Answer("no")
YES = Answer("yes", "quantity", quote=WORDS, reason="part of the goods never came")


def label_all(frame: SampleFrame, *people, yes=(), answer: Answer = YES, at: datetime = LATER) -> None:
    """Everybody answers what waits for them, in order: ``answer`` for the units in ``yes``, else no."""
    for person in people:
        for item in judging.due_for(person):
            if item.frame_id == frame.pk:
                judging.label(item.pk, answer if item.unit in yes else NO, by=person, at=at)


__all__ = ["AS_OF", "LATER", "NO", "SINCE", "UNTIL", "WORDS", "YES", "Answer", "Desk", "FollowUp", "SampleItem", "decided", "label_all", "sample", "send"]


def strata(found: Iterable[Unit]) -> dict[str, int]:
    """How many units each stratum has."""
    return dict(Counter(unit.stratum for unit in found))
