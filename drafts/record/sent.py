"""What was sent beside what was approved: compared byte for byte here and now, not remembered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from drafts.delivery.mime import differences, envelope_differences
from drafts.models import Delivery, FollowUp
from governance.canonical import sha256_hex
from governance.models import Event


@dataclass(slots=True)
class Sent:
    """One message. ``differs`` are the parts in which it is not what was approved, in words; ``checked`` what was compared."""

    delivery: Delivery
    differs: list[str] = field(default_factory=list)
    checked: list[tuple[str, bool]] = field(default_factory=list)
    event: int | None = None
    erased: bool = False

    @property
    def identical(self) -> bool:
        """True when every comparison came out the same."""
        return not self.differs and all(fits for _, fits in self.checked)


def messages(follow_up: FollowUp, events: Sequence[Event]) -> list[Sent]:
    """Every message of a follow-up, oldest first."""
    rows = follow_up.deliveries.select_related("draft", "approval_request", "stopped_by", "resolved_by").order_by("pk")
    return [compare(row, events) for row in rows]


def compare(row: Delivery, events: Sequence[Event]) -> Sent:
    """Compute every hash and compare every part again."""
    scheduled = next((e for e in events if e.action == "delivery.scheduled" and e.subject_id == row.pk), None)
    named = json.loads(scheduled.data) if scheduled else {}
    computed = hashlib.sha256(row.mime.encode()).hexdigest()
    out = Sent(row, event=scheduled.number if scheduled else None)
    if getattr(row, "erased_sha256", "") or getattr(row.draft, "erased_sha256", ""):
        # The words are gone; what is left to compare are the hashes on record.
        out.erased = True
        out.checked = [
            ("the ledger named this fingerprint and these bytes when the message was scheduled",
             (named.get("fingerprint"), named.get("bytes")) == (row.fingerprint, row.mime_sha256)),
        ]  # fmt: skip
        return out
    try:
        out.differs = [*differences(row.draft, row.mime), *envelope_differences(row)]
    except (UnicodeEncodeError, ValueError) as error:
        out.differs = [f"the bytes cannot be read: {error}"]
    out.checked = [
        ("subject, text, sender, recipients and attachments of the bytes are those of the approved version", not out.differs),
        ("the approved version has the fingerprint that was approved", sha256_hex(row.draft.canonical) == row.approval_request.fingerprint),
        ("the bytes have the SHA-256 that was frozen with them", computed == row.mime_sha256),
        ("the ledger named these bytes when the message was scheduled", named.get("bytes") == computed),
        ("the ledger named this fingerprint when the message was scheduled", named.get("fingerprint") == row.fingerprint),
    ]
    return out
