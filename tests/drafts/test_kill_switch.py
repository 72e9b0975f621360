"""The kill switch: everything, a portfolio, the model, a version of a text; thrown by a person or by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drafts import states, sweeping, transitions
from drafts.delivery import handover
from drafts.delivery.standing import standing_of
from drafts.generation import service
from drafts.models import Draft, DraftOutcome, Generation
from drafts.review import (
    Blocked,
    NotAllowed,
    approve,
    coding,
    edit,
    leave,
    lift_hold,
    pause_portfolio,
    reject,
    request_changes,
    resume,
    switch_off_model,
    switch_off_text,
)
from drafts.review.switches import carry_out_all
from governance import holds, topics
from governance.measuring import kinds
from governance.models import Event, Hold, Measure, PolicyVersion, TemplateVersion
from tests.drafts.scene import AS_OF, Desk, routine_case, stop_clock
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


def modelled(case) -> Draft:
    """Make the draft in force one that a model worded (its own row: a draft never changes)."""
    old = case.draft
    draft = Draft.objects.get(pk=old.pk)
    draft.pk, draft._state.adding = None, True
    draft.revision, draft.parent, draft.template_version, draft.author_kind = old.revision + 1, old, None, Draft.AuthorKind.MODEL
    draft.save()
    follow_up = case.follow_up
    Generation.objects.create(
        follow_up=follow_up, account=case.account, brief=draft.brief, state="done", model="m-1", draft=draft, created_at=AS_OF
    )
    transitions.perform([follow_up.pk], "refresh", by=None, at=AS_OF)
    transitions.perform([follow_up.pk], "draft_ready", by=None, at=AS_OF, fields={follow_up.pk: {"draft_id": draft.pk}})
    return draft


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
