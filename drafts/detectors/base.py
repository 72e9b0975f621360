"""What every detector of incoming text answers, whichever way it finds the answer.

A dispute is an open and current challenge, by the sender or by the party reported on, to whether or
how much is owed. The codes below are stored with signals and replies: never rename one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Protocol

CATEGORIES: tuple[str, ...] = (
    "price",
    "quantity",
    "delivery",
    "quality",
    "scope",
    "wrong_entity",
    "duplicate",
    "not_ordered",
    "set_off",
    "short_payment",
    "other",
)
"""What a dispute challenges. `other` is a dispute whose object the text does not say."""

REPLY_KINDS: tuple[str, ...] = (
    "paid",
    "needs_document",
    "in_customer_approval",
    "promise_with_date",
    "promise_without_date",
    "question",
    "remittance",
    "dispute",
    "complaint",
    "wrong_person",
    "out_of_office",
    "opt_out",
)
"""The kinds of a customer's answer, as the metrics count them."""

UNSURE = "unsure"
"""The answer instead of a guess: a person reads the message."""


@dataclass(frozen=True)
class DisputeVerdict:
    """One judgement on one text.

    `score` is a number from 0 to 1, larger = more surely a dispute; `quote` is the exact substring
    of the text (or of the subject) that carries the judgement, "" when there is no dispute;
    `category` is one of CATEGORIES, "" when there is no dispute.
    """

    is_dispute: bool
    score: float
    quote: str
    category: str


@dataclass(frozen=True)
class ReplyVerdict:
    """The kind of one customer answer: one of REPLY_KINDS, or UNSURE below the threshold.

    `promised_on` is set only when the text names a day (never invented; "next week" is no date);
    `invoices` are those of the known numbers that the text mentions, in the order of the text.
    """

    kind: str
    score: float
    quote: str
    promised_on: date | None = None
    invoices: tuple[str, ...] = ()


class Detector(Protocol):
    """A judge of incoming text. Raises nothing on odd text: it answers with a low score."""

    @property
    def name(self) -> str:
        """The registered name, as `--detector` takes it."""

    def judge_dispute(self, text: str, subject: str = "") -> DisputeVerdict:
        """Say whether the text openly and currently challenges a debt, and by which words."""

    def judge_reply(
        self,
        text: str,
        subject: str = "",
        *,
        as_of: date | None = None,
        known_invoices: Collection[str] = (),
    ) -> ReplyVerdict:
        """Say what a customer's answer is. `as_of` is the day it arrived, for dates without a year."""
