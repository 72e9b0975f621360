"""Everything about a batch of accounts, grouped by account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.facts import queries
from accounts.facts.queries import Row
from governance.models import Portfolio
from governance.sql import Among

Grouped = dict[Any, list[Row]]


@dataclass(slots=True)
class Rows:
    """Everything read for one batch, grouped by account id unless said otherwise."""

    accounts: list[Row]
    portfolios: dict[int, Portfolio]
    people: dict[int, Row]
    contacts: Grouped
    invoices: Grouped
    payments: Grouped
    allocations: Grouped
    credits: Grouped
    promised_credits: Grouped
    promises: Grouped
    disputes: Grouped
    items: Grouped  # by dispute id
    signals: Grouped
    tickets: Grouped
    contracts: Grouped
    messages: Grouped
    calls: Grouped
    last_messages: Grouped
    settled: Grouped
    judged: Grouped
    sources: Grouped  # by portfolio id
    states: Grouped
    written_to: Grouped  # by address, in lower case


def _grouped(rows: Iterable[Row]) -> Grouped:
    found: Grouped = {}
    for row in rows:
        group = found.get(row[0])
        if group is None:
            found[row[0]] = [row]
        else:
            group.append(row)
    return found


def read(ids: list[int], as_of: datetime, *, habits: bool = True) -> Rows:
    """Read everything about accounts ``ids`` as known at ``as_of``; without ``habits`` all but how they usually pay."""
    accounts = list(queries.accounts(ids))
    portfolio_ids = {row[1] for row in accounts}
    people = {person for row in accounts for person in (row[6], row[7]) if person}
    mine = Q(Among("account_id", ids))
    since, contacts = as_of - queries.WINDOW, list(queries.contacts(mine))
    return Rows(
        accounts=accounts,
        portfolios=Portfolio.objects.in_bulk(portfolio_ids),
        people={row[0]: row for row in queries.people(people)},
        contacts=_grouped(contacts),
        invoices=_grouped(queries.invoices(mine)),
        payments=_grouped(queries.payments(mine, as_of)),
        allocations=_grouped(queries.allocations(ids)),
        credits=_grouped(queries.credits(mine)),
        promised_credits=_grouped(queries.promised_credits(mine)),
        promises=_grouped(queries.promises(mine)),
        disputes=_grouped(queries.disputes(mine)),
        items=_grouped(queries.items(ids)),
        signals=_grouped(queries.signals(mine)),
        tickets=_grouped(queries.tickets(mine, as_of)),
        contracts=_grouped(queries.contracts(mine)),
        messages=_grouped(queries.messages(mine, since, as_of)),
        calls=_grouped(queries.calls(mine, since, as_of)),
        last_messages=_grouped(queries.last_messages(mine, as_of)),
        settled=_grouped(queries.settled(mine, as_of)) if habits else {},
        judged=_grouped(queries.judged(mine)) if habits else {},
        sources=_grouped(queries.sources(portfolio_ids)),
        states=_grouped(queries.states(mine)),
        written_to=_grouped(queries.written_to({row[4].lower() for row in contacts}, since, as_of)),
    )
