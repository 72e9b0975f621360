"""Several rows at once: each through the verb of one, each with its own result, and never a decision about a text."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from drafts import review, states
from drafts.models import FollowUp
from governance.models import Approval, Event, Hold
from tests.drafts.scene import AS_OF, Desk, exception_case, prepared, routine_case
from tests.factories import make_user
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]
URL = "/admin/queue/several/"
FRIDAY = (AS_OF + timedelta(days=3)).date()


def post(client, act, *cases, **fields):
    return client.post(URL, {"act": act, "row": [case.follow_up.pk for case in cases], "list": "tab=all", **fields})


def said(response):
    """What the page says of each account: (done, words)."""
    return {o.row.account.name: (o.done, o.words) for o in response.context["outcomes"]}


@pytest.fixture
def desk():
    return Desk()


def test_assigning_to_a_colleague_routes_what_can_be_routed_and_says_what_was_skipped_and_why(desk, signed_in):
    free, taken, leaving = routine_case(desk), routine_case(desk), routine_case(desk)
    colleague = make_user("reviewer", desk.portfolio)
    review.open_for_review(taken.follow_up.pk, by=desk.owner, at=AS_OF)
    leaving.approve()
    client = signed_in(desk.reviewer)
    asked = post(client, "assign", free, taken, leaving)
    assert str(colleague) in text_of(asked) and "Assign 3" in text_of(asked) and free.follow_up.owner is None
    done = post(client, "assign", free, taken, leaving, step="do", person=colleague.pk, note="please look")
    results = said(done)
    assert results[free.account.name] == (True, f"assigned to {colleague}") and free.follow_up.owner == colleague
    assert results[taken.account.name] == (False, f"claimed by {desk.owner}") and taken.follow_up.owner is None
    assert results[leaving.account.name] == (False, "it is approved, leaving now")
    assert "1 assigned, 2 skipped" in text_of(done) and "/admin/drafts/followup/?tab=all" in done.content.decode()
    assert Event.objects.filter(action="account.routed").count() == 1, "each row has its own transaction: one skipped undoes nothing"


def test_taking_them_oneself_claims_them(desk, signed_in):
    cases = [routine_case(desk) for _ in range(2)]
    done = post(signed_in(desk.reviewer), "assign", *cases, step="do", person=desk.reviewer.pk)
    assert set(said(done).values()) == {(True, "yours until 08:30")}
    assert {case.follow_up.claimed_by for case in cases} == {desk.reviewer}


def test_rows_of_a_colleagues_team_are_refused_and_rows_out_of_reach_are_not_named(desk, signed_in):
    own, other = routine_case(desk), routine_case(Desk())
    both = make_user("reviewer", desk.portfolio)
    from tests.factories import grant

    grant(both, "compliance_auditor", other.desk.portfolio)
    results = said(post(signed_in(both), "route", own, other, step="do", role="finance_approver", note="credit?"))
    assert results[own.account.name] == (True, "routed: any finance approver")
    done, words = results[other.account.name]
    assert not done and words.startswith("not yours to do, because") and other.follow_up.owner_role != "finance_approver"
    blind = post(signed_in(desk.reviewer), "route", own, other, step="do", role="account_owner", note="x")
    assert other.account.name not in text_of(blind) and "1 more was ticked and is not within your reach" in text_of(blind)


def test_putting_off_takes_a_day_and_a_reason_and_release_takes_it_up_again(desk, signed_in):
    case, held = routine_case(desk), exception_case(desk)
    client = signed_in(desk.finance)
    problem = post(client, "snooze", case, held, step="do", until=FRIDAY.isoformat())
    assert problem.status_code == 409 and "why they can wait" in text_of(problem) and FRIDAY.isoformat() in problem.content.decode()
    for day in ("2026-05-12", "2026-07-30", "soon"):
        assert post(client, "snooze", case, step="do", until=day, reason="x").status_code == 409
    assert not Hold.objects.exists()
    done = post(client, "snooze", case, held, step="do", until=FRIDAY.isoformat(), reason="bookkeeper back on Friday")
    assert {o for o, _ in said(done).values()} == {True} and Hold.objects.count() == 2
    assert case.follow_up.status == held.follow_up.status == states.ON_HOLD
    assert "bookkeeper back on Friday" in text_of(client.get("/admin/drafts/followup/?tab=holds"))
    colleague = said(post(signed_in(desk.reviewer), "release", case))
    assert colleague[case.account.name][0] is False
    assert said(post(client, "release", case))[case.account.name] == (True, "taken up again and computed anew")
    assert case.follow_up.status == states.READY


def test_release_gives_back_ones_own_claim_and_nobody_elses(desk, signed_in):
    mine, theirs, free = (routine_case(desk) for _ in range(3))
    review.open_for_review(mine.follow_up.pk, by=desk.reviewer, at=AS_OF)
    review.open_for_review(theirs.follow_up.pk, by=desk.owner, at=AS_OF)
    results = said(post(signed_in(desk.reviewer), "release", mine, theirs, free))
    assert results[mine.account.name] == (True, "given back to the queue") and mine.follow_up.status == states.READY
    assert results[theirs.account.name] == (False, f"claimed by {desk.owner}")
    assert results[free.account.name] == (False, "Nobody works on it: there is nothing to release.")


def test_fifty_rows_at_most_and_only_by_who_hands_work_around(desk, signed_in):
    case = routine_case(desk)
    client = signed_in(desk.reviewer)
    many = client.post(URL, {"act": "release", "row": [str(n) for n in range(51)]}, follow=True)
    assert "51 rows at once, and 50 is the most" in text_of(many)
    assert "no row was ticked" in text_of(client.post(URL, {"act": "assign"}, follow=True))
    auditor = signed_in(make_user("compliance_auditor", desk.portfolio))
    assert post(auditor, "route", case, step="do", role="finance_approver", note="x").status_code == 403
    assert "checkbox" not in auditor.get("/admin/drafts/followup/?tab=all").content.decode().partition("<main")[2]
    assert client.get(URL).status_code == 405


def test_ticked_rows_go_into_a_file_and_only_those(desk, signed_in):
    one, other = routine_case(desk), routine_case(desk)
    text = post(signed_in(desk.reviewer), "csv", one).content.decode()
    assert one.account.name in text and other.account.name not in text


def test_a_crafted_post_decides_about_no_text(desk, signed_in):
    cases = [routine_case(desk), prepared(desk, [{}])]
    for act in ("approve", "reject", "stop", "delete_selected"):
        post(signed_in(desk.reviewer), act, *cases, step="do", fingerprint=cases[0].draft.fingerprint, kind="tone", text="x")
    assert not Approval.objects.exists() and set(FollowUp.objects.values_list("status", flat=True)) == {states.READY}
    assert reverse("admin:several") == URL
