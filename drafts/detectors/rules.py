"""The rule engine: which challenges a sentence makes, and what takes them back.

A rule is a regular expression over folded text (see text.fold) with a weight in tenths of certainty:
30 stands alone, 20 is a probable challenge, 10 needs company. A rule with a negative weight takes
back what its own part of the sentence says (parts end at "but", "however" …): resolved matters,
hypotheticals, contract clauses, one's own corrections. The rules themselves are data in rulepacks/.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from drafts.detectors.rulepack import Rule, load

LANGUAGES: tuple[str, ...] = ("en", "de", "fr", "es")

_CONTRAST = re.compile(
    r"[,;:.!?)-] ?(?:but|however|though|although|yet|except|aber|jedoch|allerdings|doch|mais|cependant|toutefois|pero"
    r"|sin embargo|aunque|sino)\b|\b(?:but|however|aber|jedoch|mais|pero|sin embargo)\b|; | - "
)
_STOP_WORDS = {
    "de": "der die das und ist nicht wir ich sie bitte mit fur auf den dem ein eine zu haben wurde rechnung noch "
    "im am von uns ihre ihr es werden hallo danke guten betrag zahlung bei nach mir keine kein",
    "fr": "le la les et est pas nous je vous avec pour des du une un au aux sur votre notre facture bonjour merci que "
    "qui ce cette dans ne avons ete nos vos il a sont paiement",
    "es": "el la los las y es no nosotros con para del una un en su nuestra factura hola gracias que por se ha hemos "
    "esta este favor lo al nos pago le les sus mi",
    "en": "the and is not we i you please with for of a an to have was our your this that are in on it be as from my "
    "can will they invoice has been need me there what how",
}
_LANGUAGES_OF = {
    word: tuple(code for code in LANGUAGES if word in _STOP_WORDS[code].split()) for words in _STOP_WORDS.values() for word in words.split()
}
_UNMET = re.compile(
    r"\b(?:not|until|unless|before|never|once|when|if|whether|must|need|needs|wait\w*|get|help|want|wants|please|to be|can|could"
    r"|erst|bis|solange|nicht|noch|wenn|pas|tant que|avant|hasta|cuando|sin|no|still)\b"
)
"""Before "resolved": it is wished for, not done ("until this is resolved", "has not been fixed")."""
_STRONG_TAKE_BACK = -60


@dataclass(frozen=True)
class Hit:
    """A rule that matched, and where in the folded sentence."""

    rule: Rule
    start: int
    end: int


@dataclass(frozen=True)
class Reading:
    """What the rules make of one sentence. `weight` is what remains after the take-backs, ≥ 0."""

    weight: int
    category: str
    hits: tuple[Hit, ...]
    resolved: bool

    @property
    def taken_back(self) -> bool:
        """Whether nothing is left because a strong rule took it back: denied, hypothetical, a clause …"""
        return self.weight == 0 and any(hit.rule.weight <= _STRONG_TAKE_BACK for hit in self.hits)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the rules that matched, for explanation and as features."""
        return tuple(hit.rule.name for hit in self.hits)


def languages_of(folded: str) -> tuple[str, ...]:
    """The languages a text may be in, by its little words: English and at most one other.

    Unclear texts ("re. 4711 falsch") are read with every rule pack; a wrong pack rarely matches.
    """
    counts = dict.fromkeys(LANGUAGES, 0)
    for word in re.findall(r"[a-z]+", folded):
        for code in _LANGUAGES_OF.get(word, ()):
            counts[code] += 1
    best = max(counts, key=lambda code: counts[code])
    if counts[best] == 0 or (counts[best] < 3 and sum(n == counts[best] for n in counts.values()) > 1):
        return LANGUAGES if not _surely_english(folded) else ("en",)
    return (best,) if best == "en" else (best, "en")


def _surely_english(folded: str) -> bool:
    return re.search(r"\b(?:bill|charge|card|account|thanks?|error|wrong|pay|invoice|money)", folded) is not None


def read(folded: str, languages: Iterable[str]) -> Reading:
    """Judge one folded sentence with the rules of the languages given."""
    hits: list[Hit] = []
    for language in languages:
        for rule in load("disputes", language):
            found = rule.pattern.search(folded)
            if found is not None and not (rule.code == "resolved" and _wished(folded, found)):
                hits.append(Hit(rule, found.start(), found.end()))
    if not hits:
        return Reading(0, "", (), False)
    return _weigh(folded, hits)


def _wished(folded: str, found: re.Match[str]) -> bool:
    """Whether "no longer" is not what the rule found and an unmet condition stands before it."""
    if found.group().startswith(("no ", "nicht mehr", "ya no", "plus ", "ne ")):
        return False
    return _UNMET.search(folded, max(0, found.start() - 30), found.end()) is not None


def _weigh(folded: str, hits: list[Hit]) -> Reading:
    ends = [found.start() for found in _CONTRAST.finditer(folded)] + [len(folded) + 1]
    total, best, category, resolved = 0, 0, "", False
    for part, end in enumerate(ends):
        begin = ends[part - 1] if part else -1
        inside = [hit for hit in hits if begin < hit.end <= end]
        taken = sum(hit.rule.weight for hit in inside if hit.rule.weight < 0)
        resolved = resolved or any(hit.rule.code == "resolved" for hit in inside)
        left = sum({hit.rule.name: hit.rule.weight for hit in inside if hit.rule.weight > 0}.values()) + taken
        if left <= 0:
            continue
        total += left
        top = max((hit for hit in inside if hit.rule.weight > 0), key=_strength)
        if top.rule.weight > best:
            best, category = top.rule.weight, top.rule.code
    return Reading(total, _specific(category, hits), tuple(hits), resolved)


def _strength(hit: Hit) -> tuple[int, bool]:
    return hit.rule.weight, hit.rule.code != "other"


def _specific(category: str, hits: list[Hit]) -> str:
    """A named object of the dispute wins over `other`."""
    if category != "other":
        return category
    named = [hit.rule for hit in hits if hit.rule.weight > 0 and hit.rule.code != "other"]
    return max(named, key=lambda rule: rule.weight).code if named else category
