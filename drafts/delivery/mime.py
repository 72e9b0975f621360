"""The bytes of one message, frozen at approval.

RFC 5322 with MIME, 7-bit ASCII, CRLF. Message-ID, Date and the multipart boundaries are chosen once and stored with the bytes: what
people approved is what the mail server gets, and a second look at the same row never makes other bytes.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses, parseaddr
from typing import TYPE_CHECKING

from drafts.delivery.anatomy import foreign_parts
from drafts.fingerprint import normalise_newlines

if TYPE_CHECKING:
    from drafts.models import Delivery, Draft

# 7-bit on the wire whatever the server offers: 8BITMIME would let a relay re-encode, and then the bytes differ.
WIRE = policy.SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Frozen:
    """Text of the message (ASCII, CRLF), its identifiers, and the envelope."""

    mime: str
    sha256: str
    message_id: str
    date_header: str
    sender: str
    recipients: tuple[str, ...]


def freeze(draft: Draft, *, reply_to: str, date: datetime, message_id: str = "") -> Frozen:
    """Build the message of ``draft`` once. ``date`` becomes the Date header; ``reply_to`` may be empty.

    Raises ``ValueError`` when an address is missing or unwritable, a header would break out of its line, or the bytes would say anything
    else than the text.
    """
    _refuse_line_breaks(draft)
    sender = _address(draft.from_address)
    message_id = message_id or _new_message_id(sender.domain)
    message = EmailMessage(policy=WIRE)
    message["From"] = sender
    message["To"] = _address(draft.to_address)
    if draft.cc:
        message["Cc"] = [_address(text) for text in draft.cc]
    if reply_to and reply_to != sender.addr_spec:
        message["Reply-To"] = _address(reply_to)
    message["Subject"] = draft.subject
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id
    message.set_content(_body(draft.body), cte="quoted-printable")
    for attachment in draft.attachments.order_by("pk"):
        kind, _, subtype = attachment.content_type.partition("/")
        message.add_attachment(
            bytes(attachment.content), maintype=kind, subtype=subtype or "octet-stream", filename=attachment.name
        )
    text = message.as_bytes().decode("ascii")
    if odd := differences(draft, text):
        raise ValueError(f"this message cannot be put on the wire unchanged; it would differ in: {', '.join(odd)}")
    return Frozen(
        mime=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        message_id=message_id,
        date_header=str(message["Date"]),
        sender=sender.addr_spec,
        recipients=tuple(_address(text).addr_spec for text in (draft.to_address, *draft.cc)),
    )


def differences(draft: Draft, mime: str) -> list[str]:
    """In which parts the frozen bytes differ from the approved text, in words; empty when they are the same (invariant I2)."""
    message = message_from_bytes(mime.encode("ascii"), policy=policy.SMTP)
    found = {
        "sender": (_specs([draft.from_address]), _specs(message.get_all("From", []))),
        "recipient": (_specs([draft.to_address]), _specs(message.get_all("To", []))),
        "copy recipients": (_specs(draft.cc), _specs(message.get_all("Cc", []))),
        "subject": (draft.subject, str(message["Subject"])),
        "body": (_body(draft.body), _plain_text(message)),
        "attachments": (attachment_hashes(draft), _attached_hashes(message)),
    }
    return [part for part, (approved, frozen) in found.items() if approved != frozen] + foreign_parts(message)


def envelope_differences(delivery: Delivery) -> list[str]:
    """Whether the envelope and the stored identifiers are those of the approved text and its bytes; in words, empty when they are."""
    draft, message = delivery.draft, message_from_bytes(delivery.mime.encode("ascii"), policy=policy.SMTP)
    recipients = [spec for text in (draft.to_address, *draft.cc) for spec in _specs([text])]
    same = {
        "sender of the envelope": [delivery.sender.lower()] == _specs([draft.from_address]),
        "recipients of the envelope": [str(r).lower() for r in delivery.recipients] == recipients,
        "Message-ID": str(message["Message-ID"]) == delivery.message_id,
        "date": str(message["Date"]) == delivery.date_header,
        "hash": hashlib.sha256(delivery.mime.encode()).hexdigest() == (delivery.erased_sha256 or delivery.mime_sha256),
    }
    return [part for part, fine in same.items() if not fine]


def reply_path(mime: str) -> str:
    """The address answers go to when it is not the sender's; empty without one."""
    message = message_from_bytes(mime.encode("ascii"), policy=policy.SMTP)
    return ", ".join(_specs(message.get_all("Reply-To", [])))


def address_of(text: str) -> str:
    """The bare address of "Name <address>", lower case; empty when there is none."""
    return parseaddr(text)[1].lower()


def _refuse_line_breaks(draft: Draft) -> None:
    for text in (draft.subject, draft.from_address, draft.to_address, *draft.cc):
        if "\r" in text or "\n" in text:
            raise ValueError("a header of this message contains a line break")


def _address(text: str) -> Address:
    name, spec = parseaddr(text)
    if "@" not in spec:
        raise ValueError(f"{text!r} is not an e-mail address")
    if not spec.isascii():
        raise ValueError(f"{spec!r} has characters that a mail server may not take")
    return Address(display_name=name, addr_spec=spec)


def _new_message_id(domain: str) -> str:
    # Short on purpose: the standard library folds long identifiers into encoded words that other servers do not match.
    return f"<{secrets.token_hex(12)}@{domain}>"


def _body(text: str) -> str:
    text = normalise_newlines(text)
    return text if text.endswith("\n") else text + "\n"


def _specs(texts: Iterable[str]) -> list[str]:
    return sorted(spec.lower() for _, spec in getaddresses([str(text) for text in texts]))


def _plain_text(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    return normalise_newlines(part.get_content()) if part else ""


def attachment_hashes(draft: Draft) -> list[tuple[str, str]]:
    """(name, SHA-256 of the content) of each attachment as it is stored, sorted; the stored hash is not believed."""
    return sorted((a.name, hashlib.sha256(bytes(a.content)).hexdigest()) for a in draft.attachments.all())


def _decoded(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _attached_hashes(message: EmailMessage) -> list[tuple[str, str]]:
    parts = ((part.get_filename() or "", _decoded(part)) for part in message.iter_attachments())
    return sorted((name, hashlib.sha256(content).hexdigest()) for name, content in parts)
