"""Mail that came back: delivery status notifications (RFC 3464), read with the standard library and tied to a message of ours.

Such a notice is text from outside. It counts only when it names the Message-ID of a message we sent and a recipient of that message: a
Message-ID is random and known to nobody else, so that no stranger can silence a contact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_string, policy
from email.message import EmailMessage, Message
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import Contact
from drafts.delivery.mime import address_of
from drafts.models import Delivery
from drafts.review.base import Blocked
from drafts.review.consequences import interrupt, lock_account
from drafts.review.recompute import recompute
from governance import holds
from governance.audit import Entry, account_stream, record
from governance.history import save_as
from governance.models import Hold
from governance.rights import can

if TYPE_CHECKING:
    from accounts.models import Account
    from governance.models import User

MOST_RECIPIENTS = 50
SAID = 300
FAILED = "failed"
_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_MAILBOX = re.compile(r"[\w.+%-]{1,64}@[\w.-]{1,190}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Failure:
    """What the notice says about one recipient. ``permanent``: the address does not exist or refuses for good (5.x.x)."""

    address: str
    action: str
    status: str
    said: str

    @property
    def permanent(self) -> bool:
        """True when trying again cannot help."""
        return self.action == FAILED and self.status.startswith("5")


@dataclass(frozen=True, slots=True)
class Returned:
    """One notice: the Message-ID it is about, and every recipient it names."""

    message_id: str
    failures: tuple[Failure, ...]


def read_notice(message: EmailMessage) -> Returned | None:
    """The notice in a mail, or None when it is an ordinary message (an answer, an out-of-office note)."""
    if message.get_content_type() != "multipart/report" or str(message.get_param("report-type") or "").lower() != "delivery-status":
        return None
    failures: list[Failure] = []
    about = ""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            failures += _failures(_groups(part))
        elif kind in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers"):
            about = about or _original_id(part)
    return Returned(about, tuple(failures[:MOST_RECIPIENTS]))


def _groups(part: Message) -> list[Message]:
    """The groups of fields: one about the message, one per recipient. The parser gives them as messages, or leaves one text."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return [group for group in payload if isinstance(group, Message)]
    return [message_from_string(block, policy=policy.compat32) for block in re.split(r"\r?\n\s*\r?\n", str(payload)) if block.strip()]


def _failures(groups: Iterable[Message]) -> list[Failure]:
    found = []
    for group in groups:
        named = group.get("Original-Recipient") or group.get("Final-Recipient")
        action = str(group.get("Action") or "").strip().lower()
        if not named or not action:
            continue
        said = _clean(str(group.get("Diagnostic-Code") or ""))
        status = _STATUS.search(str(group.get("Status") or "")) or _STATUS.search(said)
        found.append(Failure(_address(str(named)), action, status.group() if status else "", said))
    return found


def _address(field: str) -> str:
    """``rfc822; ap@customer.example`` → ``ap@customer.example``."""
    return address_of(field.partition(";")[2] or field)


def _clean(text: str) -> str:
    """The server's words on one line, without what hides in text and without addresses."""
    plain = " ".join(_CONTROL.sub(" ", text.partition(";")[2] or text).split())
    return _MAILBOX.sub("(address)", plain)[:SAID]


def _original_id(part: Message) -> str:
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if isinstance(inner, Message):
        return str(inner.get("Message-ID") or "").strip()
    return str(message_from_string(str(payload), policy=policy.compat32).get("Message-ID") or "").strip()


def record_notice(returned: Returned, *, by: User | None, at: datetime) -> list[Contact]:
    """Act on a notice; returns the contacts that may not be written to any more. Reading it twice changes nothing.

    A permanent failure closes the address wherever it is on record, with the server's words, and stops what is about to leave to it. One
    that may pass (4.x.x, "delayed") is only put on record. Raises ``Blocked`` (E-BOUNCE) when it is not about a message of ours.
    """
    delivery = Delivery.objects.filter(message_id=returned.message_id or " ").first()
    if delivery is None:
        raise Blocked("E-BOUNCE", "This notice names no message that we sent; nothing was changed.")
    if by is not None:
        can(by, "record_reply", delivery.follow_up).or_raise()
    ours = {str(address).lower() for address in delivery.recipients}
    about = [failure for failure in returned.failures if failure.address.lower() in ours]
    if not about:
        raise Blocked("E-BOUNCE", "This notice names nobody that we wrote to; nothing was changed.")
    with transaction.atomic():
        lock_account(delivery.account_id)
        data = {"status": sorted({f.status for f in about}), "permanent": any(f.permanent for f in about), "bytes": delivery.mime_sha256}
        record([Entry(account_stream(delivery.account_id), "delivery.returned", "delivery", delivery.pk, data)], by=by, at=at)
    return [contact for failure in about if failure.permanent for contact in _close_address(failure, delivery.pk, by, at)]


def mark_bounced(contact_id: int, said: str, *, by: User, at: datetime) -> Contact:
    """A person knows that mail to this address comes back (a letter, a call, a message sent elsewhere)."""
    said = said.strip()
    if not said:
        raise Blocked("E-REASON", "Please write what came back, or who said so: it is recorded with the address.")
    contact = Contact.objects.select_related("account").get(pk=contact_id)
    can(by, "record_reply", contact.account).or_raise()
    _close([contact], Failure(contact.email, FAILED, "5.0.0", _clean(said)), f"person:{by.pk}", by, at)
    contact.refresh_from_db()
    return contact


def _close_address(failure: Failure, delivery_id: int, by: User | None, at: datetime) -> list[Contact]:
    """The same mailbox may be a contact of several accounts: it is dead for all of them."""
    contacts = list(Contact.objects.filter(email__iexact=failure.address).select_related("account").order_by("account_id", "pk"))
    return _close(contacts, failure, f"delivery:{delivery_id}", by, at)


def _close(contacts: Sequence[Contact], failure: Failure, source: str, by: User | None, at: datetime) -> list[Contact]:
    closed = []
    for known in contacts:
        with transaction.atomic():
            account = lock_account(known.account_id)
            contact = Contact.objects.select_for_update().get(pk=known.pk)
            if contact.bounced_at is not None:
                continue
            _close_one(contact, account, failure, source, by, at)
        recompute([account.pk], at)
        closed.append(contact)
    return closed


def _close_one(contact: Contact, account: Account, failure: Failure, source: str, by: User | None, at: datetime) -> None:
    contact.bounced_at = at
    save_as(contact, by=by, at=at, reason="mail to it came back")
    record([Entry(account_stream(account.pk), "contact.bounced", "contact", contact.pk, {"status": failure.status})], by=by, at=at)
    # No name and no address: a hold is read by people who may not see personal data, and an erasure must not have to look for them here.
    words = "Mail to this contact came back" + (f" ({failure.status})" if failure.status not in ("", "5.0.0") else "")
    holds.put(
        Hold.Scope.CONTACT, contact.pk, account_id=account.pk, kind=Hold.Kind.BOUNCE, reason=words, quote=failure.said, source=source,
        owner=account.owner, by=by, at=at,
    )
    interrupt(account.pk, code="bounced", reason=f"{words}: the address may not be written to any more.", hold=True, by=by, at=at)
