"""Is a portfolio ready: for people to work on, and for a model to write for? Measured lines, a score with its reasons, and the gate."""

from drafts.readiness.looks import latest, look, look_due
from drafts.readiness.scoring import Readiness

__all__ = ["Readiness", "latest", "look", "look_due"]
