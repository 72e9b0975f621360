"""What a person corrected in a text, as classes: suggested from the two texts and the facts, for a person to confirm. Pure.

The classes and what counts as critical are those of the measures: fact, state, recipient, commitment, tone, completeness, structure,
cosmetic. Figures are compared as values (``9.180,00`` and ``9,180.00`` are one amount), so that a change of spelling is no correction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import zip_longest
from typing import Any, Protocol

from drafts.checks import CheckInput, run_text_checks
from drafts.checks.base import Finding
from drafts.checks.items import Item
from drafts.checks.text import Text, parsed

FACT, STATE, RECIPIENT, COMMITMENT = "fact", "state", "recipient", "commitment"
TONE, COMPLETENESS, STRUCTURE, COSMETIC = "tone", "completeness", "structure", "cosmetic"
CLASSES = (FACT, STATE, RECIPIENT, COMMITMENT, TONE, COMPLETENESS, STRUCTURE, COSMETIC)

CRITICAL, SUBSTANTIVE, SLIGHT = "critical", "substantive", "cosmetic"
SEVERITIES = (CRITICAL, SUBSTANTIVE, SLIGHT)

# Labels of findings whose disappearance is a correction: class and severity. Fees, credits, threats and legal statements nobody decided,
# a paid or disputed invoice asked for, and what is internal are critical.
_GONE: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("credit_offer", "payment_plan", "discount", "penalty", "legal", "suspension", "threat", "admission_of_fault"), (COMMITMENT, CRITICAL)),
    "bank_change": (COMMITMENT, CRITICAL),
    "unsupported_promise": (COMMITMENT, SUBSTANTIVE),
    "contradicts_facts": (STATE, CRITICAL),
    "personal_data": (FACT, CRITICAL),
    "injection_echo": (FACT, CRITICAL),
    "hidden_content": (STRUCTURE, SUBSTANTIVE),
    "wrong_recipient": (RECIPIENT, CRITICAL),
    "rude": (TONE, SUBSTANTIVE),
    "missing_required": (COMPLETENESS, SUBSTANTIVE),
    "placeholder": (COMPLETENESS, SUBSTANTIVE),
}
# Fewer changed words than this leave a sentence what it was.
_SLIGHT_WORDS = 3


class Written(Protocol):
    """A text with its address: a ``Draft`` row, or anything that carries the same five."""

    subject: str
    body: str
    to_address: str
    purpose: str
    language: str


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction: its class (``kind``), how severe, and what it was and is now, as written ("" for nothing)."""

    kind: str
    severity: str
    was: str
    now: str

    @property
    def critical(self) -> bool:
        """True when the uncorrected text would have harmed: wrong money, invoice, date or person, or a commitment nobody made."""
        return self.severity == CRITICAL


def suggest(before: Written, after: Written, facts: Mapping[str, Any]) -> list[Correction]:
    """The corrections that lead from ``before`` to ``after``, the gravest first; empty when nothing changed.

    ``facts`` is what ``drafts.checks.context.check_facts`` gives for the account: it says which dates are due dates, what is disputed
    and which terms were approved. It is a suggestion: what a person meant, only a person knows.
    """
    if (before.subject, before.body) == (after.subject, after.body):
        return _people(before, after)
    old, new = _Reading(before, facts), _Reading(after, facts)
    found = [*_people(before, after), *_figures(old, new), *_withdrawn(old, new)]
    found = found or _wording(old, new)
    return sorted(dict.fromkeys(found), key=lambda c: SEVERITIES.index(c.severity))


def any_critical(corrections: Iterable[Correction]) -> bool:
    """True when one of them is critical."""
    return any(correction.critical for correction in corrections)


# A figure and the words that stand there.
_Shown = tuple[Item, str]


class _Reading:
    """One text, read as the checks read it."""

    def __init__(self, text: Written, facts: Mapping[str, Any]) -> None:
        today = facts.get("as_of")
        self._input = CheckInput(
            subject=text.subject, body=text.body, facts=facts, purpose=text.purpose, language=text.language,
            as_of=date.fromisoformat(str(today)[:10]) if today else None,
        )
        self._parsed = parsed(self._input)
        self.texts: tuple[Text, ...] = self._parsed.texts
        self.due_days = frozenset(str(row.get("due") or "")[:10] for row in facts.get("invoices") or ()) - {""}

    @property
    def money(self) -> list[_Shown]:
        """Amounts, and bare figures with decimals: the cells of a table."""
        return [shown for shown in self.items("money", "number") if shown[0].kind == "money" or shown[0].decimals]

    def items(self, *kinds: str) -> list[_Shown]:
        """Figures of these kinds in order, each with the words that stand there."""
        found = [(item, text) for text in self.texts for item in text.items if item.kind in kinds]
        return [(item, _as_written(text, item)) for item, text in found]

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the checks find in it, but for what a registered term covers."""
        return tuple(f for f in run_text_checks(self._input) if not f.registered)

    @cached_property
    def sentences(self) -> list[tuple[str, ...]]:
        """The words of each sentence or row of the body, without case, accents and punctuation."""
        body = self.texts[0]
        return [tuple(words) for _, words in sorted(body.words_by_segment.items())]


def _as_written(text: Text, item: Item) -> str:
    left, right = text.fold.span(item.start, item.end)
    return text.raw[left:right]


def _people(before: Written, after: Written) -> list[Correction]:
    """Who it goes to."""
    was, now = (", ".join([t.to_address, *getattr(t, "cc", ())]) for t in (before, after))
    return [] if was == now else [Correction(RECIPIENT, CRITICAL, was, now)]


def _figures(old: _Reading, new: _Reading) -> list[Correction]:
    """Invoices, amounts and days that are others now. What only went away or only came was left out or added."""
    due = old.due_days | new.due_days
    moved = _moved(old.items("ref", "id"), new.items("ref", "id"), _same_name)
    # An invoice that a person took out should not have been asked for.
    found = [replace(c, kind=FACT, severity=CRITICAL) if c.was else c for c, _ in moved]
    found += [_replaced(c, CRITICAL) for c, _ in _moved(old.money, new.money, _same_money)]
    for correction, pair in _moved(old.items("date"), new.items("date"), _same_day):
        moved_due = any(_is_due(item, due) for item in pair)
        found.append(_replaced(correction, CRITICAL if moved_due else SUBSTANTIVE))
    counted = _moved(old.items("count", "percent"), new.items("count", "percent"), _same_count)
    return found + [_replaced(c, SUBSTANTIVE) for c, _ in counted]


def _replaced(correction: Correction, severity: str) -> Correction:
    """A figure that took another's place is as severe as said; one merely left out or added is not."""
    both = bool(correction.was and correction.now)
    return replace(correction, kind=FACT if both else correction.kind, severity=severity if both else SUBSTANTIVE)


def _moved(old: Sequence[_Shown], new: Sequence[_Shown], same: Callable[[Item, Item], bool]) -> list[tuple[Correction, list[Item]]]:
    """Figures that stand in one of the texts only, each lost one beside the one that took its place."""
    lost = _without(old, new, same)
    gained = _without(new, old, same)
    found = []
    for was, now in zip_longest(lost, gained):
        kind = FACT if was and now else (STRUCTURE if was else COMPLETENESS)
        correction = Correction(kind, SUBSTANTIVE, was[1] if was else "", now[1] if now else "")
        found.append((correction, [shown[0] for shown in (was, now) if shown]))
    return found


def _without(these: Sequence[_Shown], others: Sequence[_Shown], same: Callable[[Item, Item], bool]) -> list[_Shown]:
    """Those of ``these`` that ``others`` do not say, each once."""
    found: list[_Shown] = []
    for item, shown in these:
        if not any(same(item, other) for other, _ in [*others, *found]):
            found.append((item, shown))
    return found


def _same_name(one: Item, other: Item) -> bool:
    return _name(one) == _name(other)


def _name(item: Item) -> str:
    return str(item.ref.name) if hasattr(item.ref, "name") else item.word.upper()


def _same_money(one: Item, other: Item) -> bool:
    """The same value, and no currency of the one that the other cannot be in."""
    return one.value == other.value and not (one.currency and other.currency and not one.currency & other.currency)


def _same_day(one: Item, other: Item) -> bool:
    return any(_day_is(a, b) for a in one.dates for b in other.dates)


def _same_count(one: Item, other: Item) -> bool:
    return (one.kind, one.value) == (other.kind, other.value)


def _day_is(one: str, other: str) -> bool:
    """``-04-15`` is that day of any year."""
    return one == other or (one[:1] == "-" and other.endswith(one)) or (other[:1] == "-" and one.endswith(other))


def _is_due(item: Item, due: frozenset[str]) -> bool:
    return any(_day_is(day, one) for day in item.dates for one in due)


def _withdrawn(old: _Reading, new: _Reading) -> list[Correction]:
    """What a check finds in the old text and no longer in the new one."""
    left = Counter(finding.label for finding in new.findings)
    found = []
    for finding in old.findings:
        if finding.label not in _GONE:
            continue
        if left[finding.label]:
            left[finding.label] -= 1
            continue
        kind, severity = _GONE[finding.label]
        found.append(Correction(kind, severity, finding.quote, ""))
    return found


def _wording(old: _Reading, new: _Reading) -> list[Correction]:
    """No figure and no commitment changed: another order, more or less said, other words, or only their look."""
    before, after = old.sentences, new.sentences
    if before == after:
        return [Correction(COSMETIC, SLIGHT, "", "")]
    lost, gained = list((Counter(before) - Counter(after)).elements()), list((Counter(after) - Counter(before)).elements())
    if not lost and not gained:
        return [Correction(STRUCTURE, SUBSTANTIVE, "", "")]
    was, now = ("; ".join(" ".join(words) for words in part)[:200] for part in (lost, gained))
    if not lost:
        return [Correction(COMPLETENESS, SUBSTANTIVE, "", now)]
    if not gained:
        return [Correction(STRUCTURE, SUBSTANTIVE, was, "")]
    words_lost, words_gained = (Counter(word for words in part for word in words) for part in (lost, gained))
    changed = max((words_lost - words_gained).total(), (words_gained - words_lost).total())
    if changed < _SLIGHT_WORDS:
        return [Correction(COSMETIC, SLIGHT, was, now)]
    return [Correction(TONE, SUBSTANTIVE, was, now)]
