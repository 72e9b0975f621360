"""When the model is not asked: budgets of tokens, money and time, and the circuit breaker: sums over the attempts on record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import BigIntegerField, Case, F, QuerySet, Sum, When

from drafts.generation.client import Answer, ProviderError
from drafts.models import Generation
from governance.models import EvaluationRun
from governance.policies import PolicyParameters

# What a prompt is taken to cost at least before it is sent; the real figures replace it afterwards. JSON has about three characters a token.
ASSUMED_TOKENS_IN = 2_500
CHARACTERS_A_TOKEN = 3
# An answer that may be no longer than this is cut off and paid for nothing.
LEAST_ANSWER = 500


@dataclass(frozen=True, slots=True)
class Spent:
    """What calls took: millionths of a currency unit, and milliseconds of the model's time, all calls added up."""

    micro: int = 0
    ms: int = 0


@dataclass(slots=True)
class Budget:
    """What is left today, counted down as calls are let through so that 64 in flight cannot overspend together."""

    policy: PolicyParameters
    spent_micro: int = 0
    spent_ms: int = 0
    tokens_by_account: dict[int, int] = field(default_factory=dict)
    ms_by_account: dict[int, int] = field(default_factory=dict)
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
        tokens = self.tokens_by_account.get(account_id, 0) + tokens_in + max_tokens
        account_ms = self.ms_by_account.get(account_id, 0) + longest_ms(self.policy)
        spent = Spent(self.spent_micro + cost_micro(self.policy, tokens_in, max_tokens), self.spent_ms + longest_ms(self.policy))
        if why := self._over(tokens, account_ms, spent):
            return why
        if self.trial_left:
            self.trial_left -= 1
        self.spent_micro, self.spent_ms = spent.micro, spent.ms
        self.tokens_by_account[account_id], self.ms_by_account[account_id] = tokens, account_ms
        return ""

    def _over(self, account_tokens: int, account_ms: int, day: Spent) -> str:
        """Which budget these sums would break; empty when none."""
        if account_tokens > self.policy.model_tokens_per_account_day:
            return "the account's token budget of the day is used up"
        if account_ms > 1000 * self.policy.model_seconds_per_account_day:
            return "the account's budget of model time of the day is used up"
        if day.micro > self.policy.model_cost_micro_per_day:
            return "the cost budget of the day is used up"
        if day.ms > 1000 * self.policy.model_seconds_per_day:
            return "the budget of model time of the day is used up"
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


def longest_ms(policy: PolicyParameters) -> int:
    """Milliseconds one call may take."""
    return 1000 * policy.model_seconds


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
    spent = spent_today(policy, at)
    tokens: dict[int, int] = {}
    ms: dict[int, int] = {}
    rows = _today(at).filter(account_id__in=set(account_ids))
    for account_id, tokens_in, tokens_out, held, counted_ms in rows.values_list(
        "account_id", "tokens_in", "tokens_out", "parameters__tokens_held", _counted_ms(policy)
    ):
        tokens[account_id] = tokens.get(account_id, 0) + (tokens_in + tokens_out or held or 0)
        ms[account_id] = ms.get(account_id, 0) + counted_ms
    until = breaker(policy)
    open_until = until if until and until > at else None
    return Budget(policy, spent.micro, spent.ms, tokens, ms, open_until, _trials(at) if until and not open_until else None)


def spent_today(policy: PolicyParameters, at: datetime) -> Spent:
    """What all attempts and comparisons of the last 24 hours took, calls in flight at their worst. Two queries."""
    found = _today(at).aggregate(micro=Sum("cost_micro"), ms=Sum(_counted_ms(policy)))
    compared = _evaluated(at)
    return Spent((found["micro"] or 0) + compared.micro, (found["ms"] or 0) + compared.ms)


def _today(at: datetime) -> QuerySet[Generation]:
    return Generation.objects.filter(created_at__gt=at - timedelta(days=1))


def _counted_ms(policy: PolicyParameters) -> Case:
    """What an attempt took: a call whose time nobody measured (in flight, or its worker died) all that it may."""
    unmeasured = When(latency_ms=0, state__in=(Generation.State.CLAIMED, Generation.State.FAILED), then=longest_ms(policy))
    return Case(unmeasured, default=F("latency_ms"), output_field=BigIntegerField())


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


def _evaluated(at: datetime) -> Spent:
    """What comparisons of versions took: the same purse pays for them."""
    runs = EvaluationRun.objects.filter(at__gt=at - timedelta(days=1)).values_list("figures", flat=True)
    sides = [side for figures in runs for side in (figures.get("a", {}), figures.get("b", {}))]
    return Spent(sum(int(side.get("cost_micro", 0)) for side in sides), sum(int(side.get("latency_ms_sum", 0)) for side in sides))
