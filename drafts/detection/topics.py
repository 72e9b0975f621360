"""What incoming words ask for or announce: plan, extension, discount, credit, legal, escalation. Pure; the rules are data (rule packs).

A topic raises the lane and shows why; it never decides anything, so a false one costs a look.
"""

from __future__ import annotations

from functools import lru_cache

from drafts.detectors.rulepack import load
from drafts.detectors.rules import languages_of
from drafts.detectors.text import MAX_CHARS, fold, split_history

# A topic that begins like this names a flag of the input detector (``drafts.detectors.hostile``): guardrail G26.
FLAG = "input:"
TOPICS_LENGTH = 200
TOPICS = ("plan", "extension", "discount", "credit", "legal", "escalation")


@lru_cache(maxsize=4096)
def topics_in(text: str) -> tuple[str, ...]:
    """The topics of the newest part of a text, in the order of ``TOPICS``; quoted history is left out."""
    folded = fold((split_history(text)[0] or text)[:MAX_CHARS])
    if not folded:
        return ()
    found = {
        rule.code
        for language in languages_of(folded)
        for rule in load("topics", language)
        if rule.pattern.search(folded) is not None
    }
    return tuple(topic for topic in TOPICS if topic in found)
