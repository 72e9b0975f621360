"""What a text may commit us to, and why people answered as they did: two registries of words. Adding a row is all a new one takes.

Of a reason against a text the registry also says whom it blames and what had to be corrected: the measures, the record of corrections and
the switch that throws itself all read it here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# Checks whose findings put a text under a topic (controls, section 3: G11–G16). Such wording is co-signed by the account's owner.
TOPICS: dict[str, str] = {
    "G11": "credit", "G12": "payment_plan", "G13": "discount", "G14": "fee", "G15": "legal", "G16": "suspension",
}  # fmt: skip
TOPIC_WORDS: dict[str, str] = {
    "credit": "credits", "payment_plan": "payment plans", "discount": "discounts", "fee": "fees and interest", "legal": "legal wording",
    "suspension": "suspension",
}  # fmt: skip
LANE_WORDS: dict[str, str] = {"routine": "the routine lane", "exception": "the exception lane", "executive_review": "executive review"}

REJECT, CHANGES, APPROVE = "reject", "request_changes", "approve"


# Who is to blame when a text is refused: the draft, or the world that moved on since (values of ``Rejection.Cause``).
DRAFT, FACTS = "draft", "facts"
CRITICAL, SUBSTANTIVE = "critical", "substantive"


@dataclass(frozen=True, slots=True)
class ReasonCode:
    """Why somebody answered as they did: the code of the record, the words of the screen, what it is about, the acts it may stand for.

    ``blames`` is set where it speaks against a text; ``correction`` is the class and severity of what was wrong, where the code names it.
    """

    code: str
    words: str
    topic: str
    acts: tuple[str, ...]
    blames: str = ""
    correction: tuple[str, str] | None = None


REASONS: tuple[ReasonCode, ...] = (
    ReasonCode("wrong_fact", "Wrong fact", "facts", (CHANGES, REJECT), DRAFT, ("fact", CRITICAL)),
    ReasonCode("tone", "Tone", "wording", (CHANGES, REJECT), DRAFT, ("tone", SUBSTANTIVE)),
    ReasonCode("missing_context", "Missing context", "facts", (CHANGES,), DRAFT, ("completeness", SUBSTANTIVE)),
    ReasonCode("wrong_language", "Wrong language", "wording", (CHANGES,), DRAFT, ("structure", SUBSTANTIVE)),
    ReasonCode("wrong_recipient", "Wrong recipient", "recipient", (CHANGES, REJECT), DRAFT, ("recipient", CRITICAL)),
    ReasonCode("wrong_time", "Wrong time", "timing", (REJECT,), FACTS),
    ReasonCode("disputed", "Disputed", "dispute", (REJECT,), FACTS),
    ReasonCode("paid", "Paid", "facts", (REJECT,), FACTS),
    ReasonCode("policy", "Policy", "policy", (CHANGES,), DRAFT),
    ReasonCode("changed", "Something else changed", "facts", (REJECT,), FACTS),
    ReasonCode("other", "Something else is wrong", "other", (REJECT,), DRAFT),
    ReasonCode("checked_source", "I looked it up at the source", "facts", (APPROVE,)),
    ReasonCode("asked_colleague", "I asked the colleague who knows", "facts", (APPROVE,)),
    ReasonCode("customer_knows", "The customer knows about it", "relationship", (APPROVE,)),
    ReasonCode("does_not_matter", "It does not matter for this message", "wording", (APPROVE,)),
)
BY_CODE = {reason.code: reason for reason in REASONS}
# Codes that name what would have harmed a customer or us.
HARMFUL = tuple(r.code for r in REASONS if r.correction and r.correction[1] == CRITICAL)
# Why a text is rejected, by the kind the person chose, unless they say otherwise.
CAUSES = {r.code: r.blames for r in REASONS if REJECT in r.acts}


def choices(act: str) -> dict[str, str]:
    """Code → words of the reasons for one act, in order."""
    return {reason.code: reason.words for reason in REASONS if act in reason.acts}


def words_of(code: str) -> str:
    """The words of a code; the code itself when an older registry knew it."""
    return BY_CODE[code].words if code in BY_CODE else code


def topic_of(code: str) -> str:
    """What a reason is about; empty for one the registry does not know."""
    return BY_CODE[code].topic if code in BY_CODE else ""


def corrections_of(codes: Iterable[str], cause: str = DRAFT) -> list[tuple[str, str]]:
    """Class and severity of what was wrong with a text refused for ``codes``; nothing when the facts changed or no code names a class."""
    if cause != DRAFT:
        return []
    found = [BY_CODE[code].correction for code in codes if code in BY_CODE]
    return [pair for pair in found if pair is not None]
