"""Words that are put together at run time, codes of rows and marks of charts, as a German reader meets them."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from collections_site.measures import drawing
from collections_site.templatetags.desk import state_words, worddiff
from governance.language import said
from governance.models import ReviewStandard
from tests.factories import make_portfolio, make_user
from tests.site.test_languages import ENGLISH, german, words_of
from tests.site.test_measures import history


@pytest.mark.parametrize(("english", "in_german"), [
    ("62 complete approvals, none by the author, the requester or who dismissed a signal (I8, I9).",
     "62 vollständige Freigaben, keine durch Verfasser, Anfordernde oder wer einen Hinweis verwarf (I8, I9)."),
    ("33 dated grants; rights come from nothing else.", "33 datierte Berechtigungen; Rechte kommen von nirgendwo sonst."),
    ("stale 2, not permitted 0, not configured 1", "veraltet 2, nicht erlaubt 0, nicht angeschlossen 1"),
    ("Promised to pay by 26 Nov, waited for until 30 Nov", "Zahlung zugesagt bis 26. Nov., abgewartet bis 30. Nov."),
    ("Promised to pay EUR 1,200.00 by 26 Nov", "Zahlung zugesagt 1.200,00 EUR bis 26. Nov."),
    ("Promised to pay without a date", "Zahlung zugesagt ohne Datum"),
    ("Credit ZG-77 promised by Tom Becker on 2 Nov and not posted (EUR 640.00)", "Gutschrift ZG-77 am 2. Nov. von Tom Becker zugesagt und nicht gebucht (640,00 EUR)"),
    ("Check G28: Bank statements: stale (older than 12 hours)", "Prüfung G28: Bank statements: veraltet (älter als 12 Stunden)"),
    ("Check G28: Mail: not permitted (confidential)", "Prüfung G28: Mail: nicht erlaubt (confidential)"),
    ("Open dispute R-204 (price, KD-101501), since 10 Nov", "Offene Reklamation R-204 (Preis, KD-101501), seit 10. Nov."),
    ("Zendesk, Receivables mailbox answer and are read; 0 texts wait to be read", "Zendesk, Receivables mailbox antworten und werden gelesen; 0 Texte warten darauf"),
    ("warning 12 h, limit 24 h", "Warnung 12 h, Grenze 24 h"),
    ("new → Preparing", "neu → In Vorbereitung"),
    ("UTF-8, separated by comma, decimal point, dates day first", "UTF-8, getrennt durch Komma, Dezimalpunkt, Daten: Tag zuerst"),
    ("standard exception/1", "Hinweise Ausnahme, Fassung 1"),
    ("Guidance: Executive review, version 2", "Hinweise: Geschäftsleitung, Fassung 2"),
    ("Executive review, unedited", "Geschäftsleitung, unbearbeitet"),
    ("week of 21 Sep 2026", "Woche vom 21. Sept. 2026"),
    ("promise with a date 2 of 7", "Zusage mit Datum 2 von 7"),
    ("does not answer since 2 h; nothing is known about any account", "antwortet nicht seit 2 h; über kein Konto ist etwas bekannt"),
    ("Attempt 1 of a model at “summary, lane and options for people” answered", "Versuch 1 eines Modells für „Zusammenfassung, Spur und Möglichkeiten für Menschen“: beantwortet"),
    ("Demand drafted, version 1, by the approved template (not sent)", "Mahnung entworfen, Fassung 1, von der freigegebenen Vorlage (nicht versendet)"),
    ("4 warnings", "4 Warnungen"),
])  # fmt: skip
def test_a_sentence_put_together_is_german_to_its_last_word(english, in_german):
    with translation.override("de"):
        assert said(english) == in_german


@pytest.mark.parametrize("words", ["Nordlicht (Services) GmbH", "Hall 7 (left wing)", "INV-7 (see mail)", "Order 5 (price agreed, thanks)"])
def test_brackets_of_somebody_else_stay(words):
    with translation.override("de"):
        assert said(words) == words


def test_a_code_of_a_row_is_shown_in_words_in_both_languages():
    assert [state_words(code) for code in ("executive_review", "wrong_time", "")] == ["Executive review", "wrong time", ""]
    with translation.override("de"):
        assert [state_words(code) for code in ("executive_review", "wrong_time", "")] == ["Geschäftsleitung", "Falscher Zeitpunkt", ""]


def test_a_mark_of_a_chart_is_called_in_german_and_its_values_stay_where_they_are():
    drawn = '<path aria-label="week of 21 Sep 2026: unchanged 5 of 8"/><path aria-label="R&amp;D &lt;5&gt;"/><text x="1">drafts</text>'
    assert drawing._in_words(drawn) == drawn
    with translation.override("de"):
        shown = drawing._in_words(drawn)
    assert "unverändert 5 von 8" in shown and 'aria-label="R&amp;D &lt;5&gt;"' in shown and ">Entwürfe<" in shown


@pytest.mark.django_db
def test_the_page_of_measures_names_every_mark_and_filter_in_german(at_as_of):
    history()
    client = german(make_user("leadership"))
    page = client.get(reverse("admin:measures")).content.decode()
    names = [unescape(name) for name in re.findall(r'aria-label="([^"]+)"', page)]
    assert len(names) > 20 and not [name for name in names if ENGLISH.search(name) or "axis" in name]
    assert not re.search(r">(not_due|over_90|\d+_\d+)<", page) and ">über 90 Tage<" in page
    assert not ENGLISH.findall(words_of(client.get(reverse("admin:measure_definitions"))))
    rows = client.get(reverse("admin:measure_rows", args=["drafts_decided"])).content.decode()
    assert not re.search(r">\s*(executive_review|wrong_\w+|sent_back|routine|exception)\b", rows)


@pytest.mark.django_db
def test_what_is_chosen_for_an_import_is_german(at_as_of):
    page = german(make_user("finance_approver", make_portfolio())).get(reverse("admin:imports")).content.decode()
    options = re.findall(r"<option[^>]*>([^<]+)<", page)
    assert "Selbst herausfinden, im Zweifel fragen" in options and "Tag zuerst" in options
    assert not {"Point", "Comma", "Day first", "Month first", "Find out, and ask when in doubt"} & set(options)


@pytest.mark.django_db
def test_the_clock_of_the_demo_is_written_as_the_reader_writes_it(at_as_of):
    def shown(client, address):
        return re.sub(r"\s+", " ", re.sub("<[^>]+>", "", client.get(address).content.decode()))

    assert re.search(r"\b12\. Mai \d\d:\d\d Fünf-Minuten-Rundgang", shown(german(make_user("reviewer")), "/admin/"))
    assert re.search(r"auf Di\. 12\. Mai 2026 \d\d:\d\d\b", shown(Client(HTTP_ACCEPT_LANGUAGE="de"), reverse("admin:login")))


def test_a_difference_is_read_out_in_the_language_of_the_reader():
    for language, words in (("de", ("gelöscht", "eingefügt")), ("en-gb", ("deleted", "inserted"))):
        with translation.override(language):
            shown = worddiff("the <old> text", "the new text")
        assert re.findall(r"<(del|ins)><span class=visually-hidden>\[(\w+)\] ", shown) == [("del", words[0]), ("ins", words[1])]
        assert "&lt;old&gt;" in shown and shown.startswith("the ")


@pytest.mark.django_db
def test_guidance_is_named_by_its_lane_in_both_languages(at_as_of, signed_in):
    user, row = make_user("policy_admin"), ReviewStandard.objects.get(lane="executive_review")
    page = reverse("admin:guidance", args=[row.pk])
    assert "<h1>Guidance: Executive review, version 1</h1>" in signed_in(user).get(page).content.decode()
    assert ">Executive review, version 1</a>" in signed_in(user).get(reverse("admin:tone")).content.decode()
    assert "<h1>Hinweise: Geschäftsleitung, Fassung 1</h1>" in german(user).get(page).content.decode()
    assert ">Geschäftsleitung, Fassung 1</a>" in german(user).get(reverse("admin:tone")).content.decode()
