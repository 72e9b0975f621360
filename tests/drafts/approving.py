"""One person approves what stands there, and what left after it."""

from __future__ import annotations

from drafts.models import Delivery
from drafts.review import approve
from tests.drafts.scene import AS_OF


def approve_as(case, person, **kwargs):
    return approve(case.follow_up.pk, case.draft.fingerprint, by=person, at=AS_OF, acknowledged=case.warnings(), reason="checked_source", **kwargs)


def nothing_is_leaving(case):
    return not Delivery.objects.filter(account=case.account).exists()
