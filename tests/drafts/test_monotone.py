"""Risk only ever raises: no bad fact, worse source, larger amount, model suggestion, hold or finding lowers a lane, spares an approver or
lets out what was held."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from accounts.fact_types import FINE_STATES, NOT_CONFIGURED, SOURCE_STATES
from drafts.checks.base import BLOCK, HIGHER, WARN, Finding
from drafts.classification import AWAIT_DECISION, DRAFT, HOLD, RULES, Reason, Verdict
from drafts.preparation.approvers import raised
from drafts.states import LANE_ORDER
from governance.roles import EXECUTIVE, FINANCE, LEGAL, OWNER, REVIEWER
from tests.drafts.worlds import ALSO, BAD, SOURCES, _hold, source, world, worse

NAMES = sorted(BAD)
# A plan that was agreed or is kept is no bad fact: it may take the place of a promise that is waited for.
EXTRA = [name for name in NAMES if name != "payment_plan"]
# These make the debt larger: what netted to zero before no longer does, so a hold may end while lane and approvers stay or grow.
LARGER = ("total_over_executive", "total_over_routine")
AMOUNTS = st.lists(st.integers(100, 30_000_000), min_size=1, max_size=4)
SUBSETS = st.sets(st.sampled_from(NAMES), max_size=6)
ROLES = (REVIEWER, OWNER, FINANCE, LEGAL, EXECUTIVE)
RANK = {DRAFT: 0, AWAIT_DECISION: 1, HOLD: 2}


def no_fewer(before, after) -> bool:
    """No higher role is missing, and at least as many people are asked: the reviewer's place may be taken by somebody of a higher role."""
    return set(before) - {REVIEWER} <= set(after) and len(set(after)) >= len(set(before))


def roles(verdict: Verdict) -> list[str]:
    return [role for role, _ in verdict.required_roles]


def demand_no_lower(before: Verdict, after: Verdict, *, held: bool = True) -> None:
    assert LANE_ORDER[after.lane] >= LANE_ORDER[before.lane], (before.lane, after.lane)
    assert no_fewer(roles(before), roles(after)), (roles(before), roles(after))
    if held and before.action in RANK and after.action in RANK:
        assert RANK[after.action] >= RANK[before.action], (before.action, before.hold_reason, after.action)


@pytest.mark.parametrize("name", NAMES)
def test_each_bad_fact_alone_reaches_its_rule(name):
    assert name in [reason.rule for reason in BAD[name](world()).verdict().reasons]
    if name in ALSO:
        assert name in [reason.rule for reason in ALSO[name](world()).verdict().reasons]


def test_the_bad_facts_reach_every_rule_there_is():
    reached = Counter(reason.rule for name in NAMES for reason in BAD[name](world()).verdict().reasons)
    assert {rule.__name__ for rule in RULES} <= set(reached), {rule.__name__ for rule in RULES} - set(reached)
    assert set(BAD) == {rule.__name__ for rule in RULES}


def test_an_account_without_bad_facts_is_routine():
    verdict = world().verdict()
    assert (verdict.lane, verdict.action, roles(verdict)) == ("routine", DRAFT, [REVIEWER])


@settings(max_examples=400)
@given(AMOUNTS, SUBSETS, st.sampled_from(EXTRA))
def test_one_more_bad_fact_never_lowers_anything(amounts, standing, extra):
    before, after = worse(world(amounts), standing).verdict(), worse(world(amounts), {*standing, extra}).verdict()
    for reason in after.reasons:
        event(f"rule {reason.rule}")
    demand_no_lower(before, after, held=extra not in LARGER)


@settings(max_examples=150)
@given(AMOUNTS, SUBSETS, st.sampled_from(SOURCES), st.sampled_from(SOURCE_STATES))
def test_a_worse_source_never_lowers_anything(amounts, standing, kind, state):
    base = worse(world(amounts), standing - {"source_gap"})
    # A source that is optional until it is connected asks for less when it is not connected at all; that is the policy's own choice.
    if state in FINE_STATES or (state == NOT_CONFIGURED and kind in base.policy.required_once_configured):
        return
    event(f"{kind} {state}")
    demand_no_lower(base.verdict(), base.with_facts(sources={**base.facts.sources, kind: source(kind, state)}).verdict())


@settings(max_examples=150)
@given(AMOUNTS, SUBSETS, st.integers(0, 3), st.integers(1, 30_000_000))
def test_a_larger_amount_never_lowers_the_lane_or_spares_an_approver(amounts, standing, which, more):
    position = which % len(amounts)
    larger = [*amounts[:position], amounts[position] + more, *amounts[position + 1 :]]
    # What nets to zero no longer does when more is owed: there the hold may end, the lane and the approvers stay.
    demand_no_lower(worse(world(amounts), standing).verdict(), worse(world(larger), standing).verdict(), held=False)


@settings(max_examples=150)
@given(AMOUNTS, SUBSETS, st.sampled_from(sorted(LANE_ORDER)), st.lists(st.sampled_from(ROLES), min_size=1, max_size=3, unique=True))
def test_what_a_model_suggests_never_lowers_anything(amounts, standing, lane, routed_to):
    base = worse(world(amounts), standing)
    suggested = Reason("model_suggestion", "the model suggests", ("generation:1",), lane, tuple(routed_to))
    event(f"suggested {lane}")
    demand_no_lower(base.verdict(), replace(base, suggested=suggested).verdict())


@settings(max_examples=150)
@given(
    AMOUNTS, SUBSETS, st.sampled_from(("account", "portfolio", "global")),
    st.sampled_from(("dispute", "legal", "payment_claim", "do_not_contact", "other")),
)
def test_a_hold_always_holds_and_never_lowers_anything(amounts, standing, scope, kind):
    base = worse(world(amounts), standing)
    held = _hold(base, scope=scope, scope_id=base.facts.account_id if scope == "account" else 1, kind=kind).verdict()
    assert held.action == HOLD
    demand_no_lower(base.verdict(), held)


CHECKS = [f"G{n:02d}" for n in range(1, 31) if n != 29]
FINDINGS = st.builds(
    lambda check, severity, role, registered: Finding(check, "x", severity, "", f"{check} found", role=role, registered=registered),
    st.sampled_from(CHECKS), st.sampled_from((BLOCK, HIGHER, WARN)),
    st.sampled_from((None, "finance", "legal", "account_owner", "executive", "finance+legal", "legal+executive", "finance+executive")), st.booleans(),
)  # fmt: skip


def after_checks(verdict: Verdict, findings) -> tuple[str, list[str]]:
    lane, _, pairs = raised(verdict, findings)
    return lane, [role for role, _ in pairs]


@settings(max_examples=300)
@given(SUBSETS, st.lists(FINDINGS, max_size=5), st.lists(FINDINGS, max_size=3))
def test_more_findings_never_need_fewer_approvers(standing, some, more):
    verdict = worse(world(), standing).verdict()
    (lane, few), (raised_lane, many) = after_checks(verdict, some), after_checks(verdict, [*some, *more])
    assert LANE_ORDER[raised_lane] >= LANE_ORDER[lane] >= LANE_ORDER[verdict.lane]
    assert no_fewer(roles(verdict), few) and no_fewer(few, many), (roles(verdict), few, many)


@settings(max_examples=300)
@given(AMOUNTS, SUBSETS, st.sampled_from(EXTRA), st.lists(FINDINGS, max_size=5))
def test_the_same_findings_on_a_riskier_account_never_need_fewer_approvers(amounts, standing, extra, findings):
    before, after = worse(world(amounts), standing).verdict(), worse(world(amounts), {*standing, extra}).verdict()
    (lane, few), (other, many) = after_checks(before, findings), after_checks(after, findings)
    assert LANE_ORDER[other] >= LANE_ORDER[lane]
    assert no_fewer(few, many), (few, many)


@given(SUBSETS, st.lists(FINDINGS, max_size=5))
def test_wording_that_commits_us_is_always_co_signed_by_the_owner_and_never_by_one_person_alone(standing, findings):
    lane, asked = after_checks(worse(world(), standing).verdict(), findings)
    if any(f.check in ("G11", "G12", "G13", "G14", "G15", "G16") and f.severity == HIGHER for f in findings):
        assert OWNER in asked and lane != "routine"
    assert lane == "routine" or len(set(asked)) >= 2
