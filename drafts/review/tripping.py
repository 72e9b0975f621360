"""What people made of a machine's text, one row per decision, and the switch that throws itself when too much of it was wrong.

Counted per version of an approved text, and per model with its prompt version: critically corrected among the last decided ones since
the switch was last lifted. The numbers are parameters of the policy.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Max

from drafts.checks.context import check_facts
from drafts.delivery import duties
from drafts.models import Draft, DraftOutcome, Generation
from drafts.review import switches
from drafts.review.corrections import CRITICAL, FACT, RECIPIENT, SUBSTANTIVE, TONE, suggest
from governance.models import Hold
from governance.policies import PolicyParameters

if TYPE_CHECKING:
    from drafts.delivery.standing import Standing
    from governance.models import User

log = logging.getLogger(__name__)

# Rejections that name a defect of the text; the others say that the moment or the customer's affairs changed.
DEFECTS: dict[str, tuple[str, str]] = {"wrong_fact": (FACT, CRITICAL), "wrong_recipient": (RECIPIENT, CRITICAL), "tone": (TONE, SUBSTANTIVE)}


def note_approved(final: Draft, standing: Standing, *, by: User, at: datetime) -> DraftOutcome | None:
    """The last approval of a text: what was corrected since the machine wrote it. None when no machine did.

    Run inside the transaction of the approval.
    """
    begun = duties.chain_of(final)[-1]
    if begun.author_id is not None:
        return None
    if begun.pk == final.pk:
        return _note(begun, final, DraftOutcome.Outcome.UNCHANGED, [], by, at, standing.policy)
    first = Draft.objects.get(pk=begun.pk)
    facts = check_facts(standing.facts, sorted({*first.invoice_ids, *final.invoice_ids}), terms=standing.terms)
    return _note(first, final, DraftOutcome.Outcome.EDITED, _suggested(first, final, facts), by, at, standing.policy)


def note_rejected(draft: Draft, kind: str, policy: PolicyParameters, *, by: User, at: datetime) -> DraftOutcome | None:
    """A machine's text that will not be sent; ``kind`` is the reason's key. Run inside the transaction of the rejection."""
    begun = duties.chain_of(draft)[-1]
    if begun.author_id is not None:
        return None
    defects = [list(DEFECTS[kind])] if kind in DEFECTS else []
    return _note(begun, None, DraftOutcome.Outcome.REJECTED, defects, by, at, policy)


def _suggested(first: Draft, final: Draft, facts: Mapping[str, Any]) -> list[list[str]]:
    """Classes with severity. A text nobody can compare costs no approval: it is said to be unknown, and does not count."""
    try:
        found = suggest(first, final, facts)
    except Exception:
        log.exception("the corrections of draft %s could not be read", final.pk)
        return [["unknown", "unknown"]]
    pairs = [[c.kind, c.severity] for c in found]
    return [list(pair) for pair in dict.fromkeys(map(tuple, pairs))]


def _note(
    begun: Draft, final: Draft | None, outcome: str, corrections: Sequence[Sequence[str]], by: User, at: datetime,
    policy: PolicyParameters,
) -> DraftOutcome:
    asked = Generation.objects.filter(draft_id=begun.pk).order_by("pk").first() if begun.author_kind == Draft.AuthorKind.MODEL else None
    row, _ = DraftOutcome.objects.update_or_create(
        draft=begun,
        defaults={
            "final": final, "template_version_id": begun.template_version_id, "outcome": outcome, "decided_by": by, "decided_at": at,
            "model": asked.model if asked else "", "prompt_version_id": asked.prompt_version_id if asked else None,
            "corrections": [list(pair) for pair in corrections],
            "critical": any(severity == CRITICAL for _, severity in corrections),
        },
    )  # fmt: skip
    if row.critical:
        _weigh(row, policy, at)
    return row


def _weigh(row: DraftOutcome, policy: PolicyParameters, at: datetime) -> Hold | None:
    """Throw the switch of these words when the last ones were critically wrong too often."""
    if row.template_version_id:
        same = DraftOutcome.objects.filter(template_version_id=row.template_version_id)
        scope, scope_id, what = Hold.Scope.TEMPLATE, row.template_version_id, "this text"
    elif row.model or row.prompt_version_id:
        same = DraftOutcome.objects.filter(model=row.model, prompt_version_id=row.prompt_version_id)
        scope, scope_id, what = Hold.Scope.MODEL, 0, f"model {row.model}, prompt {row.prompt_version}"
    else:
        return None
    lifted = Hold.objects.filter(scope=scope, scope_id=scope_id).aggregate(last=Max("released_at"))["last"]
    if lifted is not None:
        same = same.filter(decided_at__gt=lifted)
    last = list(same.order_by("-decided_at", "-pk").values_list("critical", flat=True)[: policy.trip_window_drafts])
    wrong = sum(last)
    if len(last) < policy.trip_minimum_drafts or wrong < policy.trip_critical_drafts:
        return None
    reason = f"{wrong} of the last {len(last)} decided drafts with {what} needed a critical correction"
    return switches.trip(scope, scope_id, reason, at=at)
