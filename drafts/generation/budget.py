"""When the model is not asked: budgets of tokens and money, and the circuit breaker: sums over the attempts on record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Sum

from drafts.models import Generation
from governance.models import EvaluationRun
from governance.policies import PolicyParameters

# What a call is taken to cost before it is made; the real figures replace it afterwards.
ASSUMED_TOKENS_IN = 2_500


@dataclass(slots=True)
class Budget:
    """What is left today, counted down as calls are let through so that 64 in flight cannot overspend together."""

    policy: PolicyParameters
    spent_micro: int
    tokens_by_account: dict[int, int] = field(default_factory=dict)
    breaker_open_until: datetime | None = None
    trial_left: int | None = None  # after a pause of the breaker one call tries the provider before all others do

    def refuse(self, account_id: int, at: datetime) -> str:
        """Why this call is not made, in words; empty when it may be (and is then counted)."""
        if self.breaker_open_until and at < self.breaker_open_until:
            failed = f"the model failed {self.policy.model_breaker_failures} times in a row"
            return f"{failed} and is left alone until {self.breaker_open_until:%H:%M} UTC"
        if self.trial_left == 0:
            return "one call is trying the provider after a pause"
        tokens = ASSUMED_TOKENS_IN + self.max_tokens
        if self.tokens_by_account.get(account_id, 0) + tokens > self.policy.model_tokens_per_account_day:
            return "the account's token budget of the day is used up"
        worst = ASSUMED_TOKENS_IN * self.policy.model_price_micro_in + self.max_tokens * self.policy.model_price_micro_out
        if self.spent_micro + worst > self.policy.model_cost_micro_per_day:
            return "the cost budget of the day is used up"
        if self.trial_left:
            self.trial_left -= 1
        self.spent_micro += worst
        self.tokens_by_account[account_id] = self.tokens_by_account.get(account_id, 0) + tokens
        return ""

    @property
    def max_tokens(self) -> int:
        """Tokens an answer may have: what the draft's budget leaves after the prompt."""
        return max(200, self.policy.model_tokens_per_draft - ASSUMED_TOKENS_IN)


def cost_micro(policy: PolicyParameters, tokens_in: int, tokens_out: int) -> int:
    """Millionths of a currency unit for one call."""
    return tokens_in * policy.model_price_micro_in + tokens_out * policy.model_price_micro_out


def load(policy: PolicyParameters, account_ids: Iterable[int], at: datetime) -> Budget:
    """The budget as the attempts and the comparisons of the last 24 hours leave it. Four queries."""
    today = Generation.objects.filter(created_at__gt=at - timedelta(days=1))
    spent = (today.aggregate(total=Sum("cost_micro"))["total"] or 0) + _evaluated_micro(at)
    by_account = today.filter(account_id__in=set(account_ids)).values_list("account_id").annotate(t=Sum("tokens_in") + Sum("tokens_out"))
    until = breaker(policy)
    open_until = until if until and until > at else None
    trial = 1 if until and not open_until else None
    return Budget(policy, spent, {account: tokens or 0 for account, tokens in by_account}, open_until, trial)


def breaker(policy: PolicyParameters) -> datetime | None:
    """Until when the model is (or was) left alone: so many provider failures in a row; None when the last attempts include an answer."""
    closed = Generation.objects.filter(state__in=["done", "failed"], finished_at__isnull=False).order_by("-finished_at", "-pk")
    last = list(closed.values_list("state", "finished_at")[: policy.model_breaker_failures])
    if len(last) < policy.model_breaker_failures or any(state == "done" for state, _ in last):
        return None
    newest = last[0][1]
    assert newest is not None
    return newest + timedelta(minutes=policy.model_breaker_minutes)


def _evaluated_micro(at: datetime) -> int:
    """What comparisons of versions cost: the same purse pays for them."""
    runs = EvaluationRun.objects.filter(at__gt=at - timedelta(days=1)).values_list("figures", flat=True)
    return sum(int(side.get("cost_micro", 0)) for figures in runs for side in (figures.get("a", {}), figures.get("b", {})))
