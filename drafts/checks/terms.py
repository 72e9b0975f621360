"""Commercial wording and the terms that were approved for it: only exactly what was approved passes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .base import HIGHER, Finding
from .clauses import Match
from .facts import simple
from .numbers import fact_amount
from .text import Draft, Text


@dataclass(frozen=True, slots=True)
class Commitment:
    """One kind of wording: its check, rule, label, why it stops, who may approve it when a term of ``terms`` covers it exactly."""

    check: str
    rule: str
    label: str
    why: str
    terms: tuple[str, ...] = ()
    role: str | None = None


CREDIT = Commitment("G11", "credit_offer", "credit_offer", "a credit, refund or write-off", ("credit",), "finance")
PLAN = Commitment("G12", "payment_plan", "payment_plan", "a payment plan or extension", ("payment_plan", "extension"), "finance")
DISCOUNT = Commitment("G13", "discount", "discount", "a discount or settlement", ("discount", "settlement"), "finance")
PENALTY = Commitment("G14", "penalty", "penalty", "a fee, interest or penalty", ("fee",), "finance+legal")
LEGAL = Commitment("G15", "legal", "legal", "legal wording", ("legal_step",), "legal")
SUSPENSION = Commitment("G16", "suspension", "suspension", "a suspension of service or delivery", ("suspension",), "legal+executive")
OFFERS = (CREDIT, PLAN, DISCOUNT)
_VALUES = frozenset({"money", "number", "range", "percent", "date", "month", "count"})


def sentence_items(text: Text, match: Match) -> list[int]:
    """Indexes of the amounts, dates and identifiers in the sentence of a match."""
    return [index for index, item in enumerate(text.items) if match.sentence[0] <= item.start < match.sentence[1]]


def term_covering(draft: Draft, text: Text, match: Match, commitment: Commitment) -> bool:
    """True when a registered term covers exactly this wording: its schedule (all of it) or reference is in the text, and nothing else."""
    return bool(terms_covering(draft, text, match, commitment))


def terms_covering(draft: Draft, text: Text, match: Match, commitment: Commitment) -> list[Mapping[str, Any]]:
    """The registered terms that cover exactly this wording."""
    return [term for term in draft.facts.terms if str(term.get("type")) in commitment.terms and _covers(draft, text, match, term)]


def worth(term: Mapping[str, Any]) -> int | None:
    """What a term gives, in the smallest parts of ``numbers.fact_amount``; None when it states no amount."""
    amounts = [fact_amount(str(row.get("amount", ""))) for row in term.get("schedule") or ()]
    amounts += [fact_amount(str(term[key])) for key in ("amount", "total") if term.get(key) is not None and not amounts]
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known and len(known) == len(amounts) else None


_BEGINS = re.compile(r"(?:\A|[.!?]\s|\n[ \t]*\n)\s*\Z")
_ENDS = re.compile(r"\s*\Z|\s*\n[ \t]*\n|[.!?](?:\s|\Z)")


def _wording(term: Mapping[str, Any]) -> list[str]:
    return simple(str(term.get("wording") or term.get("text") or "")).split()


def decided_spans(text: Text, terms: Iterable[Mapping[str, Any]] | None = None) -> list[tuple[int, int]]:
    """Where the text holds a decided wording: word for word and figure for figure, as whole sentences, nothing before or behind it."""
    found = []
    for words in filter(None, map(_wording, text.facts.terms if terms is None else terms)):
        for said in re.finditer(r"\s+".join(map(re.escape, words)), text.plain):
            behind = re.compile(r"\s|\Z") if words[-1][-1] in ".!?" else _ENDS
            if _BEGINS.search(text.plain[: said.start()]) and behind.match(text.plain, said.end()):
                found.append(said.span())
    return found


def policy_spans(text: Text) -> list[tuple[int, int]]:
    """Where the text quotes the wording of the late-fee policy, word for word."""
    policy = text.facts.raw.get("late_fee_policy")
    words = _wording(policy) if isinstance(policy, dict) else []
    return [said.span() for said in re.finditer(r"\s+".join(map(re.escape, words)), text.plain)] if len(words) > _FEW else []


_FEW = 3


def inside(spans: Iterable[tuple[int, int]], start: int, end: int) -> bool:
    """True when ``start``…``end`` lies in one of the spans."""
    return any(left <= start and end <= right for left, right in spans)


def undecided(text: Text, findings: Iterable[Finding]) -> Iterable[Finding]:
    """Findings about amounts, without those of a decided wording or of the late-fee clause. Beside an invoice an amount is that invoice's, whatever was decided."""
    spans = decided_spans(text) + policy_spans(text)
    for finding in findings if spans else ():
        left, right = (finding.start, finding.end) if text.fold.back is None else (text.fold.back.index(finding.start), text.fold.back.index(finding.end - 1) + 1)
        refs = [item for item in text.by_segment.get(text.segment_at(left), []) if item.kind == "ref" and item.ref.kind == "invoice"]
        if refs or not inside(spans, left, right):
            yield finding
    yield from () if spans else findings


# Other instalments than those that were approved: more of them, smaller ones, later ones.
_CHANGED = re.compile(
    r"\b(?:smaller|larger|longer|fewer|further|additional|extra|spread|stretch\w*|extend\w*|postpone\w*|push (?:it|them|the)|delay\w*|kleiner\w*|weniger|langer|weiter\w*|zusatzlich\w*|streck\w*|verlanger\w*|verschieb\w*|aufschieb\w*|"
    r"aufteil\w*|plus (?:petit|long|legere)\w*|supplementaires?|etal\w+|repart\w+|prolong\w+|report\w+|decal\w+|de plus|mas (?:pequen|larg)\w+|adicional\w*|alarg\w+|aplaz\w+|prorrog\w+|reparti\w+|de mas)\b|"
    r"\b(?:ein paar|a few|some|quelques|algun[oa]s|unos|unas) (?:more|mehr|mas|weitere)\b"
)


def _covers(draft: Draft, text: Text, match: Match, term: Mapping[str, Any]) -> bool:
    if _wording(term):
        return inside(decided_spans(text, [term]), match.start, match.end)
    schedule = [(fact_amount(str(row.get("amount", ""))), str(row.get("date") or "")[:10]) for row in term.get("schedule") or ()]
    amounts = {amount for amount, _ in schedule if amount is not None} | {
        a for key in ("amount", "total", "fee") if term.get(key) is not None and (a := fact_amount(str(term[key]))) is not None
    }
    days = {day for _, day in schedule} | {
        str(value)[:10] for value in term.values() if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d", value)
    }
    known = {a for i in draft.facts.invoices for a in (i.open, i.amount)} | {draft.facts.total}
    if not _same_share(text, match, term) or not _same_invoices(text, match, term) or _beyond(text, match, term):
        return False
    if schedule and _CHANGED.search(text.plain, *match.sentence) and not _tells(text, schedule):
        return False
    said, said_days = set(), set()
    for index in sentence_items(text, match):
        item = text.items[index]
        if item.kind == "money":
            said.add(item.value)
        elif item.kind == "date":
            said_days.add(item.dates)
    facts_days = {day for i in draft.facts.invoices for day in (i.due, i.issued)}
    if said - amounts - known or any(not any(_day_is(d, days | facts_days) for d in [options]) for options in said_days):
        return False
    named = any(item.kind == "ref" and item.ref.kind == "term" and item.ref.name == str(term.get("ref")) for item in text.items)
    return (
        _tells(text, schedule)
        or (named and (not schedule or not (said & amounts) or said & amounts <= amounts))
        or (not schedule and bool(said & amounts or not amounts))
    )


def _beyond(text: Text, match: Match, term: Mapping[str, Any]) -> bool:
    """The sentence states an amount, a day or a time, and the term has no values at all (older rows have none): none of them was decided."""
    if any(term.get(key) for key in ("schedule", "amount", "total", "fee", "percent")):
        return False
    return any(text.items[index].kind in _VALUES for index in sentence_items(text, match))


def _same_share(text: Text, match: Match, term: Mapping[str, Any]) -> bool:
    """A percentage passes only as the one that was decided; a share that was decided has to be said."""
    said = {text.items[index].value for index in sentence_items(text, match) if text.items[index].kind == "percent"}
    decided = fact_amount(str(term["percent"])) if term.get("percent") else None
    return said == ({decided} if decided is not None else set())


def _same_invoices(text: Text, match: Match, term: Mapping[str, Any]) -> bool:
    """A term about certain invoices covers no sentence about another one."""
    named = {text.items[i].ref.name for i in sentence_items(text, match) if text.items[i].kind == "ref" and text.items[i].ref.kind == "invoice"}
    about = {str(number) for number in term.get("invoices") or ()}
    return not about or named <= about


def _tells(text: Text, schedule: list[tuple[int | None, str]]) -> bool:
    """True when the text states every instalment: each amount and each day."""
    amounts = {item.value for item in text.items if item.kind == "money"}
    days = [item.dates for item in text.items if item.kind == "date"]
    return bool(schedule) and all(amount in amounts and (not day or any(_day_is(d, {day}) for d in days)) for amount, day in schedule)


def _day_is(options: tuple[str, ...], days: set[str]) -> bool:
    return any(day == one or (one[:1] == "-" and day.endswith(one)) for one in options for day in days)


def judged(draft: Draft, text: Text, match: Match, commitment: Commitment, fact: str = "") -> Finding:
    """The finding about a commitment: for a higher approver when a registered term covers exactly this wording, else blocking."""
    covered = bool(commitment.terms) and term_covering(draft, text, match, commitment)
    if covered:
        return text.finding(
            commitment.check,
            commitment.label,
            HIGHER,
            match.start,
            match.end,
            f"{commitment.why}, covered by a registered term",
            role=commitment.role,
            registered=True,
            fact=fact,
        )
    return text.finding(
        commitment.check, commitment.label, match.severity(), match.start, match.end, f"{commitment.why} without a registered term", fact=fact
    )
