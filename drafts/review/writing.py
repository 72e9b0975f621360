"""A revision written by a person: new row, same gate as the machine's, approvals of the old text void."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Max

from accounts.fact_types import AccountFacts
from drafts import transitions
from drafts.brief import freeze
from drafts.delivery.standing import BESIDE_A_HOLD, Standing, standing_of
from drafts.fingerprint import draft_canonical, normalise_newlines, sha256_hex
from drafts.models import Brief, Draft, DraftAttachment, Finding, FollowUp
from drafts.preparation.telling import about
from drafts.review.base import RELEASED, Blocked
from drafts.review.verdicts import void_approvals
from governance.audit import Entry, account_stream, record
from governance.canonical import canonical_json
from governance.standards import tone_names

if TYPE_CHECKING:
    from governance.models import User

_WORDS = re.compile(r"[\w/#.\-]+")


@dataclass(frozen=True, slots=True)
class Manuscript:
    """What a person wrote, and for which revision: ``parent`` is None for an answer that begins anew."""

    subject: str
    body: str
    purpose: str
    language: str
    invoice_ids: Sequence[int]
    parent: Draft | None = None
    claims: Sequence[dict[str, Any]] = field(default=())
    attachments: Sequence[DraftAttachment] = field(default=())
    note: str = ""


def clean(subject: str, body: str) -> tuple[str, str]:
    """The text as it is stored: newlines as LF, the subject on one line. Raises ``Blocked`` when either is empty or too long."""
    subject, body = " ".join(subject.split()), normalise_newlines(body)
    if not subject or not body.strip():
        raise Blocked("E-TEXT", "A message needs a subject and a text.")
    if len(subject) > 300:
        raise Blocked("E-TEXT", "The subject is longer than 300 characters.")
    return subject, body


def save_revision(
    follow_up: FollowUp, manuscript: Manuscript, action: str, *, by: User, at: datetime, fields: dict[str, Any] | None = None
) -> Draft:
    """Write the revision of a locked follow-up, check it, void old approvals and perform ``action`` with it."""
    draft = _unsaved(follow_up, manuscript, by, at)
    # The revision is judged as it will stand: its own words and invoices, on the facts of now.
    draft.brief = manuscript.parent.brief if manuscript.parent else Brief(account_id=follow_up.account_id, facts="{}", as_of=at)
    standing = standing_of(draft, at=at)
    _address(draft, standing.facts, manuscript)
    draft.canonical = canonical_of(draft, standing, [(a.name, a.sha256) for a in manuscript.attachments])
    draft.fingerprint = sha256_hex(draft.canonical)
    draft.brief = _brief(manuscript, standing, at)
    draft.save()
    _copy_attachments(draft, manuscript.attachments)
    _store_findings(draft, standing)
    void_approvals(follow_up, f"the text was changed (version {draft.revision})", code="edited", by=by, at=at)
    _record(draft, by, at)
    values = {**RELEASED, **_columns(draft, standing), **(fields or {})}
    versions: dict[str, Any] = {"brief": draft.brief_id, "facts": draft.brief.fingerprint, "policy": standing.policy_version.number}
    if tone := tone_names(standing.read_by_checks):
        versions["tone"] = tone
    text: dict[str, Any] = {
        "revision": draft.revision, "fingerprint": draft.fingerprint, "parent": draft.parent_id, "template": draft.template_version_id,
    }  # fmt: skip
    if action == "answer":
        text["about"] = about(draft, standing.facts, standing.policy, wrote=None)
    data = {follow_up.pk: versions | text}
    transitions.perform([follow_up.pk], action, by=by, at=at, fields={follow_up.pk: values}, data=data)
    return draft


def invoices_named(facts: AccountFacts, subject: str, body: str) -> list[int]:
    """Ids of the account's open invoices whose number appears in the text as a word of its own."""
    text = f"{subject}\n{body}"
    words = {word.strip(".-") for word in _WORDS.findall(text)}
    return [i.id for i in facts.invoices if i.number in words or (" " in i.number and i.number in text)]


def canonical_of(draft: Draft, standing: Standing, attachments: Sequence[tuple[str, str]]) -> str:
    """The canonical text the fingerprint is taken of, on the material facts of ``standing``."""
    return draft_canonical(
        purpose=draft.purpose, from_address=draft.from_address, to_address=draft.to_address, cc=draft.cc, subject=draft.subject,
        body=draft.body, attachments=attachments, material=standing.material,
    )


def _unsaved(follow_up: FollowUp, manuscript: Manuscript, by: User, at: datetime) -> Draft:
    last = follow_up.drafts.aggregate(last=Max("revision"))["last"] or 0
    return Draft(
        follow_up=follow_up, revision=last + 1, parent=manuscript.parent, purpose=manuscript.purpose, language=manuscript.language,
        author_kind=Draft.AuthorKind.PERSON, author=by, subject=manuscript.subject, body=manuscript.body,
        invoice_ids=list(manuscript.invoice_ids), claims=list(manuscript.claims), note=manuscript.note, created_at=at,
        template_version=manuscript.parent.template_version if manuscript.parent else None,
    )


def _address(draft: Draft, facts: AccountFacts, manuscript: Manuscript) -> None:
    """From the portfolio's sender to the contact on record; never from what somebody typed."""
    if facts.recipient is None:
        raise Blocked("E-BLOCK", "There is no verified recipient: verify a contact of this account first.")
    draft.from_address, draft.to_address = facts.sender.email, facts.recipient.email
    draft.cc = list(manuscript.parent.cc) if manuscript.parent else []


def _brief(manuscript: Manuscript, standing: Standing, at: datetime) -> Brief:
    """The parent's brief while nothing material changed and the customer wrote nothing since; else the facts of now, frozen."""
    parent = manuscript.parent
    if parent is not None and canonical_json(standing.material) in parent.canonical and not _wrote_since(standing):
        return parent.brief
    brief = freeze(standing.facts, standing.holds, standing.policy).row(at)
    brief.save()
    return brief


def _wrote_since(standing: Standing) -> bool:
    return any(m.direction == "in" and m.id not in standing.known_messages for m in standing.facts.messages)


def _copy_attachments(draft: Draft, attachments: Sequence[DraftAttachment]) -> None:
    DraftAttachment.objects.bulk_create(
        [DraftAttachment(draft=draft, name=a.name, content_type=a.content_type, content=a.content, sha256=a.sha256) for a in attachments]
    )


def _store_findings(draft: Draft, standing: Standing) -> None:
    Finding.objects.bulk_create(
        [
            Finding(
                draft=draft, check_id=f.check, label=f.label, severity=f.severity, role=f.role or "", quote=f.quote, start=f.start,
                end=f.end, where=f.where, why=f.why, fact=f.fact, registered=f.registered,
            )
            for f in standing.findings
        ]
    )


def _columns(draft: Draft, standing: Standing) -> dict[str, Any]:
    """What the checks of the new text change about the follow-up; a person's edit never lowers the lane."""
    columns: dict[str, Any] = {
        "draft_id": draft.pk, "brief_id": draft.brief_id, "purpose": draft.purpose, "lane": standing.lane,
        "required_roles": [list(pair) for pair in standing.required_roles()],
    }
    return columns if draft.purpose in BESIDE_A_HOLD else {**columns, "reasons": standing.judged[1]}


def _record(draft: Draft, by: User, at: datetime) -> None:
    data: dict[str, Any] = {"revision": draft.revision, "fingerprint": draft.fingerprint, "parent": draft.parent_id}
    data |= {"before": draft.parent.fingerprint if draft.parent else None, "facts": draft.brief.fingerprint}
    data |= {"template": draft.template_version_id, "follow_up": draft.follow_up_id}
    refused = draft.findings.filter(severity=Finding.Severity.BLOCK, registered=False).order_by("check_id").values_list("check_id", flat=True)
    if blocks := list(dict.fromkeys(refused)):
        data["blocks"] = blocks
    record([Entry(account_stream(draft.follow_up.account_id), "draft.edited", "draft", draft.pk, data)], by=by, at=at)
