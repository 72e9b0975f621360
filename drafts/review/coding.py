"""What was corrected between the machine's first text and the one a person approves, in classes; and why a text was rejected.

The classes are suggested from the two texts and confirmed by the person who approves, in the same gesture. Rows and events carry ids and
codes; both texts stay as revisions of the draft.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from accounts.fact_types import AccountFacts
from drafts.checks.context import check_facts
from drafts.delivery.duties import chain_of
from drafts.models import Draft, FollowUp
from drafts.review.corrections import CLASSES, COSMETIC, CRITICAL, FACT, RECIPIENT, SLIGHT, STATE, SUBSTANTIVE, suggest
from drafts.review.corrections import COMMITMENT as COMMITTED
from governance import topics
from governance.audit import Entry, account_stream, record
from governance.models import Correction, Rejection

if TYPE_CHECKING:
    from drafts.delivery.standing import Standing
    from governance.models import User

log = logging.getLogger(__name__)

# Classes whose faults harm; "critical" on others says nothing.
HARMFUL = (FACT, STATE, RECIPIENT, COMMITTED)


class Coded(NamedTuple):
    """One class, and whether the uncorrected text would have harmed."""

    kind: str
    critical: bool = False


def first_text(draft: Draft) -> Draft | None:
    """The machine's text this one began as; None when a person began it or nobody changed it."""
    if draft.author_id is None:
        return None
    begun = chain_of(draft)[-1]
    if begun.author_id is not None:
        return None
    return Draft.objects.get(pk=begun.pk)


def proposed(draft: Draft, facts: AccountFacts, terms: Collection[Any] = ()) -> list[Coded]:
    """The classes the difference suggests, gravest first; empty for a text nobody changed, or that cannot be compared."""
    first = first_text(draft)
    if first is None:
        return []
    try:
        found = suggest(first, draft, check_facts(facts, sorted({*first.invoice_ids, *draft.invoice_ids}), terms=terms))
    except Exception:
        # A suggestion is worth less than an approval.
        log.exception("the corrections of draft %s could not be suggested", draft.pk)
        return []
    return _by_class(Coded(row.kind, row.critical) for row in found) or [Coded(COSMETIC)]


def _by_class(rows: Iterable[Coded]) -> list[Coded]:
    found: dict[str, bool] = {}
    for kind, critical in rows:
        found[kind] = found.get(kind, False) or (critical and kind != COSMETIC)
    return [Coded(kind, critical) for kind, critical in found.items()]


def of_form(kinds: Collection[str], critical: bool, suggestion: Collection[Coded]) -> list[Coded]:
    """What a person confirmed: ticked classes and one tick "critical". It belongs to the classes suggested as critical, else to those that can harm."""
    grave = {row.kind for row in suggestion if row.critical and row.kind in kinds}
    grave = grave or {kind for kind in kinds if kind in HARMFUL} or {kind for kind in kinds if kind != COSMETIC}
    return [Coded(kind, critical and kind in grave) for kind in CLASSES if kind in kinds]


def note(
    draft: Draft, standing: Standing, kinds: Collection[str] | None, critical: bool, *, by: User, at: datetime
) -> list[Coded]:
    """Record the corrections of an approved text, once per text: as confirmed, or (``kinds`` None) as suggested and unconfirmed.

    In the transaction of the approval. Raises ``ValueError`` for an unknown class. An empty confirmation says: only its look.
    """
    unknown = set(kinds or ()) - set(CLASSES)
    if unknown:
        raise ValueError(f"unknown classes of correction: {', '.join(sorted(unknown))}")
    first = first_text(draft)
    if first is None or Correction.objects.filter(final_draft_id=draft.pk).exists():
        return []
    suggestion = proposed(draft, standing.facts, standing.terms)
    rows = suggestion if kinds is None else of_form(kinds, critical, suggestion) or [Coded(COSMETIC)]
    follow_up, offered = draft.follow_up, {row.kind for row in suggestion}
    Correction.objects.bulk_create(
        Correction(
            account_id=follow_up.account_id, portfolio_id=follow_up.portfolio_id, follow_up_id=follow_up.pk, first_draft_id=first.pk,
            final_draft_id=draft.pk, lane=follow_up.lane, kind=row.kind, critical=row.critical, suggested=row.kind in offered,
            confirmed=kinds is not None, by=by, at=at,
        )
        for row in rows
    )
    data = {"first": first.pk, "corrections": [[row.kind, row.critical] for row in rows], "confirmed": kinds is not None, "follow_up": follow_up.pk}
    record([Entry(account_stream(follow_up.account_id), "draft.corrected", "draft", draft.pk, data)], by=by, at=at)
    return rows


def confirmed_pairs(draft: Draft) -> list[tuple[str, str]] | None:
    """Class and severity of each correction a person confirmed of this text, for the measures; None when nobody did."""
    rows = Correction.objects.filter(final_draft_id=draft.pk, confirmed=True).values_list("kind", "critical")
    return [(kind, CRITICAL if critical else SLIGHT if kind == COSMETIC else SUBSTANTIVE) for kind, critical in rows] or None


def note_rejection(follow_up: FollowUp, kind: str, cause: str, *, by: User, at: datetime) -> str:
    """Record why a text was rejected; without a stated ``cause`` the one its kind stands for. In the transaction of the rejection."""
    if cause and cause not in Rejection.Cause.values:
        raise ValueError(f"unknown cause of a rejection: {cause}")
    counted = cause or topics.CAUSES[kind]
    if follow_up.draft_id is not None:
        Rejection.objects.create(
            account_id=follow_up.account_id, portfolio_id=follow_up.portfolio_id, follow_up_id=follow_up.pk, draft_id=follow_up.draft_id,
            lane=follow_up.lane, kind=kind, cause=counted, stated=bool(cause), by=by, at=at,
        )  # fmt: skip
    return counted
