"""Time and the verbs of a synthetic history: what happens when, each act by the verb a screen would call, at the moment the clock shows."""

from __future__ import annotations

import heapq
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from django.core.exceptions import ObjectDoesNotExist

from accounts.models import Dispute, DisputeSignal
from collections_site.demo import clock as demo_clock
from collections_site.synthetic import book as books
from collections_site.synthetic import words
from collections_site.synthetic.planted import CRITICAL, Case
from drafts import review, states
from drafts.delivery import handover, outbox, settle
from drafts.models import Delivery, Draft, FollowUp
from drafts.review.looking import looked
from governance import roles

log = logging.getLogger(__name__)

REFUSALS = (review.Blocked, review.Conflict, review.NotAllowed, review.WrongState, ObjectDoesNotExist)
SEAT = {roles.REVIEWER: "reviewer", roles.OWNER: "owner", roles.FINANCE: "finance"}
FRESH_FOR = timedelta(hours=3)
SOON = timedelta(seconds=5)
# A message that waits for business hours is looked at again this often at most.
TRIES = 3


class Stage:
    """One history being played until ``end``. What would happen later does not happen; ``refused`` counts acts the desk would not allow."""

    def __init__(self, book: books.Book, end: datetime) -> None:
        self.book, self.end, self.refused = book, end, 0
        self._coming: list[tuple[datetime, int, Callable[[datetime], object]]] = []
        self._order, self._fed = count(), datetime.min.replace(tzinfo=end.tzinfo)

    # time -----------------------------------------------------------------------------------------------------------------
    def then(self, moment: datetime, act: Callable[[datetime], object]) -> None:
        """``act`` happens at ``moment``."""
        heapq.heappush(self._coming, (moment, next(self._order), act))

    def play(self) -> None:
        """Let time pass, act by act. One the desk refuses is counted and left out, as people would leave it.

        Verbs are whole by themselves: nothing is wrapped around them, or the record of a refusal would go with it.
        """
        while self._coming and self._coming[0][0] < self.end:
            moment, _, act = heapq.heappop(self._coming)
            self.now(moment)
            try:
                act(moment)
            except REFUSALS:
                self.refused += 1
                log.debug("an act of the synthetic history was refused at %s", moment, exc_info=True)

    def now(self, moment: datetime) -> None:
        """Set the clock, and let the feeds arrive when they have not for some hours."""
        demo_clock.set_to(moment)
        if moment - self._fed > FRESH_FOR:
            books.feeds_arrive(self.book, moment)
            self._fed = moment

    # looking things up ----------------------------------------------------------------------------------------------------
    def account_id(self, case: Case) -> int:
        """The customer of a case."""
        return self.book.accounts[case.account].pk

    def follow_up(self, case: Case) -> FollowUp:
        """The newest follow-up of its customer."""
        return FollowUp.objects.filter(account_id=self.account_id(case)).select_related("draft").latest("pk")

    def draft(self, follow_up: FollowUp) -> Draft:
        """The text in force. Raises ``Draft.DoesNotExist`` when there is none."""
        if follow_up.draft is None:
            raise Draft.DoesNotExist(f"follow-up {follow_up.pk} has no draft")
        return follow_up.draft

    # what people do -------------------------------------------------------------------------------------------------------
    def look(self, case: Case, at: datetime, who: str = "") -> None:
        """Whoever it lies with reads the draft; some open the evidence beside it."""
        row = self.follow_up(case)
        by = self.book.people[who or SEAT.get(row.owner_role, "reviewer")]
        if row.draft_id is None:
            return
        looked(row.pk, row.draft_id, by=by, at=at)
        if case.evidence:
            looked(row.pk, row.draft_id, 1, by=by, at=at + timedelta(seconds=20))

    def edit(self, case: Case, at: datetime) -> None:
        """One friendly sentence more. Outside the routine lane another person approves it, who takes it from the queue."""
        row = self.follow_up(case)
        draft, routine = self.draft(row), row.lane == states.ROUTINE
        by = self.book.people["reviewer" if routine else "editor"]
        body = draft.body.replace(words.CLOSING, words.FRIENDLY)
        review.open_for_review(row.pk, by=by, at=at)
        review.edit(row.pk, draft.subject, body, draft.revision, by=by, at=at)
        if not routine:
            review.leave(row.pk, by=by, at=at)

    def approve(self, case: Case, at: datetime, corrections: tuple[str, ...] | None = None) -> None:
        """Everybody it needs approves the text in force; it leaves at its time."""
        row = self.follow_up(case)
        draft, left = self.draft(row), [row.owner_role or roles.REVIEWER]
        warnings = list(draft.findings.filter(severity="warn").values_list("pk", flat=True))
        while left:
            by = self.book.people[SEAT[left[0]]]
            done = review.approve(
                row.pk, draft.fingerprint, by=by, at=at, acknowledged=warnings, reason="checked_source", corrections=corrections,
                critical=case.act == CRITICAL,
            )  # fmt: skip
            corrections, left = None, list(done.remaining)
            if done.delivery is not None:
                self._leave_at(done.delivery.pk, done.delivery.leaves_at + SOON)

    def judge(self, case: Case, at: datetime, *, disputed: bool) -> None:
        """Finance says of every sign of a dispute whether it is one."""
        by = self.book.people["judge"]
        waiting = DisputeSignal.objects.filter(account_id=self.account_id(case), status=DisputeSignal.Status.PENDING)
        while (signal := waiting.first()) is not None:
            if disputed:
                review.confirm_signal(signal.pk, by=by, at=at, owner=self.book.people["owner"], category=words.CATEGORY)
            else:
                line = words.EVIDENCE[case.number % len(words.EVIDENCE)]
                review.dismiss_signal(signal.pk, "They ask for their files and do not contest it.", line, by=by, at=at)

    def resolve(self, case: Case, at: datetime) -> None:
        """The books are corrected, the dispute is over."""
        standing = Dispute.objects.filter(account_id=self.account_id(case)).exclude(status=Dispute.Status.RESOLVED)
        for pk in list(standing.values_list("pk", flat=True)):
            review.resolve_dispute(pk, "valid", "Credited and paid.", by=self.book.people["owner"], at=at)

    # how messages leave -----------------------------------------------------------------------------------------------------
    def _leave_at(self, delivery_id: int, moment: datetime, tries: int = TRIES) -> None:
        self.then(moment, lambda at: self._leave(delivery_id, at, tries))

    def _leave(self, delivery_id: int, at: datetime, tries: int) -> None:
        """The last look and the hand-over as they are, but to nobody: no line is opened, nothing can be sent."""
        claim = outbox.claim(at, "synthetic", delivery_id)
        if claim is None:
            return
        if handover.begin(claim, at=at) is not None:
            settle.accepted(delivery_id, words.ANSWER, at=at)
            return
        row = Delivery.objects.get(pk=delivery_id)
        if row.state == states.SCHEDULED and tries:
            self._leave_at(delivery_id, row.leaves_at + SOON, tries - 1)
