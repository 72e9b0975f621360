"""Drafts, their attachments and the frozen mails: rewritten together, so that what is left of each still agrees with the others."""

from __future__ import annotations

import hashlib
import json
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from typing import Any

from drafts.delivery import mime
from drafts.fingerprint import draft_canonical, sha256_hex
from drafts.models import Delivery, Draft, DraftAttachment
from drafts.privacy.rows import CHUNK, in_bytes, rewrite, scrub_value
from drafts.privacy.terms import Terms
from governance.models import Erasure

ERASED_FILE = b"This file named a person who was erased. Its hash before is in the record of the erasure.\n"
_WORDS = ("to_address", "cc", "subject", "body", "claims", "note")
_DELIVERY_WORDS = ("recipients", "server_answer", "stop_reason", "last_error", "resolution")


def scrub_account(erasure: Erasure, account_id: int, terms: Terms, *, parts: bool) -> int:
    """Every draft and delivery of one account; how many rows named the person."""
    n = 0
    drafts = Draft.objects.filter(follow_up__account_id=account_id).order_by("pk")
    for draft in drafts.iterator(chunk_size=CHUNK):
        n += _attachments(erasure, draft, terms)
        n += _draft(erasure, draft, terms, parts=parts)
    deliveries = Delivery.objects.filter(account_id=account_id).select_related("draft").order_by("pk")
    for delivery in deliveries.iterator(chunk_size=CHUNK):
        n += _delivery(erasure, delivery, terms, parts=parts)
    return n


def _attachments(erasure: Erasure, draft: Draft, terms: Terms) -> int:
    n = 0
    for row in DraftAttachment.objects.filter(draft=draft).order_by("pk"):
        if in_bytes(bytes(row.content), terms):
            after = hashlib.sha256(ERASED_FILE).hexdigest()
            rewrite(erasure, row, {"content": ERASED_FILE, "sha256": after}, before=row.sha256, after=after)
            n += 1
    return n


def _draft(erasure: Erasure, draft: Draft, terms: Terms, *, parts: bool) -> int:
    changes: dict[str, Any] = {name: scrub_value(getattr(draft, name), terms, parts=parts) for name in _WORDS}
    material = scrub_value(json.loads(draft.canonical)["material"], terms, parts=parts)
    canonical = draft_canonical(
        purpose=draft.purpose, from_address=draft.from_address, to_address=changes["to_address"], cc=changes["cc"],
        subject=changes["subject"], body=changes["body"], attachments=mime.attachment_hashes(draft), material=material,
    )  # fmt: skip
    changes["canonical"] = canonical
    if all(getattr(draft, name) == value for name, value in changes.items()):
        return 0
    changes["erased_sha256"] = sha256_hex(canonical) if canonical != draft.canonical else draft.erased_sha256
    after = changes["erased_sha256"] or draft.fingerprint
    rewrite(erasure, draft, changes, before=draft.erased_sha256 or draft.fingerprint, after=after)
    return 1


def _delivery(erasure: Erasure, delivery: Delivery, terms: Terms, *, parts: bool) -> int:
    """The mail is made again from what is left of its text, under the Message-ID and Date it had."""
    changes: dict[str, Any] = {name: scrub_value(getattr(delivery, name), terms, parts=parts) for name in _DELIVERY_WORDS}
    draft = Draft.objects.get(pk=delivery.draft_id)
    if mime.differences(draft, delivery.mime):
        old = message_from_bytes(delivery.mime.encode("ascii"), policy=policy.SMTP)
        frozen = mime.freeze(
            draft, reply_to=str(old["Reply-To"] or ""), date=parsedate_to_datetime(delivery.date_header), message_id=delivery.message_id
        )
        changes |= {"mime": frozen.mime, "recipients": list(frozen.recipients), "erased_sha256": frozen.sha256}
    changes = {name: value for name, value in changes.items() if getattr(delivery, name) != value}
    if not changes:
        return 0
    before = delivery.erased_sha256 or delivery.mime_sha256
    rewrite(erasure, delivery, changes, before=before, after=changes.get("erased_sha256", before))
    return 1
