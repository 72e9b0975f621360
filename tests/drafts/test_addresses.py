"""Another address of a customer: one proposes, a second checks; what was said about a person and about an address stays."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AddressChange, Contact
from drafts import states
from drafts.delivery import handover
from drafts.delivery.transports import OutboxTransport
from drafts.privacy import erase
from drafts.responses import mark_bounced
from drafts.review import Blocked, Conflict, NotAllowed, approve, confirm_address, propose_address, put_hold, refuse_address
from drafts.review.consequences import opt_out
from governance.models import Approval, Event, Hold
from tests.drafts.scene import AS_OF, Desk, exception_case, make_contact, routine_case, stop_clock
from tests.factories import make_user
from tests.site.conftest import client_of

pytestmark = pytest.mark.django_db
LATER = AS_OF + timedelta(hours=1)
NEW = "payables@customer.example"


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def proposed(case, email=NEW, **fields):
    return propose_address(case.account.pk, email, "their letterhead of today", by=case.desk.reviewer, at=LATER, contact_id=case.account.contacts.get().pk, **fields)


def confirmed(case, change):
    return confirm_address(change.pk, "called the number on record", by=case.desk.finance, at=LATER)


def test_a_proposal_changes_nothing_and_a_second_person_puts_it_in_force():
    case = routine_case()
    before, draft = case.account.contacts.get(), case.draft
    change = proposed(case)
    before.refresh_from_db()
    assert before.email != NEW and case.draft.pk == draft.pk
    contact = confirmed(case, change)
    assert (contact.pk, contact.email, contact.usable, contact.verified_at) == (before.pk, NEW, True, LATER)
    change.refresh_from_db()
    assert (change.state, change.former, change.decided_by, change.answer) == ("confirmed", before.email, case.desk.finance, "called the number on record")
    assert case.draft.pk != draft.pk and case.draft.to_address == NEW
    events = {e.action: e for e in Event.objects.filter(action__startswith="contact.")}
    assert set(events) == {"contact.address_proposed", "contact.verified"} and events["contact.verified"].roles == "finance_approver"
    assert NEW not in json.dumps([e.data for e in events.values()])


def test_who_proposed_does_not_confirm_and_a_reviewer_never_does():
    case = routine_case()
    change = propose_address(case.account.pk, NEW, "letter", by=case.desk.owner, at=LATER, contact_id=case.account.contacts.get().pk)
    with pytest.raises(NotAllowed, match="because you proposed this address"):
        confirm_address(change.pk, "sure", by=case.desk.owner, at=LATER)
    with pytest.raises(NotAllowed, match="may not confirm a recipient"):
        confirm_address(change.pk, "sure", by=case.desk.reviewer, at=LATER)
    with pytest.raises(NotAllowed):
        propose_address(case.account.pk, NEW, "letter", by=case.desk.person("compliance_auditor"), at=LATER, name="X")
    with pytest.raises(IntegrityError), transaction.atomic():  # nor past the verb
        AddressChange.objects.filter(pk=change.pk).update(state="confirmed", decided_by=change.asked_by, answer="sure")
    assert not Contact.objects.filter(email=NEW).exists()


def test_approvals_of_a_text_to_the_old_address_are_void():
    case = exception_case()
    approve(case.follow_up.pk, case.draft.fingerprint, by=case.desk.owner, at=AS_OF, acknowledged=case.warnings(), reason="checked_source")
    old, text = Approval.objects.get().request, case.draft
    change = proposed(case)
    old.refresh_from_db()
    assert old.state == "open"
    confirmed(case, change)
    old.refresh_from_db()
    assert old.state == "void" and case.draft.fingerprint != text.fingerprint
    with pytest.raises(Conflict):
        approve(case.follow_up.pk, text.fingerprint, by=case.desk.finance, at=LATER, acknowledged=case.warnings(), reason="checked_source")


def test_what_was_about_to_leave_stops_and_waits_for_a_person():
    case = routine_case()
    case.approve()
    confirmed(case, proposed(case))
    assert case.delivery.state == states.DELIVERY_STOPPED and case.follow_up.status == states.STOPPED
    assert handover.deliver_due(LATER + timedelta(days=1), transport=OutboxTransport()) == {}


def test_the_last_look_stops_a_message_to_an_address_that_was_replaced_behind_the_verbs_back():
    case = routine_case()
    case.approve()
    case.account.contacts.update(email=NEW)
    handover.deliver_due(AS_OF + timedelta(hours=1), transport=OutboxTransport())
    assert case.delivery.state == states.DELIVERY_STOPPED and "recipient changed" in case.delivery.stop_reason


def test_an_unverified_address_on_record_is_verified_by_two_people():
    case = routine_case()
    case.account.contacts.update(verified_at=None)
    contact = confirmed(case, proposed(case, case.account.contacts.get().email.upper()))
    assert contact.usable and contact.address_changes.get().former == ""
    with pytest.raises(Blocked, match="on record, and it is verified"):
        proposed(case, contact.email)


def test_a_new_contact_is_written_down_when_confirmed():
    case = routine_case()
    change = propose_address(case.account.pk, NEW, "their web page", by=case.desk.reviewer, at=LATER, name=" Ada   Lind ", role="buyer")
    assert case.account.contacts.count() == 1
    contact = confirmed(case, change)
    assert (contact.name, contact.role, contact.usable) == ("Ada Lind", "buyer", True)
    with pytest.raises(ValueError, match="name of the new contact"):
        propose_address(case.account.pk, "b@customer.example", "x", by=case.desk.reviewer, at=LATER)


def test_who_asked_not_to_be_written_to_is_not_reached_at_another_address():
    case = routine_case()
    contact = case.account.contacts.get()
    waits = proposed(case)
    opt_out(contact, by=None, at=LATER)
    with pytest.raises(Blocked, match="asked not to be written to"):
        confirmed(case, waits)
    contact.refresh_from_db()
    assert contact.opted_out_at and contact.email != NEW
    other = routine_case(case.desk)
    with pytest.raises(Blocked, match="Whoever reads this address"):
        proposed(other, contact.email)


def test_a_bounce_stays_with_its_address_and_its_hold_ends_with_it():
    case = routine_case()
    contact = case.account.contacts.get()
    dead = contact.email
    mark_bounced(contact.pk, "user unknown", by=case.desk.reviewer, at=LATER)
    assert case.follow_up.status == states.ON_HOLD
    assert confirmed(case, proposed(case)).usable
    assert not Hold.objects.filter(kind="bounce", released_at=None).exists() and case.follow_up.status == states.READY
    with pytest.raises(Blocked, match="came back"):
        proposed(case, dead)
    with pytest.raises(Blocked, match="came back"):
        proposed(routine_case(case.desk), dead.upper())


def test_holds_of_people_on_the_contact_stay():
    case = routine_case()
    contact = case.account.contacts.get()
    put_hold("contact", contact.pk, kind="do_not_contact", reason="their lawyer asked", by=case.desk.reviewer, at=LATER)
    confirmed(case, proposed(case))
    assert Hold.objects.filter(scope="contact", scope_id=contact.pk, released_at=None).count() == 1 and case.follow_up.status == states.ON_HOLD


def test_one_proposal_waits_and_it_is_answered_once():
    case = routine_case()
    change = proposed(case)
    with pytest.raises(Blocked, match="waits for a second person"):
        proposed(case, "third@customer.example")
    with pytest.raises(Blocked, match="reason"):
        confirm_address(change.pk, " ", by=case.desk.finance, at=LATER)
    assert refuse_address(change.pk, "the number is not theirs", by=case.desk.finance, at=LATER).state == "refused"
    with pytest.raises(Blocked, match="answered already: refused"):
        confirmed(case, change)
    own = proposed(case)
    assert refuse_address(own.pk, "a typing error", by=case.desk.reviewer, at=LATER).state == "withdrawn"
    assert Event.objects.filter(action="contact.address_refused").count() == 2


@pytest.mark.parametrize("wrong", ["nobody", "a@b", "ä@customer.example", "two@x.example, three@x.example", "a@x.example\nBcc: b@x.example"])
def test_what_is_no_address_is_refused(wrong):
    case = routine_case()
    with pytest.raises((ValueError, Blocked)):
        proposed(case, wrong)
    assert not AddressChange.objects.exists()


def test_an_address_of_another_contact_of_the_account_is_refused():
    case = routine_case()
    first = case.account.contacts.get()
    make_contact(case.account, name="Other", email=NEW)
    with pytest.raises(Blocked, match="Another contact of this account"):
        propose_address(case.account.pk, NEW.upper(), "letter", by=case.desk.reviewer, at=LATER, contact_id=first.pk)


def test_home_tells_who_may_confirm_and_nobody_else():
    case = routine_case()
    proposed(case)

    def told(user):
        return "Addresses to check" in client_of(user).get("/admin/").content.decode()

    assert told(case.desk.finance) and told(case.desk.owner)
    assert not told(case.desk.reviewer) and not told(make_user("finance_approver", Desk().portfolio))


def test_the_account_page_offers_each_person_their_own_part():
    case = routine_case()
    contact, page = case.account.contacts.get(), f"/admin/account/{case.account.pk}/"
    asks = client_of(case.desk.owner)
    form = {"contact": contact.pk, "email": NEW, "evidence": "their letterhead"}
    assert asks.post(f"{page}address/", {**form, "email": "nobody"}).status_code == 409
    assert asks.post(f"{page}address/", form).status_code == 302
    own = asks.get(page).content.decode()
    assert NEW in own and "because you proposed it" in own and 'value="confirm"' not in own
    change = AddressChange.objects.get()
    answer = f"/admin/address/{change.pk}/answer/"
    refused = asks.post(answer, {"answer": "confirm", "checked": "sure"})
    assert refused.status_code == 403 and "another person checks and confirms it" in refused.content.decode()
    masked = client_of(case.desk.person("compliance_auditor")).get(page).content.decode()
    assert NEW not in masked and contact.email not in masked and "their letterhead" not in masked
    second = client_of(case.desk.finance)
    assert 'value="confirm"' in second.get(page).content.decode()
    assert second.post(answer, {"answer": "confirm", "checked": "called them"}).status_code == 302
    contact.refresh_from_db()
    assert contact.email == NEW and "Proposed addresses" not in second.get(page).content.decode()


def test_a_proposal_of_another_portfolio_is_out_of_reach():
    case = routine_case()
    change, stranger = proposed(case), make_user("finance_approver", Desk().portfolio)
    with pytest.raises(NotAllowed, match="no role in this portfolio"):
        confirm_address(change.pk, "sure", by=stranger, at=LATER)


def test_an_erased_person_is_in_no_proposal():
    case = routine_case()
    confirmed_from = case.account.contacts.get()
    refused = proposed(case, "private.address@home.example")
    refuse_address(refused.pk, "private", by=case.desk.finance, at=LATER)
    change = proposed(case)
    contact = confirmed(case, change)
    erase(contact.pk, by=case.desk.finance, at=LATER)
    rows = [[row.email, row.former, row.name] for row in AddressChange.objects.all()]
    former = confirmed_from.email
    assert former and not {NEW, former, "private.address@home.example"} & {text for row in rows for text in row}, rows
