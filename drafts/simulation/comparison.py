"""Two versions side by side on the same facts: figures per account and in total, and whether the second one may replace the first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, quantiles
from typing import Any

from drafts.generation import budget
from drafts.simulation.cases import Case, cases
from drafts.simulation.versions import DRAFT, Version
from drafts.simulation.writing import Outcome, outcomes, worst_cost_micro, worst_ms
from governance import policies
from governance.models import EvaluationRun

# What a version may never do, however many times the baseline does it.
NEVER = (
    "wrong_amount", "wrong_invoice", "wrong_recipient", "contradicts_facts", "bank_change", "placeholder", "injection_echo", "check_failed",
)  # fmt: skip
ANSWERED_AT_LEAST = 0.9


class NotComparable(ValueError):
    """A draft and a preparation for people have nothing to be measured against each other by."""


class TooExpensive(RuntimeError):
    """The comparison could cost more, or take longer, than the day's budgets have left."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """``rows`` side by side per account, ``a`` and ``b`` the totals, ``why_not`` empty when ``b`` passed against ``a``."""

    baseline: Version
    subject: Version
    cases: tuple[Case, ...]
    rows: tuple[tuple[Outcome, Outcome], ...]
    a: dict[str, Any]
    b: dict[str, Any]
    why_not: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """True when the second version may replace the first."""
        return not self.why_not


def compare(baseline: Version, subject: Version, accounts: int, at: datetime) -> Comparison:
    """Run both on ``accounts`` cases and keep the figures as an ``EvaluationRun``; no text of a message is kept.

    Raises ``NotComparable`` or ``TooExpensive`` before anything is asked.
    """
    _like_with_like(baseline, subject)
    chosen = cases(accounts, at)
    _afford((baseline, subject), len(chosen), at)
    first, second = outcomes(baseline, chosen), outcomes(subject, chosen)
    a, b = totals(first), totals(second)
    rows = tuple(zip(first, second, strict=True))
    found = Comparison(baseline, subject, tuple(chosen), rows, a, b, tuple(why_not(a, b)))
    _keep(found, at)
    return found


def _like_with_like(baseline: Version, subject: Version) -> None:
    kinds = {version.prompt.key if version.prompt else DRAFT for version in (baseline, subject)}
    if len(kinds) > 1:
        raise NotComparable(f"{baseline.name} and {subject.name} write different things; compare each with its own kind.")


def _afford(versions: Sequence[Version], count: int, at: datetime) -> None:
    policy = policies.active_parameters()
    worst = sum(worst_cost_micro(version, count, policy) for version in versions)
    spent = budget.spent_today(policy, at)
    left = policy.model_cost_micro_per_day - spent.micro
    if worst > left:
        words = f"This comparison could cost up to {worst / 1e6:.2f}; the day's budget has {max(0, left) / 1e6:.2f} left."
        raise TooExpensive(f"{words} Take fewer accounts.")
    longest = sum(worst_ms(version, count, policy) for version in versions) // 1000
    seconds_left = policy.model_seconds_per_day - spent.ms // 1000
    if longest > seconds_left:
        words = f"This comparison could take up to {longest:,} s of model time; the day's budget has {max(0, seconds_left):,} s left."
        raise TooExpensive(f"{words} Take fewer accounts.")


def totals(found: Sequence[Outcome]) -> dict[str, Any]:
    """The figures of one side. Latencies and edit rates are None where nothing was measured."""
    answered = [o for o in found if not o.error]
    rates = [o.edit_rate for o in found if o.edit_rate is not None]
    latencies = [o.spent.latency_ms for o in found if o.spent.latency_ms]
    return {
        "accounts": len(found),
        "answered": len(answered),
        "blocked": sum(o.blocked for o in answered),
        "blocked_share": round(sum(o.blocked for o in answered) / len(answered), 4) if answered else None,
        "objections": sum(len(o.objections) for o in answered),
        "labels": dict(Counter(f"{f.label}:{f.severity}" for o in answered for f in o.findings if not f.registered).most_common()),
        "errors": dict(Counter(o.error for o in found if o.error).most_common(10)),
        "edit_rate": round(fmean(rates), 4) if rates else None,
        "edit_rate_n": len(rates),
        "tokens_in": sum(o.spent.tokens_in for o in found),
        "tokens_out": sum(o.spent.tokens_out for o in found),
        "cost_micro": sum(o.spent.cost_micro for o in found),
        "latency_ms_sum": sum(o.spent.latency_ms for o in found),
        "latency_ms_p50": _percentile(latencies, 50),
        "latency_ms_p90": _percentile(latencies, 90),
    }


def _percentile(values: Sequence[int], percent: int) -> int | None:
    if not values:
        return None
    return round(quantiles(values, n=100, method="inclusive")[percent - 1]) if len(values) > 1 else values[0]


def why_not(a: dict[str, Any], b: dict[str, Any]) -> list[str]:
    """Why ``b`` may not replace ``a``, in words; empty when it may."""
    reasons = []
    if not b["accounts"] or b["answered"] < ANSWERED_AT_LEAST * b["accounts"]:
        reasons.append(f"only {b['answered']} of {b['accounts']} accounts got a text")
    if b["objections"] > a["objections"]:
        reasons.append(f"{b['objections']} findings stop its texts, {a['objections']} those of the baseline")
    stopping = {key.split(":")[0] for key in b["labels"] if not key.endswith(":warn")}
    if never := [label.replace("_", " ") for label in NEVER if label in stopping]:
        reasons.append(f"found in its texts, never allowed: {', '.join(never)}")
    return reasons


def _keep(found: Comparison, at: datetime) -> EvaluationRun:
    rows = [
        {"account": a.account_id, "made_up": case.made_up, "a": _row(a), "b": _row(b)}
        for case, (a, b) in zip(found.cases, found.rows, strict=True)
    ]
    return EvaluationRun.objects.create(
        subject=found.subject.name[:60], baseline=found.baseline.name[:60], model=found.subject.model, accounts=len(found.rows),
        figures={"a": found.a, "b": found.b, "why_not": list(found.why_not), "rows": rows}, content_sha256=found.subject.sha256,
        passed=found.passed, at=at,
    )  # fmt: skip


def _row(outcome: Outcome) -> dict[str, Any]:
    return {
        "labels": [f.label for f in outcome.findings if not f.registered], "blocked": outcome.blocked, "error": outcome.error,
        "edit_rate": outcome.edit_rate, "cost_micro": outcome.spent.cost_micro, "latency_ms": outcome.spent.latency_ms,
        "tokens": outcome.spent.tokens_in + outcome.spent.tokens_out,
    }  # fmt: skip
