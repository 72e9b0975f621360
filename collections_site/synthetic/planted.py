"""What a synthetic history plants: one case per message, drawn from a seed, and the truth its measures should find. Pure."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

WEEKS_A_YEAR, MONTHS_A_YEAR = 52, 12
# A round of dunning has at least so many cases, or there are fewer rounds: below five the dashboard shows no number of a week.
LEAST, RHYTHMS = 5, (1, 2, 4)

# What stands in the books about a debt when its round begins. CLEAR: a dispute the detector reads. FALSE: words it takes for one. HIDDEN: a
# dispute it does not see. QUIET: harmless words. NOTHING: none.
CLEAR, FALSE, HIDDEN, QUIET, NOTHING = "clear", "false", "hidden", "quiet", "nothing"
# What people do with the draft. The last four are mistakes that were stopped, by four different hands.
AS_IT_IS, COSMETIC, TONE, CRITICAL, SENT_BACK, REJECTED = "unchanged", "cosmetic", "tone", "critical", "sent_back", "rejected"
TAKEN_BACK, PAID_MEANWHILE, PAID_BEFORE, WRONG = "taken_back", "paid_meanwhile", "paid_before", "wrong_fact"
NO_REPLY = ""

CONFIRMED, DISMISSED = (CLEAR,), (FALSE,)
SUBSTANTIVE = (TONE, CRITICAL, SENT_BACK, REJECTED, WRONG)


@dataclass(frozen=True, slots=True)
class Rates:
    """The shares a history is drawn with. Each table adds up to one."""

    words: Mapping[str, float] = field(default_factory=lambda: {CLEAR: 0.07, FALSE: 0.02, HIDDEN: 0.015, QUIET: 0.245, NOTHING: 0.65})
    acts: Mapping[str, float] = field(
        default_factory=lambda: {
            AS_IT_IS: 0.66, COSMETIC: 0.06, TONE: 0.08, CRITICAL: 0.03, SENT_BACK: 0.03, REJECTED: 0.03,
            TAKEN_BACK: 0.02, PAID_MEANWHILE: 0.04, PAID_BEFORE: 0.03, WRONG: 0.02,
        }
    )  # fmt: skip
    replies: Mapping[str, float] = field(
        default_factory=lambda: {
            NO_REPLY: 0.38, "promise_with_date": 0.26, "paid": 0.07, "remittance": 0.06, "question": 0.09, "in_customer_approval": 0.05,
            "out_of_office": 0.05, "promise_without_date": 0.03, "complaint": 0.01,
        }
    )  # fmt: skip
    # Hidden disputes the customer raises after our message, promises kept, approvals with evidence opened, strategic customers.
    raised: float = 0.4
    kept: float = 0.72
    evidence: float = 0.7
    strategic: float = 0.12

    @property
    def recall(self) -> float:
        """Of all disputed debts, the share the detector reads."""
        return self.words[CLEAR] / (self.words[CLEAR] + self.words[HIDDEN])

    @property
    def precision(self) -> float:
        """Of all debts the detector flags, the share that is disputed."""
        return self.words[CLEAR] / (self.words[CLEAR] + self.words[FALSE])


RATES = Rates()


@dataclass(frozen=True, slots=True)
class Case:
    """One debt, its message and what becomes of it. ``account`` is its customer's place in the book; ``week`` counts from the first."""

    number: int
    week: int
    account: int
    words: str
    act: str
    reply: str
    kept: bool
    evidence: bool
    overdue: int
    amount_minor: int
    reply_after: int


def weeks_of(months: int) -> int:
    """Weeks in so many months. Raises ``ValueError`` below one month."""
    if months < 1:
        raise ValueError("a history has at least one month")
    return round(months * WEEKS_A_YEAR / MONTHS_A_YEAR)


def plant(seed: int, months: int, per_month: int, rates: Rates = RATES) -> list[Case]:
    """The cases of a history, by week. The same arguments give the same cases. Raises ``ValueError`` below one draft a month."""
    if per_month < 1:
        raise ValueError("a history has at least one draft a month")
    dice = random.Random(f"synthetic:{seed}")  # noqa: S311 - a reproducible history, not a secret
    weeks, customers, every = weeks_of(months), customers_of(per_month), rhythm_of(per_month)
    total = months * per_month
    return [_case(n, n * weeks // total // every * every, n % customers, dice, rates) for n in range(total)]


def rhythm_of(per_month: int) -> int:
    """Weeks from one round to the next: one, for small histories two or four."""
    a_week = per_month * MONTHS_A_YEAR / WEEKS_A_YEAR
    return next((weeks for weeks in RHYTHMS if a_week * weeks >= LEAST), RHYTHMS[-1])


def customers_of(per_month: int) -> int:
    """So many that nobody has two rounds within four weeks."""
    return max(2, per_month * 5 // 4 + 1)


def _case(number: int, week: int, account: int, dice: random.Random, rates: Rates) -> Case:
    words, act, reply = (_one(dice, table) for table in (rates.words, rates.acts, rates.replies))
    if words == HIDDEN:
        act, reply = AS_IT_IS, "dispute" if dice.random() < rates.raised else NO_REPLY
    if words in (CLEAR, FALSE):
        act = AS_IT_IS
    return Case(
        number, week, account, words, act, reply, dice.random() < rates.kept, dice.random() < rates.evidence, dice.randint(8, 45),
        dice.randint(80, 9_000) * 100, dice.randint(1, 6),
    )  # fmt: skip


def _one(dice: random.Random, table: Mapping[str, float]) -> str:
    return dice.choices(list(table), list(table.values()))[0]


def truth(cases: Sequence[Case], rates: Rates = RATES) -> dict[str, Any]:
    """What is true of a history: the shares it was drawn with, and beside them what was drawn.

    ``recall`` is that of the cases (the estimate is one of this finite number of debts), ``precision`` and ``rework`` those of the draw.
    """
    words, acts = Counter(case.words for case in cases), Counter(case.act for case in cases if case.words != CLEAR)
    disputed = words[CLEAR] + words[HIDDEN]
    return {
        "recall": words[CLEAR] / disputed if disputed else None,
        "recall_drawn_with": rates.recall,
        "precision": rates.precision,
        "rework": rework(rates),
        "correction_rate": sum(rates.acts[act] for act in SUBSTANTIVE),
        "promises_kept": rates.kept,
        "words": {name: words[name] for name in rates.words},
        "acts": {name: acts[name] for name in rates.acts},
        "replies": dict(sorted(Counter(case.reply or "none" for case in cases if case.words != CLEAR).items())),
    }


def rework(rates: Rates = RATES) -> float:
    """Of the messages that leave, the share that was edited in substance or sent back first."""
    reworked = sum(rates.acts[act] for act in (TONE, CRITICAL, SENT_BACK))
    return reworked / (reworked + rates.acts[AS_IT_IS] + rates.acts[COSMETIC])
