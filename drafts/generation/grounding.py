"""Which sentences a model prepared for people may be shown: pure.

A sentence stands when every fact it cites exists, every quotation in it is a piece of a text the model was shown, letter for letter, and
every figure in it was shown too. What does not stand is dropped and counted, never mended.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.fact_types import AccountFacts
from drafts.generation.prompts import MATERIAL_LIMIT, Task, allowed_facts
from governance.hidden import visible

UNKNOWN_FACT, INVENTED_QUOTE, UNKNOWN_FIGURE = "unknown_fact", "invented_quote", "unknown_figure"
OBJECTIONS = {
    UNKNOWN_FACT: "cited a fact that is not in the brief",
    INVENTED_QUOTE: "quoted words nobody wrote",
    UNKNOWN_FIGURE: "named a figure that is not in the facts",
}

# Lists of a frozen brief and the kind their rows are cited as.
KINDS = {
    "invoices": "invoice", "payments": "payment", "credits": "credit", "promises": "promise", "disputes": "dispute",
    "signals": "signal", "tickets": "ticket", "contracts": "contract", "messages": "message", "calls": "call",
}  # fmt: skip
_QUOTED = re.compile(
    r'"([^"]{2,})"|“([^”]{2,})”|„([^“”]{2,})[“”]|«\s?([^»]{2,}?)\s?»|»([^«]{2,})«|[‹›]([^‹›]{2,})[‹›]'
    r"|‘(.{2,}?)’(?!\w)|(?<!\w)'(.{2,}?)'(?!\w)"
)
_FIGURE = re.compile(r"\d(?:[\d.,'’/:\u00a0\u202f-]*\d)?")
_CENTS = re.compile(r"[.,](\d\d?)\Z")
_MONEY = re.compile(rf"(?:\b[A-Z]{{3}}|[€$£])\s?({_FIGURE.pattern})|({_FIGURE.pattern})\s?(?:[A-Z]{{3}}\b|[€$£])")
_ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY_MONTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)? ([A-Z][a-z]{2,8})\b|\b([A-Z][a-z]{2,8}) (\d{1,2})\b")
# Shorter figures that are no money are counts and days that nobody is misled by ("3 invoices").
SHORTEST_FIGURE = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """What one attempt was shown: ids that may be cited, the texts from outside by fact id, figures as digits, days as (month, day)."""

    ids: frozenset[str]
    texts: Mapping[str, tuple[str, ...]]
    words: str
    figures: frozenset[str]
    days: frozenset[tuple[int, int]]


def fact_ids(facts: Mapping[str, Any]) -> set[str]:
    """Every id a sentence may cite, from the frozen facts of a brief."""
    found = {f"account:{facts['account_id']}"}
    found |= {f"{kind}:{row['id']}" for key, kind in KINDS.items() for row in facts.get(key) or ()}
    found |= {f"source:{kind}" for kind in facts.get("sources") or ()}
    return found | {f"total:{currency}" for currency in facts.get("balances") or ()}


def ids_of(facts: AccountFacts) -> set[str]:
    """Every id a sentence may cite, from facts that are not frozen yet."""
    found = {f"account:{facts.account_id}"} | {f"source:{kind}" for kind in facts.sources} | {f"total:{c}" for c in facts.balances}
    return found | {f"{kind}:{row.id}" for key, kind in KINDS.items() for row in getattr(facts, key)}


def shown(facts: Mapping[str, Any], task: Task, material: Sequence[tuple[str, str]]) -> Shown:
    """What a prompt of ``task`` with ``material`` shows of the frozen ``facts``."""
    told = json.dumps(allowed_facts(facts, task), ensure_ascii=False, default=str)
    texts = {fact_id: (text[:MATERIAL_LIMIT], visible(text[:MATERIAL_LIMIT])) for fact_id, text in material}
    everything = "\n".join((told, *(part for pair in texts.values() for part in pair)))
    return Shown(
        frozenset(fact_ids(facts) | set(texts)), texts, told, frozenset(_known_figures(everything)), frozenset(_known_days(everything))
    )


def objection(text: str, cited: Iterable[str], seen: Shown) -> str:
    """Why this sentence is dropped, as a key of ``OBJECTIONS``; empty when it stands."""
    cited = list(cited)
    if not cited or any(fact not in seen.ids for fact in cited):
        return UNKNOWN_FACT
    if any(not _was_said(quote, cited, seen) for quote in quotes(text)):
        return INVENTED_QUOTE
    if not {digits(figure) for figure in _telling(text)} <= seen.figures or not _days(text) <= seen.days:
        return UNKNOWN_FIGURE
    return ""


def unfounded(text: str) -> bool:
    """True when words that cite nothing quote somebody or name a figure or a day all the same."""
    return bool(quotes(text) or _telling(text) or _days(text))


def _telling(text: str) -> list[str]:
    """The figures a reader would believe: amounts of any length, other figures from three digits on."""
    money = [before or after for before, after in _MONEY.findall(text)]
    return money + [figure for figure in _FIGURE.findall(text) if len(re.sub(r"\D", "", figure)) >= SHORTEST_FIGURE]


def quotes(text: str) -> list[str]:
    """The quotations in a sentence."""
    return [next(part for part in found.groups() if part) for found in _QUOTED.finditer(text)]


def _was_said(quote: str, cited: Sequence[str], seen: Shown) -> bool:
    """In a text it cites, when it cites one; else in any text, or in our own facts (a status in quotation marks)."""
    named = [part for fact in cited for part in seen.texts.get(fact, ())]
    if named:
        return any(quote in part for part in named)
    return quote in seen.words or any(quote in part for parts in seen.texts.values() for part in parts)


def digits(figure: str) -> str:
    """A figure as its digits; "1,000.00", "1000" and "1 000,00" are the same, "10.00" and "1,000" are not."""
    cents = _CENTS.search(figure)
    whole = re.sub(r"\D", "", figure[: cents.start()] if cents else figure)
    return f"{whole}.{cents[1]:0<2}" if cents and int(cents[1]) else whole


def _known_figures(text: str) -> set[str]:
    found = {digits(figure) for figure in _FIGURE.findall(text)}
    for year, month, day in _ISO.findall(text):
        found |= {year, f"{day}{month}{year}", f"{month}{day}{year}", f"{year}{month}{day}"}
    return found


def _known_days(text: str) -> set[tuple[int, int]]:
    return {(int(month), int(day)) for _, month, day in _ISO.findall(text)} | _days(text)


def _days(text: str) -> set[tuple[int, int]]:
    """Days named in words: "12 May", "May 12"."""
    found = set()
    for day, month, month_first, day_after in _DAY_MONTH.findall(text):
        name = (month or month_first)[:3].lower()
        if name in _MONTHS:
            found.add((_MONTHS.index(name) + 1, int(day or day_after)))
    return found
