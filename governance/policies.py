"""The policy in force. Its parameters are typed in ``governance.policy_parameters``."""

from __future__ import annotations

from governance.models import PolicyVersion
from governance.policy_parameters import DEFAULT, PolicyParameters, typed

__all__ = ["DEFAULT", "NoActivePolicy", "PolicyParameters", "active", "active_parameters", "typed"]


class NoActivePolicy(RuntimeError):
    """The installation has no active policy: nothing may be prepared, approved or sent."""


def active() -> PolicyVersion:
    """The policy in force. ``.typed`` of the row gives its parameters."""
    row = PolicyVersion.objects.filter(state=PolicyVersion.State.ACTIVE).first()
    if row is None:
        raise NoActivePolicy("no policy is active; activate one before anything is prepared or sent")
    return row


def hold_still() -> None:
    """Until the transaction ends no other one passes this line: what is counted against a limit of the policy is counted by one at a time."""
    PolicyVersion.objects.select_for_update(no_key=True).filter(state=PolicyVersion.State.ACTIVE).first()


def active_parameters() -> PolicyParameters:
    """The parameters in force."""
    return typed(active().parameters)
