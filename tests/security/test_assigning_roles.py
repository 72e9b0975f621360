"""Two administrators give a role, and neither of them to themselves, by whatever way round."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.urls import reverse

from drafts import states
from drafts.delivery import handover
from governance import assignment, clock
from governance.assignment import Wish
from governance.decisions import NotAllowed
from governance.models import AllPortfoliosGrant, Event, PortfolioGroupGrant, PortfolioUserGrant, RoleRequest, User
from governance.rights import can, scope_of
from governance.roles import ALL_ROLES, STRONG
from tests.drafts.scene import AS_OF, routine_case
from tests.factories import day, grant, make_portfolio, make_user

pytestmark = pytest.mark.django_db


def roles(person):
    return scope_of(User.objects.get(pk=person.pk)).all_roles


@pytest.fixture
def two():
    return make_user("system_admin"), make_user("system_admin")


@pytest.fixture
def portfolio():
    return make_portfolio()


def give(browser, by, **fields):
    return browser(by).act(reverse("admin:give_role"), {"reason": "joins the team", "sure": "1", **fields})


def answer(browser, by, row, verdict="confirm", **fields):
    return browser(by).act(reverse("admin:answer_role", args=[row.pk]), {"answer": verdict, **fields})


def asked(by, at=AS_OF, **fields):
    return assignment.ask(Wish(**{"role": "finance_approver", "reason": "joins the team", **fields}), by=by, at=at)


def test_a_role_that_decides_has_no_effect_until_another_administrator_confirms(browser, two, portfolio):
    first, second = two
    colleague = make_user()
    assert give(browser, first, role="finance_approver", user=colleague.pk, portfolio=portfolio.pk).status_code == 302
    assert roles(colleague) == frozenset() and not PortfolioUserGrant.objects.exists()
    row = RoleRequest.objects.get()
    assert "without effect until confirmed" in browser(first).get(reverse("admin:roles")).content.decode()
    assert answer(browser, second, row).status_code == 302
    assert roles(colleague) == {"finance_approver"} and can(colleague, "approve", portfolio)
    given = PortfolioUserGrant.objects.get()
    assert (given.granted_by, given.reason) == (first, "joins the team")
    acts = list(Event.objects.filter(stream="rights").order_by("id").values_list("action", "actor_id"))
    assert acts == [("rights.asked", first.pk), ("rights.granted", second.pk)]
    assert "joins the team" not in "".join(Event.objects.values_list("data", flat=True))


def test_the_asker_does_not_confirm(browser, two, portfolio):
    row = asked(two[0], user=make_user(), portfolio=portfolio)
    assert answer(browser, two[0], row).status_code == 403
    row.refresh_from_db()
    assert row.state == "waiting" and not PortfolioUserGrant.objects.exists()


def test_the_database_refuses_a_request_confirmed_by_its_asker_or_holder(two, portfolio):
    colleague = make_user()
    row = asked(two[0], user=colleague, portfolio=portfolio)
    for who in (two[0], colleague):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleRequest.objects.filter(pk=row.pk).update(state="confirmed", decided_by=who)


def test_nobody_gives_a_role_to_themselves_or_confirms_their_own(browser, two, portfolio):
    first, second = two
    for fields in ({"portfolio": portfolio.pk}, {"portfolio": "all"}):
        assert give(browser, first, role="reviewer", user=first.pk, **fields).status_code in (403, 409)
    with pytest.raises(NotAllowed):
        asked(first, user=first, portfolio=portfolio)
    row = asked(first, user=second, portfolio=portfolio)
    assert answer(browser, second, row).status_code == 403
    assert roles(first) == roles(second) == {"system_admin"}


def test_nobody_gives_a_role_to_a_group_they_belong_to_nor_joins_one(browser, two, portfolio):
    first, second = two
    group = Group.objects.get(name="Finance approver")
    first.groups.add(group)
    assert give(browser, first, role="finance_approver", group=group.pk, portfolio=portfolio.pk).status_code == 403
    row = asked(second, group=group, portfolio=portfolio)
    assert answer(browser, first, row).status_code == 403
    with pytest.raises(NotAllowed):
        assignment.ask(Wish("", "me too", user=second, group=Group.objects.get(name="Executive")), by=second, at=AS_OF)
    assert roles(first) == roles(second) == {"system_admin"}


def test_joining_a_group_with_roles_takes_two_and_a_group_without_roles_one(two):
    first, second = two
    colleague, empty, full = make_user(), Group.objects.get(name="Leadership"), Group.objects.get(name="Reviewer")
    AllPortfoliosGrant.objects.create(group=full, role="reviewer")
    assert assignment.ask(Wish("", "joins", user=colleague, group=empty), by=first, at=AS_OF).state == "confirmed"
    row = assignment.ask(Wish("", "joins", user=colleague, group=full), by=first, at=AS_OF)
    assert row.state == "waiting" and roles(colleague) == frozenset()
    assignment.confirm(row.pk, by=second, at=AS_OF)
    assert roles(colleague) == {"reviewer"}
    assignment.leave_group(colleague, full, "left the team", by=first, at=AS_OF)
    assert roles(colleague) == frozenset()
    assert Event.objects.filter(action="rights.left_group", actor_id=first.pk).exists()


def test_who_joined_the_group_after_asking_for_its_role_gains_nothing(two, portfolio):
    first, second = two
    group = Group.objects.get(name="Finance approver")
    row = asked(first, group=group, portfolio=portfolio)
    first.groups.add(group)
    with pytest.raises(NotAllowed, match="would gain"):
        assignment.confirm(row.pk, by=second, at=AS_OF)
    assert not PortfolioGroupGrant.objects.exists()


def test_only_a_role_that_neither_approves_nor_administers_is_given_by_one(two, portfolio):
    assert frozenset(ALL_ROLES) - STRONG == {"leadership"}
    for role in ALL_ROLES:
        row = asked(two[0], role=role, user=make_user(), portfolio=portfolio)
        assert row.state == ("confirmed" if role == "leadership" else "waiting"), role


def test_whoever_reset_a_colleagues_sign_in_is_not_confirmed_by_that_colleague(browser, two, portfolio):
    first, second = two
    password = "a long enough phrase 7"
    browser(first).act(reverse("admin:auth_user_password_change", args=[second.pk]), {"password1": password, "password2": password, "usable_password": "true"})
    now = clock.now()
    row = asked(first, now, user=make_user(), portfolio=portfolio)
    with pytest.raises(NotAllowed, match="changed your sign-in"):
        assignment.confirm(row.pk, by=second, at=now)
    assignment.confirm(row.pk, by=make_user("system_admin"), at=now)
    other = asked(first, now, user=make_user(), portfolio=portfolio)
    assignment.confirm(other.pk, by=second, at=now + timedelta(days=8))


def test_a_changed_mail_address_counts_like_a_reset_because_single_sign_on_knows_people_by_it(browser, two, portfolio):
    first, second = two
    form = {"username": second.username, "email": "taken@desk.example", "is_active": "on", "time_zone": "UTC", "language": "en"}
    assert browser(first).act(reverse("admin:governance_user_change", args=[second.pk]), form).status_code == 302
    now = clock.now()
    row = asked(first, now, user=make_user(), portfolio=portfolio)
    with pytest.raises(NotAllowed, match="changed your sign-in"):
        assignment.confirm(row.pk, by=second, at=now)


def test_a_request_dies_with_the_rights_of_its_asker_with_time_and_with_its_holder(two, portfolio):
    first, second = two
    colleague = make_user()
    row = asked(first, user=colleague, portfolio=portfolio)
    with pytest.raises(NotAllowed, match="14 days"):
        assignment.confirm(row.pk, by=second, at=AS_OF + timedelta(days=15))
    colleague.is_active = False
    colleague.save()
    with pytest.raises(ValueError, match="cannot sign in"):
        assignment.confirm(row.pk, by=second, at=AS_OF)
    User.objects.filter(pk=colleague.pk).update(is_active=True)
    AllPortfoliosGrant.objects.filter(user=first).update(ends_on=day(-1))
    with pytest.raises(NotAllowed, match="assigns roles there no more"):
        assignment.confirm(row.pk, by=second, at=AS_OF)
    assert roles(colleague) == frozenset()


def test_a_request_is_answered_once(two, portfolio):
    row = asked(two[0], user=make_user(), portfolio=portfolio)
    assignment.confirm(row.pk, by=two[1], at=AS_OF)
    for act in (lambda: assignment.confirm(row.pk, by=two[1], at=AS_OF), lambda: assignment.refuse(row.pk, "no", by=two[1], at=AS_OF)):
        with pytest.raises(ValueError, match="answered already"):
            act()


def test_a_refusal_and_a_withdrawal_give_nothing_and_are_on_record(browser, two, portfolio):
    first, second = two
    refused, withdrawn = asked(first, user=make_user(), portfolio=portfolio), asked(first, user=make_user(), portfolio=portfolio)
    assert answer(browser, second, refused, "refuse").status_code == 409
    assert answer(browser, second, refused, "refuse", reason="not needed").status_code == 302
    assert answer(browser, first, withdrawn, "refuse", reason="a mistake").status_code == 302
    assert set(RoleRequest.objects.values_list("state", flat=True)) == {"refused", "withdrawn"}
    assert not PortfolioUserGrant.objects.exists()
    assert set(Event.objects.values_list("action", flat=True)) == {"rights.asked", "rights.refused", "rights.recalled"}


@pytest.mark.parametrize("wrong", [
    {"reason": " "}, {"role": "superuser"}, {"ends_on": day(-1)}, {"starts_on": day(5), "ends_on": day(4)}, {"user": None},
])  # fmt: skip
def test_what_is_missing_or_wrong_is_said_and_nothing_is_asked(two, portfolio, wrong):
    with pytest.raises(ValueError):
        asked(two[0], **{"user": make_user(), "portfolio": portfolio, **wrong})
    assert not RoleRequest.objects.exists()


def test_the_same_is_not_asked_for_twice(two, portfolio):
    colleague = make_user()
    asked(two[0], user=colleague, portfolio=portfolio)
    with pytest.raises(ValueError, match="asked for already"):
        asked(two[1], user=colleague, portfolio=portfolio)


def test_an_administrator_of_one_portfolio_neither_asks_nor_confirms_nor_ends_elsewhere(browser, two):
    own, other = make_portfolio(), make_portfolio()
    local, colleague = make_user("system_admin", own), make_user("reviewer", other)
    client = browser(local)
    for where in (other.pk, "all"):
        assert give(browser, local, role="reviewer", user=colleague.pk, portfolio=where).status_code in (403, 409)
    row = asked(two[0], user=colleague, portfolio=other)
    assert answer(browser, local, row).status_code == 404
    foreign = PortfolioUserGrant.objects.get(user=colleague)
    assert client.act(reverse("admin:end_role", args=["person", foreign.pk]), {"sure": "1", "reason": "x"}).status_code == 404
    assert give(browser, local, user=colleague.pk, group=Group.objects.get(name="Leadership").pk).status_code == 403
    page = client.get(reverse("admin:roles"), {"portfolio": other.pk}).content.decode()
    assert other.name not in page and str(row) not in page
    assert roles(colleague) == {"reviewer"}


def test_a_role_ends_at_once_with_a_reason_and_never_by_its_holder(browser, two, portfolio):
    colleague = make_user("reviewer", portfolio)
    row = PortfolioUserGrant.objects.get()
    url = reverse("admin:end_role", args=["person", row.pk])
    assert browser(two[0]).act(url, {"sure": "1"}).status_code == 409
    assert roles(colleague) == {"reviewer"}
    assert browser(two[0]).act(url, {"sure": "1", "reason": "moved on"}).status_code == 302
    assert roles(colleague) == frozenset()
    event = Event.objects.get(action="rights.withdrawn")
    assert "reason_sha256" in event.data and "moved on" not in event.data
    own = AllPortfoliosGrant.objects.get(user=two[0])
    assert browser(two[0]).act(reverse("admin:end_role", args=["everywhere", own.pk]), {"sure": "1", "reason": "x"}).status_code == 403
    assert roles(two[0]) == {"system_admin"}


def test_a_grant_begins_and_ends_by_its_dates_without_any_job(portfolio):
    person = make_user()
    grant(person, "reviewer", portfolio, starts_on=day(1), ends_on=day(3))
    held = [bool(scope_of(person, on=day(n)).all_roles) for n in range(5)]
    assert held == [False, True, True, True, False]


def test_a_role_given_again_after_its_end_is_the_same_row_with_new_dates(two, portfolio):
    colleague = make_user()
    grant(colleague, "finance_approver", portfolio, ends_on=day(-10))
    row = asked(two[0], user=colleague, portfolio=portfolio)
    assignment.confirm(row.pk, by=two[1], at=AS_OF)
    given = PortfolioUserGrant.objects.get()
    assert (given.ends_on, given.history.count()) == (None, 2)


def test_before_saving_the_page_shows_who_could_approve_what_and_who_is_missing(browser, two, portfolio):
    ana = make_user("account_owner", portfolio, first_name="Ana", last_name="Ruiz")
    preview = give(browser, two[0], role="finance_approver", user=ana.pk, portfolio=portfolio.pk, sure="")
    page = preview.content.decode()
    assert preview.status_code == 200 and not RoleRequest.objects.exists()
    assert "Ana Ruiz would be needed twice" in page and "Nobody is account owner or legal approver" not in page
    assert "Nobody is legal approver" in page and 'value="joins the team"' in page
    row = PortfolioUserGrant.objects.get(user=ana)
    before = browser(two[0]).act(reverse("admin:end_role", args=["person", row.pk]))
    assert "Nobody is account owner or finance approver" in before.content.decode()
    assert roles(ana) == {"account_owner"}


def test_a_refused_form_comes_back_with_what_was_typed(browser, two, portfolio):
    page = give(browser, two[0], role="reviewer", user=make_user().pk, portfolio=portfolio.pk, reason="for Ana", ends_on="tomorrow").content.decode()
    assert "is not a date" in page and 'value="for Ana"' in page


def test_auditors_read_the_page_and_change_nothing_and_others_do_not_see_it(browser, two, portfolio):
    auditor = make_user("compliance_auditor")
    row = asked(two[0], user=make_user(), portfolio=portfolio)
    page = browser(auditor).get(reverse("admin:roles"))
    assert page.status_code == 200 and str(row.user) in page.content.decode() and "Give a role" not in page.content.decode()
    assert answer(browser, auditor, row).status_code == 403
    for role in ("reviewer", "finance_approver", "executive", "leadership", "policy_admin"):
        client = browser(make_user(role, is_superuser=True, is_staff=True))
        assert client.get(reverse("admin:roles")).status_code == 403
        assert client.act(reverse("admin:answer_role", args=[row.pk]), {"answer": "confirm"}).status_code == 403
    row.refresh_from_db()
    assert row.state == "waiting"


def test_of_three_people_with_two_administrators_everybody_can_get_a_role(portfolio):
    """The small preset: two ask and confirm for the third; for one of the two, the third becomes an administrator first."""
    a, b, c = make_user("system_admin"), make_user("system_admin"), make_user("reviewer", portfolio)
    row = asked(a, user=c, portfolio=portfolio)
    assignment.confirm(row.pk, by=b, at=AS_OF)
    mine = asked(a, user=b, portfolio=portfolio)
    with pytest.raises(NotAllowed):
        assignment.confirm(mine.pk, by=b, at=AS_OF)
    third = assignment.ask(Wish("system_admin", "so that b can be given a role", user=c), by=a, at=AS_OF)
    assignment.confirm(third.pk, by=b, at=AS_OF)
    assignment.confirm(mine.pk, by=c, at=AS_OF)
    assert "finance_approver" in roles(b) and "finance_approver" in roles(c)


@pytest.mark.parametrize("loss", ["role", "group", "active"])
def test_a_demotion_between_approval_and_hand_over_stops_the_message(settings, loss, two):
    settings.MAIL_TRANSPORT = "outbox"
    case = routine_case()
    approver = case.desk.reviewer
    if loss == "group":
        group = Group.objects.get(name="Reviewer")
        PortfolioUserGrant.objects.filter(user=approver).delete()
        AllPortfoliosGrant.objects.filter(user=approver).delete()
        PortfolioGroupGrant.objects.create(group=group, content_object=case.account.portfolio, permission=reviewer_permission())
        approver.groups.add(group)
    delivery = case.approve()
    if loss == "active":
        User.objects.filter(pk=approver.pk).update(is_active=False)
    elif loss == "group":
        assignment.leave_group(approver, Group.objects.get(name="Reviewer"), "moved on", by=two[0], at=AS_OF)
    else:
        for row in [*PortfolioUserGrant.objects.filter(user=approver), *AllPortfoliosGrant.objects.filter(user=approver)]:
            assignment.end(row, "moved on", by=two[0], at=AS_OF)
    handover.deliver_due(delivery.leaves_at)
    delivery.refresh_from_db()
    assert delivery.state == states.DELIVERY_STOPPED
    assert "may no longer approve" in delivery.stop_reason


def reviewer_permission():
    from django.contrib.auth.models import Permission

    return Permission.objects.get(content_type__model="portfolio", codename="reviewer")
