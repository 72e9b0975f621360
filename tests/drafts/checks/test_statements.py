"""A statement of several invoices passes when every figure is true; change one cell, or swap two, and it is blocked."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from drafts.checks import run_text_checks
from drafts.checks.base import CheckInput
from tests.drafts.checks.letters import account, invoice

AS_OF = date(2026, 5, 20)


def rows(count=6):
    found = []
    for n in range(count):
        due = AS_OF - timedelta(days=7 + 11 * n)
        found.append(invoice(f"FI-2{n}417", f"{1234 + 613 * n}.{10 + n}", (due - timedelta(days=30)).isoformat(), due.isoformat(), (AS_OF - due).days, po=f"PO-55{n}1"))
    return found


def money(text):
    whole, cents = text.split(".")
    return f"{int(whole):,}.{cents}"


FACTS = account("Alderbrook Clinics Ltd", "Maya Olsen", "Fenwick Instruments Ltd", "Receivables", "GBP", rows())


def letter(lines, total):
    return ("Dear Maya,\n\nThese invoices are open as of 20 May 2026:\n\nInvoice   Issued   Due   Days   Open amount\n" + "\n".join(lines) + f"\nTotal  GBP {total}\n\n"
            "Could you tell us when we may expect the transfer?\n\nKind regards\nReceivables\nFenwick Instruments Ltd")


SHAPES = {
    "columns": lambda i: f"{i['number']}  {date.fromisoformat(i['issued']):%d/%m/%Y}  {date.fromisoformat(i['due']):%d/%m/%Y}  {i['days_overdue']:>4}  GBP {money(i['open'])}",
    "pipes": lambda i: f"| {i['number']} | {i['issued']} | {i['due']} | {i['days_overdue']} | {money(i['open'])} |",
    "bullets": lambda i: f"- {i['number']}: GBP {money(i['open'])}, due {date.fromisoformat(i['due']):%d %B %Y}",
    "amount first": lambda i: f"* GBP {money(i['open'])} for {i['number']}, due {date.fromisoformat(i['due']):%d.%m.%Y}",
    "order numbers": lambda i: f"{i['number']} ({i['po']}): {money(i['open'])} GBP, issued {i['issued']}, due {i['due']}",
}
TOTAL = money(FACTS["total_open"])


def blocked(text, known=FACTS):
    return {f.label for f in run_text_checks(CheckInput("", text, known)) if f.stops_routine_approval}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_true_statement_passes(shape):
    assert blocked(letter([SHAPES[shape](i) for i in FACTS["invoices"]], TOTAL)) == set()


@pytest.mark.parametrize("shape", SHAPES)
def test_one_false_figure_anywhere_blocks(shape):
    true = letter([SHAPES[shape](i) for i in FACTS["invoices"]], TOTAL)
    start = true.index("Open amount") if "Open amount" in true else 0
    passed = []
    for match in re.finditer(r"\d", true[start : true.index("Could you")]):
        at = start + match.start()
        false = true[:at] + str((int(true[at]) + 1) % 10) + true[at + 1 :]
        if not blocked(false):
            passed.append(false[max(0, at - 30) : at + 15])
    assert passed == []


@pytest.mark.parametrize("shape", SHAPES)
def test_swapped_amounts_block(shape):
    lines = [SHAPES[shape](i) for i in FACTS["invoices"]]
    first, second = (money(FACTS["invoices"][n]["open"]) for n in (1, 3))
    lines[1], lines[3] = lines[1].replace(first, second), lines[3].replace(second, first)
    assert "wrong_amount" in blocked(letter(lines, TOTAL))


@pytest.mark.parametrize(("sentence", "passes"), [
    ("FI-20417 and FI-21417 (GBP 1,234.10 and GBP 1,847.11) are open.", True), ("FI-20417 and FI-21417 (GBP 1,847.11 and GBP 1,234.10) are open.", False),
    ("We are waiting for GBP 1,234.10 for FI-20417 and GBP 1,847.11 for FI-21417.", True), ("We are waiting for GBP 1,847.11 for FI-20417 and GBP 1,234.10 for FI-21417.", False),
    ("FI-20417 stands at GBP 1,234.10, FI-21417 at GBP 1,847.11.", True), ("FI-20417 stands at GBP 1,847.11, FI-21417 at GBP 1,234.10.", False),
    ("FI-20417 and FI-21417 together come to GBP 3,081.21.", True), ("FI-20417 and FI-21417 together come to GBP 3,018.21.", False), (f"All six, from FI-20417 on, come to GBP {TOTAL}.", True),
])
def test_an_amount_belongs_to_the_invoice_beside_it(sentence, passes):
    text = f"Dear Maya,\n\n{sentence} Could you tell us when we may expect the transfer?\n\nReceivables, Fenwick Instruments Ltd"
    assert ("wrong_amount" not in blocked(text)) is passes
