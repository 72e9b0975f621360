"""Every shipped text, filled with facts of many shapes, passes every check on outgoing text."""

import pytest

from drafts.checks import run_text_checks
from drafts.checks.base import CheckInput
from drafts.checks.context import check_facts
from drafts.generation.compose import compose
from governance.policies import DEFAULT
from governance.words import seed_texts
from tests.drafts.fact_samples import TODAY, Chase, contact, facts, invoice

SALUTATION = {"en": "Ms Keller", "de": "Frau Keller", "fr": "Madame Keller", "es": "Sra. Keller"}
POLICY = DEFAULT.model_dump()


def shapes(language):
    person = contact(salutation=SALUTATION[language])
    child = invoice(33, billed_name="Customer Lyon SAS")
    return {
        "one": facts(invoice(1), recipient=person),
        "several": facts(
            invoice(1, amount_minor=123_456), invoice(2, days_overdue=40), child, recipient=person
        ),
        "with purchase orders": facts(
            invoice(1, po_number="PO-77"), invoice(2, po_number="4500012"), recipient=person
        ),
        "partly paid": facts(invoice(1, open_minor=40_000), invoice(2), recipient=person),
        "two currencies": facts(invoice(1), invoice(2), invoice(3, currency="USD"), recipient=person),
        "no minor units": facts(
            invoice(1, currency="JPY", amount_minor=1_234_567), recipient=person, currency="JPY"
        ),
        "many": facts(
            *(invoice(n, days_overdue=n, amount_minor=1007 * n) for n in range(1, 80)), recipient=person
        ),
        "written to before": facts(invoice(1), recipient=person, contacted_on=(TODAY,)),
        "nobody to greet": facts(invoice(1), recipient=None),
        "a mailbox": facts(invoice(1), recipient=contact(name="Accounts payable", salutation="")),
        "plain digits": facts(
            invoice(1, number="1930577149"), invoice(2, number="0001234567"), recipient=person
        ),
    }


@pytest.mark.parametrize(
    "text", [t for t in seed_texts() if "{your_text}" not in t.body and "{agreed_plan}" not in t.body], ids=lambda t: f"{t.key}.{t.language}"
)
def test_an_approved_text_passes_the_checks_whatever_the_facts(text):
    purpose = "demand" if text.purpose == "demand_rest" else text.purpose
    found = []
    for name, account in shapes(text.language).items():
        if purpose == "po_request" and any(i.po_number for i in account.invoices):
            continue
        if text.purpose == "demand_rest":
            rest = invoice(900, disputed_minor=100_000, dispute_ids=(5,))
            account = facts(*account.invoices, rest, recipient=account.recipient)
        ids = tuple(i.id for i in account.invoices if not i.dispute_ids)
        message = compose(account, Chase(ids, purpose), text)
        check = CheckInput(
            message.subject,
            message.body,
            check_facts(account, message.invoice_ids),
            purpose,
            message.language,
            TODAY,
            POLICY,
        )
        found += [(name, f.check, f.quote, f.why) for f in run_text_checks(check)]
    assert found == []
