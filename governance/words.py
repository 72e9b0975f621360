"""Approved words: which placeholders exist, whether a text is fit to be saved, which text a message gets,
what an installation starts with.

Templates are whole texts. Code fills the placeholders, formats all money and dates, and supplies the phrases
whose grammar depends on a number, so a template never says "invoice(s)".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from typing import Protocol, TypeVar

from django.db.models import QuerySet

from governance.holds import standing
from governance.models import Hold, TemplateVersion

DEFAULT_LANGUAGE = "en"
# A demand that says what is set aside is a text of its own; the draft made from it is a demand like any
# other.
DEMAND_REST = "demand_rest"
# The answer that restates a payment plan that was agreed; the draft made from it is an answer.
PLAN_CONFIRMATION = "plan_confirmation"

PLACEHOLDERS: dict[str, str] = {
    "greeting": "greeting line with the contact's name on record",
    "invoices": "the invoice by number, or how many: invoice 4711 / 3 invoices",
    "these_invoices": "this invoice / these 3 invoices",
    "past_due": "the clause that the invoices below (or in the statement) are past due and open",
    "statement": "one line per invoice with number, due date and open amount, and totals per currency",
    "invoice_total": "the open total, one amount per currency",
    "oldest_due": "due date of the oldest invoice, in words",
    "due_since": "sentence with the due date, of the oldest when there are several",
    "earlier_contact": "sentence that we wrote before; empty when we did not",
    "set_aside": "sentence on what is set aside because it is under query; empty when nothing is",
    "agreed_plan": "the instalments of the payment plan that was agreed, one line each; empty when none was",
    "how_to_dispute": "sentence that says how to disagree, with the reply address",
    "payment_details": "bank account and payment link on record; empty when there are none",
    "customer": "the customer's name",
    "reply_to": "the address replies go to",
    "your_text": "a marker for the text a person writes; the message cannot be approved while it stands",
    "signature": "named person, title, company, address and phone of the sender",
}
REQUIRED = ("greeting", "how_to_dispute", "signature")
NEEDS_STATEMENT = ("demand", DEMAND_REST, "po_request", "answer")
NEEDS_YOUR_TEXT = ("dispute_response", "correction")
IN_SUBJECT = ("invoices", "invoice_total", "customer", "oldest_due")
PURPOSES = ("demand", DEMAND_REST, "po_request", "answer", PLAN_CONFIRMATION, "dispute_response", "correction")
# What only code or a person may bring into a text, never a model.
NOT_SPOKEN = ("your_text", "agreed_plan")

# {name} and {{ name }} are the same placeholder: people type both.
PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}|\{\s*([^{}]*?)\s*\}")
_LEFTOVER = re.compile(r"[{}]")
_PLURAL = re.compile(r"\w\((?:s|es|n|en|e|x)\)", re.IGNORECASE)


class Text(Protocol):
    """What validation and choice read of a template."""

    @property
    def purpose(self) -> str: ...
    @property
    def lane(self) -> str: ...
    @property
    def step(self) -> int: ...
    @property
    def language(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def body(self) -> str: ...


T = TypeVar("T", bound=Text)


@dataclass(frozen=True, slots=True)
class SeedText:
    """One text of the first installation."""

    key: str
    language: str
    purpose: str
    lane: str
    step: int
    subject: str
    body: str


def names_in(text: str) -> list[str]:
    """Placeholder names in order of appearance."""
    return [double or single for double, single in PLACEHOLDER.findall(text)]


def _unknown(name: str, where: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1, cutoff=0.5)
    offer = f"; did you mean {{{near[0]}}}?" if near else f"; known are {', '.join(sorted(known))}"
    return f"unknown placeholder {{{name}}} in the {where}{offer}"


def _placeholder_problems(text: str, where: str, known: Iterable[str]) -> list[str]:
    problems = []
    for name in names_in(text):
        if name not in PLACEHOLDERS:
            problems.append(_unknown(name, where, known))
        elif name not in known:
            problems.append(f"{{{name}}} cannot stand in the {where}; there: {', '.join(sorted(known))}")
    if _LEFTOVER.search(PLACEHOLDER.sub("", text)):
        problems.append(f"a brace in the {where} is not closed")
    return problems


def _needed(purpose: str) -> tuple[str, ...]:
    if purpose in NEEDS_STATEMENT:
        rest = ("set_aside",) if purpose == DEMAND_REST else ()
        return (*REQUIRED, "statement", *rest)
    if purpose == PLAN_CONFIRMATION:
        return (*REQUIRED, "agreed_plan")
    return (*REQUIRED, "your_text") if purpose in NEEDS_YOUR_TEXT else REQUIRED


def field_problems(subject: str, body: str) -> list[str]:
    """What is wrong with the placeholders of words nobody approved yet: unknown ones, misplaced ones, a brace left open."""
    spoken = [name for name in PLACEHOLDERS if name not in NOT_SPOKEN]
    return _placeholder_problems(subject, "subject", IN_SUBJECT) + _placeholder_problems(body, "body", spoken)


def validate(template: Text) -> list[str]:
    """Why this text cannot be saved, in words; empty when it can. An unknown placeholder is named with the
    nearest known one.
    """
    problems = _placeholder_problems(template.subject, "subject", IN_SUBJECT)
    problems += _placeholder_problems(template.body, "body", PLACEHOLDERS)
    if template.purpose not in PURPOSES:
        problems.append(f"unknown purpose {template.purpose}; known are {', '.join(PURPOSES)}")
    present = set(names_in(template.body))
    problems += [
        f"the body needs {{{name}}}: {PLACEHOLDERS[name]}"
        for name in _needed(template.purpose)
        if name not in present
    ]
    if not template.subject.strip() or "\n" in template.subject.strip():
        problems.append("the subject is one line and not empty")
    match = _PLURAL.search(template.body) or _PLURAL.search(template.subject)
    if match:
        problems.append(
            f"“{match.group()}” leaves the choice to the reader; "
            "use {invoices}, {these_invoices} or {past_due}"
        )
    return problems


def _language_chain(language: str) -> tuple[str, ...]:
    exact = language.replace("_", "-").lower()
    return (exact, exact.split("-")[0], DEFAULT_LANGUAGE)


def _lane_chain(lane: str) -> tuple[str, ...]:
    """A lane's own texts, then those for any lane; an executive case that may proceed is written to like an
    exception.
    """
    return (lane, "exception", "") if lane == "executive_review" else (lane, "")


def choose(templates: Iterable[T], *, lane: str, step: int, purpose: str, language: str) -> T | None:
    """The approved text for a message, or None when there is none.

    The exact language wins, then its base language, then English (the review shows that it fell back). Within
    a language the lane's own texts win over those for any lane, and of those the highest step at or below
    ``step`` (the lowest one when all are above).
    """
    fitting = [t for t in templates if t.purpose == purpose]
    for tongue in _language_chain(language):
        for own_lane in _lane_chain(lane):
            rows = [t for t in fitting if t.language.lower() == tongue and t.lane == own_lane]
            if rows:
                below = [t for t in rows if t.step <= step]
                return max(below, key=lambda t: t.step) if below else min(rows, key=lambda t: t.step)
    return None


def fell_back(template: Text, language: str) -> bool:
    """True when the text is not in the language asked for."""
    return template.language.lower() not in _language_chain(language)[:2]


def active_templates(at: datetime | None = None) -> tuple[TemplateVersion, ...]:
    """Every text in force, one query; with ``at`` without those that are switched off at that moment."""
    rows = TemplateVersion.objects.filter(state=TemplateVersion.State.ACTIVE)
    return tuple(rows if at is None else rows.exclude(pk__in=switched_off(at).values("scope_id")))


def switched_off(at: datetime) -> QuerySet[Hold]:
    """The switches thrown against single versions of texts."""
    return Hold.objects.filter(standing(at), scope=Hold.Scope.TEMPLATE)


class BrokenSeed(ValueError):
    """A shipped text does not pass its own validation; names the file and the problems."""


def _read(name: str, content: str) -> SeedText:
    key, language, _ = name.split(".")
    head, _, body = content.replace("\r\n", "\n").partition("\n\n")
    fields = dict(line.split(":", 1) for line in head.splitlines())
    values = {field.strip(): value.strip() for field, value in fields.items()}
    text = SeedText(
        key=key,
        language=language,
        purpose=values["purpose"],
        lane=values.get("lane", ""),
        step=int(values.get("step", "1")),
        subject=values["subject"],
        body=body.strip() + "\n",
    )
    if problems := validate(text):
        raise BrokenSeed(f"{name}: {'; '.join(problems)}")
    return text


@lru_cache(maxsize=1)
def seed_texts() -> tuple[SeedText, ...]:
    """The texts an installation starts with, in order of key and language. Raises ``BrokenSeed`` for one that
    is not fit.
    """
    folder = files("governance.seed_templates")
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".txt"))
    return tuple(_read(name, (folder / name).read_text(encoding="utf-8")) for name in names)
