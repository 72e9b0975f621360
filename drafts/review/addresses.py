"""Another address for a customer: one person proposes it with what shows it, a second one checks and confirms.

A changed address is how money and letters go to a stranger, so a proposal changes nothing. What was said about a person stays: who asked
not to be written to is not written to at another address, and mail that came back stays with the address it came back from.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import AddressChange, Contact
from drafts import states
from drafts.models import FollowUp
from drafts.review.base import Blocked, demand_reason, void_approvals
from drafts.review.consequences import interrupt, lock_account
from drafts.review.recompute import recompute
from governance import holds
from governance.audit import Entry, account_stream, record
from governance.canonical import sha256_hex
from governance.decisions import Denied
from governance.history import save_as
from governance.models import Hold
from governance.rights import can

if TYPE_CHECKING:
    from accounts.models import Account
    from governance.models import User

WAITING = AddressChange.State.WAITING


def propose_address(
    account_id: int, email: str, evidence: str, *, by: User, at: datetime, contact_id: int | None = None, name: str = "", role: str = "ap"
) -> AddressChange:
    """Propose an address for a contact (the one on record: that it be verified), or a new contact by name. Nothing changes yet.

    Raises ``NotAllowed``, ``ValueError`` for what is no address, or ``Blocked`` (E-ADDRESS) with the reason.
    """
    email, name = email.strip(), " ".join(name.split())
    evidence = demand_reason(evidence, "an address")
    with transaction.atomic():
        account = lock_account(account_id)
        can(by, "propose_recipient", account).or_raise()
        contact = Contact.objects.select_for_update().get(pk=contact_id, account=account) if contact_id else None
        if contact is None and not name:
            raise ValueError("write the name of the new contact")
        _refuse(account, contact, email)
        waiting = AddressChange.objects.filter(account=account, state=WAITING)
        if (waiting.filter(contact=contact) if contact else waiting.filter(email__iexact=email)).exists():
            raise Blocked("E-ADDRESS", "An address is proposed already and waits for a second person. It is answered before another one is proposed.")
        change = AddressChange.objects.create(
            account=account, contact=contact, name="" if contact else name, role=contact.role if contact else Contact.Role(role), email=email,
            evidence=evidence, asked_by=by, asked_at=at,
        )  # fmt: skip
        _note(change, "contact.address_proposed", evidence, by, at)
    return change


def confirm_address(change_id: int, checked: str, *, by: User, at: datetime) -> Contact:
    """The second person checked the address (``checked``: how) and puts it in force.

    What was about to leave stops, approvals of texts to the old address are void, and the account is computed again. Raises ``NotAllowed``
    for the person who proposed it.
    """
    with transaction.atomic():
        change, account = _locked(change_id)
        can(by, "confirm_recipient", account).or_raise()
        if change.asked_by_id == by.pk:
            Denied("because you proposed this address; another person checks and confirms it").or_raise()
        checked = demand_reason(checked, "a confirmation")
        contact = Contact.objects.select_for_update().get(pk=change.contact_id) if change.contact_id else Contact(account=account)
        _refuse(account, contact if contact.pk else None, change.email)
        change.former = contact.email if contact.email.lower() != change.email.lower() else ""
        _in_force(change, contact, checked, by, at)
        _answered(change, AddressChange.State.CONFIRMED, checked, by, at)
        _note(change, "contact.verified", checked, by, at)
        _interrupt(account, by, at)
    recompute([account.pk], at)
    contact.refresh_from_db()
    return contact


def refuse_address(change_id: int, reason: str, *, by: User, at: datetime) -> AddressChange:
    """Refuse a proposed address with a reason, or take back one's own; the address on record stays."""
    with transaction.atomic():
        change, account = _locked(change_id)
        own = change.asked_by_id == by.pk
        can(by, "propose_recipient" if own else "confirm_recipient", account).or_raise()
        reason = demand_reason(reason, "an answer")
        _answered(change, AddressChange.State.WITHDRAWN if own else AddressChange.State.REFUSED, reason, by, at)
        _note(change, "contact.address_refused", reason, by, at)
    return change


def _locked(change_id: int) -> tuple[AddressChange, Account]:
    """The account first, as everywhere."""
    account = lock_account(AddressChange.objects.get(pk=change_id).account_id)
    change = AddressChange.objects.select_for_update().get(pk=change_id)
    if change.state != WAITING:
        raise Blocked("E-ADDRESS", f"This proposal was answered already: {change.get_state_display().lower()}.")
    return change, account


def _refuse(account: Account, contact: Contact | None, email: str) -> None:
    """Addresses nobody may be written to at, asked when one is proposed and again when it is confirmed."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValueError(f"“{email}” is not a mail address; expected for example ap@customer.example") from error
    if not email.isascii():
        raise Blocked("E-ADDRESS", "The address has characters that a mail server may not take. Ask the customer for one without them.")
    if contact is not None and contact.opted_out_at:
        raise Blocked("E-ADDRESS", "This person asked not to be written to; another address does not change that. Name another person.")
    others = Contact.objects.filter(email__iexact=email)
    if others.filter(account=account).exclude(pk__in=[contact.pk] if contact is not None else []).exists():
        raise Blocked("E-ADDRESS", "Another contact of this account has this address already.")
    if contact is not None and contact.usable and contact.email.lower() == email.lower():
        raise Blocked("E-ADDRESS", "This is the address on record, and it is verified.")
    if others.exclude(opted_out_at=None).exists():
        raise Blocked("E-ADDRESS", "Whoever reads this address asked not to be written to. Name another address.")
    if _came_back(email):
        raise Blocked("E-ADDRESS", "Mail to this address came back. Propose another one; if it works again, lift the hold of its contact.")


def _came_back(email: str) -> bool:
    """Whether mail to this address came back and nobody lifted it since: of contacts, and of what their address was before."""
    if Contact.objects.filter(email__iexact=email, bounced_at__isnull=False).exists():
        return True
    last: dict[int, bool] = {}
    versions = Contact.history.filter(email__iexact=email).order_by("history_id")  # type: ignore[attr-defined]
    for pk, bounced_at in versions.values_list("id", "bounced_at"):
        last[pk] = bounced_at is not None
    return any(last.values())


def _in_force(change: AddressChange, contact: Contact, checked: str, by: User, at: datetime) -> None:
    """Write the address. A bounce was of the old one: its hold ends with it."""
    if not contact.pk:
        contact.name, contact.role = change.name, change.role
    if change.former and contact.bounced_at is not None:
        contact.bounced_at = None
        found = Hold.objects.filter(holds.standing(at), scope=Hold.Scope.CONTACT, scope_id=contact.pk, kind=Hold.Kind.BOUNCE)
        holds.release_many(found, by=by, at=at, reason="the address was changed and confirmed by a second person")
    contact.email, contact.placeholder = change.email, False
    contact.verified_at, contact.verified_by = at, f"two people, change {change.pk}"
    save_as(contact, by=by, at=at, reason="an address was confirmed by a second person")
    change.contact = contact


def _answered(change: AddressChange, state: AddressChange.State, words: str, by: User, at: datetime) -> None:
    change.state, change.answer, change.decided_by, change.decided_at = state, words, by, at
    change.save()


def _interrupt(account: Account, by: User, at: datetime) -> None:
    """A text to the old address is another text: nobody's approval of it counts."""
    words = "The address of a contact changed."
    interrupt(account.pk, code="recipient", reason=words, hold=False, by=by, at=at)
    row = FollowUp.objects.filter(account=account, status__in=(*states.REVIEWABLE, states.STOPPED)).first()
    if row is not None:
        void_approvals(row, words, code="recipient", by=by, at=at)


def _note(change: AddressChange, action: str, words: str, by: User, at: datetime) -> None:
    """Ids and the hash of the reason only: what is erased must not be in the record."""
    data = {"change": change.pk, "contact": change.contact_id, "asked_by": change.asked_by_id, "reason": sha256_hex(words)}
    record([Entry(account_stream(change.account_id), action, "contact", change.contact_id, data)], by=by, at=at)
