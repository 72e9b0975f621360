"""Every way of writing an amount, a date or a number that people use passes when it is true, and one wrong digit is enough to block."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drafts.checks import run_text_checks
from drafts.checks.base import CheckInput

AS_OF = date(2026, 5, 20)
MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
}
LETTERS = {
    "en": "Dear Maya,\n\nInvoice {number} for {amount} was due on {due} and is still open with us. Could you tell us when we may expect it?\n\nReceivables, Fenwick Instruments Ltd",
    "de": "Guten Tag Maya Olsen,\n\ndie Rechnung {number} über {amount} war am {due} fällig und ist noch offen. Können Sie uns sagen, wann wir damit rechnen dürfen?\n\nReceivables, Fenwick Instruments Ltd",
    "fr": "Bonjour Maya,\n\nLa facture {number} de {amount} est échue depuis le {due} et reste ouverte. Pouvez-vous nous dire quand elle sera réglée ?\n\nReceivables, Fenwick Instruments Ltd",
    "es": "Estimada Maya:\n\nLa factura {number}, de {amount}, venció el {due} y sigue pendiente. ¿Nos puede decir cuándo se pagará?\n\nReceivables, Fenwick Instruments Ltd",
}
ROW = "Dear Maya,\n\nThese invoices are open:\n\n{number}  {due}  {amount}\n\nCould you tell us when we may expect it?\n\nReceivables, Fenwick Instruments Ltd"


def grouped(cents: int, group: str, mark: str) -> str:
    whole, rest = divmod(cents, 100)
    return f"{whole:,}".replace(",", group) + f"{mark}{rest:02d}"


NARROW, THIN = "\u202f", "\u2009"
AMOUNTS = [
    lambda c, cur, sym: f"{cur} {grouped(c, ',', '.')}", lambda c, cur, sym: f"{grouped(c, '.', ',')} {cur}", lambda c, cur, sym: f"{sym}{grouped(c, ',', '.')}",
    lambda c, cur, sym: f"{grouped(c, ' ', ',')} {sym}", lambda c, cur, sym: f"{grouped(c, NARROW, ',')}\u00a0{sym}", lambda c, cur, sym: f"{cur} {grouped(c, chr(39), '.')}",
    lambda c, cur, sym: f"{cur} {grouped(c, '’', '.')}", lambda c, cur, sym: f"{grouped(c, '', ',')} {cur}", lambda c, cur, sym: f"{sym} {grouped(c, '.', ',')}",
    lambda c, cur, sym: f"{grouped(c, THIN, '.')} {cur}", lambda c, cur, sym: f"{cur}{grouped(c, ',', '.')}",
]
DATES = {
    "long": lambda d, lang: f"{d.day} {MONTHS[lang][d.month - 1]} {d.year}", "iso": lambda d, lang: d.isoformat(), "dots": lambda d, lang: f"{d:%d.%m.%Y}",
    "slashes": lambda d, lang: f"{d:%d/%m/%Y}", "short year": lambda d, lang: f"{d:%d.%m.%y}", "dashes": lambda d, lang: f"{d:%d-%m-%Y}",
    "local": lambda d, lang: {
        "en": f"{MONTHS['en'][d.month - 1][:3]} {d.day}, {d.year}", "de": f"{d.day}. {MONTHS['de'][d.month - 1]} {d.year}",
        "fr": f"{d.day if d.day > 1 else '1er'} {MONTHS['fr'][d.month - 1]} {d.year}", "es": f"{d.day} de {MONTHS['es'][d.month - 1]} de {d.year}"}[lang],
}
NUMBERS = st.one_of(
    st.from_regex(r"[A-Z]{2,3}-[1-9][0-9]{3,6}", fullmatch=True), st.from_regex(r"[1-9][0-9]{6,9}", fullmatch=True), st.from_regex(r"20[0-9]{2}/[0-9]{4}", fullmatch=True),
    st.from_regex(r"000[1-9]-000[0-9]{5}", fullmatch=True), st.from_regex(r"[A-Z]{1,4}[0-9]{5,7}", fullmatch=True), st.from_regex(r"[A-Z]{2}-20[0-9]{2}-[0-9]{4}", fullmatch=True),
    st.from_regex(r"[A-Z]{2}[0-9]{2}-[0-9]{4}", fullmatch=True), st.from_regex(r"[A-Z]-[1-9][0-9]{4}", fullmatch=True),
)
CURRENCIES = st.sampled_from([("GBP", "£"), ("EUR", "€"), ("USD", "$"), ("CHF", "CHF")])


def facts(number: str, cents: int, currency: str, due: date) -> dict:
    amount = f"{cents // 100}.{cents % 100:02d}"
    row = {"number": number, "amount": amount, "open": amount, "issued": (due - timedelta(days=30)).isoformat(), "due": due.isoformat(), "days_overdue": (AS_OF - due).days, "po": None}
    return {
        "as_of": AS_OF.isoformat(), "customer": {"name": "Alderbrook Clinics Ltd", "account_id": "AC-90112"}, "contact": {"name": "Maya Olsen", "email": "maya@alderbrook.example"},
        "sender": {"company": "Fenwick Instruments Ltd", "name": "Receivables", "title": None, "phone": "+44 20 7946 0901", "email": "ar@fenwick.example"},
        "currency": currency, "invoices": [row], "total_open": amount, "payments": [], "credit_notes": [], "disputes": [], "approved_terms": [], "late_fee_policy": "none", "links": [],
    }


def labels(text: str, known: dict) -> set[str]:
    return {f.label for f in run_text_checks(CheckInput("", text, known)) if f.stops_routine_approval}


@settings(max_examples=400, deadline=None)
@given(lang=st.sampled_from(sorted(LETTERS)), number=NUMBERS, cents=st.integers(10_050, 99_999_999), money=CURRENCIES, age=st.integers(2, 120),
       style=st.sampled_from(AMOUNTS), form=st.sampled_from(sorted(DATES)), table=st.booleans(), wrong=st.sampled_from(["", "amount", "date"]))
def test_true_figures_pass_in_every_format_and_one_wrong_digit_blocks(lang, number, cents, money, age, style, form, table, wrong):
    currency, symbol = money
    due = AS_OF - timedelta(days=age)
    known = facts(number, cents, currency, due)
    said, day = cents + (1000 if wrong == "amount" else 0), due + timedelta(days=1 if wrong == "date" else 0)
    frame = ROW if table and form != "local" else LETTERS[lang]
    text = frame.format(number=number, amount=style(said, currency, symbol), due=DATES[form](day, "en" if frame is ROW else lang))
    expected = {"": set(), "amount": {"wrong_amount"}, "date": {"wrong_date"}}[wrong]
    assert labels(text, known) == expected, text


@pytest.mark.parametrize(("said", "blocked"), [
    ("£2,480.00", False), ("GBP 2480", False), ("£2.48k", False), ("two thousand four hundred and eighty pounds", False), ("£2,480.-", False), ("GBP 2,48,0.00", True),
    ("£2,840.00", True), ("£2.5k", True), ("about £2,500", True), ("€2,480.00", True), ("two thousand four hundred pounds", True), ("a few thousand pounds", True), ("£2,000-3,000", True),
])
def test_an_amount_is_exact_or_blocked(said, blocked):
    known = facts("FI-20417", 248_000, "GBP", date(2026, 4, 15))
    text = LETTERS["en"].format(number="FI-20417", amount=said, due="15 April 2026")
    assert ("wrong_amount" in labels(text, known)) is blocked


@pytest.mark.parametrize(("said", "blocked"), [
    ("15 April 2026", False), ("Wednesday, 15 April 2026", False), ("Thursday, 15 April 2026", True), ("15th of April", False), ("Apr 15", False), ("04/15/2026", False), ("15 May 2026", True),
    ("15 April 2025", True), ("16 March 2026", True),
])
def test_a_date_is_a_fact_of_its_kind_and_its_weekday_agrees(said, blocked):
    known = facts("FI-20417", 248_000, "GBP", date(2026, 4, 15))
    text = LETTERS["en"].format(number="FI-20417", amount="GBP 2,480.00", due=said)
    assert ("wrong_date" in labels(text, known)) is blocked


@pytest.mark.parametrize("number", ["FI-20471", "FI-2O417", "F1-20417", "ҒІ-20417", "FI-204170", "INV-20417", "FI\u200b-20417"])
def test_a_number_that_only_resembles_a_fact_is_refused(number):
    known = facts("FI-20417", 248_000, "GBP", date(2026, 4, 15))
    text = LETTERS["en"].format(number="FI-20417", amount="GBP 2,480.00", due="15 April 2026").replace("Could you", f"This also concerns {number}. Could you")
    assert labels(text, known) & {"wrong_invoice", "hidden_content"}
