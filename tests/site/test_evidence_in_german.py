"""The evidence panel for who reads German: codes of the records in words, the words of a customer as they were given."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.db.models import TextChoices
from django.utils import translation

from accounts.fact_types import DisputeFact, MessageFact, TicketFact
from accounts.models import CallNote, Contact, Contract, Dispute, Invoice, Payment, Ticket
from accounts.models.dispute import CATEGORIES
from drafts.record.sources import CATEGORY_WORDS, sources
from governance.language import said
from tests.drafts.fact_samples import facts as samples
from tests.drafts.fact_samples import invoice
from tests.drafts.scene import AS_OF, routine_case
from tests.site.test_languages import german

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]
CHOICES: tuple[type[TextChoices], ...] = (
    Payment.Status, Invoice.Delivery, Contact.Role, Dispute.Status, Ticket.Severity, Ticket.Status, Contract.RenewalStage, CallNote.Outcome,
)  # fmt: skip


def test_every_code_of_a_record_has_its_german():
    words = [label.lower() for choices in CHOICES for label in choices.labels] + list(CATEGORY_WORDS.values())
    states = ["verified", "not verified", "bounced", "opted out", "posted", "allowed", "not allowed", "in grace", "undated", "kept", "broken"]
    with translation.override("de"):
        same = [word for word in words + states if said(word) == word and word != "normal"]
        assert not same
        assert said("price, found in call") == "Preis, gefunden in: Telefonat" and said("low, escalated, open") == "Niedrig, eskaliert, offen"


def test_no_code_stands_in_the_evidence_in_english_either():
    facts = replace(
        samples(invoice(1)),
        disputes=(DisputeFact(1, "R-1", None, "wrong_entity", None, "EUR", "open", AS_OF.date(), "not ours", "", None),),
        tickets=(TicketFact(2, "Z-1", "Rejected", "urgent", True, "solved", AS_OF, AS_OF),),
    )
    found = {source.kind: source.items for source in sources(facts, personal=True)}
    assert found["contacts"][0].meta == "accounts payable"
    assert found["disputes"][0].meta == "open, wrong entity billed" and found["tickets"][0].meta == "urgent, escalated, solved"


def test_a_code_nobody_knows_stands_as_it_is():
    facts = replace(samples(invoice(1)), tickets=(TicketFact(2, "Z-1", "x", "on_fire", False, "open", AS_OF, AS_OF),))
    (item,) = next(source.items for source in sources(facts, personal=True) if source.kind == "tickets")
    assert item.meta == "on fire, open"


@pytest.mark.parametrize("subject", ["Rejected", "Promise to pay", "Remittance advice: we paid"])
def test_the_subject_of_a_customer_is_not_translated_and_its_absence_is(subject):
    facts = replace(samples(invoice(1)), messages=(MessageFact(8_000_001, "in", AS_OF, subject), MessageFact(8_000_002, "out", AS_OF, "")))
    given, without = next(source.items for source in sources(facts, personal=True) if source.kind == "messages")
    assert (given.title, given.titled, without.titled) == (subject, False, True)


def test_the_panel_of_a_german_reader_has_neither_codes_nor_english():
    case = routine_case()
    page = german(case.desk.reviewer).get(f"/admin/drafts/followup/{case.follow_up.pk}/review/").content.decode()
    contact = re.search(r'id="ev-3".*?</section>', page, re.S)[0]
    assert "Kreditorenbuchhaltung" in contact and "bestätigt" in contact
    assert not re.search(r">\s*(ap|verified)\b", contact)
    assert dict(CATEGORIES).keys() == CATEGORY_WORDS.keys()
