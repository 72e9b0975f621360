"""Two real ledgers from file to drafts, judged by an independent reader of the files."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import Account
from drafts.management.commands.prepare import end_of_business
from drafts.models import Draft, FollowUp
from drafts.preparation import prepare_accounts
from drafts.review import decide
from governance.models import Decision
from tests.factories import make_user
from tests.story.conftest import run
from tests.story.ledger_check import Row, problems_of, read_highradius, read_ibm

LEDGERS = Path(settings.BASE_DIR).parent / "shared" / "data" / "ledgers"
IBM = LEDGERS / "ibm_late_payment_histories_70customers.csv"
HIGHRADIUS = LEDGERS / "highradius_open_invoices_A.csv"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(not IBM.exists() or not HIGHRADIUS.exists(), reason=f"the real ledgers are not at {LEDGERS}"),
]


def imported(path, day):
    return run("import_book", str(path), "--as-of", day, "--currency", "USD", "--placeholder-contacts")


def differences(rows: dict[str, Row], as_of: date) -> list[tuple[int, str]]:
    drafts = Draft.objects.prefetch_related("attachments").select_related("follow_up__account")
    return [(draft.pk, problem) for draft in drafts for problem in problems_of(draft, rows, as_of)]


def test_the_ibm_ledger_ends_in_drafts_that_say_what_the_file_says_and_spare_what_is_disputed():
    day, rows = date(2012, 6, 30), read_ibm(IBM, date(2012, 6, 30))
    first = imported(IBM, "2012-06-30")
    assert first["rows"] == len(rows)
    summary = run("prepare", "--as-of", "2012-06-30")
    assert summary["lanes"]["routine"] > 0
    assert summary["drafts"] > 0
    assert differences(rows, day) == []
    disputed = {row.number for row in rows.values() if row.disputed and row.open}
    assert disputed
    for draft in Draft.objects.filter(follow_up__lane="routine"):
        assert not [number for number in disputed if number in draft.subject + draft.body]
    overdue = {row.customer for row in rows.values() if row.open and row.due_on < day}
    assert summary["accounts"] >= len(overdue)
    again = imported(IBM, "2012-06-30")
    assert (again["created"], again["updated"], again["refused"]) == (0, 0, [])
    assert run("prepare", "--as-of", "2012-06-30")["drafts"] == 0


def test_the_highradius_ledger_ends_in_drafts_that_say_what_the_file_says():
    day, rows = date(2020, 5, 26), read_highradius(HIGHRADIUS, date(2020, 5, 26))
    imported(HIGHRADIUS, "2020-05-26")
    summary = run("prepare", "--as-of", "2020-05-26")
    assert summary["lanes"]["routine"] > 0
    assert summary["drafts"] + summary["held"] + summary["awaiting_decision"] == FollowUp.objects.count()
    assert differences(rows, day) == []
    decide_and_read_the_largest(rows, day)
    again = imported(HIGHRADIUS, "2020-05-26")
    assert (again["created"], again["updated"], again["refused"]) == (0, 0, [])


def decide_and_read_the_largest(rows: dict[str, Row], day: date) -> None:
    """The customer with 351 overdue invoices waits for an executive, then gets one readable message with the statement."""
    overdue = Counter(row.customer for row in rows.values() if row.open and row.due_on < day)
    customer, count = overdue.most_common(1)[0]
    assert count == 351
    account = Account.objects.get(external_id=customer)
    follow_up = FollowUp.objects.get(account=account)
    assert (follow_up.status, follow_up.draft) == ("awaiting_decision", None)
    at = end_of_business(day, 17)
    decide(Decision.objects.get(account_id=account.pk).pk, "proceed", by=make_user("executive"), at=at)
    prepare_accounts([account.pk], as_of=at)
    follow_up.refresh_from_db()
    draft = follow_up.draft
    assert (follow_up.status, len(draft.invoice_ids)) == ("ready", 351)
    assert [file.name for file in draft.attachments.all()] == [f"statement-{customer}.xlsx"]
    assert "351 invoices in the attached statement" in draft.body
    assert len(draft.body.splitlines()) < 40
    assert max(map(len, draft.body.splitlines())) < 400
    assert not draft.findings.filter(severity="block").exists()
    assert differences(rows, day) == []
