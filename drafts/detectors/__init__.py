"""Judging incoming text: is it a dispute, and what kind of answer is it? Pure: no database, no clock.

`judge_dispute` and `judge_reply` use the embedded detector; `detector(name)` gives any registered one.
"""

from drafts.detectors.base import (
    CATEGORIES,
    REPLY_KINDS,
    UNSURE,
    Detector,
    DisputeVerdict,
    ReplyVerdict,
)
from drafts.detectors.embedded import EmbeddedDetector

DETECTORS: tuple[Detector, ...] = (EmbeddedDetector(),)
"""Every detector there is; adding one is an entry here."""

judge_dispute = DETECTORS[0].judge_dispute
judge_reply = DETECTORS[0].judge_reply


def detector(name: str) -> Detector:
    """The registered detector of that name. Raises LookupError naming the ones there are."""
    for candidate in DETECTORS:
        if candidate.name == name:
            return candidate
    raise LookupError(f"no detector {name!r}; there are: {', '.join(d.name for d in DETECTORS)}")


__all__ = [
    "CATEGORIES",
    "DETECTORS",
    "REPLY_KINDS",
    "UNSURE",
    "Detector",
    "DisputeVerdict",
    "ReplyVerdict",
    "detector",
    "judge_dispute",
    "judge_reply",
]
