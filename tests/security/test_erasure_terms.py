"""Finding a person in text: however she is written, and nobody else."""

from __future__ import annotations

import pytest

from drafts.privacy.terms import Terms
from tests.drafts.scene import stop_clock
from tests.security.erased_person import EMAIL, NAME, PHONE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outside(settings, tmp_path):
    settings.LEDGER_DIR, settings.LEDGER_KEY_FILE, settings.VAR_DIR = tmp_path / "outside", tmp_path / "key.pem", tmp_path
    stop_clock(settings)


def terms(*whole, parts=()):
    return Terms.of("salt", whole, parts)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Dear Zerlina Zettmann,", "Dear ••••••• ••••••••,"),
        ("ZETTMANN, Zerlina", "••••••••, •••••••"),
        ("zerlina\n zettmann", "•••••••\n ••••••••"),
        ("Mr Zettmannsberger", "Mr Zettmannsberger"),
        ("the zettmann method", "the zettmann method"),  # a part alone counts where it is written like a name
        ("Zettmann called", "•••••••• called"),
        ("call +49 (30) 777-8881 now", "call +•• (••) •••-•••• now"),
        ("Strasse 5", "Strasse 5"),
        ("", ""),
    ],
)
def test_she_is_found_however_she_is_written_and_others_are_not(text, left):
    assert terms(NAME, PHONE, parts=["Zettmann"]).scrub(text) == left


def test_an_address_becomes_another_valid_one_always_the_same():
    one = terms(EMAIL)
    first, second = one.scrub(f"to {EMAIL}."), one.scrub(f"TO {EMAIL.upper()}.")
    assert first[3:] == second[3:] and "zettmann" not in first and first[3:-1].count("@") == 1
    assert len(first) == len(f"to {EMAIL}.")


def test_words_that_name_nobody_are_no_terms():
    found = terms("AP", "Accounts Payable", parts=["Accounts", "Payable"])
    assert found.scrub("Accounts receivable, payable in AP terms") == "Accounts receivable, payable in AP terms"
