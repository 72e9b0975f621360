"""Going back to an earlier policy, and what no verb and no statement may do to one that was in force."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from drafts.models import LoosenedReading, SimulationRun
from drafts.review import Blocked, NotAllowed
from drafts.simulation.policy_activation import activate_policy
from drafts.simulation.policy_asking import ask_for_activation
from drafts.simulation.policy_writing import edit_policy, prepare_rollback
from drafts.simulation.runs import newest
from governance.models import Event, PolicyVersion
from governance.policy_text import BadPolicy
from tests.drafts.simulation.policy_scene import AS_OF, state

pytestmark = pytest.mark.django_db


def test_rolling_back_is_a_new_version_with_the_old_content_and_rewrites_nothing(scene):
    first = PolicyVersion.objects.get(state="active")
    second = scene.asked()
    activate_policy(second.pk, by=scene.other, at=AS_OF)
    back = prepare_rollback(first.pk, by=scene.author, at=AS_OF)
    assert (back.number, back.state, back.restores, back.parameters) == (second.number + 1, "draft", first, first.parameters)
    scene.simulated(back)
    scene.read_all(back)
    with pytest.raises(Blocked, match="has not asked"):
        activate_policy(back.pk, by=scene.other, at=AS_OF)
    ask_for_activation(back.pk, "It stopped too much.", by=scene.author, at=AS_OF)
    with pytest.raises(NotAllowed):
        activate_policy(back.pk, by=scene.author, at=AS_OF)
    activate_policy(back.pk, by=scene.other, at=AS_OF)
    first.refresh_from_db()
    assert (state(first), state(second), state(back)) == ("retired", "retired", "active")
    assert first.parameters == back.parameters
    assert first.history.order_by("history_id").last().history_change_reason == f"replaced by policy {second.number}"


def test_what_was_never_in_force_or_says_the_same_is_not_rolled_back_to(scene):
    active, draft = PolicyVersion.objects.get(state="active"), scene.draft()
    for row in (active, draft):
        with pytest.raises(Blocked, match="not a version that was in force"):
            prepare_rollback(row.pk, by=scene.author, at=AS_OF)


def test_a_version_that_was_in_force_is_never_edited(scene):
    version = scene.asked()
    activate_policy(version.pk, by=scene.other, at=AS_OF)
    with pytest.raises(Blocked, match="never changes"):
        edit_policy(version.pk, {"renewal_days": 10}, by=scene.author, at=AS_OF)


def test_the_database_itself_refuses_a_policy_put_in_force_behind_the_verb(scene):
    version = scene.asked()
    PolicyVersion.objects.filter(state="active").update(state="retired")
    for changes in (
        {}, {"activated_by": scene.author}, {"activated_by": scene.other, "asked_by": scene.other}, {"activated_by": scene.other, "asked_by": None},
    ):  # fmt: skip
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            PolicyVersion.objects.filter(pk=version.pk).update(state="active", **changes)
    unsimulated = scene_unsimulated(scene)
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        PolicyVersion.objects.filter(pk=unsimulated).update(state="active", activated_by=scene.other, asked_by=scene.author)


def scene_unsimulated(scene):
    base = PolicyVersion.objects.latest("number")
    return PolicyVersion.objects.create(number=base.number + 1, parameters=base.parameters, author=scene.author, asked_by=scene.author).pk


def test_the_database_refuses_to_change_a_finished_simulation_or_what_was_read(scene):
    scene.renewing(40)
    version = scene.asked(renewal_days=30)
    found = newest(version)
    for change in (
        lambda: SimulationRun.objects.filter(pk=found.pk).update(loosened=0),
        lambda: SimulationRun.objects.filter(pk=found.pk).update(figures={}),
        lambda: SimulationRun.objects.filter(pk=found.pk).update(content_sha256="0" * 64),
        lambda: found.changes.update(direction="tightened"),
        lambda: found.changes.all().delete(),
        lambda: LoosenedReading.objects.all().update(person=scene.other),
        lambda: found.changes.model.objects.create(run=found, account=scene.renewing(99), before="routine", after="routine", direction="tightened", case_key="x"),
    ):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"human_approval": "off"}, "human_approval", "locked"),
        ({"dispute_hold": False}, "dispute_hold", "locked"),
        ({"last_look": False}, "last_look", "locked"),
        ({"do_not_contact": False}, "do_not_contact", "locked"),
        ({"required_sources": ["invoices", "payments"]}, "required_sources", "contacts cannot be left out"),
        ({"required_once_configured": ["contracts"]}, "required_once_configured", "a dispute could go unseen"),
        ({"fresh_hours": 169}, "fresh_hours", "Last look"),
        ({"fresh_hours_payments": 10_000}, "fresh_hours_payments", "Last look"),
        ({"approval_business_days": 400}, "approval_business_days", "less than or equal to 10"),
        ({"grace_days_by_method": {"card": -30}}, "grace_days_by_method", "from 0 to 60"),
        ({"undated_promise_days": 10**9}, "undated_promise_days", "at most 60"),
        ({"due_hours_routine": 10**12}, "due_hours_routine", "at most 720"),
        ({"business_start_hour": 17}, "business_end_hour", "no message could ever leave"),
        ({"steps": []}, "steps", "at least one step"),
        ({"executive_total_limit": 100}, "executive_total_limit", "above the routine limit"),
        ({"required_sources": ["invoices", "payments", "contacts", "horoscope"]}, "required_sources", "no kind of source"),
        ({"renewal_dys": 90}, "renewal_dys", "did you mean renewal_days"),
        ({"renewal_days": True}, "renewal_days", "not true"),
        ({"renewal_days": "90"}, "renewal_days", "not \"90\""),
        ({"renewal_days": None}, "renewal_days", "not null"),
    ],
)
def test_what_would_loosen_a_locked_rule_or_means_nothing_is_refused_by_name(scene, changes, field, words):
    with pytest.raises(BadPolicy) as caught:
        scene.draft(**changes)
    assert any(p.field == field and words in p.words for p in caught.value.problems), caught.value
    assert PolicyVersion.objects.count() == 1 and not Event.objects.exists()
