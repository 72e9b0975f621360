"""What a text may commit us to, and why people answered as they did: two registries of words. Adding a row is all a new one takes."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class ReasonCode:
    """Why somebody answered as they did: the code of the record, the words of the screen, what it is about, the acts it may stand for."""

    code: str
    words: str
    topic: str
    acts: tuple[str, ...]


REASONS: tuple[ReasonCode, ...] = (
    ReasonCode("wrong_fact", "Wrong fact", "facts", (CHANGES, REJECT)),
    ReasonCode("tone", "Tone", "wording", (CHANGES, REJECT)),
    ReasonCode("missing_context", "Missing context", "facts", (CHANGES,)),
    ReasonCode("wrong_language", "Wrong language", "wording", (CHANGES,)),
    ReasonCode("wrong_recipient", "Wrong recipient", "recipient", (CHANGES, REJECT)),
    ReasonCode("wrong_time", "Wrong time", "timing", (REJECT,)),
    ReasonCode("disputed", "Disputed", "dispute", (REJECT,)),
    ReasonCode("paid", "Paid", "facts", (REJECT,)),
    ReasonCode("policy", "Policy", "policy", (CHANGES,)),
    ReasonCode("changed", "Something else changed", "facts", (REJECT,)),
    ReasonCode("other", "Something else is wrong", "other", (REJECT,)),
    ReasonCode("checked_source", "I looked it up at the source", "facts", (APPROVE,)),
    ReasonCode("asked_colleague", "I asked the colleague who knows", "facts", (APPROVE,)),
    ReasonCode("customer_knows", "The customer knows about it", "relationship", (APPROVE,)),
    ReasonCode("does_not_matter", "It does not matter for this message", "wording", (APPROVE,)),
)
BY_CODE = {reason.code: reason for reason in REASONS}


def choices(act: str) -> dict[str, str]:
    """Code → words of the reasons for one act, in order."""
    return {reason.code: reason.words for reason in REASONS if act in reason.acts}


def words_of(code: str) -> str:
    """The words of a code; the code itself when an older registry knew it."""
    return BY_CODE[code].words if code in BY_CODE else code


def topic_of(code: str) -> str:
    """What a reason is about; empty for one the registry does not know."""
    return BY_CODE[code].topic if code in BY_CODE else ""
