"""Active review time: what the browser reports, held to what the server's clock allows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max, Sum

from drafts import states
from drafts.models import Draft, FollowUp, ReviewTime
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User

# The browser reports about so often; what it had not reported yet when somebody decided is added from the clock.
REPORTED = timedelta(seconds=5)
# A report of more than this was not measured by it: tabs in the background are slowed down, but they do not count.
LONGEST = timedelta(seconds=30)
# A whole look of one person at one draft; beyond it a tab was left open by something that moves a mouse.
MOST = 4 * 3600


def beat(follow_up_id: int, draft_id: int, seconds: int, *, by: User, at: datetime) -> bool:
    """Add ``seconds`` of active looking. Never more than passed since the last report, nor than ``LONGEST``; False when nothing counts.

    Only of the version in force, while it can be decided, by somebody who may approve. Raises ``NotAllowed``.
    """
    follow_up = FollowUp.objects.filter(pk=follow_up_id).first()
    if follow_up is None or follow_up.draft_id != draft_id or follow_up.status not in states.REVIEWABLE or seconds <= 0:
        return False
    can(by, "approve", follow_up).or_raise()
    with transaction.atomic():
        row, begun = ReviewTime.objects.select_for_update().get_or_create(
            draft_id=draft_id, user=by, defaults={"first_at": at, "last_at": at}
        )
        passed = LONGEST if begun else min(at - row.last_at, LONGEST)
        counted = min(seconds, int(passed.total_seconds()), MOST - row.seconds)
        if counted <= 0:
            return False
        row.seconds, row.last_at = row.seconds + counted, at
        row.save(update_fields=["seconds", "last_at"])
    return True


def seconds_of(draft: Draft, by: User, at: datetime) -> int | None:
    """What this person's looks at this round's texts come to; None when nothing was measured (no script, or decided elsewhere)."""
    texts = [draft.pk]
    parent = draft.parent if draft.author_kind == Draft.AuthorKind.PERSON else None
    while parent is not None:
        texts.append(parent.pk)
        parent = parent.parent if parent.author_kind == Draft.AuthorKind.PERSON else None
    found = ReviewTime.objects.filter(draft_id__in=texts, user=by).aggregate(total=Sum("seconds"), last=Max("last_at"))
    if found["total"] is None:
        return None
    unreported = min(max(at - found["last"], timedelta(0)), REPORTED)
    return int(found["total"] + unreported.total_seconds())
