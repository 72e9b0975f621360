"""A policy comes into force by a second person, on a fresh simulation, after every loosened case was read; nothing else puts it there."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from accounts.models import Source
from drafts.models import LoosenedReading
from drafts.review import Blocked, NotAllowed
from drafts.simulation.policy_activation import activate_policy
from drafts.simulation.policy_asking import ask_for_activation, read_cases, to_read, withdraw_asking
from drafts.simulation.policy_writing import discard_policy, edit_policy, prepare_rollback
from drafts.simulation.runs import newest
from governance.models import Event, PolicyVersion
from governance.policy_text import content_hash
from tests.drafts.simulation.policy_scene import AS_OF, state
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def acts():
    return list(Event.objects.filter(stream="policy").order_by("number").values_list("action", "actor_id"))


def test_one_writes_simulates_and_asks_another_activates_and_the_old_one_retires(scene):
    old = PolicyVersion.objects.get(state="active")
    version = scene.asked()
    activate_policy(version.pk, by=scene.other, at=AS_OF)
    version.refresh_from_db()
    assert (state(version), state(old)) == ("active", "retired")
    assert (version.author, version.asked_by, version.activated_by) == (scene.author, scene.author, scene.other)
    assert acts() == [
        ("policy.written", scene.author.pk), ("policy.simulated", scene.author.pk), ("policy.asked", scene.author.pk),
        ("policy.activated", scene.other.pk),
    ]  # fmt: skip
    told = json.loads(Event.objects.get(action="policy.activated").data)
    assert told["before"] == content_hash(old.parameters) and told["sha256"] == content_hash(version.parameters)
    assert (told["retired"], told["policy"], told["simulation"]) == (old.number, version.number, newest(version).pk)
    assert [row.history.order_by("history_id").last().history_user for row in (old, version)] == [scene.other, scene.other]


def test_the_author_never_activates(scene):
    version = scene.asked()
    with pytest.raises(NotAllowed, match="you wrote this policy"):
        activate_policy(version.pk, by=scene.author, at=AS_OF)
    assert state(version) == "draft" and "policy.activated" not in dict(acts())


@pytest.mark.parametrize("role", ["reviewer", "finance_approver", "executive", "system_admin", "compliance_auditor", None])
def test_nobody_but_a_policy_administrator_writes_simulates_or_activates(scene, role):
    version, person = scene.asked(), make_user(role)
    for act in (
        lambda: activate_policy(version.pk, by=person, at=AS_OF),
        lambda: prepare_rollback(version.pk, by=person, at=AS_OF),
        lambda: edit_policy(version.pk, {"renewal_days": 10}, by=person, at=AS_OF),
        lambda: discard_policy(version.pk, by=person, at=AS_OF),
        lambda: ask_for_activation(version.pk, "because", by=person, at=AS_OF),
        lambda: read_cases(version.pk, [], by=person, at=AS_OF),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert state(version) == "draft"


def test_a_draft_nobody_asked_for_stays_out(scene):
    version = scene.draft()
    scene.simulated(version)
    with pytest.raises(Blocked, match="has not asked"):
        activate_policy(version.pk, by=scene.other, at=AS_OF)


def test_without_a_simulation_nothing_is_asked_for(scene):
    version = scene.draft()
    with pytest.raises(Blocked, match="never simulated"):
        ask_for_activation(version.pk, "because", by=scene.author, at=AS_OF)


def test_after_another_edit_the_simulation_is_older_than_the_text(scene):
    version = scene.asked()
    edit_policy(version.pk, {"renewal_days": 91}, by=scene.author, at=AS_OF)
    version.refresh_from_db()
    assert version.asked_at is None, "what was asked for was another text"
    with pytest.raises(Blocked, match="simulation is older than the text"):
        ask_for_activation(version.pk, "because", by=scene.author, at=AS_OF)
    with pytest.raises(Blocked, match="has not asked"):
        activate_policy(version.pk, by=scene.other, at=AS_OF)


def test_an_edit_back_to_the_simulated_text_is_that_text_again(scene):
    version = scene.asked()
    edit_policy(version.pk, {"renewal_days": 91}, by=scene.author, at=AS_OF)
    edit_policy(version.pk, {"renewal_days": 90}, by=scene.author, at=AS_OF)
    assert ask_for_activation(version.pk, "because", by=scene.author, at=AS_OF).asked_at == AS_OF


def test_a_day_later_the_simulation_is_too_old_for_both(scene):
    version, later = scene.asked(), AS_OF + timedelta(hours=24)
    with pytest.raises(Blocked, match="older than 24 hours"):
        ask_for_activation(version.pk, "because", by=scene.author, at=later)
    with pytest.raises(Blocked, match="older than 24 hours"):
        activate_policy(version.pk, by=scene.other, at=later)


def test_when_the_data_moved_the_simulation_is_out_of_date(scene):
    version = scene.asked()
    Source.objects.filter(portfolio=scene.desk.portfolio, kind="payments").update(as_of=AS_OF)
    with pytest.raises(Blocked, match="data moved"):
        activate_policy(version.pk, by=scene.other, at=AS_OF)
    scene.simulated(version)
    activate_policy(version.pk, by=scene.other, at=AS_OF)
    assert state(version) == "active"


def test_when_another_policy_came_into_force_the_simulation_is_out_of_date(scene):
    first, second = scene.asked(), scene.asked(renewal_days=80)
    activate_policy(first.pk, by=scene.other, at=AS_OF)
    with pytest.raises(Blocked, match="Another policy came into force"):
        activate_policy(second.pk, by=scene.other, at=AS_OF)
    assert state(second) == "draft"


def test_looser_settings_and_cases_are_read_one_by_one_before_anybody_asks(scene):
    for days in (40, 50):
        scene.renewing(days)
    version = scene.draft(renewal_days=30)
    found = scene.simulated(version)
    assert (found.loosened, found.tightened) == (2, 0)
    keys = sorted(to_read(found))
    assert len(keys) == 3, "two accounts and the setting"
    with pytest.raises(Blocked, match="3 loosened cases have not been read"):
        ask_for_activation(version.pk, "because", by=scene.author, at=AS_OF)
    assert read_cases(version.pk, keys[:2], by=scene.author, at=AS_OF) == 2
    with pytest.raises(Blocked, match="1 loosened case has not been read"):
        ask_for_activation(version.pk, "because", by=scene.author, at=AS_OF)
    assert read_cases(version.pk, keys, by=scene.author, at=AS_OF) == 1
    ask_for_activation(version.pk, "because", by=scene.author, at=AS_OF)
    assert LoosenedReading.objects.filter(person=scene.author).count() == 3
    activate_policy(version.pk, by=scene.other, at=AS_OF)


def test_a_new_run_asks_only_for_the_cases_that_are_new(scene):
    scene.renewing(40)
    version = scene.asked(renewal_days=30)
    scene.renewing(50)
    scene.simulated(version)
    with pytest.raises(Blocked, match="1 loosened case has not been read"):
        activate_policy(version.pk, by=scene.other, at=AS_OF)


def test_what_somebody_else_read_does_not_count_and_foreign_keys_are_refused(scene):
    scene.renewing(40)
    version = scene.draft(renewal_days=30)
    found = scene.simulated(version)
    with pytest.raises(NotAllowed, match="only its author"):
        read_cases(version.pk, to_read(found), by=scene.other, at=AS_OF)
    with pytest.raises(Blocked, match="not the loosened cases"):
        read_cases(version.pk, ["0" * 64], by=scene.author, at=AS_OF)
    assert not LoosenedReading.objects.exists()


def test_another_administrator_does_not_edit_somebody_elses_draft(scene):
    version = scene.draft()
    for act in (
        lambda: edit_policy(version.pk, {"renewal_days": 10}, by=scene.other, at=AS_OF),
        lambda: discard_policy(version.pk, by=scene.other, at=AS_OF),
        lambda: ask_for_activation(version.pk, "because", by=scene.other, at=AS_OF),
    ):
        with pytest.raises(NotAllowed, match="only its author"):
            act()


def test_a_discarded_draft_is_kept_and_never_comes_into_force(scene):
    version = scene.asked()
    discard_policy(version.pk, by=scene.author, at=AS_OF)
    assert state(version) == "dropped" and acts()[-1] == ("policy.discarded", scene.author.pk)
    with pytest.raises(Blocked, match="discarded"):
        activate_policy(version.pk, by=scene.other, at=AS_OF)


def test_it_does_not_come_into_force_before_the_time_it_was_asked_for(scene):
    version = scene.draft()
    scene.simulated(version)
    ask_for_activation(version.pk, "Monday", by=scene.author, at=AS_OF, not_before=AS_OF + timedelta(hours=2))
    with pytest.raises(Blocked, match="cannot come into force earlier"):
        activate_policy(version.pk, by=scene.other, at=AS_OF + timedelta(hours=1))
    activate_policy(version.pk, by=scene.other, at=AS_OF + timedelta(hours=2))


def test_who_asks_may_ask_no_longer(scene):
    version = scene.asked()
    withdraw_asking(version.pk, by=scene.author, at=AS_OF)
    with pytest.raises(Blocked, match="has not asked"):
        activate_policy(version.pk, by=scene.other, at=AS_OF)


def test_the_text_that_was_seen_is_the_text_that_is_activated(scene):
    version = scene.asked()
    with pytest.raises(Blocked, match="changed while you had it open"):
        activate_policy(version.pk, by=scene.other, at=AS_OF, expected="0" * 64)
    with pytest.raises(Blocked, match="drafts under way"):
        activate_policy(version.pk, by=scene.other, at=AS_OF, in_flight="ignore")
