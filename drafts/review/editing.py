"""Editing a draft: a new revision, never an overwritten one. A second editor gets both texts, and loses none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.text import capfirst

from accounts.facts import facts_for
from drafts import states, transitions
from drafts.checks.base import Finding
from drafts.delivery.standing import findings_of, standing_of
from drafts.fingerprint import normalise_newlines
from drafts.models import Draft, FollowUp, WorkingCopy
from drafts.review import evidence_first
from drafts.review.base import Blocked, Conflict, Text, author_words, locked
from drafts.review.diff import EQUAL, INSERT, word_diff
from drafts.review.writing import Manuscript, clean, invoices_named, save_revision
from governance import policies
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User

EARLIER = 8  # revisions looked back at for words that were put back

def edit(
    follow_up_id: int, subject: str, body: str, base_revision: int, *, by: User, at: datetime, note: str = "", version: int | None = None
) -> Draft:
    """Save a person's text as the next revision; every check runs, every approval of the old text is void.

    Returns the current revision unchanged when the text is the same. Raises ``Conflict`` with all texts when ``base_revision`` is not
    the current one (what was typed is also kept as the person's working copy), ``Blocked``, ``NotAllowed`` or ``WrongState``.
    """
    try:
        with transaction.atomic():
            return _edit(follow_up_id, Text(subject, body), base_revision, by, at, note, version)
    except Blocked as block:
        if block.code == "E-CLAIM":
            _keep(Draft.objects.filter(follow_up_id=follow_up_id, revision=base_revision).first(), Text(subject, body), by, at)
        raise
    except Conflict as conflict:
        _keep(conflict.base or conflict.current, Text(subject, body), by, at)
        conflict.mine = conflict.mine or Text(subject, body)
        raise


def _edit(follow_up_id: int, text: Text, base_revision: int, by: User, at: datetime, note: str, version: int | None) -> Draft:
    follow_up = locked(follow_up_id, by=by, action="edit_draft", at=at, version=version)
    current = follow_up.draft
    if current is None or follow_up.status not in states.BY_ACTION["edit"].sources:
        raise transitions.WrongState("edit", {follow_up.pk: follow_up.status})
    policy = policies.active_parameters()
    evidence_first.demand(follow_up, policy, by=by, at=at)
    subject, body = clean(text.subject, text.body)
    if current.revision != base_revision:
        base = follow_up.drafts.filter(revision=base_revision).first()
        words = f"{capfirst(author_words(current))} saved version {current.revision} while you were editing version {base_revision}."
        words += " Your text is safe."
        raise Conflict(words, other=author_words(current), current=current, base=base, mine=Text(subject, body))
    WorkingCopy.objects.filter(draft__follow_up=follow_up, user=by).delete()
    if (subject, body) == (current.subject, current.body):
        return current
    manuscript = _manuscript(follow_up, current, subject, body, note, at)
    claimed = at + timedelta(minutes=policy.claim_minutes)
    return save_revision(
        follow_up, manuscript, "edit", by=by, at=at, fields={"claimed_by_id": by.pk, "claimed_until": claimed}
    )


def _manuscript(follow_up: FollowUp, current: Draft, subject: str, body: str, note: str, at: datetime) -> Manuscript:
    """The edit with the invoices it now names; a statement in the attachment keeps those the old text was about."""
    attachments = list(current.attachments.order_by("pk"))
    named = invoices_named(facts_for([follow_up.account_id], at)[follow_up.account_id], subject, body)
    ids = sorted({*named, *current.invoice_ids}) if attachments or not named else named
    return Manuscript(
        subject, body, current.purpose, current.language, ids, parent=current, attachments=attachments, note=note.strip(),
        claims=_earned(current, body),
    )


def _earned(current: Draft, body: str) -> list[dict[str, Any]]:
    """Claims of the text before, and of the revisions before that on the same facts: words put back have their claim back."""
    kept = moved_claims(current.claims, current.body, body)
    earlier = Draft.objects.filter(follow_up_id=current.follow_up_id, brief_id=current.brief_id, revision__lt=current.revision)
    for claims, text in earlier.order_by("-revision").values_list("claims", "body")[:EARLIER]:
        found = moved_claims(claims, text, body)
        kept += [claim for claim in found if not any(claim["start"] < one["end"] and one["start"] < claim["end"] for one in kept)]
    return sorted(kept, key=lambda claim: claim["start"])


def check_text(follow_up_id: int, subject: str, body: str, *, by: User, at: datetime) -> tuple[Finding, ...]:
    """What the checks would say about a text in place of the current draft's; nothing is stored. Raises ``WrongState`` without a draft."""
    follow_up = FollowUp.objects.select_related("draft__brief", "draft__follow_up").get(pk=follow_up_id)
    can(by, "edit_draft", follow_up).or_raise()
    if follow_up.draft is None:
        raise transitions.WrongState("check", {follow_up.pk: follow_up.status})
    standing = standing_of(follow_up.draft, at=at)
    body = normalise_newlines(body)
    named = invoices_named(standing.facts, subject, body)
    return findings_of(subject, body, standing, named or None)


def moved_claims(claims: Sequence[dict[str, Any]], old: str, new: str) -> list[dict[str, Any]]:
    """Claims whose words stand unchanged in the new text, at their new places. Those that were touched must be earned again."""
    kept: list[dict[str, Any]] = []
    old_at = new_at = 0
    for op, piece in word_diff(old, new):
        if op == EQUAL:
            end, shift = old_at + len(piece), new_at - old_at
            inside = (claim for claim in claims if old_at <= claim["start"] and claim["end"] <= end)
            kept += [{**claim, "start": claim["start"] + shift, "end": claim["end"] + shift} for claim in inside]
        old_at += 0 if op == INSERT else len(piece)
        new_at += len(piece) if op in (EQUAL, INSERT) else 0
    return kept


def _keep(over: Draft | None, text: Text, by: User, at: datetime) -> None:
    """What was typed outlives the refusal, as the person's working copy of the revision it was typed over."""
    if over is None:
        return
    WorkingCopy.objects.filter(draft__follow_up_id=over.follow_up_id, user=by).exclude(draft=over).delete()
    typed = {"subject": text.subject[:300], "body": normalise_newlines(text.body), "saved_at": at}
    WorkingCopy.objects.update_or_create(draft=over, user=by, defaults=typed)
