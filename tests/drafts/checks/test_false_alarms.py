"""Classes of honest writing that were once taken for false statements, in four languages, each with the untrue ones that look alike."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drafts.checks import run_text_checks
from drafts.checks.base import CheckInput
from tests.drafts.checks.grounding import ACCOUNTS, FRAMES, account
from tests.drafts.checks.test_grounding import GROUNDING

_PAID = [("N-501", "4800.00", "2800.00", "2026-03-12", "2026-04-11", "BC-9"), ("N-544", "1315.75", "1315.75", "2026-04-02", "2026-05-02", None), ("N-402", "2250.00", "0.00", "2026-02-03", "2026-03-05", None)]
_RECEIPTS = [{"invoice": "N-501", "amount": "2000.00", "date": "2026-04-28"}, {"invoice": "N-402", "amount": "2250.00", "date": "2026-03-20"}]
SETTLED = {
    "EN": (account("Pinecrest Mills Inc.", "Terry Lachance", "Northgate Ltd", "Priya Menon", "EUR", _PAID, "+1 807 555 0119", payments=_RECEIPTS), FRAMES["PART"].replace("Dr O'Hara", "Mr Lachance").replace("Tom Ridgway\nKestrel Rope Works Ltd", "Priya Menon\nNorthgate Ltd")),
    "DE": (account("Lindenau e.K.", "Hatice Yildiz", "Wendland eG", "Klaus Brandt", "EUR", _PAID, "+49 5841 555 017", payments=_RECEIPTS), FRAMES["CRED"].replace("geehrter Herr Mag. Brandtner", "geehrte Frau Yildiz").replace("Katharina Moser\nHollerbach Baustoffe GmbH", "Klaus Brandt\nWendland eG")),
    "FR": (account("Clinique Amarin SAS", "Hélène Marchetti", "Propreté Plus SARL", "Karim Benali", "EUR", _PAID, "+33 3 55 50 01 71", payments=_RECEIPTS), FRAMES["CHF"].replace("Favre", "Marchetti").replace("Yves Chappuis\nPrimeurs du Léman SA", "Karim Benali\nPropreté Plus SARL")),
    "ES": (account("Clínica Sonríe SLP", "Álvaro Quintanilla", "Depósito Levante SA", "Begoña Iriarte", "EUR", _PAID, "+34 960 55 01 74", payments=_RECEIPTS), FRAMES["MX"].replace("Estimada Lic. Escobedo", "Estimado Sr. Quintanilla").replace("Rodrigo Cárdenas\nInstrumental Médico Anáhuac SA de CV", "Begoña Iriarte\nDepósito Levante SA")),
}
FACTS = {**ACCOUNTS, **{code: facts for code, (facts, _) in SETTLED.items()}}
LETTERS = {**FRAMES, **{code: frame for code, (_, frame) in SETTLED.items()}}
CASES = json.loads((Path(__file__).parent / "false_alarms.json").read_text(encoding="utf-8"))


def stopped(code: str, said: str, subject: str = "") -> list[tuple[str, str, str]]:
    found = run_text_checks(CheckInput(subject, LETTERS[code].format(said), FACTS[code]))
    return [(f.check, f.quote, f.why) for f in found if f.stops_routine_approval and f.check in GROUNDING]


@pytest.mark.parametrize("kind", sorted(CASES))
def test_honest_writing_passes(kind):
    assert [(said, found) for code, said in CASES[kind]["true"] if (found := stopped(code, said))] == []


@pytest.mark.parametrize("kind", sorted(CASES))
def test_what_only_looks_like_it_stops(kind):
    assert [said for code, said in CASES[kind]["false"] if not stopped(code, said)] == []
