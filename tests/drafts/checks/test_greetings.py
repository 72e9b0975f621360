"""The greeting names the contact on record or nobody; other people and companies are refused wherever they stand."""

from __future__ import annotations

import pytest

from drafts.checks import run_text_checks
from drafts.checks.base import CheckInput
from tests.drafts.checks.letters import EN

BODY = "\n\nInvoice BX-4471 over £1,980.40 was due on 19 April 2026 and is still open. Could you tell us when it will be paid?\n\n"
SIGNED = "Owen Price\nBexley Sterile Supply Ltd"


def labels(text, facts=EN):
    return {f.label for f in run_text_checks(CheckInput("", text, facts)) if f.stops_routine_approval}


@pytest.mark.parametrize("greeting", [
    "Dear Harriet,", "Dear Ms Cole,", "Dear Ms. Cole:", "Dear Mrs Harriet Cole,", "Hi Harriet -", "Hello Harriet!", "Hello,", "Good morning,", "Good afternoon Harriet,", "Hi there,", "Dear all,",
    "Dear Sir or Madam,", "Dear Accounts Payable team,", "To whom it may concern,", "Harriet,", "Ms Cole,", "Dear customer,", "Dear Thornbury team,", "Greetings,", "Hi Harriet and colleagues,",
    "Dear Harriet, good morning,", "Good day Ms Cole,", "Hello again, Harriet,", "Dear Colleague,",
])
def test_the_contact_or_nobody_in_particular_may_be_greeted(greeting):
    assert labels(greeting + BODY + SIGNED) == set()


@pytest.mark.parametrize("greeting", ["Dear Jonas,", "Dear Mr Keller,", "Hi Sandra,", "Hello Ms Colman,", "Jonas,", "Dear Harriet Jones,", "Good morning Peter,", "Mr Keller -", "Dear Oakridge team,", "Dear Dr. Schmidt,"])
def test_nobody_else_may_be_greeted(greeting):
    assert "wrong_recipient" in labels(greeting + BODY + SIGNED)


GREETINGS = {
    "Sabine Hofmann": ["Sehr geehrte Frau Hofmann,", "Guten Tag Frau Hofmann,", "Liebe Frau Hofmann,", "Hallo Sabine,", "Sehr geehrte Damen und Herren,", "Guten Tag,", "Grüß Gott Frau Hofmann,", "Grüezi Frau Hofmann",
                       "Moin Frau Hofmann,", "Sehr geehrte Frau Dr. Hofmann,", "Liebes Team der Buchhaltung,", "Hallo zusammen,"],
    "Valérie Morel": ["Bonjour Madame Morel,", "Madame,", "Chère Madame,", "Madame Morel,", "Bonjour,", "Bonjour Valérie,", "Chère Valérie,", "Mesdames, Messieurs,", "Bonjour à tous,", "Madame, Monsieur,", "Bonsoir Valérie,"],
    "Carlos Montes": ["Estimado Sr. Montes:", "Estimado Carlos:", "Hola Carlos:", "Hola, Carlos:", "Buenos días, Carlos:", "Buenos días:", "Estimados señores:", "Muy señor mío:", "Muy señores míos:", "Apreciado Carlos:",
                      "A quien corresponda:", "Buenas tardes, Sr. Montes:", "Don Carlos:", "Estimado cliente:"],
}


@pytest.mark.parametrize(("name", "greeting"), [(name, greeting) for name, greetings in GREETINGS.items() for greeting in greetings])
def test_greetings_of_the_other_languages_pass_for_the_contact_only(name, greeting):
    facts = {**EN, "contact": {"name": name, "email": "x@customer.example"}}
    assert "wrong_recipient" not in labels(greeting + BODY + SIGNED, facts)
    surname = name.split()[-1]
    if surname in greeting or name.split()[0] in greeting:
        other = greeting.replace(surname, "Krügel").replace(name.split()[0], "Ramona")
        assert "wrong_recipient" in labels(other + BODY + SIGNED, facts)


@pytest.mark.parametrize("sentence", [
    "We also wrote to Mr Keller about it.", "The account of Oakridge Freight Partners shows the same.", "Penhallow Yachts Ltd pays on time.", "As discussed with Jonas Keller, it is open.",
])
def test_other_people_and_companies_are_refused(sentence):
    assert labels(f"Dear Harriet,\n\n{sentence}{BODY}{SIGNED}") & {"wrong_recipient", "personal_data"}


@pytest.mark.parametrize("closing", ["Kind regards\nOwen Price\nBexley Sterile Supply Ltd", "Best,\nOwen\nBexley Sterile Supply Ltd", "Many thanks\nAccounts Receivable\nBexley Sterile Supply Ltd",
                                     "Yours sincerely\n\nOwen Price\nCredit Control, Bexley Sterile Supply Ltd\nTel. 020 7946 0901", "Warm regards,\nThe credit team at Bexley Sterile Supply Ltd"])
def test_the_sender_signs_in_many_ways(closing):
    assert labels(f"Dear Harriet,{BODY}{closing}") == set()


def test_somebody_else_signing_is_refused():
    assert "wrong_recipient" in labels(f"Dear Harriet,{BODY}Kind regards\nMarta Quill\nBexley Sterile Supply Ltd")
