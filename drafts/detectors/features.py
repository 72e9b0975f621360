"""What the linear models see of a sentence: words, word pairs, word beginnings, meanings, and the rules that matched."""

import re
from collections.abc import Iterable

from drafts.detectors.rules import Reading
from drafts.detectors.thesaurus import meanings_in_any

_TOKEN = re.compile(r"[a-z]+|\d[\d.,/-]*|[?$€£%@]")
_WORD = re.compile(r"[a-z]+")
_STEM = 5
_CONSUMER = re.compile(
    r"\b(?:cards?|atm|top[- ]?up\w*|my (?:bank )?account|app|policy|insurance|withdr\w+|transfer\w*|exchange rate"
    r"|direct debit|pin)\b"
)
_BUSINESS = re.compile(
    r"\b(?:invoice\w*|deals?|volumes?|counterpart\w+|customers?|contracts?|purchase orders?|po|orders?|deliver\w+|shipments?|goods"
    r"|wires?|remit\w*|pric(?:es?|ing)|quantit\w+|mmbtu|rechnung\w*|liefer\w+|bestell\w+|ware|vertrag\w*|kunde\w*|preis\w*"
    r"|factur\w+|livr\w+|commande\w*|marchandises?|contrats?|devis|pedidos?|entreg\w+|mercancia|contratos?|precios?)\b"
)
RULE_LETTERS = "rqkc"
"""Features that come from rules begin with one of these and ":": business or consumer wording, kind, category."""


def words_of(folded: str) -> set[str]:
    """The lexical features of one folded sentence; each counts once. Numbers are all one word, "0"."""
    words = ["0" if word[0].isdigit() else word for word in _TOKEN.findall(folded)]
    found = set(words)
    found.update(map("{} {}".format, words, words[1:]))
    found.update(word[:_STEM] + "*" for word in words if len(word) > _STEM)
    return found


def is_consumer(folded: str) -> bool:
    """Whether a sentence speaks of consumer banking or insurance."""
    return _CONSUMER.search(folded) is not None


def is_business(folded: str) -> bool:
    """Whether a sentence speaks of trade between businesses: invoices, orders, deals, deliveries."""
    return _BUSINESS.search(folded) is not None


def dispute_features(folded: str, reading: Reading) -> set[str]:
    """The features of one sentence for the dispute model.

    A bank customer's "remove the charge" and a buyer's are learned apart: rules that match beside the words
    of consumer banking or insurance count as features of their own.
    """
    found = words_of(folded) | meanings_in_any(tuple(_WORD.findall(folded)))
    prefix = "q:" if is_consumer(folded) else "r:"
    found.update(prefix + name for name in reading.names)
    found.add(f"{prefix}{min(reading.weight // 10, 6)}")
    return found


def category_features(read: Iterable[tuple[str, Reading]]) -> set[str]:
    """The features of the disputing sentences together, for the model that says what they challenge."""
    found: set[str] = set()
    strongest: dict[str, int] = {}
    for folded, reading in read:
        found |= words_of(folded)
        found.update("r:" + name for name in reading.names)
        for hit in reading.hits:
            if hit.rule.weight > 0 and hit.rule.code != "other":
                strongest[hit.rule.code] = max(strongest.get(hit.rule.code, 0), hit.rule.weight)
    top = max(strongest.values(), default=0)
    found.update("c:" + code for code in strongest)
    found.update("c:top " + code for code, weight in strongest.items() if weight == top)
    return found


def reply_features(folded: Iterable[str], kinds: Iterable[str]) -> set[str]:
    """The features of one whole answer for the reply model: its sentences' words and the kinds its rules saw."""
    found: set[str] = set()
    for sentence in folded:
        found |= words_of(sentence)
    found.update("k:" + kind for kind in kinds)
    return found
