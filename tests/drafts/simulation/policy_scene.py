"""A desk with two policy administrators and a few accounts on both sides of the limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from drafts.models import SimulationRun
from drafts.simulation.policy_asking import ask_for_activation, read_cases, to_read
from drafts.simulation.policy_writing import write_policy
from drafts.simulation.result import Result, simulate
from drafts.simulation.runs import ask_for_run, newest, run
from governance import policies
from governance.models import PolicyVersion, User
from tests.drafts.scene import AS_OF, Desk, prepared, stop_clock
from tests.factories import day, make_contract, make_invoice, make_user

__all__ = ["AS_OF", "Scene", "stop_clock"]


@dataclass
class Scene:
    """``author`` and ``other`` are policy administrators; accounts come through ``desk``."""

    desk: Desk = field(default_factory=Desk)
    author: User = field(default_factory=lambda: make_user("policy_admin"))
    other: User = field(default_factory=lambda: make_user("policy_admin"))

    def book(self) -> None:
        """Six routine accounts (two of which renew in 75 days, one in 30: executive), one large, one with a dispute signal."""
        for _ in range(3):
            prepared(self.desk, [{}])
        self.renewing(75)
        self.renewing(75)
        self.renewing(30)
        prepared(self.desk, [{"amount_minor": 3_000_000}])

    def renewing(self, days: int) -> Any:
        """An account whose contract renews in so many days."""
        account = self.desk.account()
        make_contract(account, renewal_on=day(days))
        make_invoice(account)
        return account

    def draft(self, **changes: Any) -> PolicyVersion:
        """A draft of the author's."""
        return write_policy(changes or {"renewal_days": 90}, "Look earlier at renewals.", by=self.author, at=AS_OF)

    def simulated(self, version: PolicyVersion, at: Any = AS_OF) -> SimulationRun:
        """Run it; the finished run."""
        assert run(ask_for_run(version.pk, by=self.author, at=at).pk, at=at)
        found = newest(PolicyVersion.objects.get(pk=version.pk))
        assert found is not None
        return found

    def read_all(self, version: PolicyVersion, at: Any = AS_OF) -> int:
        """The author reads whatever is looser."""
        found = newest(version)
        assert found is not None
        return read_cases(version.pk, to_read(found), by=self.author, at=at)

    def asked(self, at: Any = AS_OF, **changes: Any) -> PolicyVersion:
        """A draft, simulated, read and asked for."""
        version = self.draft(**changes)
        self.simulated(version, at)
        self.read_all(version, at)
        return ask_for_activation(version.pk, "Renewals need more care.", by=self.author, at=at)


def what_if(at: datetime = AS_OF, **changes: Any) -> Result:
    """What the policy in force would do with other values."""
    active = policies.active()
    return simulate(active, PolicyVersion(number=0, parameters={**active.parameters, **changes}), at)


def state(row: PolicyVersion) -> str:
    """As the database has it."""
    return PolicyVersion.objects.get(pk=row.pk).state
