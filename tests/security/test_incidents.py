"""Near-misses are counted from the ledger; a wrong message opens an incident that somebody corrects and somebody else checks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from drafts.compliance import incidents
from drafts.compliance.near_misses import KINDS, counts
from drafts.delivery import handover
from drafts.review import Blocked, approve, edit, stop
from governance.decisions import NotAllowed
from governance.models import Event, Incident
from tests.drafts.scene import AS_OF, Desk, routine_case
from tests.factories import make_message, make_user, moment
from tests.security.broken_rows import LEAVES, sent, tamper

pytestmark = pytest.mark.django_db
TOMORROW = (AS_OF + timedelta(days=1)).date()


def near():
    return {kind: n for kind, n in counts(AS_OF - timedelta(days=1), AS_OF + timedelta(days=2)).items() if n}


def test_every_kind_is_counted_even_at_nought():
    assert counts(AS_OF, AS_OF) == dict.fromkeys(KINDS, 0)


def test_a_blocking_check_a_drift_another_text_and_the_wrong_person_are_each_told_apart():
    desk = Desk()
    refused = routine_case(desk)
    refused.draft.findings.create(check_id="G17", label="threat", severity="block", why="a threat")
    with pytest.raises(Blocked):
        refused.approve()
    drifted = routine_case(desk)
    make_message(drifted.account, at=moment(-0.1))
    with pytest.raises(Blocked):
        drifted.approve()
    other = routine_case(desk)
    with pytest.raises(Exception, match="saved version"):
        approve(other.follow_up.pk, "0" * 64, by=desk.reviewer, at=AS_OF)
    with pytest.raises(NotAllowed):
        approve(other.follow_up.pk, other.draft.fingerprint, by=make_user("compliance_auditor"), at=AS_OF)
    assert near() == {"gate": 1, "drift": 1, "text": 1, "person": 1, "stale": 1}
    told = Event.objects.filter(action="gate.blocked").order_by("id").values_list("data", flat=True)
    assert list(told) == ['{"codes":["G17"],"why":"checks"}', '{"codes":["new_message"],"why":"evidence"}', '{"codes":[],"why":"text"}', '{"codes":[],"why":"person"}']


def test_an_edit_that_a_check_refuses_and_one_that_passes():
    case = routine_case()
    text = case.draft.body.replace("\n\n", "\n\nWe will see you in court and tell everybody.\n\n", 1)
    edit(case.follow_up.pk, case.draft.subject, text, 1, by=case.desk.reviewer, at=AS_OF)
    assert case.draft.findings.filter(severity="block").exists() and near() == {"edit": 1}
    clean = routine_case(case.desk)
    edit(clean.follow_up.pk, clean.draft.subject + " ", clean.draft.body, 1, by=case.desk.reviewer, at=AS_OF)
    assert near() == {"edit": 1}


def test_the_last_look_counts_and_a_person_who_stops_does_not():
    desk = Desk()
    paid = routine_case(desk)
    paid.approve()
    invoice = paid.invoices[0]
    invoice.status, invoice.balance_minor, invoice.settled_on = "paid", 0, AS_OF.date()
    invoice.save()
    handover.deliver_one(paid.delivery.pk, LEAVES)
    stopped = routine_case(desk)
    stopped.approve()
    stop(stopped.delivery.pk, "not now", by=desk.reviewer, at=AS_OF)
    assert near() == {"last_look": 1}


def test_a_forged_approval_that_the_last_look_refuses():
    case = routine_case()
    case.approve()
    tamper("DELETE FROM governance_event WHERE action = 'approval.given'")
    handover.deliver_one(case.delivery.pk, LEAVES)
    assert case.delivery.stop_code == "record" and near() == {"forged": 1}


def opened(case):
    return incidents.wrong_message(case.delivery.pk, "It asked for a paid invoice.", "The customer complained.", "high", by=case.desk.reviewer, at=AS_OF + timedelta(hours=3))


def test_a_wrong_message_opens_one_incident_with_the_fields_of_the_profile():
    case = sent(routine_case())
    row = opened(case)
    assert opened(case) == row  # the same cause: one incident
    assert (row.account_id, row.portfolio_id, row.severity, row.state) == (case.account.pk, case.desk.portfolio.pk, "high", "open")
    assert row.happened_at == case.delivery.accepted_at and row.noticed_by == case.desk.reviewer and row.harm and row.what
    assert row.versions["policy"] == case.delivery.approval_request.policy_version.number and "demand" in row.versions["template"]
    told = Event.objects.get(action="incident.opened")
    assert told.stream == f"account:{case.account.pk}" and "paid" not in told.data


def test_only_a_message_that_left_and_only_people_of_the_portfolio():
    case = routine_case()
    case.approve()
    with pytest.raises(Blocked, match="not left"):
        opened(case)
    case = sent(routine_case(case.desk))
    with pytest.raises(NotAllowed):
        incidents.wrong_message(case.delivery.pk, "x", "y", "low", by=make_user("reviewer", Desk().portfolio), at=AS_OF)
    with pytest.raises(Blocked, match="reason"):
        incidents.wrong_message(case.delivery.pk, " ", "y", "low", by=case.desk.reviewer, at=AS_OF)


def test_the_owner_corrects_and_another_person_checks():
    case = sent(routine_case())
    desk, row = case.desk, opened(case)
    with pytest.raises(Blocked, match="due date"):
        incidents.agree_action(row.pk, "call them", desk.owner, (AS_OF - timedelta(days=1)).date(), by=desk.reviewer, at=AS_OF)
    with pytest.raises(Blocked, match="works on this portfolio"):
        incidents.agree_action(row.pk, "call them", make_user("reviewer", Desk().portfolio), TOMORROW, by=desk.reviewer, at=AS_OF)
    incidents.agree_action(row.pk, "call them", desk.finance, TOMORROW, by=desk.reviewer, at=AS_OF)
    with pytest.raises(NotAllowed):
        incidents.corrected(row.pk, by=desk.owner, at=AS_OF)
    with pytest.raises(Blocked, match="not done"):
        incidents.check(row.pk, True, "fine", by=make_user("compliance_auditor"), at=AS_OF)
    incidents.corrected(row.pk, by=desk.finance, at=AS_OF)
    with pytest.raises(NotAllowed, match="yourself"):
        incidents.check(row.pk, True, "fine", by=desk.finance, at=AS_OF)
    auditor = make_user("compliance_auditor")
    assert incidents.check(row.pk, False, "still wrong", by=auditor, at=AS_OF).state == "correcting"
    incidents.corrected(row.pk, by=desk.finance, at=AS_OF)
    done = incidents.check(row.pk, True, "they confirmed", by=auditor, at=AS_OF)
    assert (done.state, done.closed_by) == ("closed", auditor) and done.history.count() == 6
    with pytest.raises(Blocked, match="closed"):
        incidents.corrected(row.pk, by=desk.finance, at=AS_OF)
    acts = [a.removeprefix("incident.") for a in Event.objects.filter(subject_kind="incident").order_by("id").values_list("action", flat=True)]
    assert acts == ["opened", "action_set", "corrected", "reopened", "corrected", "closed"]


def test_the_database_refuses_a_closure_by_who_corrected():
    case = sent(routine_case())
    row = opened(case)
    incidents.agree_action(row.pk, "call them", case.desk.finance, TOMORROW, by=case.desk.reviewer, at=AS_OF)
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.filter(pk=row.pk).update(state="closed", closed_by=case.desk.finance, closed_at=AS_OF, closure="fine")


def test_the_screens_carry_it_from_the_message_to_the_closure(browser):
    case = sent(routine_case())
    reviewer, owner, auditor = browser(case.desk.reviewer), browser(case.desk.owner), browser(make_user("compliance_auditor"))
    assert "This message was wrong" in reviewer.get(f"/admin/outgoing/{case.delivery.pk}/").content.decode()
    form = {"what": "Zweizeilig: wrong amount", "harm": "none yet", "severity": "medium"}
    answer = reviewer.act(f"/admin/outgoing/{case.delivery.pk}/wrong/", form)
    row = Incident.objects.get()
    assert answer.url == f"/admin/incidents/{row.pk}/"
    assert reviewer.act(f"/admin/incidents/{row.pk}/action/", {"action": "call", "owner": case.desk.owner.pk, "due": TOMORROW.isoformat()}).status_code == 302
    assert "It is done" in owner.get(f"/admin/incidents/{row.pk}/").content.decode()
    assert owner.act(f"/admin/incidents/{row.pk}/corrected/").status_code == 302
    assert auditor.act(f"/admin/incidents/{row.pk}/check/", {"worked": "yes", "finding": "called"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "closed" and "Checked by" in auditor.get(f"/admin/incidents/{row.pk}/").content.decode()
    assert "Zweizeilig" in auditor.get("/admin/incidents/?tab=closed").content.decode()
    assert auditor.get(f"/admin/governance/incident/{row.pk}/history/").status_code == 200


def test_leadership_reads_figures_without_words_and_other_portfolios_read_nothing(browser):
    case = sent(routine_case())
    row = opened(case)
    leader = browser(make_user("leadership"))
    page = leader.get("/admin/near-misses/").content.decode()
    assert "High" in page and case.account.name not in page and row.what not in page
    assert leader.get("/admin/incidents/").status_code == 403 and leader.get(f"/admin/incidents/{row.pk}/").status_code == 403
    stranger = browser(make_user("reviewer", Desk().portfolio))
    assert stranger.get(f"/admin/incidents/{row.pk}/").status_code == 404
    assert row.what not in stranger.get("/admin/incidents/").content.decode()
    assert stranger.act(f"/admin/outgoing/{case.delivery.pk}/wrong/", {"what": "x", "harm": "y", "severity": "low"}).status_code == 404
