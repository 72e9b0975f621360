"""Practice for who reads German: the page, the buttons, the verdict and what was behind a case in German; the letter and its customer as they wrote."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from drafts.practice.cases import cases
from governance.language import said
from tests.drafts.scene import Desk
from tests.reading import text_of
from tests.site.test_languages import ENGLISH, german, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]
LETTER = re.compile(rb'<div class="letter">.*?</section>', re.DOTALL)


def test_what_is_told_about_a_case_is_german():
    for case in cases().values():
        with translation.override("de"):
            told = said(case.why)
        assert told != case.why and not ENGLISH.findall(told), told
        assert re.findall(r"ZD-\d+", told) == re.findall(r"ZD-\d+", case.why)


def test_a_round_is_german_but_for_the_letter_and_what_its_customer_wrote():
    client, address = german(Desk().reviewer), reverse("admin:practice")
    for _ in range(10):
        page = client.get(address)
        case, html = page.context["case"], page.content.decode()
        assert escape(case.draft.subject) in html and escape(case.draft.body.split("\n")[0]) in html
        assert ">Änderung verlangen</button>" in html and ">Weiterleiten</button>" in html
        page.content = LETTER.sub(b"</section>", page.content)
        shown = words_of(page)
        wrote = [row.subject for row in (*case.facts.tickets, *case.facts.messages)]
        for words in wrote + [row.notes for row in case.facts.contracts] + [row.quote for row in case.facts.promises]:
            assert escape(words) in html
            shown = shown.replace(escape(words), "")
        assert not ENGLISH.findall(shown), shown
        told = client.post(reverse("admin:answer_practice"), {"round": 1, "case": case.key, "verdict": "approve"}, follow=True)
        with translation.override("de"):
            assert escape(said(case.why)) in text_of(told) and escape(case.why) not in text_of(told)
        assert ("Nicht richtig" in text_of(told)) is bool(case.fault) and not ENGLISH.findall(words_of(told)), words_of(told)
    done = client.get(address)
    assert "5 von 10 richtig" in text_of(done) and not ENGLISH.findall(words_of(done))
