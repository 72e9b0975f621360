"""The book of a synthetic history: one portfolio with its feeds, customers and people, all of them named for what they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from accounts.models import Account, Contact, Invoice, Source, Ticket
from collections_site.synthetic import words
from collections_site.synthetic.planted import NOTHING, Case
from governance import roles
from governance.models import Portfolio, PortfolioUserGrant, User

NAME, CURRENCY = "Synthetic history", "EUR"
FEEDS = tuple(kind for kind in Source.Kind.values if kind != Source.Kind.CONTRACTS)
FAILS = Source.Kind.TICKETS
# Outside the routine lane who edits or asks for another text does not approve, nor does who judged a signal. Three read samples: two
# who differ need a third.
CAST: tuple[tuple[str, str], ...] = (
    ("reviewer", roles.REVIEWER), ("editor", roles.REVIEWER), ("owner", roles.OWNER), ("finance", roles.FINANCE), ("judge", roles.FINANCE),
    ("first-reader", roles.AUDITOR), ("second-reader", roles.AUDITOR), ("third-reader", roles.AUDITOR),
)  # fmt: skip
READERS = ("first-reader", "second-reader", "third-reader")
TERMS, KNOWN_FOR, TOLD_BEFORE = timedelta(days=30), timedelta(days=120), timedelta(hours=2)


@dataclass(slots=True)
class Book:
    """What was made: the portfolio, who works it, its customers by their place."""

    portfolio: Portfolio
    people: dict[str, User]
    accounts: list[Account]

    @property
    def account_ids(self) -> list[int]:
        """All of them, ascending."""
        return sorted(account.pk for account in self.accounts)


def create(code: str, customers: int, strategic: int, at: datetime) -> Book:
    """Write the book. Nobody in it can sign in, and no address exists; ``strategic`` of the customers are co-signed by two."""
    portfolio = Portfolio.objects.create(
        code=code, name=f"{NAME} ({code})", currency=CURRENCY, country="DE", sender_company="Synthetic Components GmbH",
        sender_name="Sam Sample", sender_title="Accounts receivable", sender_email=f"receivables@{code}.example",
        sender_phone="+49 30 55501 99",
    )  # fmt: skip
    Source.objects.bulk_create(Source(portfolio=portfolio, kind=kind, name=f"Synthetic {kind}", as_of=at) for kind in FEEDS)
    people = _people(portfolio, code)
    accounts = Account.objects.bulk_create(
        Account(
            portfolio=portfolio, external_id=f"S{n:06d}", name=f"Synthetic customer {n:06d}", owner=people["owner"], currency=CURRENCY,
            tier=Account.Tier.STRATEGIC if n < strategic else Account.Tier.STANDARD, country="DE", time_zone="Europe/Berlin", language="en",
        )
        for n in range(customers)
    )  # fmt: skip
    Contact.objects.bulk_create(
        Contact(
            account=account, name="Kim Sample", salutation="Kim Sample", email=f"ap{account.external_id.lower()}@{code}.example",
            verified_at=at - KNOWN_FOR, verified_by="synthetic history",
        )
        for account in accounts
    )  # fmt: skip
    return Book(portfolio, people, accounts)


def _people(portfolio: Portfolio, code: str) -> dict[str, User]:
    kind = ContentType.objects.get_for_model(Portfolio)
    permissions = {p.codename: p for p in Permission.objects.filter(content_type=kind)}
    found = {}
    for key, role in CAST:
        user = User(username=f"{code}-{key}", first_name="Synthetic", last_name=key.replace("-", " "), email=f"{key}@{code}.example")
        user.set_unusable_password()
        user.save()
        PortfolioUserGrant.objects.create(user=user, permission=permissions[role], content_object=portfolio, reason="synthetic history")
        found[key] = user
    return found


def send_home(book: Book) -> None:
    """The work is over: nobody of the cast can act, be assigned or sign in any more, and no feed is missed. What they did stays theirs."""
    Source.objects.filter(portfolio=book.portfolio).delete()
    User.objects.filter(pk__in=[user.pk for user in book.people.values()]).update(is_active=False)


def number_of(case: Case, book: Book) -> str:
    """The number of a case's invoice."""
    return f"{book.portfolio.code.upper()}-{case.number:06d}"


def text_of(case: Case, book: Book) -> str:
    """The words of a case's ticket."""
    kinds = words.TICKETS[case.words]
    return kinds[case.number % len(kinds)].format(number=number_of(case, book))


def owe(cases: Sequence[Case], book: Book, at: datetime) -> dict[int, Invoice]:
    """The debts of a week, with the words that stand beside them; case number → invoice."""
    invoices = Invoice.objects.bulk_create([_invoice(case, book, at.date()) for case in cases])
    said = [case for case in cases if case.words != NOTHING]
    Ticket.objects.bulk_create(
        Ticket(
            account=book.accounts[case.account], external_id=f"T{case.number:06d}", subject="Your invoice", body=text_of(case, book),
            opened_at=at - TOLD_BEFORE, updated_at=at - TOLD_BEFORE,
        )
        for case in said
    )  # fmt: skip
    return {case.number: invoice for case, invoice in zip(cases, invoices, strict=True)}


def _invoice(case: Case, book: Book, today: date) -> Invoice:
    due_on = today - timedelta(days=case.overdue)
    return Invoice(
        portfolio=book.portfolio, account=book.accounts[case.account], number=number_of(case, book), issued_on=due_on - TERMS,
        due_on=due_on, currency=CURRENCY, amount_minor=case.amount_minor, balance_minor=case.amount_minor,
        delivery_status=Invoice.Delivery.DELIVERED,
    )  # fmt: skip


def pay(invoice_ids: Iterable[int], on: date) -> None:
    """The money is there, and what stood beside the debt is settled with it."""
    ids = list(invoice_ids)
    rows = Invoice.objects.filter(pk__in=ids, status=Invoice.Status.OPEN)
    accounts = list(rows.values_list("account_id", flat=True))
    rows.update(status=Invoice.Status.PAID, balance_minor=0, settled_on=on)
    Ticket.objects.filter(account_id__in=accounts).update(status=Ticket.Status.SOLVED)


def feeds_arrive(book: Book, at: datetime) -> None:
    """Every feed that answers delivered a little before ``at``."""
    Source.objects.filter(portfolio=book.portfolio, status=Source.Status.OK).update(as_of=at - timedelta(minutes=10))
