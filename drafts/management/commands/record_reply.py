"""Record one reply of a customer from the command line: for mail pipes, tests and pilots without an inbox connection."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Account, Contact
from drafts.delivery.mime import address_of
from drafts.models import Delivery, Reply
from drafts.responses import Incoming, Returned, read_notice, record_notice, record_reply
from drafts.review.base import Blocked
from governance import clock

MAX_BYTES = 5_000_000


class Command(BaseCommand):
    """``record_reply --file mail.eml``, or ``--account NUMBER --from ADDRESS --subject … --body …``. Idempotent by Message-ID."""

    help = "Record a customer's reply (its kind is judged, a dispute opens a hold at once) or a notice that mail came back (RFC 3464)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options; a file (.eml, or - for standard input) gives whatever is not given by option."""
        parser.add_argument("--file", help="an .eml file, or - to read one from standard input")
        parser.add_argument("--account", help="account number, or id:<id>; else found by the message it answers or the sender")
        parser.add_argument("--message-id", default="")
        parser.add_argument("--in-reply-to", default="")
        parser.add_argument("--from", dest="sender", default="")
        parser.add_argument("--subject", default="")
        parser.add_argument("--body", default="")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Record and print the outcome."""
        now = clock.now()
        message = _message_in(options["file"]) if options["file"] else None
        notice = read_notice(message) if message is not None else None
        if notice is not None:
            self._returned(notice, now, options["json"])
            return
        given = _fields_of(message) if message is not None else {}
        for key in ("message_id", "in_reply_to", "sender", "subject", "body"):
            if options[key]:
                given[key] = options[key]
        if not given.get("sender") or not given.get("body"):
            raise CommandError("a reply needs a sender and a body: give --file, or --from and --body")
        account_id = _account_id(options["account"], given)
        sent_at = min(given.pop("sent_at", None) or now, now)
        try:
            reply, new = record_reply(Incoming(account_id=account_id, sent_at=sent_at, **given), by=None, at=now)
        except Blocked as error:
            raise CommandError(str(error)) from error
        self._print(reply, new, options["json"])

    def _returned(self, notice: Returned, now: datetime, as_json: bool) -> None:
        """A notice that mail came back, through the same pipe."""
        try:
            closed = record_notice(notice, by=None, at=now)
        except Blocked as error:
            raise CommandError(str(error)) from error
        facts = {"notice": notice.message_id, "addresses": len(notice.failures), "closed": [contact.pk for contact in closed]}
        words = f"Mail came back: {len(closed)} contact{'' if len(closed) == 1 else 's'} closed until a person lifts the hold."
        self.stdout.write(json.dumps(facts) if as_json else words)

    def _print(self, reply: Reply, new: bool, as_json: bool) -> None:
        facts = {
            "reply": reply.pk, "new": new, "account": reply.message.account_id, "kind": reply.kind, "quote": reply.quote,
            "promised_on": reply.promised_on.isoformat() if reply.promised_on else None, "follow_up": reply.follow_up_id,
        }
        if as_json:
            self.stdout.write(json.dumps(facts))
        else:
            self.stdout.write(f"{'Recorded' if new else 'Already recorded'}: reply {reply.pk}, {reply.get_machine_kind_display().lower()}.")


def _message_in(name: str) -> EmailMessage:
    try:
        raw = sys.stdin.buffer.read(MAX_BYTES + 1) if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"cannot read {name}: {error.strerror}") from error
    if len(raw) > MAX_BYTES:
        raise CommandError(f"{name} is larger than {MAX_BYTES:,} bytes")
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _fields_of(message: EmailMessage) -> dict[str, Any]:
    return {
        "sender": address_of(str(message["From"] or "")), "recipient": address_of(str(message["To"] or "")),
        "subject": " ".join(str(message["Subject"] or "").split()), "body": _text(message),
        "message_id": str(message["Message-ID"] or "").strip(), "in_reply_to": _answered(message), "sent_at": _date(message),
    }


def _answered(message: EmailMessage) -> str:
    """In-Reply-To, else the last of References."""
    direct = str(message["In-Reply-To"] or "").strip()
    return direct or next(reversed(str(message["References"] or "").split()), "")


def _text(message: EmailMessage) -> str:
    """The plain text; a message of HTML only is kept as it is (it is shown as text, never run)."""
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):  # an unknown or broken character set
        raw = part.get_payload(decode=True)
        return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""


def _date(message: EmailMessage) -> datetime | None:
    try:
        found = parsedate_to_datetime(str(message["Date"] or ""))
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None


def _account_id(named: str | None, given: dict[str, Any]) -> int:
    """The account named, else the one whose message is answered, else the only one this sender is a contact of."""
    if named:
        rows = Account.objects.filter(pk=named[3:]) if named.startswith("id:") else Account.objects.filter(external_id=named)
        found = list(rows.values_list("pk", flat=True)[:2])
    else:
        found = list(Delivery.objects.filter(message_id=given.get("in_reply_to") or " ").values_list("account_id", flat=True)[:2])
        if not found:
            contacts = Contact.objects.filter(email__iexact=address_of(given["sender"]))
            found = list(contacts.values_list("account_id", flat=True).distinct()[:2])
    if len(found) != 1:
        raise CommandError("no account found for this reply" if not found else "more than one account fits; give --account id:<id>")
    return int(found[0])
