"""Every address of the resolver with every query string the walk knows, for one person and one side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpResponse
from django.urls import get_resolver, reverse

from governance import clock
from governance.admin.base import ScopedAdmin
from governance.admin.records import AuditorsOnly
from governance.roles import ACTIONS
from tests.drafts.scene import moment
from tests.security.walk.specs import LEFT_OUT, SPECS, Spec, nothing
from tests.security.walk.world import Side, World

VIEWS = ("changelist", "add", "change", "history", "delete")
# How the changelists are asked for foreign rows: by search, by a forged filter, by Django's own switches.
FORGED = ("", "?q=zzcan&o=1.-2", "?account__id__exact={account}", "?portfolio={portfolio}&_facets=True", "?_popup=1&_to_field=id&all=&e=1")
# Model pages that add or change rows: who may, beside reading.
ADDS = {"user": "assign_roles", "portfolio": "assign_roles"}
# Rows whose model page only leads to a page of their own.
LEADS_ON = {"followup", "account", "templateversion", "promptversion", "policyversion"}


@dataclass(frozen=True)
class Visit:
    """One address to be asked for: ``name`` for the reader, ``spec`` for what is expected."""

    name: str
    url: str
    spec: Spec


def names_of_resolver() -> set[str]:
    """Every named address of the admin site, model pages left out."""
    stock = tuple(f"{m._meta.app_label}_{m._meta.model_name}_" for m in admin.site._registry)
    found = get_resolver().namespace_dict["admin"][1].reverse_dict
    return {name for name in found if isinstance(name, str) and not name.startswith(stock)}


def visits(side: Side, *, reading: bool = True) -> Iterator[Visit]:
    """The desk's own pages: to read, with every query string, or to act on."""
    for name, spec in SPECS.items():
        if not (spec.get if reading else spec.form is not None):
            continue
        url = reverse(f"admin:{name}", args=spec.fill(side))
        yield Visit(name, url, spec)
        if reading:
            yield from (Visit(name, f"{url}?{query}", spec) for query in _queries(spec.queries(side)))


def _queries(fields: dict[str, Any]) -> list[str]:
    from urllib.parse import urlencode

    longest = max((len(v) for v in fields.values() if isinstance(v, list)), default=1 if fields else 0)
    return [urlencode({k: v[n % len(v)] if isinstance(v, list) else v for k, v in fields.items()}) for n in range(longest)]


def row_of(model: Any, side: Side) -> Any:
    """A row of the model on this side; None where it has none. Model pages find their own rows: nothing needs to be registered."""
    model_admin: Any = admin.site._registry[model]
    rows = model._base_manager.order_by("pk")
    if isinstance(model_admin, ScopedAdmin):
        return rows.filter(**{model_admin.portfolio_path: side.desk.portfolio.pk}).first()
    accounts = [case.account.pk for case in side.cases.values()]
    if model._meta.model_name == "portfolio":
        return side.desk.portfolio
    if model._meta.model_name in ("portfoliousergrant", "portfoliogroupgrant"):
        return rows.filter(content_object=side.desk.portfolio).first()
    if model._meta.model_name == "event":
        return rows.filter(stream__in=[f"account:{pk}" for pk in accounts]).first()
    if hasattr(model, "account_id"):
        return rows.filter(account_id__in=accounts).first()
    return rows.first()


def model_visits(side: Side, *, forged: Side | None = None, rows_only: bool = False) -> Iterator[tuple[str, str, Any, str]]:
    """(name, address, model, view) of every model page; changelists with each forged query where a side to forge with is given."""
    for model in admin.site._registry:
        base = f"{model._meta.app_label}_{model._meta.model_name}"
        row = row_of(model, side)
        for view in VIEWS:
            if view in ("changelist", "add"):
                if rows_only:
                    continue
                url = reverse(f"admin:{base}_{view}")
                queries = FORGED if view == "changelist" and forged else ("",)
                for query in queries:
                    more = query.format(account=forged.cases["words"].account.pk, portfolio=forged.desk.portfolio.pk) if forged else ""
                    yield f"{base}_{view}", url + more, model, view
            elif row is not None:
                yield f"{base}_{view}", reverse(f"admin:{base}_{view}", args=[row.pk]), model, view


def readers_of(model: Any) -> frozenset[str]:
    """The roles that may open the model's pages; none in one portfolio for pages of auditors of everything."""
    model_admin: Any = admin.site._registry[model]
    return frozenset() if isinstance(model_admin, AuditorsOnly) else ACTIONS[model_admin.see].roles


PLAIN = re.compile(r'(name="csrfmiddlewaretoken" value|nonce)="[^"]+"')


def said(response: HttpResponse) -> tuple[int, str]:
    """Status and words of an answer, without what differs from one request to the next."""
    from tests.security.walk.reading import text_of

    text = PLAIN.sub("", text_of(response))
    return response.status_code, "\n".join(line for line in text.splitlines() if not line.startswith(("Set-Cookie", "Content-Length", "Expires", "Last-Modified")))


# What grows with people and not with accounts: colleagues are no secret of a portfolio (docs/adr/0012). A simulation and a policy's
# page with its figures are about the whole installation.
ABOUT_COLLEAGUES = (
    "governance_user_", "auth_group_", "access_review", "governance_allportfoliosgrant_", "simulated_accounts", "policy", "roles",
)


# Who is asked twice what the pages say: one who works, one who audits, one who looks at figures, one who administers.
KNOWING = ("reviewer", "compliance_auditor", "leadership", "system_admin")


def pages_of_own(world: World) -> dict[tuple[str, str], tuple[int, str]]:
    """What every page says to every person of the own side, at one moment."""
    from tests.security.walk.conftest import enter, undone

    out, real = {}, clock.now
    clock.now = lambda: moment(2)
    try:
        for role in KNOWING:
            with undone():
                client = enter(world.people[role])
                asked = [(v.name, v.url) for v in visits(world.own)] + [(name, url) for name, url, _, view in model_visits(world.own) if view == "changelist"]
                for name, url in asked:
                    if not name.startswith(ABOUT_COLLEAGUES):
                        out[role, url] = said(client.get(url))
    finally:
        clock.now = real
    return out


__all__ = ["ADDS", "LEADS_ON", "LEFT_OUT", "Visit", "model_visits", "names_of_resolver", "nothing", "pages_of_own", "readers_of", "row_of", "said", "visits"]
