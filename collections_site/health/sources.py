"""Sources: when each last answered, how old its newest data is against both limits, about how many accounts it says nothing."""

from __future__ import annotations

from django.db.models import Count

from accounts.models import Account, Source, SourceState
from accounts.readiness import age_limit
from collections_site.health.lines import SOURCES, Round, line
from governance.admin.wording import span
from governance.measured import FINE, NOT_SET_UP, PROBLEM, UNKNOWN, WARNING, Measured

MEANS = {
    FINE: "Briefs rest on it.",
    WARNING: "Still believed; soon too old.",
    PROBLEM: "Accounts whose brief needs it are exceptions, and approvals on its facts are refused.",
    UNKNOWN: "Nobody can say how old its data is, so nothing rests on it.",
    NOT_SET_UP: "Its age cannot be judged.",
}
KEY = "source"


def sources(found: Round) -> list[Measured]:
    """One line a source. Three queries."""
    accounts = dict(Account.objects.order_by().values_list("portfolio_id").annotate(n=Count("pk")))
    lost = SourceState.objects.exclude(status=Source.Status.OK).order_by().values_list("source_id").annotate(n=Count("account_id"))
    unmatched = dict(lost)
    rows = Source.objects.select_related("portfolio").order_by("portfolio__name", "kind")
    lines = [_line(row, accounts.get(row.portfolio_id, 0), unmatched.get(row.pk, 0), found) for row in rows]
    if lines:
        return lines
    do, link = "Import a book, or connect a source.", "imports"
    return [line(SOURCES, "sources", "Sources", NOT_SET_UP, "no source is connected", "at least ledger, bank and contacts", "Nothing can be prepared.", do, link, "import")]


def key_of(portfolio_id: int, kind: str) -> str:
    """``source:3:tickets``."""
    return f"{KEY}:{portfolio_id}:{kind}"


def _line(row: Source, accounts: int, unmatched: int, found: Round) -> Measured:
    state, limit = _state(row, found), _limit(row, found)
    if row.status != Source.Status.OK:
        since = f" since {span((found.at - row.failed_since).total_seconds())}" if row.failed_since else ""
        said = "may not be read" if row.status == Source.Status.NOT_PERMITTED else f"does not answer{since}"
    else:
        said = f"data {span((found.at - row.as_of).total_seconds())} old" if row.as_of else "age unknown"
    coverage = f"{accounts - unmatched:,} of {accounts:,} accounts" if accounts else "no account yet"
    if row.status != Source.Status.OK:
        coverage = "nothing is known about any account"
    do = {NOT_SET_UP: "Set a limit in the policy (source_warn_hours).", FINE: ""}.get(state, "Tell its owner, or see the error.")
    link = "governance_policyversion_changelist" if state == NOT_SET_UP else f"accounts_source_change:{row.pk}"
    title = f"{row.name} ({row.portfolio.name})"
    return line(SOURCES, key_of(row.portfolio_id, row.kind), title, state, f"{said}; {coverage}", limit, MEANS[state], do, link, "see_health")


def _state(row: Source, found: Round) -> str:
    if row.status != Source.Status.OK:
        return PROBLEM
    if row.as_of is None:
        return UNKNOWN
    warn, age = found.policy.source_warn_hours.get(row.kind), found.at - row.as_of
    if age > age_limit(row.kind, found.policy):
        return PROBLEM
    if warn is None:
        return NOT_SET_UP
    return WARNING if age.total_seconds() > 3600 * warn else FINE


def _limit(row: Source, found: Round) -> str:
    warn, block = found.policy.source_warn_hours.get(row.kind), int(age_limit(row.kind, found.policy).total_seconds() // 3600)
    return f"warning {warn} h, limit {block} h" if warn is not None else f"no warning limit set, limit {block} h"
