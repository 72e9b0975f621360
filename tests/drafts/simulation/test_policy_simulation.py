"""What a policy would do: the rules of production on today's book and on decided drafts; every account in one cell, every change with its rule."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from accounts.facts import JUDGED_BY, facts_for, facts_under
from accounts.facts.building import Builder
from accounts.facts.reading import read
from drafts.brief import freeze, open_brief
from drafts.classification import classify
from drafts.models import Brief, Draft, FollowUp, SimulationChange, SimulationRun
from drafts.preparation import due_account_ids
from drafts.preparation.standing import read_standing
from drafts.review import reject
from drafts.simulation.judging import CELLS, Tally, cell
from drafts.simulation.result import as_json
from drafts.simulation.thaw import thaw, under
from governance import policies
from governance.policies import DEFAULT
from tests.drafts.scene import exception_case, prepared, routine_case
from tests.drafts.simulation.policy_scene import AS_OF, what_if
from tests.factories import (
    day,
    make_contract,
    make_credit_note,
    make_dispute,
    make_hold,
    make_invoice,
    make_message,
    make_payment,
    make_promise,
    make_signal,
    make_ticket,
)

pytestmark = pytest.mark.django_db


def test_every_open_account_is_in_one_cell_and_the_list_has_exactly_those_off_the_diagonal(scene):
    scene.book()
    result = as_json(what_if(renewal_days=90))
    matrix = result["matrix"]
    assert sum(n for row in matrix.values() for n in row.values()) == result["accounts"] == len(due_account_ids(AS_OF)) == 7
    off = sum(n for a, row in matrix.items() for b, n in row.items() if a != b)
    listed = [c for c in result["changes"] if c["from"] != c["to"]]
    assert off == len(listed) == result["changed"] == result["tightened"] + result["loosened"] == 2
    assert {c["rules"] for c in listed} == {("renewal_near",)}
    assert {(c["from"], c["to"]) for c in listed} == {("routine", "executive_review")}


def test_more_time_for_the_model_moves_no_account_and_is_a_looser_setting_and_less_is_none(scene):
    scene.book()
    more, less = as_json(what_if(model_seconds_per_day=300_000)), as_json(what_if(model_seconds_per_day=5))
    assert more["changed"] == less["changed"] == 0 and more["accounts"] == 7
    assert (more["looser_settings"], less["looser_settings"]) == (["model_seconds_per_day"], [])


def test_it_says_what_production_would_say(scene):
    """Whatever is in an account, each cell is that of the verdict preparation would reach under each policy."""
    _interesting(scene)
    changes = {"renewal_days": 90, "routine_total_limit": 500, "chase_undisputed_rest": False, "fresh_hours": 1, "grace_days": 20, "minimum_amount": 2_000}
    new = DEFAULT.model_copy(update=changes)
    expected = Tally()
    ids = due_account_ids(AS_OF)
    for pk in ids:
        verdicts = []
        for policy in (policies.active_parameters(), new):
            facts = facts_for([pk], AS_OF, policy=policy)
            stands = read_standing(facts, AS_OF)[pk]
            verdicts.append(classify(facts[pk], stands.holds, policy, stands.decisions, stands.terms, stands.earlier))
        expected.add(*verdicts)
    result = what_if(**changes)
    assert result.book.tally == expected
    assert expected.changed > 5 and len(ids) > 12


def _interesting(scene):
    desk = scene.desk
    scene.book()
    for make in (
        make_signal, make_dispute, make_hold, lambda a: make_ticket(a, severity="urgent"),
        lambda a: make_promise(a, due_on=day(-3)), lambda a: make_promise(a, due_on=None), make_credit_note,
        lambda a: make_payment(a, unapplied_minor=500), lambda a: make_message(a, topics="plan"), lambda a: make_contract(a, terms_days=60),
    ):  # fmt: skip
        account = desk.account()
        make_invoice(account)
        make(account)


def test_each_account_off_the_diagonal_names_the_rule_and_the_direction(scene):
    desk = scene.desk
    large = prepared(desk, [{"amount_minor": 2_400_000}]).account
    soon = scene.renewing(40)
    owned = prepared(desk, [{}, {}]).account
    make_dispute(owned, invoice=owned.invoices.first(), owner=desk.finance)
    found = {c["account"]: c for c in as_json(what_if(routine_total_limit=20_000, renewal_days=30, chase_undisputed_rest=False))["changes"]}
    assert (found[large.pk]["rules"], found[large.pk]["direction"]) == (("total_over_routine",), "tightened")
    assert (found[soon.pk]["rules"], found[soon.pk]["direction"]) == (("renewal_near",), "loosened")
    assert (found[owned.pk]["rules"], found[owned.pk]["to"], found[owned.pk]["direction"]) == (("dispute_open",), "on_hold", "tightened")


def test_fewer_approvers_in_the_same_lane_is_looser_and_listed(scene):
    case = exception_case(scene.desk, natural_person=False)
    make_contract(case.account, terms_days=60)
    result = as_json(what_if(terms_tolerance_days=60))
    (change,) = result["changes"]
    assert (change["from"], change["to"], change["direction"]) == ("exception", "exception", "loosened")
    assert set(change["approvers_before"]) - set(change["approvers_after"]) == {"reviewer"}
    assert (result["changed"], result["within"]) == (0, {"tightened": 0, "loosened": 1})


def test_the_order_of_the_cells_runs_from_most_freedom_to_least():
    assert CELLS == ("routine", "exception", "executive_review", "on_hold", "not_chased")


def test_nothing_is_written_by_simulating(scene):
    scene.book()
    before = [model.objects.count() for model in (FollowUp, Draft, Brief, SimulationRun, SimulationChange)]
    what_if(renewal_days=90)
    assert [model.objects.count() for model in (FollowUp, Draft, Brief, SimulationRun, SimulationChange)] == before


def test_facts_under_several_policies_are_those_of_each(scene):
    _interesting(scene)
    ids = due_account_ids(AS_OF)
    other = DEFAULT.model_copy(update={"grace_days": 20, "fresh_hours": 1, "bank_processing_days": 9})
    same = DEFAULT.model_copy(update={"renewal_days": 1})
    found = facts_under(ids, AS_OF, (DEFAULT, other, same))
    assert found[0] == facts_for(ids, AS_OF, policy=DEFAULT) and found[1] == facts_for(ids, AS_OF, policy=other)
    assert found[2] is found[0], "policies that judge facts alike share them"
    assert found[0] != found[1]


def test_facts_are_judged_by_the_named_parameters_and_no_others(scene):
    _interesting(scene)
    asked = set()

    class Watched:
        def __getattr__(self, name):
            asked.add(name)
            return getattr(DEFAULT, name)

    Builder(read(due_account_ids(AS_OF), AS_OF), AS_OF, Watched()).build_all()  # type: ignore[arg-type]
    assert asked and asked <= set(JUDGED_BY)


def test_without_habits_only_the_habit_is_missing(scene):
    scene.book()
    ids = due_account_ids(AS_OF)
    (bare,) = facts_under(ids, AS_OF, (DEFAULT,), habits=False)
    for pk, facts in facts_for(ids, AS_OF, policy=DEFAULT).items():
        stands = read_standing({pk: facts}, AS_OF)[pk]
        assert classify(facts, stands.holds, DEFAULT) == classify(bare[pk], stands.holds, DEFAULT)


# --- the replay ---


def test_a_brief_thaws_into_the_facts_it_was_frozen_from(scene):
    _interesting(scene)
    facts = facts_for(due_account_ids(AS_OF), AS_OF, policy=DEFAULT)
    for pk, stands in read_standing(facts, AS_OF).items():
        row = freeze(facts[pk], stands.holds, DEFAULT).row(AS_OF)
        thawed, holds = thaw(open_brief(row))
        assert thawed == facts[pk] and holds == tuple(stands.holds)
        assert under(thawed, DEFAULT) == thawed
        assert cell(classify(thawed, holds, DEFAULT)) == cell(classify(facts[pk], stands.holds, DEFAULT))


def test_a_brief_of_an_unknown_shape_is_counted_and_not_guessed():
    with pytest.raises(ValueError, match="cannot be read"):
        thaw({"account_id": 1})


def test_the_replay_judges_decided_drafts_on_their_own_facts_and_knows_what_came_later(scene):
    desk = scene.desk
    disputed, fine, refused = (routine_case(desk) for _ in range(3))
    undecided = routine_case(desk)
    make_contract_before_preparing = [disputed, fine, refused, undecided]
    for case in make_contract_before_preparing:
        make_contract(case.account, renewal_on=day(75))
        make_invoice(case.account)
        case.prepare(AS_OF)
    for case in (disputed, fine):
        case.approve()
    reject(refused.follow_up.pk, "other", "no", by=desk.reviewer, at=AS_OF)
    later = AS_OF + timedelta(days=3)
    make_dispute(disputed.account, opened_on=day(2))
    result = what_if(later, renewal_days=90).figures["replay"]
    assert (result["drafts"], result["tightened"], result["loosened"]) == (3, 3, 0)
    assert (result["disputed_later"], result["caught"]) == (1, 1)
    assert "benefit" not in json.dumps(result) and result["not_replayed"] == []
    load = what_if(later, renewal_days=90).figures["load"]
    assert load["now"] == pytest.approx(2 / 4, abs=0.06) and load["more"] > 0, "a routine draft takes one answer, an executive one two"


def test_drafts_decided_longer_ago_are_not_replayed_and_an_empty_desk_has_no_load(scene):
    routine_case(scene.desk).approve()
    figures = what_if(AS_OF + timedelta(days=29), renewal_days=90).figures
    assert figures["replay"]["drafts"] == 0
    assert figures["load"] == {"now": None, "more": None, "days": 0}, "unknown is never shown as none"


def test_waits_that_cannot_be_judged_from_frozen_facts_are_named(scene):
    assert what_if(grace_days=9).figures["replay"]["not_replayed"] == ["grace_days"]


# --- messages that wait ---


def test_messages_that_wait_and_would_need_a_second_approval_are_counted(scene):
    case = prepared(scene.desk, [{"amount_minor": 2_400_000}])
    other = routine_case(scene.desk)
    case.approve()
    other.approve()
    scheduled = what_if(routine_total_limit=20_000).figures["scheduled"]
    assert scheduled == {"waiting": 2, "need_more": 1, "held": 0}
    assert what_if(renewal_days=61).figures["scheduled"] == {"waiting": 2, "need_more": 0, "held": 0}
