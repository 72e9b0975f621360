"""What becomes of each case of a synthetic history: its week begins, people act, the customer answers, the money comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import groupby

from accounts.models import Invoice, Message, Source
from collections_site.synthetic import book as books
from collections_site.synthetic import planted, words
from collections_site.synthetic.planted import CLEAR, FALSE, Case
from collections_site.synthetic.stage import SEAT, Stage
from drafts import responses, review, states
from drafts.detection import scan
from drafts.models import FollowUp
from drafts.preparation import prepare_accounts
from governance.history import record_history
from governance.models import Hold, User

WEEK = timedelta(days=7)
# From the beginning of a round: read and prepared, decided from here on (a case is five minutes after the one before), judged, paid.
PREPARED, JUDGED, DECIDED, APART = timedelta(minutes=20), timedelta(minutes=50), timedelta(hours=1, minutes=30), timedelta(minutes=5)
PAID_AFTER, LATE, RESOLVED_AFTER = timedelta(days=9), timedelta(days=12), timedelta(days=8)
LONGEST_DAY = 60
# What is prepared on the first day of a round is decided on it and the days after.
DAYS = 3
# In every eighth round one feed does not answer until the next morning.
OUTAGE, DOWN_FOR = 8, timedelta(hours=22)


class Play:
    """The cases of one history on one stage. ``first`` is the morning of the first round."""

    def __init__(self, stage: Stage, cases: Sequence[Case], first: datetime) -> None:
        self.stage, self.first = stage, first
        self.invoices: dict[int, Invoice] = {}
        self.weeks: Mapping[int, list[Case]] = {week: list(group) for week, group in groupby(cases, key=lambda case: case.week)}

    def play(self) -> None:
        """Everything, and at the end nothing is left to do: all debts are paid, every round is over."""
        for week in self.weeks:
            self.stage.then(self.first + week * WEEK, lambda at, week=week: self._begin(week, at))  # type: ignore[misc]
        self.stage.play()
        self.stage.now(self.stage.end)
        self._settle(self.invoices, self.stage.end)
        self._close(self.stage.end)

    # a round ----------------------------------------------------------------------------------------------------------------
    def _begin(self, week: int, at: datetime) -> None:
        cases, stage = self.weeks[week], self.stage
        self._close(at)
        self.invoices |= books.owe(cases, stage.book, at)
        down = list(self.weeks).index(week) % OUTAGE == OUTAGE - 1
        if down:
            self._feed(at, Source.Status.FAILED)
            stage.then(at + DOWN_FOR, lambda then: self._feed(then, Source.Status.OK))
            stage.then(at + DOWN_FOR + PREPARED, lambda then: self._prepare(cases, then))
        stage.then(at + PREPARED, lambda then: self._prepare(cases, then))
        later = DOWN_FOR if down else timedelta(0)
        for place, case in enumerate(cases):
            self._plan(case, at + later + APART * (place % LONGEST_DAY) + timedelta(days=case.number % DAYS))

    def _feed(self, at: datetime, status: str) -> None:
        source = Source.objects.get(portfolio=self.stage.book.portfolio, kind=books.FAILS)
        bad = status != Source.Status.OK
        as_of = source.as_of if bad else at - timedelta(minutes=10)
        said = {"status": status, "failed_since": at if bad else None, "error": "503 (synthetic history)" if bad else "", "as_of": as_of}
        Source.objects.filter(pk=source.pk).update(**said)
        record_history(Source, [source.pk], "~", by=None, at=at)

    def _prepare(self, cases: Iterable[Case], at: datetime) -> None:
        ids = sorted({self.stage.account_id(case) for case in cases})
        scan(ids, at=at)
        prepare_accounts(ids, as_of=at)

    def _close(self, at: datetime) -> None:
        """What is settled is over: sent messages close, and what never left is computed again and found pointless."""
        ids = self.stage.book.account_ids
        responses.close_paid(ids, at=at)
        responses.settle_promises(at)
        left = FollowUp.objects.open().filter(account_id__in=ids)
        prepare_accounts(left.values_list("account_id", flat=True), as_of=at)

    # a case -----------------------------------------------------------------------------------------------------------------
    def _plan(self, case: Case, begin: datetime) -> None:
        stage = self.stage
        if case.words == CLEAR:
            stage.then(begin + JUDGED, lambda at: stage.judge(case, at, disputed=True))
            stage.then(begin + RESOLVED_AFTER, lambda at: self._credited(case, at))
            return
        if case.words == FALSE:
            stage.then(begin + JUDGED, lambda at: stage.judge(case, at, disputed=False))
        decided = begin + DECIDED
        stage.then(decided - timedelta(minutes=2), lambda at: stage.look(case, at))
        stage.then(decided, lambda at: self._decide(case, at))
        if case.reply:
            stage.then(begin + timedelta(days=case.reply_after, hours=4), lambda at: self._answer(case, at))
        stage.then(self._paid_at(case, begin), lambda at: self._pay(case, at))

    def _decide(self, case: Case, at: datetime) -> None:
        act, stage = case.act, self.stage
        if act in (planted.COSMETIC, planted.TONE, planted.CRITICAL):
            stage.edit(case, at)
            stage.approve(case, at + timedelta(minutes=1), {planted.COSMETIC: (), planted.TONE: ("tone",)}.get(act, ("fact",)))
        elif act == planted.SENT_BACK:
            review.request_changes(stage.follow_up(case).pk, ["tone"], "Please less abrupt.", by=stage.book.people["editor"], at=at)
            stage.then(at + timedelta(minutes=5), lambda then: self._prepare([case], then))
            stage.then(at + timedelta(minutes=30), lambda then: stage.approve(case, then))
        elif act in (planted.REJECTED, planted.WRONG):
            kind = "tone" if act == planted.REJECTED else "wrong_fact"
            review.reject(stage.follow_up(case).pk, kind, "Not like this.", by=self._reviewer(case), at=at)
        else:
            self._approve(case, at)

    def _approve(self, case: Case, at: datetime) -> None:
        """As it is. Of a debt that was paid since, the gate refuses it: the mistake is stopped there, and counted."""
        if case.act == planted.PAID_BEFORE:
            books.pay([self.invoices[case.number].pk], at.date())
            with suppress(review.Blocked):
                self.stage.approve(case, at)
            return
        self.stage.approve(case, at)
        self._after(case, at)

    def _reviewer(self, case: Case) -> User:
        return self.stage.book.people[SEAT.get(self.stage.follow_up(case).owner_role, "reviewer")]

    def _after(self, case: Case, at: datetime) -> None:
        """What happens between the approval and the hand-over."""
        if case.act == planted.PAID_MEANWHILE:
            books.pay([self.invoices[case.number].pk], at.date())
        elif case.act == planted.TAKEN_BACK:
            delivery = self.stage.follow_up(case).deliveries.latest("pk")
            review.stop(delivery.pk, "They rang a minute ago.", by=self._reviewer(case), at=at + timedelta(minutes=1))

    # what customers do --------------------------------------------------------------------------------------------------------
    def _answer(self, case: Case, at: datetime) -> None:
        """The customer answers our message, if one left."""
        row = self.stage.follow_up(case)
        if row.status not in (states.SENT, states.ANSWERED):
            return
        sent = Message.objects.filter(account_id=row.account_id, direction=Message.Direction.OUT).latest("at")
        number = books.number_of(case, self.stage.book)
        body = words.REPLIES[case.reply].format(number=number, day=f"{self._promised(at):%d %B %Y}")
        subject = words.AUTOMATIC if case.reply == "out_of_office" else f"Re: {sent.subject}"
        incoming = responses.Incoming(
            account_id=row.account_id, sender=sent.recipient, recipient=sent.sender, subject=subject, body=body, sent_at=at,
            message_id=f"<{number}@{sent.recipient.split('@')[1]}>", in_reply_to=sent.message_id,
        )  # fmt: skip
        responses.record_reply(incoming, by=None, at=at)
        if case.reply == "dispute":
            self.stage.then(at + timedelta(hours=1), lambda then: self.stage.judge(case, then, disputed=True))
            self.stage.then(at + timedelta(days=2), lambda then: self._credited(case, then))

    def _promised(self, at: datetime) -> datetime:
        return at + timedelta(days=3)

    def _paid_at(self, case: Case, begin: datetime) -> datetime:
        """A promise is kept on its day or broken; all others pay after some days."""
        if case.reply == "promise_with_date":
            said = begin + timedelta(days=case.reply_after, hours=5)
            return self._promised(said) if case.kept else said + LATE
        return begin + PAID_AFTER + timedelta(hours=2)

    def _pay(self, case: Case, at: datetime) -> None:
        self._settle([case.number], at)

    def _credited(self, case: Case, at: datetime) -> None:
        books.pay([self.invoices[case.number].pk], at.date())
        self.stage.resolve(case, at)

    def _settle(self, numbers: Iterable[int], at: datetime) -> None:
        """The money is there: what was claimed is true, what was disputed is over."""
        paid = [self.invoices[number] for number in numbers]
        books.pay([invoice.pk for invoice in paid], at.date())
        accounts = {invoice.account_id for invoice in paid}
        claims = Hold.objects.filter(account_id__in=accounts, kind=Hold.Kind.PAYMENT_CLAIM, released_at__isnull=True)
        for hold in claims:
            review.lift_hold(hold.pk, "The money is there.", by=self.stage.book.people["finance"], at=at)
