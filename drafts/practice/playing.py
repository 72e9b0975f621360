"""Rounds of practice: the next case of a person, one answer per case, and what a finished round came to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q

from drafts.practice.cases import cases
from drafts.review.base import Blocked
from governance.canonical import sha256_hex
from governance.models import PracticeAnswer
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User

TAKEN = "This case is answered already, or not the one before you; here is the next one."


@dataclass(frozen=True, slots=True)
class Round:
    """Where a person stands in a round: its number, the cases left in their order, and how many of those answered were right."""

    number: int
    left: list[str]
    done: int
    right: int

    @property
    def of(self) -> int:
        """How many cases there are."""
        return self.done + len(self.left)


@dataclass(frozen=True, slots=True)
class Result:
    """One finished round."""

    person_id: int
    number: int
    right: int
    of: int
    at: datetime


def standing(person: User, *, again: bool = False) -> Round:
    """The round a person is in: the first one, or the newest begun; with ``again`` the next one where that is finished. One query."""
    given = list(PracticeAnswer.objects.filter(person=person).order_by("-round").values_list("round", "case", "right"))
    number = given[0][0] if given else 1
    mine = {case: right for turn, case, right in given if turn == number}
    if again and mine.keys() >= cases().keys():
        number, mine = number + 1, {}
    ordered = sorted(cases(), key=lambda key: sha256_hex(f"{person.pk}:{number}:{key}"))
    return Round(number, [key for key in ordered if key not in mine], len(mine), sum(mine.values()))


def answer(number: int, key: str, approved: bool, *, by: User, at: datetime) -> PracticeAnswer:
    """Put down what somebody decided about the case before them in a round. The first answer stands, a case out of turn is refused; after
    the last one the next round begins. Raises ``NotAllowed`` for who never approves anything.
    """
    can(by, "approve").or_raise()
    turn = standing(by, again=True)
    if (turn.number, turn.left[0]) != (number, key):
        raise Blocked("E-STATE", TAKEN)
    row = PracticeAnswer(person=by, round=number, case=key, approved=approved, right=cases()[key].right(approved), answered_at=at)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Blocked("E-STATE", TAKEN) from None
    return row


def results(people: Collection[int]) -> list[Result]:
    """The finished rounds of some people, newest first. One query."""
    rows = PracticeAnswer.objects.filter(person_id__in=people).values("person_id", "round")
    told = rows.annotate(n=Count("pk"), good=Count("pk", filter=Q(right=True)), last=Max("answered_at")).filter(n__gte=len(cases())).order_by("-last")
    return [Result(row["person_id"], row["round"], row["good"], row["n"], row["last"]) for row in told]
