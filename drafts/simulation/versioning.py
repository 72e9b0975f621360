"""What every kind of version under change control shares: who may put one in force, how it replaces the one before, how one is brought back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Max, QuerySet

from drafts.review.base import Blocked
from governance.decisions import Denied
from governance.history import save_as
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import PolicyVersion, PromptVersion, ReviewStandard, TemplateVersion, ToneRule, User

    Words = TemplateVersion | PromptVersion | ToneRule | ReviewStandard

STREAM = "policy"
GATE = "E-GATE"


def may_activate(version: Words, by: User) -> None:
    """Only a draft is put in force, by a policy administrator who did not write it. Raises ``NotAllowed`` or ``Blocked``."""
    can(by, "write_policy").or_raise()
    if version.author_id == by.pk:
        Denied("because you wrote this version; another policy administrator activates it").or_raise()
    if version.state != version.State.DRAFT:
        raise Blocked(GATE, f"{version} is {version.get_state_display().lower()} already; write a new version.")


def replace(old: Words | PolicyVersion | None, new: Words | PolicyVersion, by: User, at: datetime) -> None:
    """The new version is in force, the one before (if any) retires; in the transaction of the caller."""
    if old is not None:
        old.state = old.State.RETIRED
        save_as(old, by=by, at=at, reason=f"replaced by {new}")
    new.state, new.activated_by, new.activated_at = new.State.ACTIVE, by, at
    save_as(new, by=by, at=at, reason="activated")


def refuse_restoring(old: Words) -> None:
    """Raise ``Blocked`` for a version that was not in force before."""
    if old.state != old.State.RETIRED:
        raise Blocked(GATE, f"{old} was not in force before; there is nothing to go back to.")


def next_number(rows: QuerySet[Any], field: str = "version") -> int:
    """The number of the version after these."""
    return int(rows.aggregate(last=Max(field))["last"] or 0) + 1
