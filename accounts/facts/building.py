"""From grouped rows to ``AccountFacts``: tight loops over tuples, whatever repeats is made once per batch."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from accounts import readiness
from accounts.ageing import ageing
from accounts.fact_types import (
    AccountFacts,
    CallFact,
    ContactFact,
    ContractFact,
    Habit,
    InvoiceFact,
    MessageFact,
    PersonFact,
    PromiseFact,
    Sender,
    SignalFact,
    SourceFact,
    TicketFact,
)
from accounts.facts import claims, money
from accounts.facts.queries import Row
from accounts.facts.reading import Rows
from governance.calendar import zone
from governance.models import Portfolio
from governance.policies import PolicyParameters

NONE: list[Row] = []
# Whom a message goes to first; executives never get one by default.
RECIPIENT_ROLES = ("ap", "other", "buyer")


class Builder:
    """Builds the facts of one batch."""

    def __init__(self, rows: Rows, as_of: datetime, policy: PolicyParameters) -> None:
        self.rows, self.as_of, self.policy = rows, as_of, policy
        self._todays: dict[str, date] = {}
        self._senders = {pk: _sender(portfolio) for pk, portfolio in rows.portfolios.items()}
        self._people: dict[tuple[int, date], PersonFact | None] = {}
        self._sources: dict[tuple[int, str, bool], SourceFact] = {}
        self._source_rows = {
            pk: {row[1]: readiness.SourceRow(*row[2:]) for row in group} for pk, group in rows.sources.items()
        }

    def build_all(self) -> dict[int, AccountFacts]:
        """Every account of the batch, by id."""
        return {row[0]: self.build(row) for row in self.rows.accounts}

    def build(self, account: Row) -> AccountFacts:
        """One account."""
        rows, pk, country = self.rows, account[0], account[8]
        today = self._today(account[9])
        open_rows = rows.invoices.get(pk, NONE)
        disputes = claims.disputes(rows.disputes.get(pk, NONE), rows.items)
        signals = tuple(SignalFact(*row[1:]) for row in rows.signals.get(pk, NONE))
        promises = claims.promised(rows.promises.get(pk, NONE), open_rows, today, country, self.policy)
        posted = rows.credits.get(pk, NONE)
        invoices = _invoices(open_rows, today, claims.marks(disputes, signals, promises), money.credited(posted))
        payments = money.payments(rows.payments.get(pk, NONE), rows.allocations.get(pk, NONE))
        credits = money.credits(posted, rows.promised_credits.get(pk, NONE))
        cover = money.cover(payments, credits, today, country, self.policy.bank_processing_days)
        contacts = tuple(_contact(row) for row in rows.contacts.get(pk, NONE))
        parts: dict[str, Any] = {
            "contacts": contacts, "invoices": invoices, "payments": payments, "credits": credits, "promises": promises,
            "disputes": disputes, "dispute_ended_at": claims.dispute_ended_at(rows.disputes.get(pk, NONE), self.as_of),
            "signals": signals, **self._correspondence(pk, contacts, account[9]),
            "tickets": tuple(_ticket(row) for row in rows.tickets.get(pk, NONE)),
            "contracts": tuple(ContractFact(*row[1:]) for row in rows.contracts.get(pk, NONE)),
        }  # fmt: skip
        recipient = _recipient(contacts)
        return AccountFacts(
            **self._identity(account, today),
            **parts,
            recipient=recipient,
            address_written_on=self._written_on(recipient, account[9]),
            balances=money.balances(invoices, *cover),
            ageing=ageing(invoices),
            habit=self._habit(pk, promises),
            sources=self._sources_of(account, parts),
        )

    def _identity(self, account: Row, today: date) -> dict[str, Any]:
        owner = self._person(account[6], today)
        return {
            "account_id": account[0], "portfolio_id": account[1], "external_id": account[2], "name": account[3],
            "tier": account[4], "currency": account[5], "owner_id": account[6], "owner_name": owner.name if owner else "",
            "owner": owner, "escalation_owner_id": account[7], "escalation_owner": self._person(account[7], today),
            "country": account[8], "time_zone": account[9], "language": account[10], "natural_person": account[11],
            "insolvent": account[12], "never_automate": account[13], "never_automate_reason": account[14],
            "procurement_note": account[15], "as_of": self.as_of, "today": today, "sender": self._senders[account[1]],
        }  # fmt: skip

    def _correspondence(self, pk: int, contacts: tuple[ContactFact, ...], time_zone: str) -> dict[str, Any]:
        tz = zone(time_zone)
        rows = self.rows.messages.get(pk, NONE)
        executives = {c.email.lower() for c in contacts if c.role == "executive" and c.email} if rows else set()
        last = {direction: at for _, direction, at in self.rows.last_messages.get(pk, NONE)}
        return {
            "messages": tuple(
                MessageFact(*row[1:6], tuple(row[6].split()), row[2] == "in" and row[7].lower() in executives)
                for row in rows
            ),
            "calls": tuple(CallFact(*row[1:4], tuple(row[4].split())) for row in self.rows.calls.get(pk, NONE)),
            "last_out_at": last.get("out"),
            "last_in_at": last.get("in"),
            "contacted_on": tuple(row[3].astimezone(tz).date() for row in rows if row[2] == "out"),
        }

    def _written_on(self, recipient: ContactFact | None, time_zone: str) -> tuple[date, ...]:
        rows = self.rows.written_to.get(recipient.email.lower(), NONE) if recipient else NONE
        tz = zone(time_zone)
        return tuple(row[1].astimezone(tz).date() for row in rows)

    def _today(self, time_zone: str) -> date:
        today = self._todays.get(time_zone)
        if today is None:
            today = self._todays[time_zone] = self.as_of.astimezone(zone(time_zone)).date()
        return today

    def _person(self, pk: int | None, today: date) -> PersonFact | None:
        if pk is None:
            return None
        key = (pk, today)
        if key not in self._people:
            self._people[key] = _person(self.rows.people.get(pk), today)
        return self._people[key]

    def _habit(self, pk: int, promises: tuple[PromiseFact, ...]) -> Habit | None:
        settled, late = next(((row[1], row[2]) for row in self.rows.settled.get(pk, NONE)), (0, None))
        judged = {status: count for _, status, count in self.rows.judged.get(pk, NONE)}
        # Promises a source called broken are counted there; those the rules judge are counted here.
        kept = judged.get("kept", 0) + sum(p.state == "kept" for p in promises)
        broken = sum(p.state in ("broken", "late") for p in promises)
        if not (settled or kept or broken):
            return None
        return Habit(settled, _days(late), kept, broken)

    def _sources_of(self, account: Row, parts: dict[str, Any]) -> dict[str, SourceFact]:
        portfolio_id = account[1]
        own = {row[1]: row for row in self.rows.states.get(account[0], NONE)}
        found: dict[str, SourceFact] = {}
        for kind in readiness.KINDS:
            present = bool(parts[kind])
            if kind in own:
                row = self._own_state(portfolio_id, own[kind])
                found[kind] = readiness.state_of(kind, row, present, self.as_of, self.policy)
                continue
            key = (portfolio_id, kind, present)
            if key not in self._sources:
                row = self._source_rows.get(portfolio_id, {}).get(kind)
                self._sources[key] = readiness.state_of(kind, row, present, self.as_of, self.policy)
            found[kind] = self._sources[key]
        return found

    def _own_state(self, portfolio_id: int, own: Row) -> readiness.SourceRow | None:
        """What the source said about this account, unless the source as a whole says worse."""
        whole = self._source_rows.get(portfolio_id, {}).get(own[1])
        if whole is not None and whole.status != "ok":
            return whole
        as_of = own[4] if own[4] is not None else (whole.as_of if whole else None)
        return readiness.SourceRow(own[2], own[3], as_of, own[5], own[6])


def _invoices(
    rows: list[Row], today: date, marks: claims.Marks, credited: dict[int, int]
) -> tuple[InvoiceFact, ...]:
    found = []
    whole_account = None in marks.signalled
    for row in rows:
        _, pk, number, issued_on, due_on, currency, amount, balance, po, po_required, delivery, billed = row
        disputed, dispute_ids = marks.disputed_part(pk, balance) if marks.disputed else (0, ())
        found.append(
            InvoiceFact(
                pk, number, issued_on, due_on, (today - due_on).days, currency, amount, balance, po, po_required, delivery,
                billed or "", (due_on - issued_on).days, max(0, amount - balance - credited.get(pk, 0)), disputed,
                dispute_ids, whole_account or pk in marks.signalled, marks.promised_for(pk),
            )
        )  # fmt: skip
    return tuple(found)


def _contact(row: Row) -> ContactFact:
    _, pk, name, salutation, email, role, language, verified_at, placeholder, opted_out_at, bounced_at = row
    out, bounced = opted_out_at is not None, bounced_at is not None
    usable = bool(email and verified_at and not out and not bounced)
    return ContactFact(
        pk, name, salutation, email, role, language, usable, out, bounced, verified_at, placeholder
    )


def _recipient(contacts: tuple[ContactFact, ...]) -> ContactFact | None:
    for role in RECIPIENT_ROLES:
        for contact in contacts:
            if contact.usable and contact.role == role:
                return contact
    return None


def _ticket(row: Row) -> TicketFact:
    return TicketFact(*row[1:9], tuple(row[9].split()))


def _days(lateness: timedelta | None) -> int | None:
    return None if lateness is None else round(lateness / timedelta(days=1))


def _name(first: str, last: str, username: str) -> str:
    return f"{first} {last}".strip() or username


def _person(row: Row | None, today: date) -> PersonFact | None:
    if row is None:
        return None
    pk, first, last, username, active, away_until, deputy_id, *deputy = row
    stands_in = bool(deputy_id and deputy[3] and not (deputy[4] and deputy[4] >= today))
    name = _name(first, last, username)
    if not stands_in:
        return PersonFact(pk, name, active, away_until)
    return PersonFact(pk, name, active, away_until, deputy_id, _name(*deputy[:3]))


def _sender(portfolio: Portfolio) -> Sender:
    return Sender(
        portfolio.sender_company, portfolio.sender_name, portfolio.sender_title, portfolio.sender_email,
        portfolio.reply_to, portfolio.sender_phone, portfolio.sender_address,
        tuple((a.get("label", ""), a.get("iban", ""), a.get("bic", "")) for a in portfolio.bank_accounts),
        portfolio.payment_link,
    )  # fmt: skip
