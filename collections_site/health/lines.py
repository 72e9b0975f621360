"""What every check of Health gets and gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from governance.measured import Measured
from governance.policies import PolicyParameters

SOURCES, WORKERS, SENDING, MODEL, RECORD, SAFETY = "Sources", "Workers", "Sending", "Model", "Record", "Safety"
GROUPS = (SOURCES, WORKERS, SENDING, MODEL, RECORD, SAFETY)


@dataclass(frozen=True, slots=True)
class Round:
    """One look: ``at`` is the clock of the desk (a demo moves it), ``wall`` that of the machine."""

    at: datetime
    wall: datetime
    policy: PolicyParameters


def line(group: str, key: str, title: str, state: str, value: str, limit: str, means: str, do: str = "", link: str = "", right: str = "") -> Measured:
    """A line of a group."""
    return Measured(key, title, state, value, limit, means, do, link, right, group=group)
