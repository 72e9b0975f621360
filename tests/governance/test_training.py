"""Training where policy asks for it: on record, written by somebody else, in force that day; by default nobody asks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from governance import approvals, policies, training
from governance.decisions import NotAllowed
from governance.models import Event, PolicyVersion, TrainingRecord
from tests.factories import AS_OF, TODAY, day, make_account, make_portfolio, make_user

pytestmark = pytest.mark.django_db
PRINT = "a" * 64


def asking(*subjects) -> PolicyVersion:
    """A policy in force that asks for these trainings."""
    active = policies.active()
    active.state = "retired"
    active.save()
    parameters = {**active.parameters, "training_required_for": list(subjects)}
    return PolicyVersion.objects.create(number=active.number + 1, state="active", parameters=parameters, activated_at=AS_OF)


def record_of(person, subject="exception", by=None, until=None):
    by = by or make_user("compliance_auditor")
    return training.write(person.pk, subject, TODAY, until or day(90), "practice queue", by=by, at=AS_OF)


@pytest.fixture
def desk():
    account = make_account()
    return account, make_user("finance_approver", account.portfolio), make_user("account_owner", account.portfolio)


def ask(account, policy, topics=()):
    roles = [("finance_approver", "limit"), ("account_owner", "co-sign")]
    return approvals.open_request(
        subject_id=account.pk, account_id=account.pk, portfolio=account.portfolio, fingerprint=PRINT, lane="exception", roles=roles,
        requester=None, policy=policy, at=AS_OF, topics=topics,
    )  # fmt: skip


def may(request, person, at=AS_OF):
    return approvals.may_approve(request, person, fingerprint=PRINT, at=at)


def test_by_default_nobody_is_asked_for_a_training(desk):
    account, finance, _ = desk
    assert policies.active_parameters().training_required_for == ()
    assert may(ask(account, policies.active()), finance)


def test_without_a_record_the_answer_says_which_training_is_missing(desk):
    account, finance, _ = desk
    refused = may(ask(account, asking("exception")), finance)
    assert refused.reason == "because your training for the exception lane is not on record"
    record_of(finance)
    assert may(ask(account, policies.active()), finance)


def test_a_topic_asks_for_its_own_training_and_others_do_not(desk):
    account, finance, _ = desk
    policy = asking("payment_plan")
    assert may(ask(account, policy), finance)
    with_plan = ask(account, policy, topics=["payment_plan"])
    assert "training for payment plans is not on record" in may(with_plan, finance).reason
    record_of(finance, "payment_plan")
    assert may(with_plan, finance)


def test_a_training_counts_until_its_day_and_not_after_it_was_ended(desk):
    account, finance, _ = desk
    request = ask(account, asking("exception"))
    row = record_of(finance, until=day(1))
    assert may(request, finance, AS_OF + timedelta(days=1))
    assert not may(request, finance, AS_OF + timedelta(days=2))
    training.end(row.pk, by=make_user("compliance_auditor"), at=AS_OF)
    assert not may(request, finance)
    with pytest.raises(training.CannotRecord, match="ended already"):
        training.end(row.pk, by=make_user("compliance_auditor"), at=AS_OF)


def test_nobody_writes_their_own_not_by_the_verb_and_not_by_a_row(desk):
    _, finance, _ = desk
    with pytest.raises(NotAllowed, match="nobody writes their own training record"):
        record_of(finance, by=finance)
    with pytest.raises(IntegrityError), transaction.atomic():
        TrainingRecord.objects.create(person=finance, subject="exception", trained_on=TODAY, valid_until=day(9), written_by=finance, written_at=AS_OF)
    assert not TrainingRecord.objects.exists() and not Event.objects.filter(action="rights.trained").exists()


@pytest.mark.parametrize("role", ["reviewer", "account_owner", "legal_approver", "executive", "policy_admin", "system_admin", None])
def test_only_finance_and_compliance_write_superusers_included(desk, role):
    account, finance, _ = desk
    writer = make_user(role, account.portfolio if role else None, is_superuser=True, is_staff=True)
    with pytest.raises(NotAllowed):
        record_of(finance, by=writer)
    assert not TrainingRecord.objects.exists()


def test_finance_of_another_portfolio_does_not_reach_this_person(desk):
    _, finance, owner = desk
    with pytest.raises(NotAllowed, match="no role in your portfolios"):
        record_of(owner, by=make_user("finance_approver", make_portfolio()))
    assert record_of(owner, by=finance).person == owner


@pytest.mark.parametrize(
    ("subject", "on", "until"), [("dancing", 0, 9), ("exception", 1, 9), ("exception", -9, -1), ("exception", 0, 365 * 7)]
)
def test_odd_values_are_refused_in_words(desk, subject, on, until):
    _, finance, _ = desk
    with pytest.raises(training.CannotRecord):
        training.write(finance.pk, subject, day(on), day(until), "", by=make_user("compliance_auditor"), at=AS_OF)
    assert not TrainingRecord.objects.exists()


def test_writing_and_ending_are_events_and_the_row_is_fixed_in_the_database(desk):
    _, finance, _ = desk
    row = record_of(finance)
    for statement in ("UPDATE governance_trainingrecord SET valid_until = '2099-01-01'", "DELETE FROM governance_trainingrecord"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    training.end(row.pk, by=make_user("finance_approver"), at=AS_OF)
    assert list(Event.objects.filter(subject_kind="training").order_by("id").values_list("action", flat=True)) == [
        "rights.trained", "rights.training_ended",
    ]  # fmt: skip


def test_who_is_trained_can_be_asked_for_many_at_once(desk):
    _, finance, owner = desk
    record_of(finance)
    assert training.trained([finance.pk, owner.pk], "exception", TODAY) == {finance.pk}
    assert training.trained([finance.pk, owner.pk], "exception", day(91)) == set()
