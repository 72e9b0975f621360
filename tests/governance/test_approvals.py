"""Who may approve, once, for which role."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

import pytest

from governance import approvals, clock
from governance.decisions import NotAllowed
from governance.models import Approval, PolicyVersion
from tests.factories import grant, make_account, make_portfolio, make_user

pytestmark = pytest.mark.django_db
PRINT = "a" * 64


@pytest.fixture
def account():
    return make_account(make_portfolio(country="DE"))


def ask(account, *roles, fingerprint=PRINT, at=None, subject=7, topics=()):
    return approvals.open_request(
        topics=topics, subject_id=subject, account_id=account.pk, portfolio=account.portfolio, fingerprint=fingerprint, lane="exception",
        roles=[(r, "rule") for r in roles], requester=None, policy=PolicyVersion.objects.get(state="active"), at=at or clock.now(),
    )


def give(request, person, **kwargs):
    return approvals.decide(request, by=person, fingerprint=kwargs.pop("fingerprint", PRINT), at=kwargs.pop("at", clock.now()), **kwargs)


def test_a_routine_request_is_complete_with_one_reviewer(account):
    outcome = give(ask(account, "reviewer"), make_user("reviewer", account.portfolio))
    assert outcome.complete and outcome.remaining == ()


def test_two_roles_need_two_persons(account):
    request = ask(account, "account_owner", "finance_approver")
    both = make_user("finance_approver", account.portfolio)
    grant(both, "account_owner", account.portfolio)
    first = give(request, both)
    assert not first.complete and len(first.remaining) == 1
    with pytest.raises(NotAllowed, match="already answered"):
        give(request, both)
    other = make_user(first.remaining[0], account.portfolio)
    assert give(request, other).complete
    assert Approval.objects.values("person").distinct().count() == 2


def test_superuser_status_buys_nothing(account):
    superuser = make_user(is_superuser=True, is_staff=True)
    with pytest.raises(NotAllowed, match="no role in this portfolio"):
        give(ask(account, "reviewer"), superuser)
    assert Approval.objects.count() == 0


def test_a_role_in_another_portfolio_does_not_count(account):
    stranger = make_user("reviewer", make_portfolio())
    with pytest.raises(NotAllowed):
        give(ask(account, "reviewer"), stranger)


def test_a_grant_that_ended_or_has_not_begun_does_not_count(account):
    from datetime import timedelta

    person = make_user()
    today = clock.today()
    grant(person, "reviewer", account.portfolio, ends_on=today - timedelta(days=1))
    late = make_user()
    grant(late, "reviewer", account.portfolio, starts_on=today + timedelta(days=1))
    request = ask(account, "reviewer")
    for one in (person, late):
        with pytest.raises(NotAllowed):
            give(request, one)


def test_a_deactivated_person_has_no_effect_from_the_next_call_on(account):
    person = make_user("reviewer", account.portfolio)
    person.is_active = False
    person.save()
    with pytest.raises(NotAllowed, match="not active"):
        give(ask(account, "reviewer"), person)


def test_a_barred_person_gets_the_reason(account):
    person = make_user("reviewer", account.portfolio)
    with pytest.raises(NotAllowed, match="you edited this text"):
        give(ask(account, "reviewer"), person, barred=[(person.pk, "because you edited this text")])


def test_the_fingerprint_seen_must_be_the_one_asked_for(account):
    request = ask(account, "reviewer")
    with pytest.raises(NotAllowed, match="changed since"):
        give(request, make_user("reviewer", account.portfolio), fingerprint="b" * 64)


def test_asking_again_for_another_text_voids_the_first(account):
    first = ask(account, "reviewer")
    second = ask(account, "reviewer", fingerprint="c" * 64)
    first.refresh_from_db()
    assert first.state == "void" and second.pk != first.pk
    with pytest.raises(NotAllowed, match="void"):
        give(first, make_user("reviewer", account.portfolio))


def test_asking_again_for_the_same_is_the_same_request(account):
    assert ask(account, "reviewer").pk == ask(account, "reviewer").pk


def test_it_expires_after_three_business_days(account):
    from datetime import UTC, datetime

    thursday = datetime(2026, 11, 19, 15, 0, tzinfo=UTC)
    request = ask(account, "reviewer", at=thursday)
    assert request.expires_at == datetime(2026, 11, 25, 0, 0, tzinfo=UTC)  # Friday, Monday, Tuesday are left
    with pytest.raises(NotAllowed, match="expired"):
        give(request, make_user("reviewer", account.portfolio), at=request.expires_at)


def test_a_rejection_ends_the_request(account):
    request = ask(account, "account_owner", "finance_approver")
    give(request, make_user("finance_approver", account.portfolio), approve=False)
    request.refresh_from_db()
    assert request.state == "rejected"
    with pytest.raises(NotAllowed, match="rejected"):
        give(request, make_user("account_owner", account.portfolio))


def test_leadership_can_read_metrics_and_not_approve(account):
    with pytest.raises(NotAllowed, match="leadership"):
        give(ask(account, "reviewer"), make_user("leadership", account.portfolio))


@pytest.mark.parametrize(
    ("at", "zone", "ends"),
    [
        ("2026-05-12T08:00+00:00", "UTC", "2026-05-16T00:00+00:00"),
        ("2026-05-12T08:00+00:00", "Europe/Berlin", "2026-05-15T22:00+00:00"),
        # 23:30 on Tuesday in London is 00:30 on Wednesday in Berlin, and 15:30 on Tuesday in Los Angeles
        ("2026-05-12T22:30+00:00", "Europe/Berlin", "2026-05-18T22:00+00:00"),
        ("2026-05-12T22:30+00:00", "America/Los_Angeles", "2026-05-16T07:00+00:00"),
        ("2026-05-12T12:30+00:00", "Pacific/Auckland", "2026-05-18T12:00+00:00"),
        ("2026-05-12T22:30+00:00", "No/Where", "2026-05-16T00:00+00:00"),
    ],
)
def test_three_business_days_are_days_of_the_accounts_own_zone(at, zone, ends):
    # 14 May 2026 is a public holiday in Germany; here only weekends count.
    moment = datetime.fromisoformat(at)
    assert approvals.expiry(moment, 3, "", zone) == datetime.fromisoformat(ends)
    assert approvals.expiry(moment, 3, "", zone).tzinfo is UTC


def test_somebody_with_two_roles_fills_the_one_nobody_else_could(account):
    portfolio = account.portfolio
    both, owner = make_user("account_owner", portfolio), make_user("account_owner", portfolio)
    grant(both, "executive", portfolio)
    request = ask(account, "account_owner", "executive")
    first = give(request, both)
    assert first.remaining == ("account_owner",)
    assert give(request, owner).complete


def test_three_people_with_overlapping_roles_never_block_each_other(account):
    portfolio = account.portfolio
    people = []
    for roles in (("account_owner", "executive"), ("account_owner", "finance_approver", "legal_approver"), ("account_owner", "finance_approver", "legal_approver")):
        person = make_user(roles[0], portfolio)
        for role in roles[1:]:
            grant(person, role, portfolio)
        people.append(person)
    for n, wanted in enumerate((("account_owner", "legal_approver", "executive"), ("account_owner", "finance_approver", "legal_approver"))):
        for order in permutations(people):
            request = ask(account, *wanted, subject=100 * n + people.index(order[0]) * 10 + people.index(order[1]))
            assert [give(request, person).complete for person in order] == [False, False, True]
            assert Approval.objects.filter(request=request).values("person").distinct().count() == 3


def test_other_topics_ask_anew_and_void_what_was_given(account):
    owner = make_user("account_owner", account.portfolio)
    first = ask(account, "account_owner", "finance_approver")
    give(first, owner)
    again = ask(account, "account_owner", "finance_approver", topics=["credit"])
    first.refresh_from_db()
    assert (first.state, again.topics, again.pk == first.pk) == ("void", ["credit"], False)
