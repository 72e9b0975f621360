"""What the event of a decision says for the measures: how the text differs from the machine's, how long somebody looked, what was known.

Ids, codes and numbers only.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from drafts.checks.context import check_facts
from drafts.delivery.standing import Standing
from drafts.models import Draft, FollowUp
from drafts.preparation.telling import known, word_count
from drafts.review.corrections import suggest
from drafts.review.distance import word_edit_rate
from drafts.review.timing import seconds_of
from governance import calendar
from governance.canonical import canonical_json
from governance.models import User
from governance.policies import PolicyParameters


def review_of(
    follow_up: FollowUp, policy: PolicyParameters, *, by: User, at: datetime, standing: Standing | None = None,
    confirmed: Iterable[tuple[str, str]] | None = None,
) -> dict[str, Any]:
    """The ``review`` part of a decision's event. ``standing`` adds what was known then, and what was corrected.

    ``confirmed`` are (class, severity) pairs a person said; without them the corrections are suggested from the two texts.
    """
    draft = follow_up.draft
    told: dict[str, Any] = {"late": follow_up.due_at is not None and follow_up.due_at < at}
    if draft is None:
        return told
    told["business"] = business_minutes(follow_up, at, policy)
    told |= {"words": word_count(draft), "seconds": seconds_of(draft, by, at)}
    if standing is not None:
        told |= known(standing.facts, policy)
        told |= changes_of(draft, standing, confirmed)
    return told


def business_minutes(follow_up: FollowUp, until: datetime, policy: PolicyParameters) -> int | None:
    """Minutes inside business hours at the customer since its draft was written by the machine, or begun; None without a draft."""
    if follow_up.draft is None:
        return None
    since, account = (machine_text(follow_up.draft) or follow_up.draft).created_at, follow_up.account
    return calendar.business_minutes(
        since, until, account.time_zone, account.country, policy.business_start_hour, policy.business_end_hour
    )


def changes_of(draft: Draft, standing: Standing, confirmed: Iterable[tuple[str, str]] | None) -> dict[str, Any]:
    """What people changed since the machine's text; nothing to say of a text that a person began."""
    first = machine_text(draft)
    if first is None:
        return {}
    changed = draft.pk != first.pk and _plain(draft) != _plain(first)
    if not changed:
        return {"changed": False}
    pairs = confirmed
    if pairs is None:
        facts = check_facts(standing.facts, draft.invoice_ids, terms=standing.terms)
        pairs = ((c.kind, c.severity) for c in suggest(first, draft, facts))
    rate = word_edit_rate(f"{first.subject}\n{first.body}", f"{draft.subject}\n{draft.body}", standing.facts.sender)
    return {
        "changed": True, "permille": round(rate * 1000), "confirmed": confirmed is not None,
        "corrections": sorted({(kind, severity) for kind, severity in pairs}),
    }  # fmt: skip


def machine_text(draft: Draft) -> Draft | None:
    """The newest text before people's edits that a machine wrote; None when a person began it."""
    found: Draft | None = draft
    while found is not None and found.author_kind == Draft.AuthorKind.PERSON:
        found = found.parent
    return found


def _plain(draft: Draft) -> str:
    return canonical_json([draft.subject.split(), draft.body.split(), draft.to_address, sorted(draft.cc)])
