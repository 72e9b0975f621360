"""The brief: frozen facts, their fingerprint, completeness, and the nine lines of the review screen."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, transaction

from accounts.facts import facts_for
from accounts.models import Source
from drafts.brief import age_words, freeze, lines, open_brief
from drafts.preparation.telling import known
from governance import holds
from governance.policies import DEFAULT
from tests import factories as f

pytestmark = pytest.mark.django_db

LABELS = ["Overdue", "Oldest", "Pays usually", "Disputes", "Tickets", "Contract", "Renewal", "Owner", "Last contact"]


def facts_of(account, as_of=f.AS_OF):
    return facts_for([account.pk], as_of, policy=DEFAULT)[account.pk]


def frozen(account, standing=()):
    return freeze(facts_of(account), standing, DEFAULT)


def line(account, label):
    return next(item for item in lines(facts_of(account)) if item.label == label)


def test_the_same_inputs_give_the_same_text_and_fingerprint():
    account = f.make_account()
    f.make_invoice(account)
    assert frozen(account) == frozen(account)


def test_any_changed_fact_gives_another_fingerprint():
    account = f.make_account()
    invoice = f.make_invoice(account)
    before = frozen(account)
    invoice.balance_minor -= 1
    invoice.save()
    after = frozen(account)
    assert after.fingerprint != before.fingerprint
    assert after.material_hash != before.material_hash


def test_a_fact_that_no_message_rests_on_leaves_the_material_hash():
    account = f.make_account()
    f.make_invoice(account)
    before = frozen(account)
    Source.objects.update(as_of=f.moment(-2))
    after = frozen(account)
    assert after.fingerprint != before.fingerprint
    assert after.material_hash == before.material_hash


def test_a_hold_is_part_of_what_is_frozen():
    account = f.make_account()
    f.make_hold(account)
    standing = holds.in_force({account.pk: account.portfolio_id}, f.AS_OF)[account.pk]
    assert frozen(account, standing).material_hash != frozen(account).material_hash


def test_the_stored_brief_gives_back_every_fact():
    account = f.make_account()
    invoice = f.make_invoice(account)
    brief = frozen(account).row(f.AS_OF)
    brief.save()
    content = open_brief(brief)
    assert content["invoices"][0]["number"] == invoice.number
    assert content["invoices"][0]["due_on"] == invoice.due_on.isoformat()
    assert content["sources"]["payments"]["state"] == "checked_empty"
    assert content == json.loads(brief.facts)


def test_a_text_that_is_not_what_was_frozen_is_refused_by_reader_and_database():
    brief = frozen(f.make_account()).row(f.AS_OF)
    brief.facts = brief.facts.replace("standard", "strategic")
    with pytest.raises(ValueError, match="not the text that was frozen"):
        open_brief(brief)
    with pytest.raises(IntegrityError), transaction.atomic():
        brief.save()


def test_complete_means_every_required_source_answered_in_time():
    account = f.make_account()
    whole = frozen(account)
    assert (whole.complete, whole.sources_fine, whole.sources_required, whole.gaps) == (True, 3, 3, ())
    f.make_source(account.portfolio, "tickets", status="failed")
    gap = frozen(account)
    assert (gap.complete, gap.sources_fine, gap.sources_required) == (False, 3, 4)
    assert [(g.kind, g.state) for g in gap.gaps] == [("tickets", "unavailable")]


@pytest.mark.parametrize(
    ("state", "change"),
    [
        ("stale", {"as_of": f.moment(-100)}),
        ("stale", {"as_of": None}),
        ("unavailable", {"status": "failed"}),
        ("not_permitted", {"status": "not_permitted"}),
        ("not_configured", None),
    ],
)
@pytest.mark.parametrize("kind", ["invoices", "payments"])
def test_a_required_source_in_any_other_state_is_never_counted_as_complete(kind, state, change):
    account = f.make_account()
    f.make_invoice(account)
    assert {facts_of(account).sources[name].state for name in ("invoices", "payments")} == {"present", "checked_empty"}
    assert frozen(account).complete and known(facts_of(account), DEFAULT) == {"complete": True, "gaps": {}}
    rows = Source.objects.filter(portfolio=account.portfolio, kind=kind)
    rows.update(**change) if change else rows.delete()
    assert facts_of(account).sources[kind].state == state
    assert not frozen(account).complete and known(facts_of(account), DEFAULT) == {"complete": False, "gaps": {kind: state}}


def test_there_are_always_nine_lines():
    assert [item.label for item in lines(facts_of(f.make_account()))] == LABELS


def test_lines_show_value_source_and_age():
    account = f.make_account()
    f.make_invoice(account, days_overdue=67, amount_minor=4_821_000)
    f.make_invoice(account, currency="CHF")
    overdue = line(account, "Overdue")
    assert overdue.value == "CHF 1,000.00 in 1 · EUR 48,210.00 in 1"
    assert (overdue.source, overdue.source_id, overdue.age, overdue.state) == ("invoices system", "invoices", "1 h", "present")
    assert line(account, "Oldest").value.startswith("67 days (INV-")


def test_an_unknown_source_is_never_shown_as_none():
    account = f.make_account()
    assert line(account, "Tickets").value == "unknown: not connected"
    source = f.make_source(account.portfolio, "tickets")
    assert line(account, "Tickets").value == "none open"
    source.status, source.error = "failed", "time-out"
    source.save()
    assert line(account, "Tickets").value == "unknown: time-out"
    assert line(account, "Tickets").state == "unavailable"


def test_the_dispute_line_names_the_channels_that_were_not_read():
    account = f.make_account()
    f.make_source(account.portfolio, "disputes")
    tickets = f.make_source(account.portfolio, "tickets")
    for kind in ("messages", "contracts"):
        f.make_source(account.portfolio, kind)
    assert line(account, "Disputes").value == "none found"
    tickets.status, tickets.error = "failed", "time-out"
    tickets.save()
    assert line(account, "Disputes").value == "none found; not read: tickets system"


def test_what_stale_data_said_is_shown_with_the_warning_that_it_is_stale():
    account = f.make_account()
    f.make_source(account.portfolio, "tickets", as_of=f.moment(-30))
    f.make_ticket(account, severity="urgent")
    shown = line(account, "Tickets")
    assert shown.value == "1 open, 1 urgent (unknown: older than 24 hours)"
    assert (shown.state, shown.age) == ("stale", "30 h")


def test_the_owner_line_names_the_deputy_of_somebody_away():
    deputy = f.make_user(first_name="Lee", last_name="Wong")
    owner = f.make_user(first_name="Priya", last_name="Nair", away_until=f.day(6), deputy=deputy)
    assert line(f.make_account(owner=owner), "Owner").value == "Priya Nair, away until 18 May; deputy Lee Wong"


def test_habit_contract_renewal_and_last_contact_are_said_in_words():
    account = f.make_account()
    for kind in ("contracts", "messages"):
        f.make_source(account.portfolio, kind)
    f.make_settled_invoice(account, days_late=12)
    f.make_promise(account, status="kept")
    f.make_promise(account, status="broken")
    contract = f.make_contract(account, terms_days=45, late_fee_allowed=False, value_minor=31_000_000)
    f.make_message(account, direction="out", at=f.moment(-24 * 210))
    assert line(account, "Pays usually").value == "12 days late, 1 of 2 promises kept"
    assert line(account, "Contract").value == f"{contract.external_id}: net 45, no late fee"
    assert line(account, "Renewal").value == "12 May 2027, EUR 310,000.00"
    assert line(account, "Last contact").value == "we wrote 210 days ago"


@pytest.mark.parametrize(("seconds", "words"), [
    (None, "-"), (0, "0 min"), (22 * 60, "22 min"), (3 * 3600, "3 h"), (47 * 3600, "47 h"), (2 * 86_400, "2 days"), (210 * 86_400, "210 days"),
])  # fmt: skip
def test_an_age_is_never_called_recent(seconds, words):
    assert age_words(seconds) == words
