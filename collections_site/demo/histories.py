"""What happened before the visitor came in: twelve business days, played through the real verbs by the people of the demo.

Each history is one function; their acts are merged by time. Days are business days (0 is the demo's day), times Berlin's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NamedTuple

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from accounts.models import Dispute, DisputeSignal
from collections_site.demo import sampling, words
from collections_site.demo.book.customer import FIRST_DAY
from collections_site.demo.stage import Stage
from drafts import review
from drafts.readiness import switching
from drafts.review.decisions import Term

log = logging.getLogger(__name__)

REFUSALS = (switching.NotPossible, review.Blocked, review.Conflict, review.NotAllowed, review.WrongState, ObjectDoesNotExist, LookupError)


class Act(NamedTuple):
    """Something somebody does at ``hour``:``minute`` of a business day."""

    day: int
    hour: int
    minute: int
    do: Callable[[Stage], object]


def play(stage: Stage, acts: list[Act]) -> int:
    """Play ``acts`` in the order of time; returns how many were refused.

    An act the desk refuses (a holiday moved a message, a rule became stricter) is logged and left out: the rest of the book is worth
    looking at all the same. Tests demand that none is refused.
    """
    refused = 0
    for act in sorted(acts, key=lambda a: a[:3]):
        stage.until(stage.days.at(act.day, act.hour, act.minute))
        try:
            with transaction.atomic():
                act.do(stage)
        except REFUSALS:
            refused += 1
            log.warning("an act of the demo's history was refused: day %s, %02d:%02d", *act[:3], exc_info=True)
    return refused


def before_today() -> list[Act]:
    """Everything up to last night."""
    stories = (mornings, paid_as_promised, disputed_and_resolved, not_a_dispute, answered, decided, approved_by_two, reviewed, held)
    return [act for story in (*stories, sampled, model_let_in) for act in story()]


def model_let_in() -> list[Act]:
    """A model asked for and let in by two people; the portfolios were ready that morning."""
    return [Act(-1, 9, 25, lambda s: s.ask_for_a_model("mara")), Act(-1, 9, 40, lambda s: s.let_a_model_write("lea"))]


def mornings() -> list[Act]:
    """Each morning the feeds arrive and what is due is prepared."""
    days = range(FIRST_DAY, 0)
    return [Act(day, 8, 20, lambda s, d=day: s.bring_in(d)) for day in days] + [Act(day, 8, 30, lambda s: s.prepare()) for day in days]


def paid_as_promised() -> list[Act]:
    """Reminded, promised a day, paid on it; the next debt begins a new round."""
    return [
        Act(-12, 9, 40, lambda s: s.send("2003", "jonas")),
        Act(-10, 11, 5, lambda s: s.reply("2003", words.CALDER_PROMISE.format(day=f"{s.days.business(-7):%d %B %Y}"), by="jonas")),
    ]


def disputed_and_resolved() -> list[Act]:
    """A dispute from the customer's reply to its resolution; what is owed after all is asked for again."""

    def confirm(s: Stage) -> None:
        signal = DisputeSignal.objects.get(account=s.account("2022"), status="pending")
        review.confirm_signal(signal.pk, by=s.users["lea"], at=s.now, owner=s.users["priya"], category="quantity")

    def answer(s: Stage) -> None:
        dispute = Dispute.objects.get(account=s.account("2022"))
        review.answer_dispute(dispute.pk, "Invoice INV-202201", words.VALE_ROYAL_ANSWER, by=s.users["jonas"], at=s.now)

    def resolve(s: Stage) -> None:
        dispute = Dispute.objects.get(account=s.account("2022"))
        review.resolve_dispute(dispute.pk, "partly", "Credit note CN-77 over GBP 1,024.00 posted", by=s.users["lea"], at=s.now)

    return [
        Act(-12, 9, 45, lambda s: s.send("2022", "jonas")),
        Act(-10, 14, 30, lambda s: s.reply("2022", words.VALE_ROYAL_DISPUTE, by="jonas")),
        Act(-10, 15, 10, confirm),
        Act(-9, 10, 0, answer),
        Act(-9, 14, 0, lambda s: s.send("2022", "lea", "priya")),
        Act(-4, 11, 30, resolve),
    ]


def not_a_dispute() -> list[Act]:
    """A signal that was none: dismissed with a reason; somebody else approves the message."""

    def dismiss(s: Stage) -> None:
        signal = DisputeSignal.objects.get(account=s.account("2026"), status="pending")
        review.dismiss_signal(signal.pk, words.WHARFEDALE_REASON, words.WHARFEDALE_LINE, by=s.users["jonas"], at=s.now)

    return [Act(-7, 9, 30, dismiss), Act(-6, 10, 15, lambda s: s.send("2026", "priya"))]


def answered() -> list[Act]:
    """Sent and answered: a question, an absence, "already paid", approval at the customer, a promise, a dispute; a promise by phone."""
    sends = {"2001": -6, "2002": -5, "2009": -6, "3001": -7, "3003": -7, "3008": -6, "2021": -3}
    acts = [Act(day, 10, 20, lambda s, n=number: s.send(n, "jonas")) for number, day in sends.items()]

    def call(s: Stage) -> None:
        review.log_call(
            s.account("3006").pk, "promise", by=s.users["priya"], at=s.now, note=words.GALDOS_CALL,
            promised_on=s.days.business(3), method="transfer",
        )

    return [
        *acts,
        Act(-3, 16, 40, lambda s: s.reply("2002", words.BRACKENRIDGE_AWAY, subject="Automatic reply: your invoices")),
        Act(-2, 9, 25, lambda s: s.reply("2009", words.FOXGLOVE_PAID, by="jonas")),
        Act(-2, 9, 40, lambda s: s.deal_with("2009", "jonas", "Says it is paid: finance looks at the bank.")),
        Act(-2, 11, 15, lambda s: s.reply("2001", words.ASHDOWN_QUESTION, by="jonas")),
        Act(-2, 12, 40, call),
        Act(-1, 12, 10, lambda s: s.reply("3008", words.SIERRA_APPROVAL, by="nina")),
    ]


def decided() -> list[Act]:
    """Decisions of people: write with conditions; no contact until a day; a payment plan agreed and kept."""

    def write(s: Stage) -> None:
        s.decide("1020", "proceed", "ingrid", conditions=words.FALKENSTEIN_CONDITIONS, valid_until=s.days.ahead(30))

    def agree(s: Stage) -> None:
        plan = tuple(("2200.00", s.days.business(day)) for day in (-4, 16, 36))
        until = s.days.business(45)
        s.decide("2032", "proceed_plan", "lea", valid_until=until, term=Term("payment_plan", "GBP", plan, until, ("INV-203201",)))

    return [
        Act(-9, 16, 15, write),
        Act(-8, 10, 30, lambda s: s.send("1020", "priya", "lea")),
        Act(-6, 13, 0, lambda s: s.reply("1020", words.FALKENSTEIN_QUESTION, by="jonas")),
        Act(-4, 11, 0, lambda s: s.decide("3005", "no_contact", "ingrid", conditions=words.RHONE_CONDITIONS, valid_until=s.days.ahead(20))),
        Act(-12, 10, 5, lambda s: s.send("2032", "jonas")),
        Act(-10, 9, 15, lambda s: s.reply("2032", words.RIBBLE_PLAN, by="jonas")),
        Act(-10, 9, 40, lambda s: s.deal_with("2032", "jonas", "Asks for a payment plan: passed on to finance.")),
        Act(-9, 9, 30, agree),
        Act(-5, 9, 50, lambda s: s.send("2032", "jonas", "priya", "lea")),
    ]


def approved_by_two() -> list[Act]:
    """A strategic customer's message, co-signed."""
    return [Act(-8, 14, 0, lambda s: s.send("1024", "priya", "lea"))]


def reviewed() -> list[Act]:
    """Edited and sent; rejected; routed with a note; approved and stopped; approved last night; a hand-over nobody can vouch for."""

    def reject(s: Stage) -> None:
        review.reject(s.follow_up("1003").pk, "wrong_time", words.BERGMANN_REASON, by=s.users["jonas"], at=s.now)

    def route(s: Stage) -> None:
        review.route(s.follow_up("3002").pk, by=s.users["nina"], at=s.now, note=words.BOULANGERIE_NOTE, role="account_owner")

    def stop(s: Stage) -> None:
        review.stop(s.delivery("3010").pk, words.ALBA_STOP, by=s.users["priya"], at=s.now)

    return [
        Act(-5, 9, 20, lambda s: s.edit("1004", "jonas", words.CORVUS_OLD, words.CORVUS_NEW)),
        Act(-5, 9, 24, lambda s: s.send("1004", "jonas")),
        Act(-2, 10, 15, reject),
        Act(-1, 9, 50, route),
        Act(-1, 15, 40, lambda s: s.lose("1030", "jonas")),
        Act(-1, 16, 52, lambda s: s.approve("3010", "nina")),
        Act(-1, 16, 55, lambda s: s.approve("1028", "jonas")),
        Act(-1, 17, 8, stop),
    ]


def held() -> list[Act]:
    """Holds put by people, of every kind that no machine puts."""

    def put(number: str, kind: str, who: str, reason: str, days: int | None = None) -> Callable[[Stage], object]:
        return lambda s: s.hold(number, kind, who, reason, days)

    return [
        Act(-3, 11, 40, put("2020", "do_not_contact", "priya", words.THORNBURY_HOLD)),
        Act(-3, 11, 45, put("2031", "pause", "priya", words.HOLME_HOLD, 14)),
        Act(-1, 14, 10, lambda s: s.hold_invoice("2002", 1, "lea", words.BRACKENRIDGE_HOLD)),
    ]


def sampled() -> list[Act]:
    """What the random sample is drawn from, and how it was labelled by two people who did not see what the detector said."""

    def confirm(s: Stage) -> None:
        while (signal := DisputeSignal.objects.filter(account=s.account("2042"), status="pending").first()) is not None:
            review.confirm_signal(signal.pk, by=s.users["lea"], at=s.now, owner=s.users["priya"], category="delivery")

    return [
        Act(-9, 13, 10, confirm),
        Act(-8, 10, 40, lambda s: s.send("2041", "jonas")),
        Act(-8, 10, 45, lambda s: s.send("2043", "jonas")),
        Act(-1, 17, 20, sampling.draw_recall),
        *(Act(-1, 17, minute, lambda s, who=who: sampling.label(s, who)) for minute, who in ((30, "chen"), (45, "lea"), (55, "ayo"))),
        Act(-1, 17, 58, sampling.agree),
    ]
