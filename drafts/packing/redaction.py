"""The redaction profile: names, addresses and texts masked; ids, states, amounts, dates and hashes kept, so the ledger still verifies.

By what is kept, not by what is taken out: a new column of text is masked until somebody lists it here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import Field, Model

from drafts.record.story import Story

MASK = "[masked]"
# Columns whose text is a code, a number or a hash of ours.
KEPT = frozenset(
    "id status lane machine_lane purpose language author_kind fingerprint material_hash mime_sha256 prompt_sha256 content_key sha256 state "
    "check_id label severity role where kind currency category scope subject_kind verdict acting_as owner_role deciding_role why_first "
    "stop_code error_kind finish_reason machine_kind confirmed_kind outcome delivery_status tier detector source_kind direction ref number "
    "model provider content_type".split()
)
KEPT_JSON = frozenset(["invoice_ids", "required_roles", "totals"])
TEXTS = ("CharField", "TextField", "EmailField", "URLField", "SlugField")
_PLAIN = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.+Z-]+)?|[a-z][a-z_]{0,30}|[A-Z]{3}|[0-9a-f]{64}")
_JSON_KEPT = frozenset("state status kind currency category lane rule due_on issued_on as_of".split())


def row(model: type[Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """One row with its texts masked."""
    fields = {f.attname: f for f in model._meta.concrete_fields}
    return {name: _masked(fields[name], name, value) for name, value in values.items()}


def _masked(column: Field[Any, Any], name: str, value: Any) -> Any:
    kind = column.get_internal_type()
    if kind == "JSONField":
        return value if name in KEPT_JSON else inside(value)
    if kind in TEXTS and name not in KEPT:
        return MASK if value else value
    return value


def inside(value: Any, key: str = "") -> Any:
    """JSON with its texts masked; numbers, dates and the codes of known keys stay."""
    if isinstance(value, dict):
        return {name: inside(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [inside(item, key) for item in value]
    if isinstance(value, str) and value and not (key in _JSON_KEPT and _PLAIN.fullmatch(value)):
        return MASK
    return value


def story(told: Story) -> None:
    """Mask the texts of a story in place, before its page is written. The rows in the database are not touched."""
    for draft in told.drafts:
        for name in ("subject", "body", "note", "to_address", "from_address"):
            setattr(draft, name, MASK if getattr(draft, name) else "")
        draft.cc = []
    for entry in told.entries:
        entry.who = "the machine" if entry.who == "the machine" else "a person"
        entry.said = MASK if entry.said else ""
        entry.details, entry.changes = [], []
    for checked in told.checked:
        for finding in checked.findings:
            finding.quote, finding.fact, finding.why = "", "", MASK
            finding.acknowledged_by = _nobody(finding.acknowledged_by)
    for request in told.asked:
        request.request.void_reason = MASK if request.request.void_reason else ""
        for answer in request.answers:
            answer.approval.comment = MASK if answer.approval.comment else ""
            answer.approval.person = _nobody(answer.approval.person)
            answer.held = [type(held)(held.role, "as granted then") for held in answer.held]
    _messages(told)


def _messages(told: Story) -> None:
    for sent in told.sent:
        row_ = sent.delivery
        row_.recipients, row_.mime, row_.message_id, row_.sender, row_.server_answer = [MASK], "", MASK, MASK, ""
        row_.stop_reason = MASK if row_.stop_reason else ""
        row_.stopped_by = _nobody(row_.stopped_by)
        row_.draft.subject = row_.draft.body = MASK
    for draft in told.drafts:
        draft.author = _nobody(draft.author)
    for attempt in told.generations:
        attempt.raw_answer = attempt.error = ""
        attempt.parameters = {}


def _nobody(person: Any) -> Any:
    """The same person without a name."""
    return type(person)(pk=person.pk, username=f"person {person.pk}") if person is not None else None
