"""The machine's words beside the approved texts: the same measures for both, and what they do not prove."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from governance.metrics.answering import measured_all
from governance.metrics.asking import Question
from governance.metrics.base import Measured

TEMPLATE, PERSON = "template", "person"
COMPARED = (
    "draft_correction_rate", "critical_correction_rate", "word_edit_rate", "rework_rate", "constructive_response_rate", "complaint_rate",
    "avoidable_contact_rate",
)  # fmt: skip
# Nothing assigned accounts to one or the other by chance.
ASSOCIATION = "association, not effect: accounts were not assigned to a model or a template at random"


@dataclass(frozen=True, slots=True)
class Beside:
    """One measure for the approved texts and for each model; either may be missing where it wrote nothing."""

    name: str
    template: Measured | None
    models: tuple[Measured, ...]
    note: str = ASSOCIATION


def beside(question: Question, *, at: datetime) -> list[Beside]:
    """Each compared measure for both arms; people's own texts are left out."""
    cut: dict[str, dict[str, Measured]] = {name: {} for name in COMPARED}
    for answer in measured_all(COMPARED, question, "model", at=at):
        cut[answer.metric.name][answer.part] = answer
    found = []
    for name, parts in cut.items():
        models = tuple(part for model, part in sorted(parts.items()) if model not in ("", TEMPLATE, PERSON))
        found.append(Beside(name, parts.get(TEMPLATE), models))
    return found
