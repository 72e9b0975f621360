"""Amounts in every locale's writing: read exactly, or asked about; never wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel import Locale, localedata
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from accounts.importing.errors import Doubt, RowRefused, Unreadable
from accounts.importing.formats import Evidence, Formats, read_amount
from governance.money import to_minor


def _locales() -> list[str]:
    found = []
    for name in localedata.locale_identifiers():
        locale = Locale.parse(name)
        symbols = locale.number_symbols.get("latn", {})
        if locale.default_numbering_system == "latn" and symbols.get("decimal") in (",", "."):
            found.append(name)
    return found


LOCALES = _locales()
amounts = st.integers(min_value=0, max_value=10**13).map(lambda n: Decimal(n).scaleb(-2))


@given(amounts, st.sampled_from(LOCALES))
def test_an_amount_written_in_any_locale_is_read_exactly_under_that_locales_decimal_sign(amount, name):
    text = format_decimal(amount, format="#,##0.00", locale=name, numbering_system="latn")
    decimal = Locale.parse(name).number_symbols["latn"]["decimal"]
    assert read_amount(text, 2, Formats(decimal, settled=True), "amount") == to_minor(amount, "EUR")


@given(st.lists(amounts, min_size=1, max_size=6), st.sampled_from(LOCALES), st.sampled_from([0, 2, 3]))
def test_what_a_file_proves_about_its_decimal_sign_is_true_or_it_is_asked(values, name, digits):
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    texts = [format_decimal(v, format=pattern, locale=name, numbering_system="latn") for v in values]
    evidence = Evidence()
    for row, text in enumerate(texts):
        evidence.amount(row, text)
    try:
        formats = evidence.settle()
    except Unreadable as question:
        assert "--decimal" in str(question)
        return
    read = [read_amount(text, 3, formats, "amount") for text in texts]
    assert read == [int(round(v, digits) * 1000) for v in values]


@given(st.integers(min_value=-(10**14), max_value=10**14))
def test_a_plain_amount_needs_no_look_at_the_file(minor):
    text = f"{Decimal(minor).scaleb(-2):.2f}"
    assert read_amount(text, 2, Formats(), "amount") == minor


@pytest.mark.parametrize(
    "text",
    ["nan", "NaN", "inf", "-Infinity", "1e5", "12,34", "1..2", "1,2,3", "€ 5", "5 EUR", "0x10", "--5", "1.2.3,4,5", "١٢٣", "1 2 3", "'", "-", "=1+1"],
)
def test_what_is_not_an_amount_is_refused_with_what_was_expected(text):
    with pytest.raises(RowRefused) as refused:
        read_amount(text, 2, Formats(settled=True), "amount")
    assert refused.value.cause == "is not an amount" and "1234.56" in refused.value.expected


@pytest.mark.parametrize(
    ("text", "decimal", "minor"),
    [
        ("1.234,56-", ",", -123456), ("\u22125.00", ".", -500), ("'1,234.50", ".", 123450), ("1 234,5", ",", 123450),
        ("1\u202f234,56", ",", 123456), ("1’234.56", ".", 123456), ("12,34,567.89", ".", 123456789), ("100.000", ".", 10000), ("7", ",", 700),
    ],
)  # fmt: skip
def test_the_ways_ledgers_write_amounts_are_understood(text, decimal, minor):
    assert read_amount(text, 2, Formats(decimal, settled=True), "amount") == minor


def test_too_many_decimals_are_refused_and_never_rounded():
    with pytest.raises(RowRefused, match="more decimals"):
        read_amount("10.005", 2, Formats(settled=True), "amount")
    with pytest.raises(RowRefused, match="more decimals"):
        read_amount("10.50", 0, Formats(), "amount")


def test_only_a_layout_that_carries_conversions_rounds_half_up_and_says_so():
    formats = Formats(settled=True, rounded=True)
    assert [read_amount(t, 2, formats, "amount") for t in ("10.005", "10.0049", "0.999")] == [1001, 1000, 100]
    assert "3 amounts" in formats.rounding_words and "10.005" in formats.rounding_words


def test_an_unusual_amount_raises_doubt_before_the_file_was_looked_at():
    with pytest.raises(Doubt):
        read_amount("1,234", 2, Formats(), "amount")


def test_an_amount_no_ledger_holds_is_too_large():
    with pytest.raises(RowRefused, match="too large"):
        read_amount("99999999999999.99", 2, Formats(), "amount")


def test_point_and_comma_as_decimal_signs_in_one_file_are_named_with_their_rows():
    evidence = Evidence()
    evidence.amount(3, "1.234,56")
    evidence.amount(9, "1,234.56")
    with pytest.raises(Unreadable, match=r"row 9 writes .* and row 3 writes"):
        evidence.settle()
