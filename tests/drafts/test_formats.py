"""Money and dates in four languages."""

from datetime import date
from decimal import Decimal

import pytest
from babel.numbers import parse_decimal
from hypothesis import given
from hypothesis import strategies as st

from drafts.generation import formats
from governance.money import to_decimal


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "EUR 1,234.56"), ("de", "1.234,56 EUR"), ("fr", "1\u00a0234,56 EUR"), ("es", "1.234,56 EUR")],
)
def test_an_amount_carries_its_iso_code_and_the_digits_of_the_language(language, expected):
    assert formats.money(123_456, "EUR", language) == expected


def test_the_digits_follow_the_currency_not_the_language():
    assert formats.money(123_456, "JPY", "en") == "JPY 123,456"
    assert formats.money(1_234_567, "KWD", "de") == "1.234,567 KWD"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "15 April 2026"),
        ("de", "15. April 2026"),
        ("fr", "15 avril 2026"),
        ("es", "15 de abril de 2026"),
    ],
)
def test_a_date_is_written_in_words(language, expected):
    assert formats.day(date(2026, 4, 15), language) == expected


def test_the_first_of_a_french_month_is_premier():
    assert formats.day(date(2026, 4, 1), "fr") == "1er avril 2026"
    assert formats.day(date(2026, 4, 11), "fr") == "11 avril 2026"


def test_totals_name_every_currency_and_never_add_them():
    assert formats.totals({"USD": 500, "EUR": 1000, "GBP": 1}, "en") == "EUR 10.00, GBP 0.01 and USD 5.00"
    assert formats.totals({"EUR": 1000}, "de") == "10,00 EUR"


def test_a_regional_language_uses_its_base_and_an_unknown_one_english():
    assert formats.base_language("de-AT") == "de"
    assert formats.base_language("pt-BR") == "en"


@given(
    st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "JPY", "KWD"]), st.sampled_from(formats.LANGUAGES)
)
def test_what_is_written_reads_back_as_the_same_amount(minor, currency, language):
    locale = {"en": "en_GB", "de": "de_DE", "fr": "fr_FR", "es": "es_ES"}[language]
    text = formats.digits(minor, currency, language).replace("\u00a0", "\u202f")
    assert Decimal(parse_decimal(text, locale=locale, strict=False)) == to_decimal(minor, currency)
