"""The statement inside a message: one aligned line per invoice that also reads well in a proportional font,
or a summary of many.

    Invoice 4711 · due  3 November 2026 · EUR 1,234.56

Each number, date and amount is a fragment tied to its fact. Partly paid invoices show what remains and say
so; an invoice billed to a child account names the child; every currency has its own block and total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accounts.fact_types import AccountFacts, InvoiceFact
from drafts.generation import formats
from drafts.generation.phrases import PHRASES, Phrases

Fragment = tuple[
    str, str
]  # (text, the fact it states; "" for wording, VALUE for a name or count that is no claim)
VALUE = "~"
_DOT = " · "


def statement_lines(
    facts: AccountFacts,
    invoices: Sequence[InvoiceFact],
    sums: Mapping[str, int],
    language: str,
    attached: bool,
) -> list[Fragment]:
    """The block of lines. With ``attached`` it is the summary: count, total and oldest invoice per currency."""
    words = PHRASES[language]
    blocks: list[list[list[Fragment]]] = []
    for currency, total in sums.items():
        rows = [invoice for invoice in invoices if invoice.currency == currency]
        if attached:
            blocks.append(_summary(facts, rows, currency, total, language))
            continue
        block = _rows(facts, rows, language, words)
        if len(sums) > 1:
            block.insert(0, around(words.in_currency, "currency", currency, VALUE))
        if len(rows) > 1:
            block.append(
                around(words.total, "amount", formats.money(total, currency, language), f"total:{currency}")
            )
        blocks.append(block)
    if attached:
        blocks.append([[(words.attached, "")]])
    return _join(blocks)


def _join(blocks: list[list[list[Fragment]]]) -> list[Fragment]:
    out: list[Fragment] = []
    for number, block in enumerate(blocks):
        for position, line in enumerate(block):
            if number or position:
                out.append(("\n" if position else "\n\n", ""))
            out.extend(line)
    return out


def around(pattern: str, mark: str, text: str, fact: str) -> list[Fragment]:
    """``pattern`` with ``{mark}`` replaced by a claim."""
    before, _, after = pattern.partition(f"{{{mark}}}")
    return [piece for piece in ((before, ""), (text, fact), (after, "")) if piece[0]]


def _summary(
    facts: AccountFacts, rows: Sequence[InvoiceFact], currency: str, total: int, language: str
) -> list[list[Fragment]]:
    words = PHRASES[language]
    head = around(words.summary.replace("{currency}", currency), "count", str(len(rows)), VALUE)
    amount = formats.money(total, currency, language)
    head = [
        piece
        for text, fact in head
        for piece in (around(text, "amount", amount, f"total:{currency}") if not fact else [(text, fact)])
    ]
    oldest = _rows(facts, rows[:1], language, words)[0]
    return [head, [(words.summary_oldest, ""), *oldest]]


def _rows(
    facts: AccountFacts, rows: Sequence[InvoiceFact], language: str, words: Phrases
) -> list[list[Fragment]]:
    """One line per invoice; columns are padded to equal width when there are several."""
    dates = [formats.day(invoice.due_on, language) for invoice in rows]
    amounts = [formats.money(invoice.balance_minor, invoice.currency, language) for invoice in rows]
    wide = max(len(invoice.number) for invoice in rows), max(map(len, dates)), max(map(len, amounts))
    before, _, after = words.due.partition("{date}")
    lines: list[list[Fragment]] = []
    for invoice, date, amount in zip(rows, dates, amounts, strict=True):
        fact = invoice.fact_id
        line: list[Fragment] = [
            (f"{words.line} ", ""),
            (invoice.number, fact),
            (" " * (wide[0] - len(invoice.number)) + _DOT + before + " " * (wide[1] - len(date)), ""),
            (date, fact),
            (after + _DOT + " " * (wide[2] - len(amount)), ""),
        ]
        line += _amount(invoice, amount, fact, language, words)
        line += _tail(facts, invoice, words)
        lines.append(line)
    return lines


def _amount(invoice: InvoiceFact, amount: str, fact: str, language: str, words: Phrases) -> list[Fragment]:
    """What is open; for a partly paid invoice "EUR 80.00 remaining of EUR 100.00"."""
    if invoice.balance_minor == invoice.amount_minor:
        return [(amount, fact)]
    before, rest = words.remaining.split("{open}")
    between, after = rest.split("{amount}")
    gross = formats.money(invoice.amount_minor, invoice.currency, language)
    pieces = ((before, ""), (amount, fact), (between, ""), (gross, fact), (after, ""))
    return [piece for piece in pieces if piece[0]]


def _tail(facts: AccountFacts, invoice: InvoiceFact, words: Phrases) -> list[Fragment]:
    po, child = invoice.po_number, invoice.billed_name
    line: list[Fragment] = []
    if po:
        # Many numbers already begin with "PO"; the label in front would only stutter.
        line += [
            (_DOT, ""),
            *([(po, VALUE)] if po[:2].upper() == "PO" else around(words.po, "number", po, VALUE)),
        ]
    if child and child != facts.name:
        line += [(_DOT, ""), (child, VALUE)]
    return line
