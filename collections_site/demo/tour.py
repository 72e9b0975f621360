"""The tour of the demo: eight prepared cases, and the buttons that break things on purpose. Each act is a verb a colleague would use."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db.models import F
from django.urls import reverse

from accounts.importing.context import Options
from accounts.importing.service import commit
from accounts.models import Account, DisputeSignal, Invoice
from collections_site.demo import clock as demo_clock
from collections_site.demo.book import files
from collections_site.demo.build import BUILT
from collections_site.demo.days import Days
from drafts import review, states
from drafts.models import Delivery, FollowUp
from governance import clock
from governance.models import Decision, Event, User

_RULE = ("policy.written", "audit.pack_made")
POLITE = "Please let us know if anything is unclear."


@dataclass(frozen=True, slots=True)
class Step:
    """One case: who looks at it and where, what there is to notice, and how the record shows that somebody did it (None: it cannot)."""

    key: str
    title: str
    who: str
    words: str
    where: Callable[[], str]
    seen: Callable[[datetime], bool] | None = None
    breaks: tuple[str, str] | None = None


def opened_at() -> datetime | None:
    """When the book was finished; what happened later was done by visitors. None while it is being built."""
    return Event.objects.filter(stream="system", action=BUILT).values_list("at", flat=True).first()


def _follow_up(number: str) -> FollowUp:
    return FollowUp.objects.filter(account__external_id=number).latest("pk")


def _case(number: str) -> Callable[[], str]:
    return lambda: reverse("admin:review", args=[_follow_up(number).pk])


def _question(number: str) -> Callable[[], str]:
    """The decision about an account, or its case once nothing is asked any more."""

    def where() -> str:
        asked = Decision.objects.filter(account_id=Account.objects.get(external_id=number).pk, state=Decision.State.OPEN).first()
        return reverse("admin:decision", args=[asked.pk]) if asked else _case(number)()

    return where


def _page(name: str) -> Callable[[], str]:
    return lambda: reverse(f"admin:{name}")


def _happened(action: str, number: str = "") -> Callable[[datetime], bool]:
    """Whether a person did ``action`` since the book was opened, to one account or to any."""

    def look(since: datetime) -> bool:
        acts = Event.objects.filter(action=action, actor_id__isnull=False, at__gte=since)
        if number:
            acts = acts.filter(stream=f"account:{Account.objects.get(external_id=number).pk}")
        return acts.exists()

    return look


def _two_wrote(since: datetime) -> bool:
    account = Account.objects.get(external_id="1002")
    acts = Event.objects.filter(action="draft.edited", stream=f"account:{account.pk}", at__gte=since)
    return acts.order_by().values("actor_id").distinct().count() > 1


def _stopped_because_paid(since: datetime) -> bool:
    return Delivery.objects.filter(state=states.DELIVERY_STOPPED, stop_code="paid", stopped_at__gte=since).exists()


def _judged(since: datetime) -> bool:
    return DisputeSignal.objects.filter(account__external_id="1001", decided_at__gte=since).exists()


def _rule_tried(since: datetime) -> bool:
    done = set(Event.objects.filter(action__in=_RULE, at__gte=since).values_list("action", flat=True))
    return done == set(_RULE)


STEPS = (
    Step("approve", "Approve a clean draft, then jump to its leaving time", "jonas",
         "Read the facts beside the text, then press a and Ctrl+Enter. Nothing is sent at that click: the message waits, and Stop is one "
         "button away. Jump to leaving time, on top of every page, lets it go; the demo outbox then shows exactly the approved bytes.",
         _case("2005"), _happened("follow_up.approve", "2005")),
    Step("dispute", "Find the dispute hidden in a ticket", "lea",
         "The ticket is about something else, yet one sentence doubts an invoice. The words are quoted, the account is on hold, and nobody can "
         "approve a demand until a person has judged them. Press Judge it: a dispute, or not, with a reason.",
         _case("1001"), _judged),
    Step("renewal", "A renewal is near and the owner is away", "ingrid",
         "Zirbel decides about its contract in weeks, so nothing is written before an executive has said how. Tom, who owns the account, is away; "
         "the brief names his deputy. Choose one of the prepared answers: a draft appears, or none does until the day you say.",
         _question("1027"), _happened("decision.recorded", "1027")),
    Step("stale", "A source that is too old blocks the draft", "jonas",
         "The bank has not been read for too long. Unknown is not none: press a, and read why approval is not possible.",
         _case("2018")),
    Step("conflict", "Two people edit the same draft", "jonas",
         "Press e and type something, but do not save. Come back here in a second tab, let Lea edit the same draft, then save yours: both texts "
         "stand side by side and none is lost.",
         _case("1002"), _two_wrote, ("colleague", "Let Lea edit it now")),
    Step("payment", "The customer pays while the message waits", "jonas",
         "Approve this draft and do not jump yet. Come back here and let the payment arrive, then jump to leaving time: the last look finds it, the "
         "message does not leave, and Outgoing says why.",
         _case("1006"), _stopped_because_paid, ("payment", "Let the payment arrive")),
    Step("hostile", "A customer's text that tries to instruct the machine", "jonas",
         "The ticket hides commands in markup and invisible characters. They are shown as text and marked; the model obeyed, the checks refused "
         "both its attempts, which are listed on the page, and the approved template spoke. Then type Calder into the search on top: there "
         "the model invented an amount, and was refused in the same way.",
         _case("2011")),
    Step("rule", "Change a rule, take a pack, break the chain", "mara",
         "Let executives look from 90 days before a renewal instead of 60: save a draft, and see who would move before anybody may activate "
         "it. Then switch to Chen: make an audit pack, and break the chain on purpose to see it found.",
         _page("governance_policyversion_changelist"), _rule_tried),
)  # fmt: skip
BY_KEY = {step.key: step for step in STEPS}


class NotNow(ValueError):
    """There is nothing to do it to; the message says what to do first."""


def colleague() -> str:
    """Lea takes the draft over if somebody works on it, adds a sentence, and gives it back. Returns what to do next."""
    lea, follow_up, at = User.objects.get(username="lea"), _follow_up("1002"), clock.now()
    draft = follow_up.draft
    if draft is None or follow_up.status not in states.BY_ACTION["edit"].sources:
        raise NotNow("The draft of Alder AG is finished. Reset the demo to see it again.")
    if follow_up.claimed_by_id not in (None, lea.pk):
        review.take_over(follow_up.pk, by=lea, at=at)
    greeting, line, rest = draft.body.partition("\n\n")
    made = review.edit(follow_up.pk, draft.subject, f"{greeting}{line}{POLITE}{line}{rest}", draft.revision, by=lea, at=at)
    if FollowUp.objects.get(pk=follow_up.pk).status == states.IN_REVIEW:
        review.leave(follow_up.pk, by=lea, at=at)
    return f"Lea saved version {made.revision} of the draft to {follow_up.account.name}. Now save yours."


def payment() -> str:
    """The customer of the message that leaves next pays what it asks for; the ledger's feed brings it at once."""
    waiting = Delivery.objects.filter(state__in=demo_clock.WAITING, draft__purpose=states.DEMAND)
    delivery = waiting.select_related("account__portfolio", "draft").order_by(F("leaves_at").asc()).first()
    opened = opened_at()
    if delivery is None or opened is None:
        raise NotNow("Nothing waits to leave. Approve a draft first; its message then waits here.")
    days = Days(opened.astimezone(demo_clock.HOME).date())
    account = delivery.account
    numbers = Invoice.objects.filter(pk__in=delivery.draft.invoice_ids).values_list("number", flat=True)
    customer = next(c for book in files.customers(days).values() for c in book if c.number == account.external_id)
    for number in numbers:
        customer.settle(number, days.today, since=0)
    with tempfile.TemporaryDirectory(prefix="demo-payment-") as folder:
        files.write([customer], Path(folder), 0)
        commit(Path(folder), account.portfolio, Options(), at=clock.now(), by=User.objects.get(username="lea"), name="payment.zip")
    return f"{account.name} has paid what the message asks for. Jump to leaving time and see what the last look makes of it."


BREAKS: dict[str, Callable[[], str]] = {"colleague": colleague, "payment": payment}
