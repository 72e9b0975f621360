"""The three portfolios of the book: who sends, where to pay, and which feeds are connected."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Account, Source, SourceState
from governance.models import Portfolio, User

DACH, UK, SOUTH = "dach", "uk-ireland", "iberia-france"

PORTFOLIOS: dict[str, dict[str, Any]] = {
    DACH: {
        "name": "DACH", "currency": "EUR", "country": "DE", "sender_company": "Kestrel Components GmbH", "sender_name": "Jonas Weber",
        "sender_title": "Debitorenbuchhaltung", "sender_email": "debitoren@kestrel.example", "sender_phone": "+49 30 55501 40",
        "sender_address": "Speicherstraße 12, 10115 Berlin",
        "bank_accounts": [
            {"label": "EUR", "iban": "DE89370400440532013000", "bic": "COBADEFFXXX"},
            {"label": "CHF", "iban": "CH9300762011623852957", "bic": "ZKBKCHZZ80A"},
        ],
    },
    UK: {
        "name": "UK & Ireland", "currency": "GBP", "country": "GB", "sender_company": "Kestrel Components Ltd",
        "sender_name": "Jonas Weber", "sender_title": "Accounts receivable", "sender_email": "receivables@kestrel-uk.example",
        "sender_phone": "+44 113 496 0140", "sender_address": "4 Canal Wharf, Leeds LS11 5QN",
        "bank_accounts": [{"label": "GBP", "iban": "GB29NWBK60161331926819", "bic": "NWBKGB2L"}],
    },
    SOUTH: {
        "name": "Iberia & France", "currency": "EUR", "country": "FR", "sender_company": "Kestrel Composants SAS",
        "sender_name": "Nina Costa", "sender_title": "Comptabilité clients", "sender_email": "clients@kestrel-fr.example",
        "sender_phone": "+33 4 65 71 01 40", "sender_address": "18 quai de la Fosse, 69002 Lyon",
        "bank_accounts": [{"label": "EUR", "iban": "FR1420041010050500013M02606", "bic": "PSSTFRPPLYO"}],
    },
}

# Kind → what people call the system, and how old its data is on the demo morning. A kind that is absent is not connected.
FEEDS: dict[str, tuple[str, timedelta]] = {
    "invoices": ("SAP ledger", timedelta(minutes=22)),
    "payments": ("Bank statements", timedelta(hours=2, minutes=5)),
    "contacts": ("CRM contacts", timedelta(hours=3)),
    "credits": ("SAP credit memos", timedelta(minutes=22)),
    "disputes": ("Dispute register", timedelta(hours=1)),
    "promises": ("Promise register", timedelta(hours=1)),
    "tickets": ("Zendesk", timedelta(minutes=9)),
    "contracts": ("Contract archive", timedelta(hours=5)),
    "messages": ("Receivables mailbox", timedelta(minutes=4)),
}
NOT_CONNECTED: dict[str, tuple[str, ...]] = {DACH: (), UK: ("contracts",), SOUTH: ("credits",)}


def create(users: dict[str, User]) -> dict[str, Portfolio]:
    """The portfolios by code, each with its connected feeds."""
    made = {code: Portfolio.objects.create(code=code, **values) for code, values in PORTFOLIOS.items()}
    Source.objects.bulk_create(
        Source(portfolio=portfolio, kind=kind, name=name, owner=users["sam"])
        for code, portfolio in made.items()
        for kind, (name, _) in FEEDS.items()
        if kind not in NOT_CONNECTED[code]
    )
    return made


def feeds_arrive(at: datetime) -> None:
    """Every connected feed delivered a little before ``at``; kinds an import added without being asked are taken back."""
    for code, missing in NOT_CONNECTED.items():
        Source.objects.filter(portfolio__code=code, kind__in=missing).delete()
    rows = list(Source.objects.filter(portfolio__code__in=PORTFOLIOS))
    for row in rows:
        row.name, age = FEEDS[row.kind]
        row.as_of, row.status, row.failed_since, row.error = at - age, Source.Status.OK, None, ""
    Source.objects.bulk_update(rows, ["name", "as_of", "status", "failed_since", "error"])


def things_go_wrong(at: datetime) -> None:
    """What is broken on the demo morning: a ticket system, a mailbox nobody may read, accounts the CRM and the bank forgot."""
    Source.objects.filter(portfolio__code=SOUTH, kind="tickets").update(
        status=Source.Status.FAILED, as_of=at - timedelta(hours=14), failed_since=at - timedelta(hours=1, minutes=32),
        error="The ticket system answered 503 (service unavailable)",
    )
    _about("2018", "payments", Source.Status.OK, "the bank's file for this customer is missing", at - timedelta(days=3))
    _about("2019", "messages", Source.Status.NOT_PERMITTED, "the mailbox of this customer is confidential")


def _about(number: str, kind: str, status: str, detail: str, as_of: datetime | None = None) -> None:
    account = Account.objects.get(external_id=number)
    source = Source.objects.get(portfolio_id=account.portfolio_id, kind=kind)
    said = {"status": status, "detail": detail, "as_of": as_of}
    SourceState.objects.update_or_create(source=source, account=account, defaults=said)
