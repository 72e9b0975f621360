"""From rows to a verdict, the way the preparation does it."""

from __future__ import annotations

from accounts.facts import facts_for
from drafts.classification import Verdict, classify
from governance import holds
from governance.policies import DEFAULT
from tests import factories as f


def judge(account, *, policy=DEFAULT, decisions=(), terms=(), earlier=(), as_of=f.AS_OF) -> Verdict:
    """The verdict on one account as the database stands."""
    facts = facts_for([account.pk], as_of, policy=policy)[account.pk]
    standing = holds.in_force({account.pk: account.portfolio_id}, as_of).get(account.pk, ())
    return classify(facts, standing, policy, decisions, terms, earlier)


def rules(verdict: Verdict) -> list[str]:
    """The rules that fired."""
    return [reason.rule for reason in verdict.reasons]


def reason(verdict: Verdict, rule: str):
    """The reason of one rule."""
    return next(r for r in verdict.reasons if r.rule == rule)
