"""The sentences that must hold at every moment, looked at on a live database. Every look reads rows and changes nothing."""

from drafts.invariants.base import Invariant, Violation
from drafts.invariants.run import INVARIANTS, NOT_FROM_ROWS, Result, broken, verify

__all__ = ["INVARIANTS", "NOT_FROM_ROWS", "Invariant", "Result", "Violation", "broken", "verify"]
