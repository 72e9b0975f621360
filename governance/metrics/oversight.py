"""Is anybody really reading? Runs of approvals without a change, of people with enough approvals to say anything; nobody is named."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from governance.measuring import kinds
from governance.metrics.asking import Question
from governance.metrics.base import PERSON
from governance.metrics.counting import standing
from governance.metrics.rows import rows


@dataclass(frozen=True, slots=True)
class Runs:
    """``longest``: the longest run of one person's approvals of unedited texts; None when nobody has enough. ``left_out``: people with fewer."""

    people: int
    left_out: int
    longest: int | None


def runs(question: Question) -> Runs:
    """Over approvals in the window, in the order they were given."""
    answers = standing(question, rows(kinds.ANSWER, outcome="approved")).filter(actor_id__isnull=False)
    found = answers.order_by("actor_id", "at", "pk").values_list("actor_id", "reworked").iterator(chunk_size=5000)
    lengths, left_out = [], 0
    for _, one in groupby(found, key=lambda pair: pair[0]):
        edited = [reworked for _, reworked in one]
        if len(edited) < PERSON:
            left_out += 1
            continue
        lengths.append(max((len(list(run)) for is_edited, run in groupby(edited) if not is_edited), default=0))
    return Runs(len(lengths), left_out, max(lengths, default=None))
