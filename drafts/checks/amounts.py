"""G02: every amount parses to one value and equals a fact of the invoice named beside it, value and currency."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .amount_words import (
    CODE,
    CREDIT,
    DEDUCTED,
    DEDUCTING,
    HARD_CUT,
    NIL,
    NO_RECEIPT,
    OPEN_AFTER,
    OPEN_BEFORE,
    OPEN_OF,
    ORIGINAL,
    OVERDUE,
    PAID,
    RECEIPT,
    RECEIPT_WORDS,
    REST,
    STRETCH,
    STRICT_TOTAL,
    TOTAL,
    TOTAL_WORDS,
    UNDISPUTED,
)
from .attach import Scope, attachment
from .base import BLOCK, CheckInput, Finding
from .facts import Invoice
from .items import Item
from .numbers import fact_amount, is_year, show_number
from .refusals import asked_for_in_vain
from .sums import ShownSums
from .terms import undecided
from .text import Draft, Text, parsed


def _context(text: Text, item: Item, width: int = 70) -> tuple[str, str]:
    """(before, after): plain words of the same sentence around an amount, cut at the neighbouring amounts."""
    start, end = text.segments[item.seg]
    for other in text.by_segment[item.seg]:
        if other.kind == "money" and other is not item:
            if other.end <= item.start:
                start = max(start, other.end)
            elif other.start >= item.end:
                end = min(end, other.start)
    return text.plain[max(start, item.start - width) : item.start], text.plain[item.end : min(end, item.end + width)]


class AmountJudge:
    """Judges the amounts of one text."""

    def __init__(self, draft: Draft, text: Text) -> None:
        self.draft, self.text, self.facts = draft, text, draft.facts
        self.attach = attachment(draft, text)
        self.many = len(self.facts.rows) > 1
        self.sums = ShownSums(text, self.attach)

    def findings(self) -> Iterable[Finding]:
        for item in self.text.items:
            if item.kind == "money":
                found = self._judge(item)
            elif item.kind == "number":
                found = self._bare(item)
            elif item.kind == "percent":
                found = self._percent(item)
            elif item.kind == "range":
                found = self._range(item)
            else:
                continue
            if found is not None:
                yield found

    def foreign_codes(self) -> Iterable[Finding]:
        """A currency code apart from its amounts ("all in NOK") is the currency of something the account owes, or names one of our accounts."""
        banks = {item.seg for item in self.text.items if item.kind == "iban"}
        known = {invoice.currency for invoice in self.facts.invoices} | set(self.facts.totals) | {self.facts.currency, ""}
        for found in CODE.finditer(self.text.folded):
            if found.group() in known or self.text.segment_at(found.start()) in banks:
                continue
            if not any(item.start <= found.start() < item.end for item in self.text.items):
                yield self.text.finding("G02", "wrong_amount", BLOCK, *found.span(), f"nothing is owed in {found.group()}")

    def _wrong(self, item: Item, why: str, scope: Scope | None = None) -> Finding:
        fact = ""
        if scope and scope.own:
            fact = f"{scope.own.number}: {scope.own.currency} {show_number(scope.own.open or 0)} open of {show_number(scope.own.amount or 0)}"
        elif self.facts.total is not None:
            fact = f"total {self.facts.currency} {show_number(self.facts.total)}"
        return self.text.finding("G02", "wrong_amount", BLOCK, item.start, item.end, why, fact=fact)

    def _currency_fits(self, item: Item, code: str) -> bool:
        return item.currency is None or not code or code in item.currency

    def _judge(self, item: Item) -> Finding | None:
        if item.value is None:
            return self._wrong(item, "the amount has no exact value")
        scope = self.attach.scope(item)
        own = scope.own
        if (
            own is not None
            and item.value == own.open == own.amount
            and self._currency_fits(item, own.currency)
            and not self._total_claimed(item, own)
            and not self._receipt(item, own)
        ):
            return None
        if own is None and not scope.named and item.value == self.facts.total and self._currency_fits(item, self.facts.currency):
            return None
        if self._is_fact(item, scope):
            return None
        return self._wrong(item, self._why(item, scope), scope)

    def _total_claimed(self, item: Item, own: Invoice) -> bool:
        """True when the sentence presents an invoice's amount as the total of several."""
        if not self.many or item.value == self.facts.total or self.text.vocabulary.isdisjoint(TOTAL_WORDS):
            return False
        if not STRICT_TOTAL.search(self.text.plain, self.text.segments[item.seg][0], item.start):
            return False
        before, _ = _context(self.text, item, 40)
        start = self.text.segments[item.seg][0]
        lead = self.text.plain[start : item.start]
        return bool(STRICT_TOTAL.search(before)) and own.number.lower() not in lead and len(lead) < 60

    def _is_fact(self, item: Item, scope: Scope) -> bool:
        before, after = _context(self.text, item)
        around = before + " | " + after
        if self.sums.overdue(item):
            return True
        candidates = [scope.own] if scope.own else scope.near
        if STRICT_TOTAL.search(before[-45:]) and not scope.named and self.many and not self._rest_of(item, scope.near):
            return self._is_total(item, around, strict=True) or self._is_term(item) or item.value in self.facts.term_totals
        for invoice in candidates:
            if self._currency_fits(item, invoice.currency) and self._of_invoice(item, invoice, around):
                return True
        if self._is_credit_or_payment(item, candidates, around, scope) or self.sums.shown(item) or self._nothing(item, candidates):
            return True
        if (not scope.named or TOTAL.search(around) or scope.own is None) and self._is_total(item, around, strict=False):
            return True
        return self._is_term(item) or self._is_minimum(item)

    def _of_invoice(self, item: Item, invoice: Invoice, around: str) -> bool:
        if item.value == invoice.open:
            return not (PAID.search(around) and self._claims_receipt(around)) or self._paid(invoice, item.value)
        if item.value == invoice.amount:
            return self._gross_explained(item, invoice, around)
        return False

    def _receipt(self, item: Item, own: Invoice) -> bool:
        """True when the sentence thanks for an open amount that nobody paid."""
        if self.text.vocabulary.isdisjoint(RECEIPT_WORDS) or self.text.asks(*self.text.segments[item.seg]):
            return False
        return self._claims_receipt(" | ".join(_context(self.text, item))) and not self._paid(own, item.value)

    def _claims_receipt(self, around: str) -> bool:
        """ "500.00 came in, the rest is 770.00": what is said of the rest in its own stretch counts, not the receipt before it."""
        before, mark, after = around.partition(" | ")
        told = next((part for part in (STRETCH.split(before)[-1], HARD_CUT.split(before)[-1]) if REST.search(part)), before)
        around = told + mark + after
        return bool(RECEIPT.search(around)) and not NO_RECEIPT.search(around)

    def _paid(self, invoice: Invoice, value: int | None) -> bool:
        return any(
            str(row.get("invoice")) == invoice.number and fact_amount(str(row.get("amount"))) == value for row in self.facts.payments
        )

    def _gross_explained(self, item: Item, invoice: Invoice, around: str) -> bool:
        """The gross amount of a partly paid invoice passes in a text that shows its open amount, or as the original one, never as what is open."""
        if invoice.open == invoice.amount:
            return True
        if self._said_open(item):
            return False
        original = ORIGINAL.search(around) or (DEDUCTING.search(around) and self._rest_of(item, [invoice]))
        return bool(original) or self.draft.purpose != "demand" or self._open_shown(invoice)

    def _said_open(self, item: Item) -> bool:
        before, after = _context(self.text, item)
        if OPEN_OF.match(before) and any(other.kind == "money" and other.end <= item.start for other in self.text.by_segment[item.seg]):
            return False  # "400.00 open of 1,000.00"
        if self._of_the_amount_before(item, before) or DEDUCTED.search(before):
            return False
        found = OPEN_AFTER.match(after)
        plainly = found is not None and after[:1] == " " and after[1:2].isalpha() and after[found.end() :].lstrip().startswith("(")
        leads = found is not None and not plainly and not after[found.end() :].strip(" :-|(€$£") and self._next_money(item)
        return bool(OPEN_BEFORE.search(before)) or (found is not None and not leads)

    def _rest_of(self, item: Item, near: list[Invoice]) -> bool:
        """ "4,985.73 is left of a total of 6,985.73": the whole of the invoice spoken of, beside its open amount or what was paid on it."""
        beside = {other.value for other in self.text.by_segment[item.seg] if other.kind == "money" and other is not item}
        return any(
            invoice.amount == item.value and (invoice.open in beside or any(self._paid(invoice, value) for value in beside)) for invoice in near
        )

    def _of_the_amount_before(self, item: Item, before: str) -> bool:
        """ "8,500.00 open (9,120.00 less the credit)": what stands before the bracket is said of the amount before it."""
        said = OPEN_AFTER.match(before)
        told = any(other.kind == "money" and other.end == item.start - len(before) for other in self.text.by_segment[item.seg])
        return told and said is not None and before[said.end() :].strip() in {"(", "=", "[", "/"}

    def _next_money(self, item: Item) -> bool:
        return any(other.kind == "money" and other.start > item.start for other in self.text.by_segment[item.seg])

    def _open_shown(self, invoice: Invoice) -> bool:
        return any(other.kind == "money" and other.value == invoice.open for text in self.draft.texts for other in text.items)

    def _is_credit_or_payment(self, item: Item, candidates: list[Invoice], around: str, scope: Scope) -> bool:
        numbers = {invoice.number for invoice in candidates} or {invoice.number for invoice in self.facts.invoices}
        for rows, words in ((self.facts.payments, PAID), (self.facts.credits, CREDIT)):
            for row in rows:
                if fact_amount(str(row.get("amount", ""))) == item.value and (
                    str(row.get("invoice")) in numbers or not row.get("invoice") or not scope.named
                ):
                    sentence = self.text.plain[slice(*self.text.segments[item.seg])]
                    named = row.get("number") and str(row["number"]).lower() in sentence
                    said = named or words.search(around) or words.search(sentence) or not self._said_open(item)
                    return self._currency_fits(item, str(row.get("currency") or self.facts.currency)) and bool(said)
        payments = [fact_amount(str(row.get("amount", ""))) or 0 for row in self.facts.payments if str(row.get("invoice")) in numbers]
        return len(payments) > 1 and sum(payments) == item.value and bool(PAID.search(around))

    def _is_total(self, item: Item, around: str, strict: bool) -> bool:
        for code, value in self.facts.totals.items():
            if value == item.value and self._currency_fits(item, code):
                return True
        if (OVERDUE.search(around) and self._in(item, self.facts.sums(overdue=True))) or self.sums.named(item) or self.sums.shown(item):
            return True
        if self.facts.disputed:
            return self._in(item, self.facts.sums(undisputed=True)) and (strict or bool(UNDISPUTED.search(around) or TOTAL.search(around)))
        return False

    def _in(self, item: Item, sums: dict[str, int]) -> bool:
        return any(value == item.value and self._currency_fits(item, code) for code, value in sums.items())

    def _nothing(self, item: Item, candidates: list[Invoice]) -> bool:
        """A zero in a row that shows the open amount too ("paid 0.00, open 1,200.00")."""
        beside = {other.value for other in self.text.by_segment[item.seg] if other.kind == "money"}
        start, end = self.text.segments[item.seg]
        if item.value == 0 and len(beside) == 1 and self.attach.named.get(item.seg) is None and NIL.match(self.text.plain, start, end):
            return True
        return item.value == 0 and any(invoice.open and invoice.open in beside for invoice in candidates)

    def _is_term(self, item: Item) -> bool:
        return item.value in self.facts.term_amounts and self._currency_fits(item, self.facts.currency)

    def _is_minimum(self, item: Item) -> bool:
        """Amounts in a registered late-fee policy."""
        policy = self.facts.raw.get("late_fee_policy")
        return isinstance(policy, dict) and any(
            fact_amount(str(value)) == item.value for value in policy.values() if isinstance(value, (str, int))
        )

    def _why(self, item: Item, scope: Scope) -> str:
        if scope.own:
            if not self._currency_fits(item, scope.own.currency):
                return f"{scope.own.number} is in {scope.own.currency}"
            return f"this is not an amount of {scope.own.number}"
        return "this amount is no fact: not of the invoice spoken of, not a payment or credit, not a registered total"

    def _bare(self, item: Item) -> Finding | None:
        """A number without currency: money when the words around it say so, or a figure of a row of the statement."""
        value = item.value
        if value is None or value < 100_000 or item.word.startswith("0"):
            return None
        if item.word in self.facts.digit_runs or is_year(item.word, value):
            return None
        before, after = _context(self.text, item, 30)
        if not (
            re.search(
                r"\b(?:pay|of|amount|for|is|sum|owe\w*|betrag|uber|von|zahl\w*|montant|somme|de|payer|importe|pagar|about|around|over|"
                r"nearly|almost|rund|environ|unos|casi)\W*$",
                before,
            )
            or re.search(r"^\W*(?:is|are|was|open|outstanding|due|offen|owed)\b", after)
        ):
            return None
        return self._judge(item)

    def _percent(self, item: Item) -> Finding | None:
        """A percentage is a computed figure: it passes only when a fact (late-fee policy, approved term) holds it."""
        if item.value is not None and any(fact_amount(number) == item.value for number in self.facts.policy_numbers):
            return None
        if item.value == 100_000 or asked_for_in_vain(self.text, *self.text.segments[item.seg]):
            return None
        return self._wrong(item, "the percentage is no fact")

    def _range(self, item: Item) -> Finding | None:
        before, after = _context(self.text, item, 12)
        money = re.search(r"[€$£]\s*$|(?:gbp|eur|usd|chf)\s*$", before) or re.match(r"\s*(?:€|eur|gbp|usd|£)", after)
        return self._wrong(item, "a range is no exact amount") if money else None


def check_amounts(inp: CheckInput) -> Iterable[Finding]:
    """G02 over subject and body."""
    draft = parsed(inp)
    for text in draft.texts:
        judge = AmountJudge(draft, text)
        yield from undecided(text, [*judge.findings(), *judge.foreign_codes()])
