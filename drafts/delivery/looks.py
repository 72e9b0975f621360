"""Single looks at a message, each a pure function of the scene that yields reasons against it.

Asked when a person approves; the last look before the hand-over (``last_look``) asks them again, and more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cached_property

from django.conf import settings
from django.utils.text import capfirst

from accounts.facts.money import in_flight
from accounts.facts.queries import WINDOW
from accounts.models import Message
from drafts.classification import contact
from drafts.classification.types import DRAFT
from drafts.delivery import duties
from drafts.delivery.changes import Reason
from drafts.delivery.mime import address_of, attachment_hashes
from drafts.delivery.standing import BESIDE_A_HOLD, Standing, material_reasons, standing_of
from drafts.fingerprint import draft_canonical, sha256_hex
from drafts.models import Draft
from drafts.states import DEMAND
from governance import calendar
from governance import holds as switches
from governance.money import Money
from governance.policies import PolicyParameters

# The verdict's word for what ``caps`` says with its numbers.
CAPPED = "contact_cap"


class Scene:
    """What the looks read about one draft at one moment, gathered once."""

    def __init__(self, draft: Draft, at: datetime) -> None:
        self.draft, self.at = draft, at
        self.standing: Standing = standing_of(draft, at=at)

    @property
    def chasing(self) -> bool:
        """True unless a person wrote it to answer or to correct: those may go out beside a dispute."""
        return self.draft.purpose not in BESIDE_A_HOLD

    @cached_property
    def inbound_since(self) -> Message | None:
        """The newest message from the customer that the brief did not know."""
        return new_inbound(self.draft.brief.account_id, self.standing.known_messages, self.draft.brief.as_of)


Look = Callable[[Scene], Iterable[Reason]]


def new_inbound(account_id: int, known: frozenset[int], since: datetime) -> Message | None:
    """The newest inbound message the brief did not know: later than it, or recorded since with an older date.

    ``known`` are the ids the brief lists; it lists every message of the last ``WINDOW`` days.
    """
    rows = Message.objects.filter(account_id=account_id, direction=Message.Direction.IN, at__gt=since - WINDOW)
    return rows.exclude(pk__in=known).order_by("-at", "-pk").first()


def facts(scene: Scene) -> Iterable[Reason]:
    """What the text rests on is no longer so: paid, another amount, disputed, promised, another recipient."""
    yield from material_reasons(scene.draft, scene.standing)


def inbound(scene: Scene) -> Iterable[Reason]:
    """The customer wrote since the facts were read."""
    message = scene.inbound_since
    if message is not None:
        yield Reason("new_message", f"The customer wrote at {message.at:%H:%M} UTC on {message.at:%d %B}; read it first.")


def arriving(scene: Scene) -> Iterable[Reason]:
    """Money is on its way that the brief did not know of."""
    facts = scene.standing.facts
    if not scene.chasing:
        return
    known = {payment["id"] for payment in json.loads(scene.draft.brief.facts).get("payments", [])}
    for payment in facts.payments:
        new = payment.id not in known
        if new and in_flight(payment, facts.today, facts.country, scene.standing.policy.bank_processing_days):
            amount = Money(payment.amount_minor, payment.currency)
            yield Reason("payment_in_flight", f"{amount} is on its way (value date {payment.value_on:%d %B}); look at it first.")


def dispute_signals(scene: Scene) -> Iterable[Reason]:
    """A signal nobody has judged, on the account as a whole or on an invoice named."""
    named = set(scene.draft.invoice_ids)
    pending = [s for s in scene.standing.facts.signals if s.invoice_id is None or s.invoice_id in named]
    if scene.chasing and pending:
        yield Reason("dispute_signal", f"Possible dispute, not yet judged: “{pending[0].quote[:160]}”")


def holds(scene: Scene) -> Iterable[Reason]:
    """A hold in force on the portfolio, the account, the recipient or an invoice named."""
    for hold in scene.standing.holds_against():
        yield Reason("hold", f"On hold: {hold.reason}.")


def words_off(scene: Scene) -> Iterable[Reason]:
    """The text version it was written with, or the model that worded it, is switched off."""
    draft = scene.draft
    model = draft.template_version_id is None and draft.author_kind != Draft.AuthorKind.TEMPLATE
    thrown = switches.words_off(scene.at, draft.template_version_id, model=model)
    for hold in thrown:
        if hold.scope == "model" and duties.chain_of(draft)[-1].author_kind != Draft.AuthorKind.MODEL:
            continue
        what = "Model drafting" if hold.scope == "model" else f"The text {draft.template_version}"
        yield Reason("words_off", f"{what} is switched off: {hold.reason}. Ask for another draft.")


def wording(scene: Scene) -> Iterable[Reason]:
    """The words, addresses and files people see are those the fingerprint was taken of."""
    if scene.draft.erased_sha256:
        yield Reason("erased", "A person named in this text was erased; ask for another draft.")
    elif not intact(scene.draft):
        yield Reason("text", "The stored text is not the one its fingerprint was taken of; ask for another draft.")


def intact(draft: Draft) -> bool:
    """True when the canonical text, made again from the row and its attachments, is the stored one (after an erasure: what is left of it)."""
    material = json.loads(draft.canonical)["material"]
    again = draft_canonical(
        purpose=draft.purpose, from_address=draft.from_address, to_address=draft.to_address, cc=draft.cc, subject=draft.subject,
        body=draft.body, attachments=attachment_hashes(draft), material=material,
    )
    return again == draft.canonical and sha256_hex(again) == (draft.erased_sha256 or draft.fingerprint)


def sender(scene: Scene) -> Iterable[Reason]:
    """It goes out under the sender the portfolio has now."""
    now = scene.standing.facts.sender.email
    if address_of(scene.draft.from_address) != now.lower():
        yield Reason("sender", f"The sender of this portfolio is {now} now; ask for another draft.")


def recipient(scene: Scene) -> Iterable[Reason]:
    """Recipients come from verified contacts only, the live ones, and inside the allow-list where one is set."""
    usable = {contact.email.lower() for contact in scene.standing.facts.contacts if contact.usable}
    for text in (scene.draft.to_address, *scene.draft.cc):
        address = address_of(text)
        if address not in usable:
            yield Reason("recipient", f"{address} is not a verified contact of this account that may be written to.")
        elif not address.isascii():
            yield Reason("recipient", f"{address} has characters that a mail server may not take; ask for an address without them.")
        elif not allowed(address):
            yield Reason("allow_list", f"{address} is outside the installation's list of allowed recipients.")


def verdict(scene: Scene) -> Iterable[Reason]:
    """Under the policy of today nothing may be drafted: held, nothing due, or a decision is missing first."""
    standing = scene.standing
    if standing.awaiting_decision:
        yield Reason("decision", "An executive has to decide about the relationship first.")
    elif scene.chasing and standing.verdict.action != DRAFT and standing.verdict.block != CAPPED:
        yield Reason("policy", standing.verdict.hold_reason or "Nothing is due any more.")


def checks(scene: Scene) -> Iterable[Reason]:
    """A check refuses the text on the facts and the policy of today."""
    for finding in scene.standing.blocking:
        yield Reason("checks", f"A check refuses the text: {finding.why}")


def caps(scene: Scene) -> Iterable[Reason]:
    """Not too often, counted from what really left: per account, per address, and not right after a conversation."""
    found, policy = scene.standing.facts, scene.standing.policy
    if not scene.chasing:
        return
    yield from cap_reasons(found.contacted_on, found.today, found.country, policy)
    address = contact.address_cap(found, policy)
    if address.why:
        yield Reason("cap", f"{capfirst(address.why)}, all accounts together; the next may leave on {address.not_before:%d %B}.")
    quiet = contact.quiet_period(found, policy, scene.standing.decisions)
    if quiet.why and scene.draft.purpose == DEMAND:
        yield Reason("quiet", f"Not right after a conversation: {quiet.why}; a reminder may leave on {quiet.not_before:%d %B}.")


def cap_reasons(contacted_on: Iterable[date], today: date, country: str, policy: PolicyParameters) -> Iterable[Reason]:
    """The contact caps of an account as reasons; ``contacted_on`` are the dates of our messages."""
    days = list(contacted_on)
    if days and calendar.business_days_between(max(days), today, country) < policy.cap_business_days:
        yield Reason("cap", f"A message left on {max(days):%d %B}; the next may leave {policy.cap_business_days} business days later.")
    recent = [day for day in days if (today - day).days < policy.cap_window_days]
    if len(recent) >= policy.cap_messages:
        yield Reason("cap", f"{len(recent)} messages left in the last {policy.cap_window_days} days; that is the most allowed.")


def allowed(address: str) -> bool:
    """True when the allow-list is empty or names the address or its domain."""
    entries = [entry.strip().lower().lstrip("@") for entry in settings.RECIPIENT_ALLOW_LIST]
    return not entries or address.lower() in entries or address.lower().rpartition("@")[2] in entries


# Changed evidence comes first: it sends the follow-up back to be prepared anew.
EVIDENCE: tuple[Look, ...] = (facts, inbound, arriving)
OBSTACLES: tuple[Look, ...] = (wording, dispute_signals, holds, words_off, sender, recipient, caps)
# What follows from the facts by rules. Asked when nothing plainer was found: "INV-7 is paid" needs no "a check refuses the text".
DERIVED: tuple[Look, ...] = (verdict, checks)


def reasons_of(looks: Iterable[Look], scene: Scene) -> list[Reason]:
    """Every reason of these looks, each once, in order."""
    return list(dict.fromkeys(reason for look in looks for reason in look(scene)))
