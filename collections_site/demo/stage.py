"""The stage on which the histories are played: the clock, the people, the feeds, and the real verbs under short names.

Nothing here writes a business row by itself. A short name looks up the account by its number, takes the text in force and calls the
verb a screen would call, at the moment the demo clock shows.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from accounts.importing.context import Options
from accounts.importing.service import commit
from accounts.models import Account, Invoice, Message
from collections_site.demo import clock as demo_clock
from collections_site.demo.book import files, portfolios
from collections_site.demo.broken import BrokenLine
from collections_site.demo.days import Days
from drafts import responses, review, sweeping
from drafts.delivery import handover
from drafts.models import Delivery, Draft, FollowUp
from drafts.readiness import switching
from governance import clock
from governance.models import Decision, ModelSwitch, Portfolio, User

SOON = timedelta(hours=2)


class Stage:
    """One book being built. ``folder`` receives the files of the feeds."""

    def __init__(self, days: Days, users: dict[str, User], book_portfolios: dict[str, Portfolio], folder: Path) -> None:
        self.days, self.users, self.portfolios, self.folder = days, users, book_portfolios, folder
        self.book = files.customers(days)

    # time -----------------------------------------------------------------------------------------------------------------
    @property
    def now(self) -> datetime:
        """What the demo clock shows."""
        return clock.now()

    def until(self, moment: datetime) -> None:
        """Let time pass until ``moment``; what is due to leave meanwhile leaves at its own time. Time never goes back."""
        while (leaving := demo_clock.next_leaving(self.now)) is not None and leaving < moment:
            demo_clock.set_to(leaving + demo_clock.AFTER)
            handover.deliver_due()
        if moment > self.now:
            demo_clock.set_to(moment)

    # feeds ----------------------------------------------------------------------------------------------------------------
    def bring_in(self, business_day: int) -> None:
        """Import what the feeds of a business day deliver."""
        for code, portfolio in self.portfolios.items():
            folder = self.folder / f"{business_day:+03d}" / code
            if files.write(self.book[code], folder, business_day):
                commit(folder, portfolio, Options(), at=self.now, by=self.users["lea"], name=f"{code}.zip")
        portfolios.feeds_arrive(self.now)

    def prepare(self) -> None:
        """What the worker does in a round: read what is new, hand over what is due, prepare and rank."""
        sweeping.sweep(self.now)
        sweeping.prepare_due(self.now)
        self.generate()

    def generate(self) -> None:
        """What the worker does beside its rounds: the model writes until nothing waits. Nothing to do while no model speaks."""
        while sweeping.generate(self.now):
            pass

    # looking things up ----------------------------------------------------------------------------------------------------
    def account(self, number: str) -> Account:
        """The account with this number."""
        return Account.objects.get(external_id=number)

    def follow_up(self, number: str) -> FollowUp:
        """The account's newest follow-up."""
        return FollowUp.objects.filter(account__external_id=number).latest("pk")

    def draft(self, number: str) -> Draft:
        """The text in force."""
        draft = self.follow_up(number).draft
        if draft is None:
            raise LookupError(f"account {number} has no draft")
        return draft

    def decision(self, number: str) -> Decision:
        """The question that waits for an answer."""
        return Decision.objects.get(account_id=self.account(number).pk, state=Decision.State.OPEN)

    def delivery(self, number: str) -> Delivery:
        """The newest message of the account."""
        return Delivery.objects.filter(account__external_id=number).latest("pk")

    def invoices(self, *numbers: str) -> list[int]:
        """Ids of invoices by number."""
        return list(Invoice.objects.filter(number__in=numbers).values_list("pk", flat=True))

    def ask_for_a_model(self, who: str) -> None:
        """Ask for the model in every portfolio; one that is not ready refuses."""
        for portfolio in self.portfolios.values():
            switching.ask(portfolio, "The model's texts were compared with the templates for two weeks", by=self.users[who], at=self.now)

    def let_a_model_write(self, who: str) -> None:
        """Confirm what was asked for."""
        for request in ModelSwitch.objects.filter(state=ModelSwitch.State.ASKED).order_by("pk"):
            switching.confirm(request.pk, by=self.users[who], at=self.now)

    # what people do -------------------------------------------------------------------------------------------------------
    def approve(self, number: str, *people: str) -> None:
        """Each of ``people`` reads every warning and approves the text in force."""
        for who in people:
            follow_up, draft = self.follow_up(number), self.draft(number)
            warnings = list(draft.findings.filter(severity="warn").values_list("pk", flat=True))
            review.approve(
                follow_up.pk, draft.fingerprint, by=self.users[who], at=self.now, acknowledged=warnings, reason="checked_source"
            )

    def edit(self, number: str, who: str, old: str, new: str) -> None:
        """Replace ``old`` by ``new`` in the text in force; it must be there."""
        draft = self.draft(number)
        if old not in draft.body:
            raise LookupError(f"the draft of account {number} does not say {old!r}:\n{draft.body}")
        follow_up = self.follow_up(number)
        review.open_for_review(follow_up.pk, by=self.users[who], at=self.now)
        body = draft.body.replace(old, new)
        review.edit(follow_up.pk, draft.subject, body, draft.revision, by=self.users[who], at=self.now)

    def send(self, number: str, *people: str) -> None:
        """Approve, and let the minutes pass until the message leaves; one that waits for another day leaves then."""
        self.approve(number, *people)
        leaves_at = self.delivery(number).leaves_at
        if leaves_at - self.now < SOON:
            self.until(leaves_at + 2 * demo_clock.AFTER)

    def reply(self, number: str, body: str, *, subject: str = "", by: str | None = None) -> None:
        """The customer answers our last message to it, now."""
        sent = Message.objects.filter(account__external_id=number, direction="out").latest("at")
        incoming = responses.Incoming(
            account_id=sent.account_id, sender=sent.recipient, recipient=sent.sender, subject=subject or f"Re: {sent.subject}",
            body=body, sent_at=self.now, message_id=f"<{number}.{self.now:%Y%m%d%H%M}@{sent.recipient.split('@')[1]}>",
            in_reply_to=sent.message_id,
        )
        responses.record_reply(incoming, by=self.users[by] if by else None, at=self.now)

    def deal_with(self, number: str, who: str, note: str) -> None:
        """Close what the customer answered, if it is not closed by a newer round already: somebody dealt with the reply."""
        answered = FollowUp.objects.filter(account__external_id=number, status="answered").last()
        if answered is not None:
            responses.resolve(answered.pk, note, by=self.users[who], at=self.now)

    def lose(self, number: str, who: str) -> None:
        """Approve; at its leaving time the line to the mail server breaks, and nobody knows whether the message arrived."""
        self.approve(number, who)
        delivery = self.delivery(number)
        self.until(delivery.leaves_at)
        noise = logging.getLogger(handover.__name__)
        noise.disabled = True  # this break is staged; on the visitor's terminal it would look like a fault
        try:
            handover.deliver_one(delivery.pk, transport=BrokenLine())
        finally:
            noise.disabled = False

    def decide(self, number: str, outcome: str, who: str, **more: Any) -> None:
        """Answer the question that waits for the account."""
        review.decide(self.decision(number).pk, outcome, by=self.users[who], at=self.now, **more)

    def hold(self, number: str, kind: str, who: str, reason: str, days: int | None = None) -> None:
        """Hold an account, for some calendar days or until somebody lifts it."""
        until = self.now + timedelta(days=days) if days else None
        review.put_hold("account", self.account(number).pk, kind=kind, reason=reason, by=self.users[who], at=self.now, expires_at=until)

    def hold_invoice(self, number: str, index: int, who: str, reason: str) -> None:
        """Hold one invoice of an account, the ``index``-th by due date."""
        invoice = Invoice.objects.open().filter(account__external_id=number).order_by("due_on")[index]
        review.put_hold("invoice", invoice.pk, kind="other", reason=reason, by=self.users[who], at=self.now)

    def ask(self, number: str, kind: str, who: str, why: str) -> None:
        """Somebody asks the role that decides: a payment plan, a credit, whether to suspend deliveries …"""
        review.ask_decision(self.account(number).pk, kind, why, by=self.users[who], at=self.now)

    @property
    def size(self) -> int:
        """Number of accounts in the book."""
        return Account.objects.count()
