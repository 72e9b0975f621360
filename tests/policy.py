"""Another policy in force, for tests of what reads it; how one comes into force is tested elsewhere."""

from __future__ import annotations

from typing import Any

from governance.models import PolicyVersion


def set_policy(**changes: Any) -> PolicyVersion:
    """The policy in force retires; the next one says the same but for ``changes``."""
    old = PolicyVersion.objects.get(state="active")
    PolicyVersion.objects.filter(pk=old.pk).update(state="retired")
    return PolicyVersion.objects.create(number=old.number + 1, state="active", parameters={**old.parameters, **changes})
