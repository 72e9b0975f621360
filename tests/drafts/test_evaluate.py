"""The evaluation commands: one line out for each row in, errors that name the row, no database."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

FACTS = {
    "as_of": "2026-05-20", "customer": {"name": "Alderbrook Clinics Ltd", "account_id": "AC-1"}, "contact": {"name": "Maya Olsen", "email": "m@x.example"},
    "sender": {"company": "Fenwick Instruments Ltd", "name": "Receivables", "email": "ar@fenwick.example"}, "currency": "GBP",
    "invoices": [{"number": "FI-20417", "amount": "2480.00", "open": "2480.00", "issued": "2026-03-16", "due": "2026-04-15", "days_overdue": 35}],
    "total_open": "2480.00", "late_fee_policy": "none", "unknown_key": 1,
}
CLEAN = "Dear Maya,\n\nInvoice FI-20417 for GBP 2,480.00 was due on 15 April 2026 and is still open with us.\n\nKind regards\nReceivables, Fenwick Instruments Ltd"


def evaluate(tmp_path, kind, content, **options):
    source, output = tmp_path / "in", tmp_path / "out.jsonl"
    source.write_text(content, encoding="utf-8")
    call_command("evaluate", kind, str(source), output=output, **options)
    return [json.loads(line) for line in output.read_text().splitlines()]


def test_checks_give_one_line_per_row_with_the_documented_keys(tmp_path, capsys):
    rows = [
        {"id": "a", "text": CLEAN, "facts": FACTS, "labels": []},
        {"id": "b", "text": CLEAN.replace("2,480", "2,840"), "facts": FACTS, "labels": ["wrong_amount"]},
    ]
    clean, wrong = evaluate(tmp_path, "checks", "\n".join(map(json.dumps, rows)))
    assert clean == {"id": "a", "findings": [], "blocked": False}
    assert wrong["blocked"] and {f["label"] for f in wrong["findings"]} == {"wrong_amount"}
    assert set(wrong["findings"][0]) == {"check", "label", "severity", "role", "quote", "why", "registered"}
    assert "clean rows blocked 0 of 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "words"), [("{", "line 1 is not JSON"), ('{"id": 1}', "expected an object with a text"), ('{"text": "x", "facts": {}}', "as_of")]
)
def test_a_row_that_cannot_be_judged_is_named_and_no_output_is_left(tmp_path, content, words):
    with pytest.raises(CommandError, match=words):
        evaluate(tmp_path, "checks", content)
    assert not list(tmp_path.glob("out*"))


def test_disputes_and_replies_are_judged_by_the_embedded_detector(tmp_path):
    (row,) = evaluate(tmp_path, "disputes", "id,text\n7,We will not pay this because half of the goods never arrived.\n")
    assert row["id"] == "7" and row["is_dispute"] and row["quote"] in "We will not pay this because half of the goods never arrived."
    (row,) = evaluate(tmp_path, "replies", "id,text\n8,We paid this invoice on 3 May by bank transfer.\n")
    assert set(row) == {"id", "kind", "score", "quote"} and row["kind"] == "paid"


def test_the_model_detector_needs_a_configured_model(tmp_path, settings):
    settings.LLM_MODEL = ""
    with pytest.raises(CommandError, match="no model is configured"):
        evaluate(tmp_path, "disputes", "id,text\n7,hello\n", detector="model")
