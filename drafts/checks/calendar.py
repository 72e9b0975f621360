"""G04: every date and day count is a fact; the weekday agrees; "overdue" only after the due date; no unlisted deadline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from .attach import Scope, attachment
from .base import BLOCK, CheckInput, Finding
from .calendar_words import (
    AS_OF,
    DUE,
    DUE_AFTER,
    ISSUED,
    ISSUED_AFTER,
    LATE,
    LATE_SINCE,
    LESS,
    LISTED,
    MORE,
    NET,
    PAST_DUE,
    TERMS,
    UNTIL,
    WEEKDAY_BEFORE,
    WITHIN,
)
from .clauses import matches
from .facts import Invoice
from .idle_days import due_then, falls_due, sets_none
from .items import Item
from .late import late_claims
from .lexicon.basics import UNITS, WEEKDAYS
from .months import matters, month_claims
from .numbers import THOUSAND, fact_amount
from .spoken_figures import ageing_column, months_and_days
from .terms import decided_spans, inside, policy_spans
from .text import Draft, Text, parsed

_BARE = re.compile(r"(?:an?|one|einen?|eine|une?|una)\b")
_SPAN = re.compile(r"\b(?:in|within|for|another|more|until|by|innerhalb|binnen|um|noch|weitere\w*|seit|bis|sous|dans|encore|depuis|pendant|en|dentro|otro|mas|desde|hace|durante)\W*\Z")
_OF = re.compile(r"\W+(?:of|mit|voll\w*|voller|de|con|avec|with|full) (?!(?:retard|retraso|atraso|demora|mora|delay|verzug|plus|mas|more|plazo|delai)\b)[a-z]")


class DateJudge:
    """Judges dates and counts of one text."""

    def __init__(self, draft: Draft, text: Text) -> None:
        self.text, self.facts = text, draft.facts
        self.attach = attachment(draft, text)
        self.decided, self.policy = decided_spans(text), policy_spans(text)

    def findings(self) -> Iterator[Finding]:
        for item in self.text.items:
            if item.kind == "date":
                yield from self._date(item)
            elif item.kind == "month":
                yield from self._month(item)
            elif item.kind == "count":
                yield from self._count(item)
            elif item.kind == "number" and item.value is not None and item.value < 1000 * THOUSAND:
                yield from self._column(item)
        yield from self._repeated_days()

    def _wrong(self, item: Item, why: str, fact: str = "") -> Finding:
        return self.text.finding("G04", "wrong_date", BLOCK, item.start, item.end, why, fact=fact)

    def _before(self, item: Item) -> str:
        start = max(self.text.segments[item.seg][0], item.start - 40)
        return self.text.plain[start : item.start]

    def _means(self, item: Item, day: str) -> bool:
        return bool(day) and any(day == one or (one[0] == "-" and day.endswith(one)) for one in item.dates)

    def _date(self, item: Item) -> Iterator[Finding]:
        before = self._before(item)
        if not before[-4:].strip(" |\t-·:(0123456789/.,"):
            before = ""  # a column of a table: no word says what the date is
        weekday = WEEKDAY_BEFORE.search(before) if before else None
        scope = self.attach.scope(item)
        if not before and scope.own is not None and (scope.own.due in item.dates or scope.own.issued in item.dates):
            return
        fact = self._fact_day(item, scope, before)
        rate = self._instalment_day(item)
        if rate is not None and not self._means(item, rate):
            yield self._wrong(item, "the instalment of this amount falls on another day", rate)
            return
        if fact is None:
            if not self._is_decided(item) or (scope.own and (DUE.search(before) or ISSUED.search(before))):
                yield self._wrong(item, self._why(scope), self._due_fact(scope))
        elif weekday and date.fromisoformat(fact).weekday() != WEEKDAYS[weekday[1]]:
            yield self.text.finding(
                "G04",
                "wrong_date",
                BLOCK,
                item.start - len(weekday.group()),
                item.end,
                "the weekday does not agree with the date",
                fact=fact,
            )

    def _is_decided(self, item: Item) -> bool:
        """True for a figure of a decided wording that stands in the text as decided. What an invoice's day is, nobody decides."""
        return inside(self.decided, item.start, item.end)

    def _fact_day(self, item: Item, scope: Scope, before: str) -> str | None:
        """The fact this date stands for, or None."""
        invoices = [scope.own] if scope.own else scope.near
        after = self.text.plain[item.end : item.end + 24]
        today = self.facts.as_of.isoformat() if self.facts.as_of else ""
        if before and AS_OF.search(before) and self._means(item, today):
            return today
        if before:
            deadline = UNTIL.search(before)
            if deadline and not PAST_DUE.search(before) and not self._past(item):
                return self._first(item, [day for _, day in self.facts.schedule] + self._future_due(invoices))
            if DUE.search(before) or DUE_AFTER.match(after):
                return self._first(item, [i.due for i in invoices] + [day for _, day in self.facts.schedule])
            if ISSUED.search(before) or ISSUED_AFTER.match(after):
                return self._first(item, [i.issued for i in invoices]) or self._first(item, self._other_days(invoices if scope.named else []))
        if LATE_SINCE.search(before):  # late from the day after the due date
            days = [(date.fromisoformat(i.due[:10]) + timedelta(days=1)).isoformat() for i in invoices if i.due]
            if fact := self._first(item, days):
                return fact
        days = [day for i in invoices for day in (i.due, i.issued)]
        return self._first(item, days) or self._first(item, self._other_days(invoices if scope.named else [], today=bool(before) or not scope.named))

    def _instalment_day(self, item: Item) -> str | None:
        """The one day of the instalment whose amount alone stands in the row of ``item``; None when no or several days are meant."""
        row = self.text.by_segment[item.seg]
        money = {other.value for other in row if other.kind == "money"}
        invoices = {amount for invoice in self.facts.invoices for amount in (invoice.open, invoice.amount)}
        if len(money) != 1 or money <= invoices or sum(other.kind == "date" for other in row) != 1:
            return None
        days = {day for amount, day in self.facts.schedule if amount in money}
        paid = any(fact_amount(str(row.get("amount", ""))) in money for row in self.facts.payments)
        if not days or paid:
            return None
        return next((day for day in days if self._means(item, day)), min(days))

    def _future_due(self, invoices: list[Invoice]) -> list[str]:
        """Due dates that lie ahead: "until" one of them sets no deadline that the invoice does not set."""
        today = self.facts.as_of.isoformat() if self.facts.as_of else ""
        return [invoice.due for invoice in invoices if invoice.due >= today]

    def _past(self, item: Item) -> bool:
        """True when a date after "by/until" is over already, so that it can be no deadline ("unpaid until 20 May")."""
        today = self.facts.as_of.isoformat() if self.facts.as_of else ""
        return any((one if one[0] != "-" else today[:4] + one) <= today for one in item.dates if len(one) > 3)

    def _other_days(self, invoices: list[Invoice], today: bool = True) -> list[str]:
        numbers = {i.number for i in invoices}
        rows = [
            row
            for row in (*self.facts.payments, *self.facts.credits)
            if not numbers or row.get("invoice") in numbers or not row.get("invoice")
        ]
        days = [str(row.get("date") or "")[:10] for row in rows] + [day for _, day in self.facts.schedule]
        disputes = [str(value)[:10] for row in self.facts.raw.get("disputes") or () for value in row.values() if isinstance(value, str)]
        terms = [str(value)[:10] for row in self.facts.terms for value in row.values() if isinstance(value, str)]
        now = [self.facts.as_of.isoformat()] if self.facts.as_of and today else []
        return days + disputes + terms + now + [str(day)[:10] for day in self.facts.raw.get("dates") or ()]

    def _first(self, item: Item, days: list[str]) -> str | None:
        return next((day[:10] for day in days if self._means(item, day[:10])), None)

    def _why(self, scope: Scope) -> str:
        return f"this is not a date of {scope.own.number}" if scope.own else "this date is no fact"

    def _due_fact(self, scope: Scope) -> str:
        return f"{scope.own.number}: issued {scope.own.issued}, due {scope.own.due}" if scope.own else ""

    def _column(self, item: Item) -> Iterator[Finding]:
        """A bare number in a row of a statement is its days overdue."""
        start, end = self.text.segments[item.seg]
        row = self.text.by_segment[item.seg]
        scope = self.attach.scope(item)
        if scope.own is None or not any(other.kind == "money" for other in row) or sum(map(str.isalpha, self.text.plain[start:end])) > 24:
            return
        days = scope.own.days_overdue(self.facts.as_of)
        if LISTED.search(self.text.plain, start, item.start) or (self.text.folded[item.end : item.end + 1] in {")", ":"} and (item.value or 0) < 100 * THOUSAND):
            return
        if NET.search(self.text.plain, start, item.start) and self._term_days(Item("count", 0, 0, (item.value or 0) // THOUSAND), [scope.own]):
            return
        if item.start - start > 3 and days is not None and item.value != days * THOUSAND and item.word not in scope.own.po:
            yield self._wrong(item, "this figure of the row is not the days overdue", f"{scope.own.number}: {days} days")

    def _repeated_days(self) -> Iterator[Finding]:
        """Two dates in one row are the day of issue and the due date, not twice the same."""
        for row in self.text.by_segment.values():
            dates = [item for item in row if item.kind == "date"]
            if len(dates) == 2 and dates[0].dates and dates[0].dates == dates[1].dates:
                scope, other = self.attach.scope(dates[0]), self.attach.scope(dates[1])
                if scope.own is not None and scope.own is other.own and scope.own.issued != scope.own.due:
                    yield self._wrong(dates[1], "the same day twice in one row", self._due_fact(scope))

    def _month(self, item: Item) -> Iterator[Finding]:
        if not self._is_decided(item) and not any(day.startswith(item.dates[0]) for day in self.facts.all_dates) and matters(self.text, item.seg):
            yield self._wrong(item, "no fact falls in this month")

    def _count(self, item: Item) -> Iterator[Finding]:
        """Days, weeks, months: days overdue of the invoice, the payment term, or an unlisted period."""
        scope = self.attach.scope(item)
        invoices = [scope.own] if scope.own else (scope.near or self.facts.invoices)
        before, after = self._before(item), self.text.plain[item.end : min(item.end + 40, self.text.segments[item.seg][1])]
        around = before + after
        if (
            (item.value == 0 or item.word.startswith("min"))
            and item.word in UNITS
            and UNITS[item.word] == 0
            and (not WITHIN.search(before) or item.word.startswith("min"))  # nobody pays in two minutes
            and (item.word.startswith("min") or not re.search(r"within|in\W*$|innerhalb|binnen|sous|dans|en\W*$|dentro|next", before[-18:]))
        ):
            return
        if _BARE.match(self.text.plain, item.start) and not LATE.search(around) and not _SPAN.search(before[-18:]) and _OF.match(after):
            return  # "it has been a month of much work"
        counts = [days for i in invoices if (days := i.days_overdue(self.facts.as_of)) is not None]
        if inside(self.policy, item.start, item.end) or falls_due(self.text.plain[self.text.segments[item.seg][0] : item.start], item, counts) or (not WITHIN.search(before) and self._agrees(item, counts, before)) or (self._term_days(item, invoices) and (TERMS.search(around) or not LATE.search(around))):
            return
        line_start = self.text.segments[item.seg][0]
        if self._in_term(item) or (self._is_decided(item) and not LATE.search(around)) or ageing_column(self.text.plain, item, line_start, self.text.by_segment[item.seg], counts):
            return
        yield self._wrong(
            item,
            "this period is no fact (days overdue and payment terms come from the invoice)",
            f"days overdue: {counts[0]}" if counts else "",
        )

    def _agrees(self, item: Item, counts: list[int], before: str) -> bool:
        if item.word == "+months":
            return months_and_days(item, counts)
        if item.value is None:
            return self._calendar_months(item, counts, before)
        if MORE.search(before):
            return any(item.value < days for days in counts)
        if LESS.search(before):
            return any(item.value >= days and item.value - days <= max(7, item.value // 7) for days in counts)
        exact = UNITS.get(item.word) in {7, 14}
        if any(days == -item.value for days in counts) and item.value:
            return True
        return item.value > 0 and any(days == item.value or (exact and abs(days - item.value) <= 1) for days in counts)

    def _calendar_months(self, item: Item, counts: list[int], before: str) -> bool:
        if not isinstance(item.ref, int) or item.ref % THOUSAND:
            return False
        months = item.ref // THOUSAND * {"qua": 3, "tri": 3, "yea": 12, "jah": 12, "an": 12, "ans": 12}.get(item.word[:3], 1)
        if MORE.search(before):
            return any(days >= months * 30 for days in counts)
        return any(months * 30 - 1 <= days <= months * 31 + 1 for days in counts)

    def _term_days(self, item: Item, invoices: list[Invoice]) -> bool:
        for invoice in invoices:
            if (
                invoice.issued
                and invoice.due
                and item.value == (date.fromisoformat(invoice.due[:10]) - date.fromisoformat(invoice.issued[:10])).days
            ):
                return True
        return False

    def _in_term(self, item: Item) -> bool:
        numbers = {
            int(n)
            for term in self.facts.terms
            for key, value in term.items()
            if key not in {"ref", "schedule"}
            for n in re.findall(r"\b\d+\b", str(value))
        }
        return item.value in numbers


# "no later than | the 4 December": the date is judged, not the words in front of it.
_LEAD = 5


def _weekday_width(text: Text, item: Item) -> int:
    found = WEEKDAY_BEFORE.search(text.plain, max(0, item.start - 20), item.start)
    return len(found.group()) + 4 if found else 0


def check_dates(inp: CheckInput) -> Iterable[Finding]:
    """G04 over subject and body."""
    draft = parsed(inp)
    for text in draft.texts:
        judge = DateJudge(draft, text)
        yield from judge.findings()
        yield from late_claims(draft, text)
        yield from month_claims(draft, text)
        deadlines = list(matches(text, "deadline"))
        taken = (
            [(item.start - _weekday_width(text, item), item.end) for item in text.items if item.kind in {"date", "count"}]
            if deadlines
            else []
        )
        for match in deadlines:
            if any(left - _LEAD < match.end and match.start < right for left, right in taken) or inside(judge.decided, match.start, match.end):
                continue
            if not sets_none(text, match) and not due_then(draft, text, match):
                yield text.finding("G04", "wrong_date", BLOCK, match.start, match.end, "a deadline that no fact sets")
