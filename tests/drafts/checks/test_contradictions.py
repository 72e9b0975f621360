"""Sentences that deny what the facts hold are stopped, and their honest neighbours pass, in four languages (G04, G06).

``contradictions.txt`` and ``honest_statements.txt``: ``## class language`` and one sentence a line, each put into the same letter.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from drafts.checks import run_text_checks
from drafts.checks.base import CheckInput, Finding

HERE = Path(__file__).parent
FACTS = {
    "as_of": "2026-06-15",
    "customer": {"name": "Alder Works Ltd", "account_id": "AW-1"},
    "contact": {"name": "Ana Bauer", "email": "a.bauer@alder.example"},
    "sender": {"company": "Brook Supplies Ltd", "name": "Lea Martin", "title": "Credit control", "phone": "+44 20 5550 0100", "email": "ar@brook.example"},
    "currency": "EUR",
    "invoices": [
        {"number": "KX-101", "amount": "9000.00", "open": "6000.00", "issued": "2026-03-31", "due": "2026-04-30", "days_overdue": 46, "po": None},
        {"number": "KX-118", "amount": "1480.00", "open": "1480.00", "issued": "2026-04-20", "due": "2026-05-20", "days_overdue": 26, "po": None},
        {"number": "KX-130", "amount": "720.00", "open": "720.00", "issued": "2026-05-29", "due": "2026-06-28", "days_overdue": -13, "po": None},
        {"number": "KX-109", "amount": "2310.40", "open": "2310.40", "issued": "2026-04-10", "due": "2026-05-10", "days_overdue": 36, "po": None},
    ],
    "total_open": "10510.40",
    "payments": [{"invoice": "KX-101", "amount": "2500.00", "date": "2026-05-12"}],
    "credit_notes": [{"number": "CN-55", "invoice": "KX-101", "amount": "500.00", "date": "2026-05-20"}],
    "disputes": [{"invoice": "KX-118", "ticket": "T-77", "status": "open", "reason": "quantity"}],
    "approved_terms": [
        {
            "type": "payment_plan",
            "ref": "PL-9",
            "invoice": "KX-101",
            "approved_by": "F",
            "schedule": [{"amount": "2000.00", "date": f"2026-{day}"} for day in ("06-30", "07-31", "08-31")],
        }
    ],
    "late_fee_policy": "none",
    "links": [],
}
LETTERS = {
    "en": "Dear Ana Bauer,\n\nI am writing about invoice KX-101, of which 6,000.00 EUR was due on 30 April 2026. {}\n\n"
    "Please reply to this e-mail.\n\nKind regards\nLea Martin\nBrook Supplies Ltd",
    "de": "Guten Tag Ana Bauer,\n\nich schreibe Ihnen wegen der Rechnung KX-101, aus der seit dem 30. April 2026 noch 6.000,00 EUR offen sind. {}\n\n"
    "Bitte antworten Sie auf diese E-Mail.\n\nFreundliche Grüße\nLea Martin\nBrook Supplies Ltd",
    "fr": "Bonjour Ana Bauer,\n\nje vous écris au sujet de la facture KX-101, dont 6 000,00 EUR restent ouverts depuis le 30 avril 2026. {}\n\n"
    "Merci de répondre à ce courriel.\n\nCordialement\nLea Martin\nBrook Supplies Ltd",
    "es": "Buenos días, Ana Bauer:\n\nle escribo por la factura KX-101, de la que quedan 6.000,00 EUR desde el 30 de abril de 2026. {}\n\n"
    "Le ruego que responda a este correo.\n\nSaludos\nLea Martin\nBrook Supplies Ltd",
}


def _sentences(name: str) -> Iterator[tuple[str, str, str]]:
    kind = language = ""
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("##"):
            kind, language = line[2:].split()
        elif line.strip():
            yield kind, language, line.strip()


def _stopped(kind: str, language: str, sentence: str) -> list[Finding]:
    body = LETTERS[language].format(sentence[0].upper() + sentence[1:])
    purpose = "answer" if "KX-118" in sentence or kind == "resolved" else "demand"
    found = run_text_checks(CheckInput("", body, FACTS, purpose, language, date(2026, 6, 15)))
    return [finding for finding in found if finding.stops_routine_approval]


CONTRADICTIONS, HONEST = list(_sentences("contradictions.txt")), list(_sentences("honest_statements.txt"))


@pytest.mark.parametrize("asked", sorted({kind for kind, _, _ in CONTRADICTIONS}))
def test_what_denies_the_facts_is_stopped(asked: str) -> None:
    said = [row for row in CONTRADICTIONS if row[0] == asked]
    passed = [sentence for row in said if not _stopped(*row) for sentence in row[2:]]
    assert len(passed) <= 0.05 * len(said), passed  # a few are found by the learned model alone, and may move with a training


def test_what_the_facts_bear_out_passes() -> None:
    stopped = [sentence for row in HONEST if _stopped(*row) for sentence in row[2:]]
    assert len(stopped) <= 0.03 * len(HONEST), stopped


def test_a_letter_without_the_sentence_passes() -> None:
    assert not [language for language in LETTERS if _stopped("", language, "-")]
