"""One parsed draft, shared by all checks: folded copies, words with their meanings, figures, sentences, languages."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import Any

from .base import CheckInput, Finding
from .facts import Facts
from .fold import Folded, fold
from .items import Item
from .languages import Evidence, weigh
from .lexicon.basics import CURRENCY_WORDS, MINOR_UNIT_WORDS, MONTHS, SHARED_CURRENCY, UNITS
from .number_words import find_runs
from .numbers import THOUSAND
from .readings import is_verb, settle_days, short_references, understood_counts
from .scan import Scanner
from .segments import split_segments
from .spoken_figures import compound_counts
from .words import NUMBER_BIT, mask_of

WORD = re.compile(r"[^\W\d_]+")
_MINOR = re.compile(rf"[\s,]+(?:(?:and|und|et|con|y)\s+)?((?:[a-z]+[\s-]){{1,5}}?)({'|'.join(sorted(MINOR_UNIT_WORDS))})\b")
_LARGE = re.compile(r"hundred|thousand|grand|million|hundert|tausend|millionen|cent|mille|millier|ciento|cien|mil\b|miles|millon")
# "mil gracias", "tausend Dank", "thanks a million": a figure of speech, no amount.
_ROUND = frozenset("thousand thousands million hundred mil mille cent tausend hundert million millon cien".split())
_THANKS = re.compile(
    r"\W{0,2}(?:(?:thanks?|apologies|pardons?|regards|welcomes|gracias|disculpas|perdones|saludos|merci\w*|remerciements?|excuses|bravos?|"
    r"fois|veces|mal|dank|gruse|grusse|greetings|times|amities|bises|abrazos|besos|dankeschon|per cent|pour cent|por cien|prozent)\b)"
)
_THANKS_BEFORE = re.compile(r"\b(?:thanks?(?: you)?|merci|gracias|dank\w*|sorry|excuses)(?: a| un)?\s\Z")
_CURRENCY_BEFORE = re.compile(r"([a-z]+\$?|[$€£¥₹])\.?[\s:(]+\Z")
_HUNDREDTHS = re.compile(r"\s*(?:,|and|con|y|et|und)?\s*(\d{2})/100(?!\d)")
_PAISE = re.compile(r"\s*(?:and|,)?\s*(?:paise|paisa|cents?|pence|centavos)\s+([a-z -]{3,24})")
_AFTER_RUN = re.compile(r"[\s-]+(?:de )?([a-z]+|[€$£%])(?: (cent|ciento))?")


class Text:
    """Subject or body of a draft, parsed. ``mask`` holds one bit per kind of meaning that occurs anywhere in it."""

    def __init__(self, raw: str, where: str, facts: Facts) -> None:
        self.where, self.facts, self.raw = where, facts, raw
        self.fold: Folded = fold(raw)
        self.folded, self.plain = self.fold.folded, self.fold.plain
        self.words: list[str] = WORD.findall(self.plain)
        self.vocabulary: frozenset[str] = frozenset(self.words)
        self.masks: list[int] = list(map(mask_of, self.words))
        mask = 0
        for word in self.vocabulary:
            mask |= mask_of(word)
        self.mask = mask
        self.segments = split_segments(self.folded, self.plain)
        self.items = Scanner(self.folded, self.plain, facts, self.vocabulary).run()
        if mask & NUMBER_BIT:
            self._read_number_words()
        self._place_items()
        settle_days(self.folded, self.items, "en" not in self.languages)
        understood_counts(self.plain, self.segments, self.items)
        compound_counts(self.plain, self.items)
        short_references(self.plain, self.items, facts.tails)
        # Filled by later stages: the text with known names blanked (clauses), the invoice of each figure (attach).
        self.masked: str | None = None
        self.attachment: Any = None
        self.found: dict[str, list[Any]] | None = None

    @cached_property
    def evidence(self) -> Evidence:
        """Which language the words speak for."""
        addresses = [item for item in self.items if item.kind in {"email", "link"}]
        if not addresses:
            return weigh(self.words, self.masks, self.folded)
        prose = self.plain
        for item in addresses:  # "ar@…" is no word of a language
            prose = prose[: item.start] + " " * (item.end - item.start) + prose[item.end :]
        words = WORD.findall(prose)
        return weigh(words, list(map(mask_of, words)), self.folded)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages whose rules are applied: the main one and every other with real evidence."""
        return self.evidence.packs

    def _place_items(self) -> None:
        starts = [start for start, _ in self.segments]
        index, count = 0, len(starts)
        for item in self.items:
            while index + 1 < count and starts[index + 1] <= item.start:
                index += 1
            item.seg = index

    @cached_property
    def words_by_segment(self) -> dict[int, list[str]]:
        """Words grouped by sentence or row."""
        return {number: words for number, (start, end) in enumerate(self.segments) if (words := WORD.findall(self.plain, start, end))}

    @cached_property
    def by_segment(self) -> dict[int, list[Item]]:
        """Figures grouped by sentence or row."""
        found: dict[int, list[Item]] = {}
        for item in self.items:
            found.setdefault(item.seg, []).append(item)
        return found

    def segment_at(self, position: int) -> int:
        """Index of the sentence or row holding a folded offset."""
        return max(0, bisect_right([start for start, _ in self.segments], position) - 1)

    def asks(self, start: int, end: int) -> bool:
        """True when the sentence ``start``…``end`` is a question."""
        return self.folded[start:end].rstrip().endswith("?") or self.folded[end : end + 2].lstrip().startswith("?")

    def finding(
        self,
        check: str,
        label: str,
        severity: str,
        start: int,
        end: int,
        why: str,
        *,
        role: str | None = None,
        fact: str = "",
        registered: bool = False,
    ) -> Finding:
        """A finding on the folded span ``start``…``end``, translated to the stored text."""
        left, right = self.fold.span(start, end)
        return Finding(check, label, severity, self.raw[left:right], why, role, left, right, fact, registered, self.where)

    def _read_number_words(self) -> None:
        """Amounts and counts in words become items like those in digits."""
        taken = [(item.start, item.end) for item in self.items]
        for language in self.languages:
            for start, end, value in find_runs(self.plain, language):
                if _THANKS_BEFORE.search(self.plain, max(0, start - 16), start):
                    continue
                if not any(left < end and start < right for left, right in taken):
                    item = self._worded(start, end, value)
                    if item is not None:
                        taken.append((item.start, item.end))
                        self.items.append(item)
        self.items.sort(key=lambda item: item.start)

    def _worded(self, start: int, end: int, value: int | None) -> Item | None:
        amount = None if value is None else value * THOUSAND
        if _THANKS.match(self.plain, end) and self.plain[start:end].split()[-1] in _ROUND:
            return None
        match = _AFTER_RUN.match(self.plain, end)
        word = match[1] if match else ""
        if match and word in {"day", "business", "working", "calendar", "full", "more", "weitere", "weiteren"}:
            later = re.compile(r"\s+([a-z]+)").match(self.plain, match.end())
            if later and later[1] in UNITS:
                match, word = later, later[1]
        if match and word in UNITS and word not in {"m", "d", "h", "a", "j", "an", "p"}:
            length = UNITS[word]
            return Item("count", start, match.end(1), None if value is None or not length else value * length, word=word, ref=amount)
        if match and word in MONTHS and value is not None and 1 <= value <= 31 and not is_verb(self.folded, match.start(1), word, worded=True):
            year = re.compile(r"\s+(?:de |del )?(\d{4})").match(self.plain, match.end())
            day = f"{year[1] if year else ''}-{MONTHS[word]:02d}-{value:02d}"
            return Item("date", start, match.end(1), dates=(day,))
        if match and (word in {"percent", "prozent"} or match[2]):
            return Item("percent", start, match.end(), amount)
        if match and word in CURRENCY_WORDS:
            code = CURRENCY_WORDS[word]
            currency = SHARED_CURRENCY.get(code) or frozenset((code,))
            amount, stop = self._with_minor_units(amount, match.end(1))
            return self._with_fraction(Item("money", start, stop, amount, currency, decimals=True))
        if (value is None and _LARGE.search(self.plain, start, end)) or (value or 0) >= 100:
            before = _CURRENCY_BEFORE.search(self.plain, max(0, start - 14), start)
            named = CURRENCY_WORDS.get(before[1]) if before else None
            spoken = (SHARED_CURRENCY.get(named) or frozenset((named,))) if named else None
            amount, stop = self._with_minor_units(amount, end)
            return self._with_fraction(Item("money", start, stop, amount, spoken, decimals=True))
        return None

    def _with_fraction(self, item: Item) -> Item:
        """``… pesos 50/100 M.N.``, ``… and 40/100``, ``… and paise fifty``: the minor units behind an amount in words."""
        follow = _HUNDREDTHS.match(self.plain, item.end)
        if follow and item.value is not None:
            item.value, item.end = item.value + int(follow[1]) * 10, follow.end()
            self.items = [other for other in self.items if other.end <= item.start or other.start >= item.end]
            return item
        follow = _PAISE.match(self.plain, item.end)
        for language in self.languages if follow and item.value is not None else ():
            runs = list(find_runs(self.plain[follow.start(1) : follow.end(1)], language)) if follow else []
            if follow and runs and runs[0][0] == 0 and runs[0][2] is not None and runs[0][2] < 100:
                item.value, item.end = (item.value or 0) + runs[0][2] * 10, follow.start(1) + runs[0][1]
                break
        return item

    def _with_minor_units(self, amount: int | None, end: int) -> tuple[int | None, int]:
        """``… euros and fifty cents``: add the minor units that follow."""
        follow = _MINOR.match(self.plain, end)
        if amount is None or follow is None:
            return amount, end
        for language in self.languages:
            runs = list(find_runs(follow[1], language))
            if runs and runs[0][2] is not None and runs[0][2] < 100:
                return amount + runs[0][2] * 10, follow.end(2)
        return amount, end


class Draft:
    """A parsed ``CheckInput``: ``subject`` and ``body`` as ``Text`` over one ``Facts``."""

    def __init__(self, inp: CheckInput) -> None:
        self.inp = inp
        self.facts = Facts(inp.facts, inp.as_of)
        self.body = Text(inp.body, "body", self.facts)
        self.subject = Text(inp.subject, "subject", self.facts) if inp.subject.strip() else None
        self.texts = (self.body,) if self.subject is None else (self.body, self.subject)
        self.purpose = inp.purpose

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages of the body; a subject alone is too short to tell."""
        return self.body.languages


def parsed(inp: CheckInput) -> Draft:
    """The parsed draft of ``inp``, made once and kept with it; raises what malformed facts raise."""
    draft = inp.parsed
    if draft is None:
        draft = Draft(inp)
        object.__setattr__(inp, "parsed", draft)
    return draft  # type: ignore[no-any-return]
