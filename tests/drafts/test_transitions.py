"""The one writer of status."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from drafts import states, transitions
from drafts.models import FollowUp
from governance import ledger
from governance.models import Event
from tests.factories import AS_OF, make_account, make_user, moment

pytestmark = pytest.mark.django_db


def begin(count=1):
    rows = [FollowUp(account=(a := make_account(contact=False)), portfolio=a.portfolio) for _ in range(count)]
    return transitions.begin(rows, by=None, at=AS_OF)


def test_a_move_saves_status_fields_version_history_and_event():
    (row,) = begin()
    person = make_user()
    transitions.perform([row.pk], "draft_ready", by=None, at=AS_OF, fields={row.pk: {"lane": "routine", "work_rank": 7}})
    transitions.perform([row.pk], "open", by=person, at=moment(1), reason="mine")
    row.refresh_from_db()
    assert (row.status, row.lane, row.work_rank, row.version, row.ready_at) == ("in_review", "routine", 7, 3, AS_OF)
    assert [h.status for h in row.history.order_by("history_id")] == ["preparing", "ready", "in_review"]
    assert row.history.first().history_change_reason == "mine"
    actions = Event.objects.filter(subject_kind="follow_up", subject_id=row.pk).order_by("number")
    assert [(e.action, e.actor_id) for e in actions] == [
        ("follow_up.prepare", None), ("follow_up.draft_ready", None), ("follow_up.open", person.pk)
    ]
    assert ledger.verify() == []


def test_a_wrong_state_moves_nothing_and_names_the_state():
    first, second = begin(2)
    transitions.perform([first.pk], "draft_ready", by=None, at=AS_OF)
    with pytest.raises(transitions.WrongState, match=f"follow-up {first.pk} is ready"):
        transitions.perform([first.pk, second.pk], "draft_ready", by=None, at=AS_OF)
    second.refresh_from_db()
    assert second.status == "preparing"
    assert not Event.objects.filter(subject_id=second.pk, action="follow_up.draft_ready").exists()


def test_a_follow_up_that_does_not_exist_is_an_error_not_a_silence():
    with pytest.raises(transitions.WrongState, match="gone"):
        transitions.perform([999_999], "open", by=None, at=AS_OF)


@pytest.mark.parametrize("transition", states.TRANSITIONS, ids=lambda t: t.action)
def test_only_listed_moves_happen(transition):
    """From every state: the action works exactly where the table lists it."""
    for status, _ in states.STATUS_CHOICES:
        (row,) = begin()
        FollowUp.objects.filter(pk=row.pk).update(status=status)
        if status in transition.sources:
            transitions.perform([row.pk], transition.action, by=None, at=AS_OF)
        else:
            with pytest.raises(transitions.WrongState):
                transitions.perform([row.pk], transition.action, by=None, at=AS_OF)
        row.refresh_from_db()
        assert row.status == (transition.target if status in transition.sources else status)


def test_an_account_has_one_open_follow_up():
    (row,) = begin()
    with pytest.raises(IntegrityError), transaction.atomic():
        transitions.begin([FollowUp(account=row.account, portfolio=row.portfolio)], by=None, at=AS_OF)
    transitions.perform([row.pk], "nothing_due", by=None, at=AS_OF)
    transitions.begin([FollowUp(account=row.account, portfolio=row.portfolio, cycle=2)], by=None, at=AS_OF)
    assert FollowUp.objects.filter(account=row.account).open().count() == 1


def test_a_field_no_transition_writes_is_refused():
    (row,) = begin()
    with pytest.raises(KeyError), transaction.atomic():
        transitions.perform([row.pk], "draft_ready", by=None, at=AS_OF, fields={row.pk: {"status": "sent"}})


def test_many_cost_as_many_statements_as_few(django_assert_max_num_queries):
    rows = begin(40)
    with django_assert_max_num_queries(16):
        transitions.perform([r.pk for r in rows], "draft_ready", by=None, at=AS_OF)
    assert FollowUp.objects.filter(status="ready").count() == 40
