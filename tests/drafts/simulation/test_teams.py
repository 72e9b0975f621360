"""What a policy would ask of each team: counted from what people did, unknown where there is too little of it."""

from __future__ import annotations

import io
import json
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from drafts import states
from drafts.models import SimulationRun
from drafts.simulation.result import simulate
from drafts.simulation.teams import Team
from governance import policies
from governance.models import PolicyVersion
from tests.drafts.scene import AS_OF, Desk, routine_case, stop_clock
from tests.drafts.simulation.policy_scene import Scene
from tests.factories import day, make_contract, make_portfolio, make_user
from tests.site.conftest import client_of

WEEK = Counter({f"2026-05-0{n}": answers for n, answers in enumerate((3, 4, 5, 4, 4), start=1)})


def verdict(roles, due=None, lane=states.ROUTINE):
    return SimpleNamespace(action="draft", block="", lane=lane, required_roles=[(role, "because") for role in roles], due_at=due, reasons=())


def team(before, after, drafts, took=timedelta(hours=1), by_day=WEEK):
    made = Team(by_day=Counter(by_day))
    for _ in range(drafts):
        made.add(before, after, AS_OF + took)
    return made.figures(7)


ONE, TWO = verdict(["reviewer"]), verdict(["account_owner", "finance_approver"], lane=states.EXCEPTION)


def test_more_answers_a_day_than_a_team_ever_gave_is_a_risk():
    figures = team(ONE, TWO, 20)
    assert (figures["portfolio"], figures["now"], figures["more"], figures["busiest"], figures["risk"]) == (7, 4.0, 4.0, 5, True)
    assert "about 8.0 answers a working day; the most it ever gave on one is 5" in figures["why"]


def test_what_a_team_has_done_on_one_day_it_can_do_again():
    figures = team(ONE, TWO, 4)
    assert figures["risk"] is False and "about 4.8 answers a working day; it gave up to 5" in figures["why"]
    assert team(TWO, ONE, 20)["risk"] is False and team(TWO, ONE, 20)["more"] == -4.0, "less work puts no deadline at risk"


def test_a_shorter_deadline_is_a_risk_when_drafts_decided_as_then_would_have_been_late():
    loose, tight = verdict(["reviewer"], AS_OF + timedelta(hours=24)), verdict(["reviewer"], AS_OF + timedelta(hours=4))
    figures = team(loose, tight, 6, took=timedelta(hours=5))
    assert (figures["late_before"], figures["late_after"], figures["risk"]) == (0, 6, True) and "6 would have been late instead of 0" in figures["why"]
    late_already = team(tight, tight, 6, took=timedelta(hours=5))
    assert late_already["risk"] is False and "6 of 6 drafts were late before" in late_already["why"]


@pytest.mark.parametrize("figures", [team(ONE, TWO, 20, by_day={"2026-05-04": 9}), team(ONE, TWO, 0), team(ONE, TWO, 3, by_day={})])
def test_too_little_history_is_unknown_and_never_no(figures):
    assert figures["risk"] is None and "it takes 5 to tell" in figures["why"]




@pytest.fixture
def scene(settings, db):
    stop_clock(settings)
    made = Scene()
    for portfolio in (made.desk.portfolio, make_portfolio(name="Elsewhere", code="elsewhere")):
        desk = made.desk if portfolio == made.desk.portfolio else Desk(portfolio)
        for n in range(2):
            case = routine_case(desk)
            make_contract(case.account, renewal_on=day(75))
            case.prepare(AS_OF)
            case.approve(at=AS_OF + timedelta(minutes=n))
    return made


def test_each_portfolio_has_its_own_figures_in_page_and_json(scene, monkeypatch):
    at = AS_OF + timedelta(days=1)
    active = policies.active()
    found = simulate(active, PolicyVersion(number=0, parameters={**active.parameters, "renewal_days": 90}), at).figures["teams"]
    assert [(team["drafts"], team["working_days"], team["risk"]) for team in found] == [(2, 1, None)] * 2
    draft = scene.draft()
    out = io.StringIO()
    call_command("simulate_policy", str(draft.number), "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert {"accounts", "matrix", "changed", "tightened", "loosened", "seconds"} <= set(told) and len(told["teams"]) == 2
    assert SimulationRun.objects.get(policy_version=draft).figures["teams"] == told["teams"]
    assert "not known" in client_of(scene.other).get(f"/admin/policy/{draft.pk}/").content.decode()
    monkeypatch.setattr(Team, "_risk", lambda *args: (True, "because of the test"))
    call_command("simulate_policy", str(draft.number), stdout=out)
    assert f"Deadlines of {scene.desk.portfolio.name}: at risk (because of the test)." in out.getvalue()
    own = scene.desk.portfolio.name
    everywhere = client_of(scene.other).get(f"/admin/policy/{draft.pk}/").content.decode()
    assert f"Yes: {own}, Elsewhere" in everywhere
    inside = client_of(make_user("policy_admin", scene.desk.portfolio)).get(f"/admin/policy/{draft.pk}/").content.decode()
    assert f"Yes: {own}" in inside and "Elsewhere" not in inside and "1 outside your portfolios" in inside
