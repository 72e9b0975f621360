"""The switch that trips by itself: what counts as a critical correction, of which text, and from when on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drafts import states, sweeping
from drafts.delivery.standing import standing_of
from drafts.models import DraftOutcome
from drafts.review import (
    approve,
    coding,
    edit,
    leave,
    reject,
    request_changes,
    resume,
)
from governance import holds, synthetic, topics
from governance.measuring import kinds
from governance.models import Event, Measure, PolicyVersion
from tests.drafts.scene import AS_OF, Desk, routine_case, stop_clock
from tests.drafts.worded import modelled

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


@pytest.fixture
def desk():
    return Desk()


def sharp_policy() -> None:
    """Three critical corrections in the last six, from four decided drafts on."""
    active = PolicyVersion.objects.get(state="active")
    values = {**active.parameters, "trip_window_drafts": 6, "trip_minimum_drafts": 4, "trip_critical_drafts": 3}
    PolicyVersion.objects.filter(pk=active.pk).update(state="retired")
    PolicyVersion.objects.create(number=active.number + 1, state="active", parameters=values, activated_at=AS_OF)


def decided(desk, *, critical: bool, model: bool = False, at=AS_OF) -> DraftOutcome:
    """A draft rejected for a wrong fact, or because the moment is wrong."""
    case = routine_case(desk)
    draft = modelled(case) if model else case.draft
    reject(case.follow_up.pk, "wrong_fact" if critical else "wrong_time", "see call note", by=desk.reviewer, at=at)
    return DraftOutcome.objects.get(draft=draft)


def test_each_decision_is_noted_with_the_words_it_was_about(desk):
    case = routine_case(desk)
    first = case.draft
    case.approve()
    row = DraftOutcome.objects.get(draft=first)
    assert (row.outcome, row.critical, row.corrections) == ("unchanged", False, [])
    assert row.template_version_id == first.template_version_id
    assert decided(desk, critical=True).corrections == [["fact", "critical"]]
    assert decided(desk, critical=False).critical is False
    assert decided(desk, critical=True, model=True).model == "m-1"


def shortened(desk):
    """A routine draft from which the owner took an invoice, its total with it; and the machine's text. The comparison calls that critical."""
    case = routine_case(desk, invoices=2)
    first = case.draft
    lines = [line for line in first.body.splitlines() if case.invoices[1].number not in line]
    edit(case.follow_up.pk, first.subject, "\n".join(lines).replace("2,000.00", "1,000.00"), first.revision, by=desk.owner, at=AS_OF)
    leave(case.follow_up.pk, by=desk.owner, at=AS_OF)
    return case, first


def give(case, **said):
    return approve(case.follow_up.pk, case.draft.fingerprint, by=case.desk.reviewer, at=AS_OF, acknowledged=case.warnings(), reason="checked_source", **said)


@pytest.mark.parametrize(
    ("confirmed", "critical", "counted"),
    [(["fact"], True, [["fact", "critical"]]), (["fact"], False, [["fact", "substantive"]]), ([], False, [["cosmetic", "cosmetic"]]), (None, False, [])],
)
def test_of_an_edit_counts_what_a_person_confirmed_and_not_what_the_comparison_suggests(desk, confirmed, critical, counted):
    case, first = shortened(desk)
    assert coding.Coded("fact", True) in coding.proposed(case.draft, standing_of(case.draft, at=AS_OF).facts)
    give(case, corrections=confirmed, critical=critical)
    row = DraftOutcome.objects.get(draft=first)
    assert (row.final, row.outcome) == (case.draft, "edited")
    assert (row.corrections, row.critical) == (counted, critical)


def test_too_many_critical_corrections_trip_the_switch_of_that_text_only(desk):
    sharp_policy()
    leaving = routine_case(desk)
    delivery = leaving.approve()
    version = delivery.draft.template_version
    decided(desk, critical=True), decided(desk, critical=True)
    assert not holds.switches(AS_OF)
    decided(desk, critical=True)
    (hold,) = holds.switches(AS_OF)
    assert (hold.scope, hold.scope_id, hold.created_by, hold.source) == ("template", version.pk, None, "trip")
    assert hold.reason == "3 of the last 4 decided drafts with this text needed a critical correction"
    assert Event.objects.filter(action="system.switch_tripped", actor_id=None).count() == 1
    sweeping.sweep(AS_OF)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.stop_code) == (states.DELIVERY_STOPPED, "words_off")


def test_too_few_or_too_harmless_decisions_trip_nothing(desk):
    sharp_policy()
    for critical in (True, True, True, False, False, False, False):
        decided(desk, critical=critical)
    # The first three are within the last six only while fewer than four came after them; with three decided there was no verdict yet.
    assert not holds.switches(AS_OF)


def test_what_was_simulated_neither_trips_the_switch_nor_thins_out_what_people_decided(desk):
    sharp_policy()
    simulated = Desk()
    synthetic.mark(simulated.portfolio, AS_OF.date(), {}, at=AS_OF)
    for _ in range(5):
        decided(simulated, critical=True)
    assert not holds.switches(AS_OF)
    for critical in (True, True, False):
        decided(desk, critical=critical)
    for _ in range(6):  # the whole window, had they counted
        decided(simulated, critical=False)
    assert not holds.switches(AS_OF), "five simulated ones are no reason"
    decided(desk, critical=True)
    (hold,) = holds.switches(AS_OF)
    assert hold.reason == "3 of the last 4 decided drafts with this text needed a critical correction"


def edited(desk, **said):
    """Such a draft, approved by the reviewer."""
    give(shortened(desk)[0], **said)


def test_confirmed_corrections_trip_the_switch_and_suggested_ones_never_do_nor_thin_out_the_others(desk):
    sharp_policy()
    for _ in range(7):
        edited(desk)  # each of them is suggested to be critical, and nobody said so
    assert not holds.switches(AS_OF)
    decided(desk, critical=False)
    for _ in range(3):
        assert not holds.switches(AS_OF)
        edited(desk, corrections=["fact"], critical=True)
    assert [hold.reason for hold in holds.switches(AS_OF)] == ["3 of the last 4 decided drafts with this text needed a critical correction"]


REFUSALS = [(topics.REJECT, code, cause) for code in topics.choices(topics.REJECT) for cause in ("", "draft", "facts")]
REFUSALS += [(topics.CHANGES, code, "") for code in topics.choices(topics.CHANGES)]


@pytest.mark.parametrize(("act", "code", "cause"), REFUSALS)
def test_the_switch_and_the_measures_count_the_same_refusals_as_critical(desk, act, code, cause):
    case = routine_case(desk)
    first = case.draft
    if act == topics.REJECT:
        reject(case.follow_up.pk, code, "see call note", by=desk.reviewer, at=AS_OF, cause=cause)
    else:
        request_changes(case.follow_up.pk, [code], "see call note", by=desk.reviewer, at=AS_OF)
    row = DraftOutcome.objects.get(draft=first)
    measured = Measure.objects.get(kind=kinds.DECIDED, follow_up_id=case.follow_up.pk)
    assert (row.outcome, row.critical) == (measured.outcome, measured.critical)
    assert row.critical == (code in topics.HARMFUL and cause != "facts")


def test_the_model_trips_its_own_switch(desk):
    sharp_policy()
    for critical in (False, True, True, True):
        decided(desk, critical=critical, model=True)
    (hold,) = holds.switches(AS_OF)
    assert hold.scope == "model"
    assert "model m-1" in hold.reason


def test_after_it_was_lifted_only_new_decisions_count(desk):
    sharp_policy()
    for critical in (False, True, True, True):
        decided(desk, critical=critical, model=True)
    (hold,) = holds.switches(AS_OF)
    resume(hold.pk, "prompt corrected", by=desk.finance, at=AS_OF + timedelta(minutes=1))
    decided(desk, critical=True, model=True, at=AS_OF + timedelta(minutes=2))
    assert not holds.switches(AS_OF + timedelta(minutes=3))
