"""What an import brings besides its rows: placeholder contacts when asked for, and the freshness of its sources."""

from __future__ import annotations

import re
from collections.abc import Collection

from accounts.importing import sql
from accounts.importing.context import Context
from accounts.importing.reading import Book
from accounts.models import AddressChange, Contact, Source
from governance.history import record_history

SETTLEMENTS = "Settlements in the ledger file"
PLACEHOLDER = "placeholder"


def placeholder_address(account_number: str, code: str) -> str:
    """``ap+<account number>@<portfolio code>.example``: a domain reserved for examples, so that no mail can ever arrive."""
    local = re.sub(r"[^A-Za-z0-9._-]", "-", account_number)[:50].strip(".")
    return f"ap+{local}@{code}.example"


def placeholder_contacts(context: Context, stage_tables: list[str]) -> int:
    """A verified, marked contact for every account of this import that has no address. Returns how many were made."""
    named = " UNION ".join(f"SELECT {column} AS number FROM {table}" for table, column in map(_account_column, stage_tables))
    missing = sql.rows(
        f"SELECT a.id, a.external_id FROM {sql.ACCOUNT_TABLE} a JOIN ({named}) x ON x.number = a.external_id "
        f"WHERE a.portfolio_id = {context.pk} AND NOT EXISTS "
        "(SELECT 1 FROM accounts_contact c WHERE c.account_id = a.id AND c.email <> '') ORDER BY a.id"
    )
    made = Contact.objects.bulk_create(
        [
            Contact(
                account_id=pk,
                name="Accounts payable",
                email=placeholder_address(number, context.portfolio.code),
                role=Contact.Role.ACCOUNTS_PAYABLE,
                verified_at=context.as_of_moment,
                verified_by=PLACEHOLDER,
                placeholder=True,
            )
            for pk, number in missing
        ],
        batch_size=1000,
    )
    if made:
        record_history(Contact, [c.pk for c in made], "+", by=context.by, at=context.now, reason="import")
    return len(made)


def close_former(ids: Collection[int]) -> None:
    """Contacts just imported at an address that two people replaced since: an older book does not bring it back, it is not verified."""
    former: dict[tuple[int, str], bool] = {}
    changes = AddressChange.objects.filter(state=AddressChange.State.CONFIRMED).order_by("decided_at", "pk")
    for account_id, was, now in changes.values_list("account_id", "former", "email"):
        former[account_id, was.lower()], former[account_id, now.lower()] = bool(was), False
    accounts = {account_id for (account_id, _), closed in former.items() if closed}
    if not accounts:
        return
    written, rows = set(ids), Contact.objects.filter(account_id__in=accounts, verified_at__isnull=False).values_list("pk", "account_id", "email")
    found = [pk for pk, account_id, email in rows if pk in written and former.get((account_id, email.lower()))]
    Contact.objects.filter(pk__in=found).update(verified_at=None, verified_by="replaced by another address")


def _account_column(table: str) -> tuple[str, str]:
    return table, "external_id" if table == "stage_accounts" else "account_id"


def refresh_sources(context: Context, book: Book) -> None:
    """The sources of the kinds this import brought are now good as of its day; one not known yet is created."""
    for kind, name in _kinds(context, book).items():
        source = Source.objects.filter(portfolio=context.portfolio, kind=kind).first()
        if source is None:
            source = Source(portfolio=context.portfolio, kind=kind, name=name)
        elif name == SETTLEMENTS and source.name != SETTLEMENTS:
            continue  # a bank feed says more about payments than the ledger does, and has its own age
        elif source.name == SETTLEMENTS:
            source.name = name
        source.as_of = context.as_of_moment
        source.status, source.failed_since, source.error = Source.Status.OK, None, ""
        source.save()


def _kinds(context: Context, book: Book) -> dict[str, str]:
    """Source kind → name for the tables of a book. A ledger that shows settlements or balances speaks of payments too."""
    found: dict[str, str] = {}
    for table in book.tables:
        match = table.match
        if match.kind.source:
            found.setdefault(match.kind.source, f"Imported {match.kind.name.replace('_', ' ')}")
        if match.kind.name == "invoices" and {"settled_on", "balance"} & set(match.header):
            found.setdefault("payments", SETTLEMENTS)
        if match.layout and match.layout.disputed:
            found.setdefault("disputes", "Disputed marks in the ledger file")
    if any(table.match.kind.name == "payments" for table in book.tables):
        found["payments"] = "Imported payments"
    if context.options.placeholder_contacts:
        found.setdefault("contacts", "Placeholder contacts")
    return found
