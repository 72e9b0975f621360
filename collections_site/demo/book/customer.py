"""One invented customer as rows of the canonical import files, written down with few words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from collections_site.demo.days import Days

FIRST_DAY = -12


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a canonical file. ``since`` is the business day (0 = the demo's day) from which the feed carries it."""

    kind: str
    key: str
    values: dict[str, Any]
    since: int


@dataclass(slots=True)
class Customer:
    """A customer and everything the feeds say about it. ``shows`` names the rules and states it was made to show.

    ``since`` is the business day from which it is in the book; customers with a history begin at ``FIRST_DAY``. Methods that add rows
    return the customer, so that one is written in one expression. Overdue and age are calendar days before the demo's day.
    """

    days: Days
    number: str
    name: str
    shows: tuple[str, ...] = ()
    since: int = 0
    currency: str = "EUR"
    prefix: str = "KD"
    rows: list[Row] = field(default_factory=list)
    _count: int = 0
    _settled: int = 60

    def add(self, kind: str, key: str, since: int | None = None, **values: Any) -> Customer:
        """One row; values are written as the import reads them, empty ones are left out."""
        cells = {name: _cell(value) for name, value in values.items() if value not in (None, "")}
        self.rows.append(
            Row(kind, key, {"account_number": self.number, **cells}, self.since if since is None else since)
        )
        return self

    def contact(
        self, name: str, salutation: str = "", *, email: str, verified: int | None = 90, **more: Any
    ) -> Customer:
        """A contact; ``verified`` days ago by a call back, None: never verified."""
        by = "call back" if verified is not None else ""
        on = self.days.ago(verified) if verified is not None else None
        return self.add(
            "contacts",
            email,
            name=name,
            salutation=salutation,
            email=email,
            verified_on=on,
            verified_by=by,
            **more,
        )

    def invoice(
        self,
        amount: str,
        overdue: int,
        *,
        number: str = "",
        terms: int = 30,
        since: int | None = None,
        **more: Any,
    ) -> Customer:
        """An invoice due ``overdue`` days ago (negative: still to come), ``terms`` days after its issue."""
        due_on = self.days.ago(overdue)
        values = {"currency": self.currency, "delivery_status": "delivered", **more}
        return self.add(
            "invoices",
            number := number or self.next_number(),
            since,
            invoice_number=number,
            amount=amount,
            due_on=due_on,
            issued_on=due_on - timedelta(days=terms),
            **values,
        )

    def many(self, count: int, amount: str, *, oldest: int) -> Customer:
        """``count`` small invoices, the oldest due ``oldest`` days ago and then one a day; amounts differ by a little."""
        whole, part = amount.split(".")
        for n in range(count):
            self.invoice(f"{int(whole) + 7 * (n % 11)}.{part}", oldest - n)
        return self

    def next_number(self) -> str:
        """The customer's next invoice number."""
        self._count += 1
        return f"{self.prefix}-{self.number}{self._count:02d}"

    def habit(self, *late: int, amount: str = "1480.00") -> Customer:
        """Invoices of the last year, each paid so many days after it was due."""
        for n, days_late in enumerate(late):
            self._settled += 1
            due_on = self.days.ago(70 + 30 * n + days_late)
            number = f"{self.prefix}-{self.number}{self._settled:02d}"
            self.add(
                "invoices",
                number,
                invoice_number=number,
                amount=amount,
                balance="0",
                currency=self.currency,
                due_on=due_on,
                issued_on=due_on - timedelta(days=30),
                status="paid",
                settled_on=due_on + timedelta(days=days_late),
                delivery_status="delivered",
            )
        return self

    def settle(self, number: str, on: date, since: int) -> Customer:
        """From business day ``since`` on the ledger says that an invoice was paid ``on``."""
        before = next(row for row in reversed(self.rows) if row.kind == "invoices" and row.key == number)
        values = {**before.values, "balance": "0", "status": "paid", "settled_on": on.isoformat()}
        self.rows.append(Row("invoices", number, values, since))
        return self

    def reduce(self, number: str, balance: str, since: int) -> Customer:
        """From business day ``since`` on only ``balance`` of an invoice is open."""
        before = next(row for row in reversed(self.rows) if row.kind == "invoices" and row.key == number)
        self.rows.append(Row("invoices", number, {**before.values, "balance": balance}, since))
        return self

    def ticket(self, number: str, subject: str, body: str, *, opened: datetime, **more: Any) -> Customer:
        """A support ticket in the customer's words."""
        return self.add(
            "tickets", number, ticket_number=number, subject=subject, body=body, opened_at=opened, **more
        )

    def wrote(
        self, reference: str, subject: str, body: str, *, at: datetime, sender: str, **more: Any
    ) -> Customer:
        """An e-mail from the customer, as the mailbox feed brings it."""
        return self.add(
            "messages",
            reference,
            reference=reference,
            direction="in",
            at=at,
            sender=sender,
            subject=subject,
            body=body,
            message_id=f"<{reference.lower()}@{sender.split('@')[1]}>",
            **more,
        )

    def contract(self, number: str, *, terms: int = 30, renewal: int = 290, **more: Any) -> Customer:
        """A contract renewing in ``renewal`` days."""
        return self.add(
            "contracts",
            number,
            contract_number=number,
            terms_days=terms,
            starts_on=self.days.ago(440),
            renewal_on=self.days.ahead(renewal),
            currency=self.currency,
            **more,
        )

    def payment(self, number: str, amount: str, *, value_on: date, **more: Any) -> Customer:
        """Money received or on its way; ``invoice_number`` with it allocates it."""
        key = f"{number}/{more.get('invoice_number', '')}"
        return self.add(
            "payments",
            key,
            payment_number=number,
            amount=amount,
            currency=self.currency,
            value_on=value_on,
            **more,
        )

    def promise(self, number: str, *, made: date, due: date | None, **more: Any) -> Customer:
        """A promise to pay; ``due`` None: the customer named no day."""
        return self.add(
            "promises", number, reference=number, made_on=made, due_on=due, currency=self.currency, **more
        )


def customer(
    days: Days,
    number: str,
    name: str,
    *,
    shows: tuple[str, ...] = (),
    since: int = 0,
    currency: str = "EUR",
    prefix: str = "KD",
    language: str = "de",
    country: str = "DE",
    time_zone: str = "Europe/Berlin",
    owner: str = "priya",
    **more: Any,
) -> Customer:
    """A customer with its row of the accounts file."""
    new = Customer(days, number, name, shows, since, currency, prefix)
    return new.add(
        "accounts",
        number,
        name=name,
        currency=currency,
        language=language,
        country=country,
        time_zone=time_zone,
        owner=owner,
        **more,
    )


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
