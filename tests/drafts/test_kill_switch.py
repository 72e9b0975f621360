"""The kill switch: everything, a portfolio, the model, a version of a text; thrown by a person or by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drafts import states, sweeping
from drafts.delivery import handover
from drafts.generation import service
from drafts.models import Generation
from drafts.review import (
    Blocked,
    NotAllowed,
    lift_hold,
    pause_portfolio,
    resume,
    switch_off_model,
    switch_off_text,
)
from drafts.review.switches import carry_out_all
from governance import holds
from governance.models import Event, Hold, TemplateVersion
from tests.drafts.scene import AS_OF, Desk, routine_case, stop_clock
from tests.drafts.worded import modelled
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LEAVES = AS_OF + timedelta(hours=1)


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


@pytest.fixture
def desk():
    return Desk()


def test_a_paused_portfolio_sends_nothing_and_another_one_does(desk):
    case, other = routine_case(desk), routine_case(Desk())
    case.approve(), other.approve()
    hold = pause_portfolio(desk.portfolio.pk, "wrong balances", by=desk.reviewer, at=AS_OF)
    assert handover.deliver_due(LEAVES) == {"accepted": 1, "stopped_or_taken": 1}
    assert (case.follow_up.status, other.follow_up.status) == (states.STOPPED, states.SENT)
    assert "wrong balances" in case.delivery.stop_reason
    assert holds.switches(LEAVES) == [hold]


def test_who_pauses_and_who_resumes_a_portfolio(desk):
    stranger = make_user("reviewer", Desk().portfolio)
    with pytest.raises(NotAllowed):
        pause_portfolio(desk.portfolio.pk, "x", by=stranger, at=AS_OF)
    hold = pause_portfolio(desk.portfolio.pk, "wrong balances", by=desk.person("leadership"), at=AS_OF)
    for refused in (desk.reviewer, desk.owner, make_user("finance_approver", Desk().portfolio)):
        with pytest.raises(NotAllowed):
            resume(hold.pk, "fixed", by=refused, at=AS_OF)
    assert holds.switches(AS_OF)
    lift_hold(hold.pk, "books corrected", by=desk.finance, at=AS_OF)
    assert not holds.switches(AS_OF)
    with pytest.raises(Blocked, match="not paused any more"):
        resume(hold.pk, "again", by=desk.finance, at=AS_OF)


@pytest.mark.parametrize("throw", ["model", "text", "portfolio"])
def test_a_system_administrator_resumes_only_what_somebody_else_paused(desk, throw):
    admin, other = make_user("system_admin"), make_user("system_admin")
    hold = {
        "model": lambda: switch_off_model("odd words", by=admin, at=AS_OF),
        "text": lambda: switch_off_text(TemplateVersion.objects.first().pk, "odd words", by=admin, at=AS_OF),
        "portfolio": lambda: pause_portfolio(desk.portfolio.pk, "odd words", by=admin, at=AS_OF),
    }[throw]()
    with pytest.raises(NotAllowed, match="a second person resumes"):
        resume(hold.pk, "fine now", by=admin, at=AS_OF)
    assert resume(hold.pk, "fine now", by=other, at=AS_OF).released_by == other


def test_a_switch_needs_a_reason_and_thrown_twice_is_one(desk):
    with pytest.raises(Blocked):
        switch_off_model("  ", by=desk.reviewer, at=AS_OF)
    assert not Hold.objects.exists()
    first = switch_off_model("odd words", by=desk.reviewer, at=AS_OF)
    assert switch_off_model("again", by=desk.finance, at=AS_OF) == first
    assert Event.objects.filter(action="system.words_off").count() == 1
    with pytest.raises(NotAllowed):
        switch_off_model("fun", by=make_user(is_superuser=True), at=AS_OF)


def test_a_text_that_is_switched_off_stops_its_messages_and_is_not_used_again(desk):
    leaving, waiting = routine_case(desk), routine_case(desk)
    delivery = leaving.approve()
    version = waiting.draft.template_version
    switch_off_text(version.pk, "the tone offends", by=desk.reviewer, at=AS_OF)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.stop_code) == (states.DELIVERY_STOPPED, "words_off")
    assert "the tone offends" in delivery.stop_reason
    assert waiting.follow_up.status == states.PREPARING
    waiting.prepare()
    used = waiting.draft.template_version if waiting.follow_up.status == states.READY else None
    assert used != version


def test_without_any_other_text_the_account_waits_on_hold_and_comes_back(desk):
    case = routine_case(desk)
    version = case.draft.template_version
    TemplateVersion.objects.exclude(pk=version.pk).update(state="retired")
    hold = switch_off_text(version.pk, "wrong address", by=desk.reviewer, at=AS_OF)
    assert case.prepare().status == states.ON_HOLD
    assert "no approved text in force" in case.follow_up.hold_reason
    resume(hold.pk, "corrected", by=desk.finance, at=AS_OF)
    sweeping.sweep(AS_OF)
    assert case.follow_up.status == states.READY


def test_an_approval_of_a_switched_off_text_is_refused_even_when_it_slipped_through(desk):
    case = routine_case(desk)
    hold = holds.put("template", case.draft.template_version_id, kind="pause", reason="the tone offends", by=desk.reviewer, at=AS_OF)
    with pytest.raises(Blocked, match="is switched off: the tone offends"):
        case.approve()
    holds.release(hold.pk, by=desk.finance, at=AS_OF, reason="fine")
    delivery = case.approve()
    holds.put("template", case.draft.template_version_id, kind="pause", reason="the tone offends", by=desk.reviewer, at=AS_OF)
    handover.deliver_due(LEAVES)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.stop_code) == (states.DELIVERY_STOPPED, "words_off")


def test_a_version_that_was_never_in_force_cannot_be_switched_off(desk):
    version = TemplateVersion.objects.first()
    TemplateVersion.objects.filter(pk=version.pk).update(state="draft")
    with pytest.raises(Blocked, match="never in force"):
        switch_off_text(version.pk, "x", by=desk.reviewer, at=AS_OF)


def test_with_the_model_off_templates_speak_and_say_so(desk, settings):
    settings.LLM_MODEL, settings.LLM_BASE_URL = "m-1", "http://127.0.0.1:9/v1"
    switch_off_model("odd words", by=desk.reviewer, at=AS_OF)
    case = routine_case(desk)
    assert case.follow_up.status == states.READY
    assert case.draft.author_kind == "template"
    assert case.draft.note == "Approved template: model drafting is switched off: odd words"
    assert not Generation.objects.exists()


@pytest.mark.usefixtures("model_may_write")
def test_what_the_model_was_about_to_be_asked_is_not_asked(desk, settings):
    settings.LLM_MODEL, settings.LLM_BASE_URL = "m-1", "http://127.0.0.1:9/v1"
    case = routine_case(desk)
    assert Generation.objects.filter(state="queued", kind=service.DRAFT).count() == 1
    switch_off_model("odd words", by=desk.reviewer, at=AS_OF)
    sweeping.generate(AS_OF)
    assert set(Generation.objects.values_list("state", "error_kind")) == {("skipped", "switched_off")}
    assert case.prepare().status == states.READY
    assert case.draft.author_kind == "template"


def test_what_the_model_worded_stops_and_a_template_is_written_anew(desk):
    leaving, waiting, template = routine_case(desk), routine_case(desk), routine_case(desk)
    for case in (leaving, waiting):
        modelled(case)
    delivery, other = leaving.approve(), template.approve()
    switch_off_model("odd words", by=desk.reviewer, at=AS_OF)
    delivery.refresh_from_db(), other.refresh_from_db()
    assert (delivery.state, delivery.stop_code) == (states.DELIVERY_STOPPED, "words_off")
    assert other.state == states.SCHEDULED
    assert waiting.follow_up.status == states.PREPARING


def test_the_sweep_finishes_what_a_switch_began(desk):
    case = routine_case(desk)
    delivery = case.approve()
    holds.put("template", case.draft.template_version_id, kind="pause", reason="x", source="pause", by=desk.reviewer, at=AS_OF)
    assert carry_out_all(AS_OF) == 1
    assert carry_out_all(AS_OF) == 0
    delivery.refresh_from_db()
    assert delivery.state == states.DELIVERY_STOPPED
