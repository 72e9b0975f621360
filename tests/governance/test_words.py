"""Approved words: validation, choice, and the texts an installation starts with."""

from dataclasses import replace
from pathlib import Path

import pytest

from governance import words
from governance.models import TemplateVersion
from governance.words import choose, fell_back, seed_texts, validate

FORBIDDEN = frozenset(
    {
        "legal",
        "court",
        "lawyer",
        "agency",
        "suspend",
        "interest",
        "fee",
        "within",
        "rechtsanwalt",
        "inkasso",
        "verzug",
    }
    | {
        "gebühr",
        "mahnung",
        "avocat",
        "huissier",
        "pénalité",
        "intérêt",
        "délai",
        "abogado",
        "recargo",
        "plazo",
    }
)
SAMPLE = next(text for text in seed_texts() if text.key == "demand-1" and text.language == "en")


def test_every_shipped_text_is_valid_and_none_is_missing_in_a_language():
    assert [problem for text in seed_texts() for problem in validate(text)] == []
    keys = {text.key for text in seed_texts()}
    languages = ("en", "de", "fr", "es")
    assert {(t.key, t.language) for t in seed_texts()} == {(k, lang) for k in keys for lang in languages}


@pytest.mark.parametrize("typed", ["{invoce_total}", "{{ invoce_total }}"])
def test_an_unknown_placeholder_is_named_and_the_nearest_offered(typed):
    (problem,) = validate(replace(SAMPLE, body=SAMPLE.body + typed))
    assert "unknown placeholder {invoce_total}" in problem
    assert "did you mean {invoice_total}?" in problem


def test_a_text_without_greeting_statement_way_to_disagree_or_signature_is_refused():
    problems = validate(replace(SAMPLE, body="Please pay."))
    assert [p.split(":")[0] for p in problems] == [
        f"the body needs {{{name}}}" for name in ("greeting", "how_to_dispute", "signature", "statement")
    ]


def test_a_demand_for_the_rest_must_say_what_is_set_aside():
    rest = next(text for text in seed_texts() if text.key == "rest-1" and text.language == "en")
    (problem,) = validate(replace(rest, body=rest.body.replace("{set_aside}", "")))
    assert problem.startswith("the body needs {set_aside}")


def test_a_plural_left_to_the_reader_is_refused():
    (problem,) = validate(replace(SAMPLE, body=SAMPLE.body + "your invoice(s)"))
    assert "“e(s)”" in problem


def test_a_statement_cannot_stand_in_a_subject():
    (problem,) = validate(replace(SAMPLE, subject="Open: {statement}"))
    assert problem.startswith("{statement} cannot stand in the subject")


def test_an_open_brace_and_a_second_subject_line_are_refused():
    assert any("not closed" in p for p in validate(replace(SAMPLE, body=SAMPLE.body + "{ oops")))
    assert any("one line" in p for p in validate(replace(SAMPLE, subject="a\nb")))


def chosen(**wish):
    text = choose(
        seed_texts(), **{"lane": "routine", "step": 1, "purpose": "demand", "language": "en", **wish}
    )
    return text and (text.key, text.language)


def test_the_language_of_the_customer_wins_then_its_base_then_english():
    assert chosen(language="fr") == ("demand-1", "fr")
    assert chosen(language="de_AT") == ("demand-1", "de")
    assert chosen(language="pl") == ("demand-1", "en")
    assert fell_back(SAMPLE, "pl")
    assert not fell_back(SAMPLE, "en-GB")


def test_the_highest_step_at_or_below_the_account_is_taken():
    assert chosen(step=3) == ("demand-3", "en")
    assert chosen(step=9) == ("demand-4", "en")
    assert chosen(lane="exception", step=2) == ("exception-1", "en")
    assert chosen(lane="exception", step=4) == ("exception-3", "en")


def test_an_executive_case_that_may_proceed_is_written_to_like_an_exception():
    assert chosen(lane="executive_review") == ("exception-1", "en")


def test_other_purposes_serve_any_lane_and_an_unknown_one_has_no_text():
    assert chosen(lane="exception", purpose="po_request", language="es") == ("po-request", "es")
    assert chosen(purpose="demand_rest", step=4) == ("rest-1", "en")
    assert chosen(purpose="threat") is None


@pytest.mark.parametrize("text", seed_texts(), ids=lambda t: f"{t.key}.{t.language}")
def test_no_shipped_text_threatens_or_names_a_fee_a_court_or_a_deadline(text):
    body = text.body.lower()
    for word in FORBIDDEN:
        assert word not in body.replace("{", " ").split(), word


def test_the_active_texts_are_those_in_force(db):
    row = TemplateVersion.objects.create(key="x", language="en", subject="s", body="b", state="retired")
    assert row not in words.active_templates()


def test_every_placeholder_is_explained_in_the_documentation():
    page = (Path(__file__).parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")
    assert [name for name in words.PLACEHOLDERS if f"| `{name}` |" not in page] == []
