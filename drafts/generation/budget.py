"""When the model is not asked: budgets of tokens and money, and the circuit breaker: sums over the attempts on record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Sum

from drafts.generation.client import Answer, ProviderError
from drafts.models import Generation
from governance.models import EvaluationRun
from governance.policies import PolicyParameters

# What a prompt is taken to cost at least before it is sent; the real figures replace it afterwards. JSON has about three characters a token.
ASSUMED_TOKENS_IN = 2_500
CHARACTERS_A_TOKEN = 3
# An answer that may be no longer than this is cut off and paid for nothing.
LEAST_ANSWER = 500


@dataclass(slots=True)
class Budget:
    """What is left today, counted down as calls are let through so that 64 in flight cannot overspend together."""

    policy: PolicyParameters
    spent_micro: int
    tokens_by_account: dict[int, int] = field(default_factory=dict)
    breaker_open_until: datetime | None = None
    trial_left: int | None = None  # after a pause of the breaker one call tries the provider before all others do

    def refuse(self, account_id: int, tokens_in: int, at: datetime) -> str:
        """Why a call with such a prompt is not made, in words; empty when it may be (and is then counted)."""
        if self.breaker_open_until and at < self.breaker_open_until:
            failed = f"the model failed {self.policy.model_breaker_failures} times in a row"
            return f"{failed} and is left alone until {self.breaker_open_until:%H:%M} UTC"
        if self.trial_left == 0:
            return "one call is trying the provider after a pause"
        max_tokens = answer_room(self.policy, tokens_in)
        if max_tokens < LEAST_ANSWER:
            return "the facts leave no room for an answer in the token budget of a draft"
        if self.tokens_by_account.get(account_id, 0) + tokens_in + max_tokens > self.policy.model_tokens_per_account_day:
            return "the account's token budget of the day is used up"
        worst = cost_micro(self.policy, tokens_in, max_tokens)
        if self.spent_micro + worst > self.policy.model_cost_micro_per_day:
            return "the cost budget of the day is used up"
        if self.trial_left:
            self.trial_left -= 1
        self.spent_micro += worst
        self.tokens_by_account[account_id] = self.tokens_by_account.get(account_id, 0) + tokens_in + max_tokens
        return ""


def prompt_tokens(messages: Sequence[Mapping[str, str]]) -> int:
    """How many tokens a prompt is taken to have."""
    return max(ASSUMED_TOKENS_IN, sum(len(message["content"]) for message in messages) // CHARACTERS_A_TOKEN)


def answer_room(policy: PolicyParameters, tokens_in: int = ASSUMED_TOKENS_IN) -> int:
    """Tokens an answer may have: what the draft's budget leaves after the prompt."""
    return policy.model_tokens_per_draft - tokens_in


def cost_micro(policy: PolicyParameters, tokens_in: int, tokens_out: int) -> int:
    """Millionths of a currency unit for one call."""
    return tokens_in * policy.model_price_micro_in + tokens_out * policy.model_price_micro_out


def billed_micro(policy: PolicyParameters, answer: Answer | None, error: ProviderError | None, worst: int) -> int:
    """What a call that ended is counted at: by its figures, else by its length, else as if the whole answer had been written."""
    if answer is None:
        # A refusal with a status code wrote nothing; a silent server may have written everything, and bill it.
        return cost_micro(policy, ASSUMED_TOKENS_IN, 0) if error and error.status else worst
    if answer.tokens_in or answer.tokens_out:
        return cost_micro(policy, answer.tokens_in, answer.tokens_out)
    return cost_micro(policy, ASSUMED_TOKENS_IN, len(answer.text) // 4 + 1)


def load(policy: PolicyParameters, account_ids: Iterable[int], at: datetime) -> Budget:
    """The budget as the attempts and the comparisons of the last 24 hours leave it, calls in flight at their worst. Four queries, five after a
    pause of the breaker."""
    today = Generation.objects.filter(created_at__gt=at - timedelta(days=1))
    spent = (today.aggregate(total=Sum("cost_micro"))["total"] or 0) + _evaluated_micro(at)
    tokens: dict[int, int] = {}
    rows = today.filter(account_id__in=set(account_ids)).values_list("account_id", "tokens_in", "tokens_out", "parameters__tokens_held")
    for account_id, tokens_in, tokens_out, held in rows:
        tokens[account_id] = tokens.get(account_id, 0) + (tokens_in + tokens_out or held or 0)
    until = breaker(policy)
    open_until = until if until and until > at else None
    return Budget(policy, spent, tokens, open_until, _trials(at) if until and not open_until else None)


def _trials(at: datetime) -> int:
    """How many calls may try a provider that was left alone: one, and none while another worker's is under way."""
    return 0 if Generation.objects.filter(state=Generation.State.CLAIMED, lease_until__gt=at).exists() else 1


def breaker(policy: PolicyParameters) -> datetime | None:
    """Until when the model is (or was) left alone: so many provider failures in a row; None when the last attempts include an answer."""
    # An answer from the record says nothing about the provider.
    asked = Generation.objects.filter(state__in=["done", "failed"], finished_at__isnull=False, reused_from__isnull=True)
    closed = asked.order_by("-finished_at", "-pk")
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
