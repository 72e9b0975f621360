"""How far a text is from what people approved: the word edit rate of the measures."""

from __future__ import annotations

import re

from rapidfuzz.distance import Levenshtein

from accounts.fact_types import Sender

_GREETING = re.compile(r".*[,:]$")


def word_edit_rate(first: str, final: str, sender: Sender | None = None) -> float:
    """Levenshtein distance over words by the words of the longer text, 0 to 1, greeting and signature set aside."""
    a, b = _words(first, sender), _words(final, sender)
    return Levenshtein.distance(a, b) / max(len(a), len(b), 1)


def _words(text: str, sender: Sender | None) -> list[str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines and _GREETING.fullmatch(lines[0]):
        lines = lines[1:]
    signature = {sender.name, sender.title, sender.company, sender.email, sender.reply_to, sender.phone} if sender else set()
    return " ".join(line for line in lines if line not in signature).split()
