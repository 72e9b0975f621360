"""A desk whose customers are all hostile: each text of the corpus went through the import into every field that takes words."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management import call_command

from accounts.models import Account, Invoice, Ticket
from drafts.models import FollowUp
from drafts.preparation import prepare_accounts
from drafts.responses import Incoming, record_reply
from drafts.review import edit
from tests.drafts.scene import AS_OF, Desk
from tests.factories import make_dispute, make_signal, make_ticket
from tests.security.corpus import CONTROL, LINE, TEXTS


@dataclass
class Hostile:
    """The desk, and for each text of the corpus its account and follow-up."""

    desk: Desk
    accounts: dict[str, Account] = field(default_factory=dict)
    refused: list[dict[str, Any]] = field(default_factory=list)

    def follow_up(self, name: str) -> FollowUp:
        """The newest one of this text's account."""
        return FollowUp.objects.filter(account=self.accounts[name]).latest("pk")


def _write(folder: Path, name: str, rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    (folder / f"{name}.csv").write_text(out.getvalue(), encoding="utf-8", newline="")


def book(folder: Path) -> dict[str, str]:
    """The files of a book; returns the account number of each text."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = {name: f"EVIL-{n}" for n, name in enumerate(TEXTS)}
    every = [(numbers[name], text, text[:60]) for name, text in TEXTS.items()]
    _write(folder, "accounts", [["account_number", "name", "procurement_note"], *([n, f"Zz {text}"[:200], text] for n, text, _ in every)])
    _write(folder, "contacts", [
        ["account_number", "name", "email", "salutation", "verified_on"],
        *([n, f"Kim {short}", f"ap.{n.lower()}@customer.example", "Ms Keller", "2026-05-01"] for n, _, short in every),
    ])  # fmt: skip
    _write(folder, "invoices", [
        ["account_number", "invoice_number", "issued_on", "due_on", "currency", "amount", "po_number", "description"],
        *([n, f"INV-{n}", "2026-03-01", "2026-05-02", "EUR", "1234.56", short, text] for n, text, short in every),
    ])  # fmt: skip
    _write(folder, "tickets", [["account_number", "ticket_number", "opened_at", "subject", "body"], *([n, f"T-{n}", "2026-05-10T08:00:00Z", f"Zz {text}", text] for n, text, _ in every)])
    _write(folder, "promised_credits", [["account_number", "reference", "promised_on", "promised_by", "quote"], *([n, f"PC-{n}", "2026-04-10", short, text] for n, text, short in every)])
    _write(folder, "messages", [
        ["account_number", "reference", "direction", "at", "sender", "subject", "body"],
        *([n, f"M-{n}", "in", "2026-05-09T08:00:00Z", f"kim@{n.lower()}.example", f"Zz {text}", text] for n, text, _ in every),
    ])  # fmt: skip
    return numbers


def world(folder: Path) -> Hostile:
    """Imported, prepared, answered, disputed, and each draft edited to hold the text itself."""
    desk = Desk()
    found, numbers = Hostile(desk), book(folder)
    assert desk.finance and desk.owner and desk.reviewer  # people of a desk are made when named
    out = io.StringIO()
    call_command("import_book", str(folder), "--json", "--portfolio", desk.portfolio.code, "--as-of", f"{AS_OF:%Y-%m-%d}", stdout=out, stderr=io.StringIO())
    found.refused = json.loads(out.getvalue())["refused"]
    found.accounts = {name: Account.objects.get(external_id=number) for name, number in numbers.items()}
    for name, text in {"control": CONTROL, "line": LINE}.items():  # as a connected source could bring them
        account = found.accounts[name] = desk.account(name=f"Zz {name}", external_id=f"EVIL-{name}")
        Invoice.objects.create(account=account, portfolio=desk.portfolio, number=f"INV-{name}", issued_on="2026-03-01", due_on="2026-05-02", currency="EUR", amount_minor=100_00, balance_minor=100_00)
        make_ticket(account, subject=f"Zz {text}"[:300], body=text, external_id=f"T-{name}")
    prepare_accounts([account.pk for account in found.accounts.values()], as_of=AS_OF)
    for name, account in found.accounts.items():
        text = (TEXTS | {"control": CONTROL, "line": LINE[:200]})[name]
        follow_up = found.follow_up(name)
        if follow_up.draft is not None:
            edit(follow_up.pk, follow_up.draft.subject, f"{follow_up.draft.body}\n{text}", follow_up.draft.revision, by=desk.owner, at=AS_OF)
        record_reply(Incoming(account.pk, f"kim@{name.replace(' ', '')}.example", f"Zz {text}"[:200], text, AS_OF, message_id=f"<{account.pk}@zz.example>"), by=None, at=AS_OF)
        make_signal(account, invoice=account.invoices.first(), quote=text)
        make_dispute(account, invoice=account.invoices.first(), quote=text, reason=text, external_id=f"D-{account.pk}")
    assert Ticket.objects.count() == len(found.accounts)
    return found
