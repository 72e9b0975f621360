"""What people made of a machine's text, one row per decision, and the switch that throws itself when too much of it was wrong.

Counted per version of an approved text, and per model with its prompt version: critically corrected among the last decided ones since
the switch was last lifted. Critical is what a person said was: who confirmed the corrections of an edited text, who refused a text for a
reason that names such a fault. What a comparison only suggests throws no switch, and what was simulated neither counts nor thins out what
people did with the same words. The numbers are parameters of the policy.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Max

from drafts.delivery import duties
from drafts.models import Draft, DraftOutcome, Generation
from drafts.review import switches
from drafts.review.corrections import CRITICAL
from governance import synthetic, topics
from governance.models import Hold
from governance.policies import PolicyParameters

if TYPE_CHECKING:
    from governance.models import User


def note_approved(
    final: Draft, confirmed: Iterable[tuple[str, str]] | None, policy: PolicyParameters, *, by: User, at: datetime
) -> DraftOutcome | None:
    """The last approval of a text: what a person confirmed was corrected since the machine wrote it. None when no machine did.

    ``confirmed`` are class and severity, None when nobody was asked. Run inside the transaction of the approval.
    """
    begun = duties.chain_of(final)[-1]
    if begun.author_id is not None:
        return None
    if begun.pk == final.pk:
        return _note(begun, final, DraftOutcome.Outcome.UNCHANGED, (), by, at, policy)
    return _note(begun, final, DraftOutcome.Outcome.EDITED, confirmed or (), by, at, policy)


def note_refused(
    draft: Draft, codes: Iterable[str], policy: PolicyParameters, *, by: User, at: datetime, cause: str = topics.DRAFT, again: bool = False
) -> DraftOutcome | None:
    """A machine's text that will not be sent; ``codes`` are the reasons, ``again`` when another text is wanted instead.

    Run inside the transaction of the refusal.
    """
    begun = duties.chain_of(draft)[-1]
    if begun.author_id is not None:
        return None
    outcome = DraftOutcome.Outcome.SENT_BACK if again else DraftOutcome.Outcome.REJECTED
    return _note(begun, None, outcome, topics.corrections_of(codes, cause), by, at, policy)


def _note(
    begun: Draft, final: Draft | None, outcome: str, corrections: Iterable[tuple[str, str]], by: User, at: datetime, policy: PolicyParameters
) -> DraftOutcome:
    asked = Generation.objects.filter(draft_id=begun.pk).order_by("pk").first() if begun.author_kind == Draft.AuthorKind.MODEL else None
    pairs = [list(pair) for pair in corrections]
    row, _ = DraftOutcome.objects.update_or_create(
        draft=begun,
        defaults={
            "final": final, "template_version_id": begun.template_version_id, "outcome": outcome, "decided_by": by, "decided_at": at,
            "model": asked.model if asked else "", "prompt_version_id": asked.prompt_version_id if asked else None,
            "corrections": pairs, "critical": any(severity == CRITICAL for _, severity in pairs),
        },
    )  # fmt: skip
    if row.critical:
        _weigh(row, policy, at)
    return row


def _weigh(row: DraftOutcome, policy: PolicyParameters, at: datetime) -> Hold | None:
    """Throw the switch of these words when the last ones were critically wrong too often."""
    simulated = synthetic.portfolio_ids()
    if row.draft.follow_up.account.portfolio_id in simulated:
        return None
    if row.template_version_id:
        same = DraftOutcome.objects.filter(template_version_id=row.template_version_id)
        scope, scope_id, what = Hold.Scope.TEMPLATE, row.template_version_id, "this text"
    elif row.model or row.prompt_version_id:
        same = DraftOutcome.objects.filter(model=row.model, prompt_version_id=row.prompt_version_id)
        scope, scope_id, what = Hold.Scope.MODEL, 0, f"model {row.model}, prompt {row.prompt_version}"
    else:
        return None
    # An edit nobody coded is neither right nor wrong: it does not thin out the others.
    same = same.exclude(outcome=DraftOutcome.Outcome.EDITED, corrections=[])
    if simulated:
        same = same.exclude(draft__follow_up__account__portfolio_id__in=simulated)
    lifted = Hold.objects.filter(scope=scope, scope_id=scope_id).aggregate(last=Max("released_at"))["last"]
    if lifted is not None:
        same = same.filter(decided_at__gt=lifted)
    last = list(same.order_by("-decided_at", "-pk").values_list("critical", flat=True)[: policy.trip_window_drafts])
    wrong = sum(last)
    if len(last) < policy.trip_minimum_drafts or wrong < policy.trip_critical_drafts:
        return None
    reason = f"{wrong} of the last {len(last)} decided drafts with {what} needed a critical correction"
    return switches.trip(scope, scope_id, reason, at=at)
