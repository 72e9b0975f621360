"""The model: does it answer, how fast, how often in the wrong form, what it costs, and where templates write in its place."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Max, Q

from collections_site.health.lines import MODEL, Round, line
from drafts.generation import budget, client
from drafts.models import Generation
from governance.admin.wording import span
from governance.measured import FINE, NOT_SET_UP, PROBLEM, UNKNOWN, WARNING, Measured
from governance.models import ModelSwitch, PolicyVersion

State = Generation.State
LINK = "readiness"
# What the client calls an answer that came and could not be used: refused, cut off, by another model, or not as asked for.
WRONG_FORM = ("wrong_form", "protocol", "refusal", "cut_off", "wrong_model", "too_large")
# Answers of the wrong form in 24 h, per cent; and calls that a share of is worth saying.
WRONG_WARN, WRONG_PROBLEM, FEW = 1.0, 10.0, 5


def model(found: Round) -> list[Measured]:
    """The lines of the model; one that says "not set up" where none is configured. Eight queries."""
    fallen = _switches()
    if not client.configured():
        means = "The approved templates write. That is no fault."
        return [line(MODEL, "model", "Model", NOT_SET_UP, "none is configured", "a model that answers", means, "Set LLM_MODEL and LLM_BASE_URL."), fallen]
    return [_answers(found), _form(found), *_budgets(found), fallen]


def _answers(found: Round) -> Measured:
    closed = Generation.objects.filter(finished_at__gt=found.at - timedelta(days=1), state__in=(State.DONE, State.FAILED))
    n = closed.aggregate(done=Count("pk", filter=Q(state=State.DONE)), last=Max("finished_at", filter=Q(state=State.DONE)), all=Count("pk"))
    took = sorted(closed.filter(state=State.DONE, reused_from__isnull=True).order_by("-pk").values_list("latency_ms", flat=True)[:500])
    until = budget.breaker(found.policy)
    limit, means = f"an answer within {found.policy.model_seconds} s", "While it does not answer, the approved templates write and say so."
    name = f"{settings.LLM_MODEL} via {client.provider_name()}"
    if until and until > found.at:
        return line(MODEL, "model", "Model", PROBLEM, f"{name}: failed {found.policy.model_breaker_failures} times in a row, left alone until {until:%H:%M} UTC", limit, means, "See the provider.")
    if not n["all"]:
        return line(MODEL, "model", "Model", UNKNOWN, f"{name}: not asked in 24 h", limit, means)
    if not n["done"]:
        return line(MODEL, "model", "Model", PROBLEM, f"{name}: no answer to {n['all']} calls in 24 h", limit, means, "See the provider.")
    value = f"{name}: last answer {span((found.at - n['last']).total_seconds())} ago"
    if took:
        p50, p95 = took[len(took) // 2] / 1000, took[min(len(took) - 1, len(took) * 95 // 100)] / 1000
        value += f"; half within {p50:.1f} s, 95 % within {p95:.1f} s (of {len(took)})"
        if p95 > 0.8 * found.policy.model_seconds:
            return line(MODEL, "model", "Model", WARNING, value, limit, means, "It is close to its time limit.")
    return line(MODEL, "model", "Model", FINE, value, limit, "It answers in time.")


def _form(found: Round) -> Measured:
    closed = Generation.objects.filter(finished_at__gt=found.at - timedelta(days=1), state__in=(State.DONE, State.FAILED), reused_from__isnull=True)
    n = closed.aggregate(all=Count("pk"), wrong=Count("pk", filter=Q(error_kind__in=WRONG_FORM)))
    limit, means = f"under {WRONG_WARN:g} % in 24 h; above {WRONG_PROBLEM:g} % a problem", "A wrong answer is asked for once more, then the approved template writes; no draft is invented."
    if not n["all"]:
        return line(MODEL, "wrong_form", "Answers of the wrong form", UNKNOWN, "no call in 24 h", limit, means)
    share = 100 * n["wrong"] / n["all"]
    state = FINE if share < WRONG_WARN else PROBLEM if share > WRONG_PROBLEM and n["all"] >= FEW else WARNING
    return line(MODEL, "wrong_form", "Answers of the wrong form", state, f"{share:.1f} % ({n['wrong']} of {n['all']} calls)", limit, means, "" if state == FINE else "Look at the attempts on the drafts, then at the provider.")


def _budgets(found: Round) -> list[Measured]:
    """What the day has used of its money and of its time; calls in flight at their worst."""
    spent = budget.spent_today(found.policy, found.at)
    money, whole = spent.micro / 1_000_000, found.policy.model_cost_micro_per_day / 1_000_000
    seconds, allowed = spent.ms / 1000, found.policy.model_seconds_per_day
    version = PolicyVersion.objects.filter(state="active").values_list("pk", flat=True).first()
    return [
        _budget("cost", "Cost", money, whole, f"{money:,.2f} of {whole:,.2f} in 24 h", version),
        _budget("model_time", "Model time", seconds, allowed, f"{seconds:,.0f} of {allowed:,} seconds in 24 h, all calls added up", version),
    ]


def _budget(key: str, title: str, spent: float, whole: float, value: str, version: int | None) -> Measured:
    share = 100 * spent / whole if whole else 100.0
    state = PROBLEM if share >= 100 else WARNING if share >= 80 else FINE
    return line(MODEL, key, title, state, value, "80 % of the budget of the policy", "When it is used up, the approved templates write.", "" if state == FINE else "Raise the budget, or wait.", f"governance_policyversion_change:{version}", "see_health")


def _switches() -> Measured:
    rows = list(ModelSwitch.objects.filter(state=ModelSwitch.State.ON).select_related("portfolio").order_by("portfolio__name"))
    limit, means = "every portfolio that was switched on is ready", "Below its readiness a portfolio falls back to the approved templates, and returns by itself."
    if not rows:
        return line(MODEL, "gate", "Model drafting", NOT_SET_UP, "switched on for no portfolio", limit, "The approved templates write.", "Ask for it on the page of a ready portfolio.", LINK, "see_readiness")
    fallen = [row for row in rows if row.fell_back_at]
    if fallen:
        value = "; ".join(f"{row.portfolio.name} writes from templates: {row.fell_back_why}" for row in fallen)
        return line(MODEL, "gate", "Model drafting", WARNING, value, limit, means, "Mend what keeps it from being ready.", LINK, "see_readiness")
    if not client.configured():
        return line(MODEL, "gate", "Model drafting", NOT_SET_UP, "a model may write, but none is configured", limit, "The approved templates write.", "", LINK, "see_readiness")
    return line(MODEL, "gate", "Model drafting", FINE, f"on for {', '.join(row.portfolio.name for row in rows)}", limit, means, "", LINK, "see_readiness")
