"""Every event says in which roles its actor acted: those that entitled to the act, as they were granted on that day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from drafts.states import BY_ACTION
from governance import acting, audit, clock, guards, ledger, roles
from governance.audit import Entry, account_stream, record
from governance.models import AccountShare, AllPortfoliosGrant, Event, PortfolioUserGrant, StreamHead
from governance.rights import roles_of
from tests.factories import grant, make_account, make_portfolio, make_user

pytestmark = pytest.mark.django_db


def written(by, *entries, at=None):
    with transaction.atomic():
        return record(entries, by=by, at=at or clock.now())


def person_with(portfolio, *held, **fields):
    person = make_user(**fields)
    for role in held:
        grant(person, role, portfolio)
    return person


def act(by, action, account, at=None, **more):
    (event,) = written(by, Entry(account_stream(account.pk), action, "follow_up", 1, **more), at=at)
    return event.roles


@pytest.fixture
def account():
    return make_account()


def test_of_several_roles_the_event_names_those_that_entitled_to_the_act(account):
    person = person_with(account.portfolio, "reviewer", "legal_approver", "system_admin")
    assert act(person, "draft.edited", account) == "reviewer,legal_approver"
    assert act(person, "call.logged", account) == "reviewer"
    assert act(person, "signal.found", account) == "reviewer,legal_approver,system_admin"
    assert act(person, "approval.given", account, filled=frozenset({"legal_approver"})) == "legal_approver"


def test_only_roles_on_the_subjects_portfolio_count_and_on_no_account_all_of_them(account):
    person = person_with(account.portfolio, "reviewer")
    grant(person, "finance_approver", make_portfolio())
    assert act(person, "draft.edited", account) == "reviewer"
    (event,) = written(person, Entry("import", "import.committed", "import_run", 1))
    assert event.roles == "finance_approver"


def test_the_machine_is_service_and_a_person_without_a_role_has_none(account):
    assert act(None, "draft.prepared", account) == acting.SERVICE
    assert act(make_user(is_service=True), "draft.prepared", account) == acting.SERVICE
    assert act(make_user(is_superuser=True), "draft.edited", account) == acting.NO_ROLE
    gone = person_with(account.portfolio, "reviewer", is_active=False)
    assert act(gone, "draft.edited", account) == acting.NO_ROLE


def test_grants_by_group_everywhere_and_by_routing_count_on_their_days(account):
    now = clock.now()
    person, today = make_user(), now.date()
    team = Group.objects.create(name="Team")
    person.groups.add(team)
    AllPortfoliosGrant.objects.create(group=team, role="executive", starts_on=today)
    AllPortfoliosGrant.objects.create(user=person, role="compliance_auditor", ends_on=today)
    AccountShare.objects.create(account_id=account.pk, user=person, role="legal_approver", reason="asked", starts_at=now, ends_at=now + timedelta(1))
    assert act(person, "signal.found", account, at=now) == "legal_approver,executive,compliance_auditor"
    assert act(person, "signal.found", account, at=now - timedelta(1)) == "compliance_auditor"
    assert act(person, "signal.found", account, at=now + timedelta(1)) == "executive"
    assert act(person, "signal.found", make_account(), at=now) == "executive,compliance_auditor"


def test_what_was_held_stays_on_record_when_the_grant_ends(account):
    person = person_with(account.portfolio, "reviewer")
    act(person, "draft.edited", account)
    PortfolioUserGrant.objects.filter(user=person).update(ends_on=clock.now().date() - timedelta(1))
    assert act(person, "draft.edited", account) == acting.NO_ROLE
    held = Event.objects.filter(action="draft.edited").order_by("number").values_list("roles", flat=True)
    assert list(held) == ["reviewer", acting.NO_ROLE]
    assert ledger.verify() == []


def test_it_says_what_the_rights_say(account):
    person = person_with(account.portfolio, "reviewer", "leadership")
    assert set(act(person, "signal.found", account).split(",")) == roles_of(person, account.portfolio_id, account.pk)


def test_one_statement_asks_for_the_roles_of_one_event_and_of_three_hundred(account):
    person = person_with(account.portfolio, "reviewer")
    accounts = [account, *(make_account(portfolio=account.portfolio) for _ in range(29))]
    few = [Entry(account_stream(account.pk), "hold.put", "hold", 1)]
    many = [Entry(account_stream(a.pk), "hold.put", "hold", n) for n in range(10) for a in accounts]
    with CaptureQueriesContext(connection) as one:
        written(person, *few)
    with CaptureQueriesContext(connection) as all_of_them:
        events = written(person, *many)
    assert {event.roles for event in events} == {"reviewer"}
    for captured in (one, all_of_them):
        assert sum("allportfoliosgrant" in query["sql"] for query in captured) == 1


def test_events_from_before_roles_were_recorded_verify_beside_new_ones(account):
    stream, at, last = account_stream(account.pk), clock.now(), "0" * 64
    for number in (1, 2):
        digest = audit.event_hash(last, stream, number, "hold.put", 1, f"hold:{number}", at, "{}")
        Event.objects.create(
            stream=stream, number=number, action="hold.put", actor_id=1, subject_kind="hold", subject_id=number, data="{}", at=at,
            prev_hash=last, hash=digest,
        )  # fmt: skip
        last = digest
    StreamHead.objects.create(stream=stream, number=2, hash=last)
    act(person_with(account.portfolio, "reviewer"), "draft.edited", account)
    assert [(e.number, e.roles) for e in Event.objects.filter(stream=stream).order_by("number")] == [(1, ""), (2, ""), (3, "reviewer")]
    assert ledger.verify() == []
    guards.drop(connection)
    Event.objects.filter(stream=stream, number=2).update(roles="executive")
    guards.install(connection)
    assert [(b.number, b.kind) for b in ledger.verify(stream)] == [(2, "edited")]


def test_every_act_with_a_right_is_registered_and_every_right_exists():
    moves = {f"follow_up.{action}" for action in BY_ACTION} | {"follow_up.taken_over"}
    assert set(acting.RIGHTS) <= set(audit.ACTIONS) | moves
    assert set(acting.RIGHTS.values()) <= set(roles.ACTIONS)
    assert len(",".join(roles.ALL_ROLES)) <= Event._meta.get_field("roles").max_length
