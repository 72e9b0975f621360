"""Drafts under way when a policy comes into force: left, judged again, or written anew; what was decided before still names its policy."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drafts import states
from drafts.delivery.handover import deliver_due
from drafts.models import Classification
from drafts.record import story
from drafts.review.verdicts import stop
from drafts.simulation import in_flight
from drafts.simulation.policy_activation import activate_policy
from governance.audit import account_stream
from governance.models import ApprovalRequest, Event, PolicyVersion
from tests.drafts.scene import prepared, routine_case
from tests.drafts.simulation.policy_scene import AS_OF

pytestmark = pytest.mark.django_db
STRICTER = {"routine_total_limit": 20_000}


def large(scene):
    """Routine under the default policy, an exception under the stricter one."""
    return prepared(scene.desk, [{"amount_minor": 2_400_000}])


def come_into_force(scene, choice, **changes):
    version = scene.asked(**(changes or STRICTER))
    activate_policy(version.pk, by=scene.other, at=AS_OF, in_flight=choice)
    version.refresh_from_db()
    return version


def test_left_alone_nothing_moves_and_the_last_look_still_judges(scene):
    waiting, approved = large(scene), large(scene)
    delivery = approved.approve()
    version = come_into_force(scene, "keep")
    assert version.settled_at == AS_OF and in_flight.settle_due(AS_OF) == 0
    assert waiting.follow_up.status == "ready" and approved.follow_up.status == "approved"
    deliver_due(delivery.leaves_at)
    delivery.refresh_from_db()
    assert delivery.state == "stopped" and "now also needs the approval" in delivery.stop_reason


def test_judged_again_what_needs_more_changes_and_the_rest_stays_as_it_is(scene):
    moved, same, done, fine = large(scene), routine_case(scene.desk), large(scene), routine_case(scene.desk)
    stopped, kept = done.approve(), fine.approve()
    before = same.follow_up.version
    version = come_into_force(scene, "recheck")
    assert version.settled_at is None
    in_flight.settle_due(AS_OF)
    assert moved.follow_up.lane == "exception" and moved.follow_up.status == "ready"
    assert (same.follow_up.version, same.follow_up.lane) == (before, "routine"), "nothing is written anew without a reason"
    for delivery in (stopped, kept):
        delivery.refresh_from_db()
    assert stopped.state == "stopped" and "came into force" in stopped.stop_reason and kept.state == "scheduled"
    assert ApprovalRequest.objects.get(pk=stopped.approval_request_id).state == "void"
    version.refresh_from_db()
    assert version.settled_at == AS_OF and Event.objects.filter(action="policy.settled").count() == 1
    assert in_flight.settle_due(AS_OF) == 0, "twice does nothing"


def test_written_anew_every_undecided_draft_is_new_and_waiting_messages_are_stopped(scene):
    open_case, approved, elsewhere = (routine_case(scene.desk) for _ in range(3))
    delivery = approved.approve()
    old, sent = open_case.draft.pk, approved.draft.pk
    stop(elsewhere.approve().pk, "wait for the call", by=scene.desk.reviewer, at=AS_OF)
    come_into_force(scene, "return")
    in_flight.settle_due(AS_OF)
    delivery.refresh_from_db()
    assert delivery.state == "stopped" and approved.follow_up.status == "ready" and approved.draft.parent_id == sent
    assert elsewhere.follow_up.status == "stopped", "what a person stopped waits for a person"
    assert open_case.follow_up.status == "ready" and open_case.draft.pk != old and open_case.draft.parent_id == old


def test_the_policy_delivered_with_the_product_has_nothing_to_settle(scene):
    case = routine_case(scene.desk)
    assert in_flight.settle_due(AS_OF) == 0 and case.follow_up.status == "ready"
    assert not Event.objects.filter(action="policy.settled").exists()


@pytest.mark.parametrize("choice", ["keep", "recheck", "return"])
def test_a_draft_decided_before_still_shows_the_policy_it_was_judged_by(scene, choice):
    case = routine_case(scene.desk)
    delivery = case.approve()
    deliver_due(delivery.leaves_at)
    old = PolicyVersion.objects.get(state="active")
    come_into_force(scene, choice)
    in_flight.settle_due(AS_OF + timedelta(hours=1))
    told = story.of(case.follow_up, AS_OF + timedelta(hours=1), story.chain_of(account_stream(case.account.pk), AS_OF + timedelta(hours=1)))
    assert {c.policy_version_id for c in told.classifications} == {old.pk}
    assert [asked.request.policy_version_id for asked in told.asked] == [old.pk]
    assert case.follow_up.status == states.SENT
    fresh = routine_case(scene.desk)
    assert Classification.objects.filter(follow_up=fresh.follow_up).latest("pk").policy_version.number == 2
