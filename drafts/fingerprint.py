"""What an approval is bound to.

The fingerprint is the SHA-256 of a canonical JSON text of purpose, addresses, subject, body, attachment hashes and the material facts.
Not in it: moments, ages, day counts and the policy version, which change without the message becoming wrong; the last look judges those.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from accounts.fact_types import AccountFacts, ContactFact
from governance.canonical import canonical_json, sha256_hex

__all__ = ["account_material_hash", "canonical_json", "draft_canonical", "material_facts", "normalise_newlines", "sha256_hex"]


def normalise_newlines(text: str) -> str:
    """CRLF and CR become LF: a text area turns every newline into CRLF and would change the hash of an unedited text."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _recipient(contact: ContactFact | None) -> list[Any] | None:
    return None if contact is None else [contact.id, contact.email, contact.usable]


def material_facts(facts: AccountFacts, invoice_ids: Iterable[int], held_invoices: Iterable[int] = ()) -> dict[str, Any]:
    """What a message about ``invoice_ids`` rests on: ids, currency, open amounts, due dates, dispute, promise and hold flags, recipient.

    An invoice that is no longer open appears as ``[id, "closed"]``, so that payment changes the fingerprint.
    """
    open_invoices = {invoice.id: invoice for invoice in facts.invoices}
    held = set(held_invoices)
    rows: list[list[Any]] = []
    for pk in sorted(set(invoice_ids)):
        invoice = open_invoices.get(pk)
        if invoice is None:
            rows.append([pk, "closed"])
            continue
        promised = invoice.promised_for.isoformat() if invoice.promised_for else None
        rows.append(
            [pk, invoice.number, invoice.currency, invoice.balance_minor, invoice.due_on.isoformat(), invoice.disputed_minor,
             invoice.signalled, promised, pk in held]
        )
    return {"invoices": rows, "recipient": _recipient(facts.recipient)}


def account_material_hash(facts: AccountFacts, hold_kinds: Sequence[str] = ()) -> str:
    """Hash of everything material about an account: tells the next preparation whether it changed."""
    material = material_facts(facts, (invoice.id for invoice in facts.invoices))
    material["overdue"] = [invoice.id for invoice in facts.overdue_invoices]
    material["balances"] = {c: [b.gross_minor, b.unapplied_minor, b.credits_minor, b.in_flight_minor] for c, b in facts.balances.items()}
    material["disputes"] = [[d.id, d.status, d.amount_minor] for d in facts.disputes]
    material["signals"] = [s.id for s in facts.signals]
    material["promises"] = [[p.id, p.state] for p in facts.promises]
    material["tickets"] = [[t.id, t.severity, t.escalated] for t in facts.tickets]
    material["contracts"] = [[c.id, c.terms_days, c.renewal_on, c.renewal_stage, c.notes] for c in facts.contracts]
    material["account"] = [facts.tier, facts.owner_id, facts.natural_person, facts.insolvent, facts.never_automate, facts.procurement_note]
    material["sources"] = {kind: source.state for kind, source in facts.sources.items()}
    material["last_in"] = facts.last_in_at
    material["holds"] = sorted(hold_kinds)
    return sha256_hex(canonical_json(material))


def draft_canonical(
    *,
    purpose: str,
    from_address: str,
    to_address: str,
    cc: Sequence[str],
    subject: str,
    body: str,
    attachments: Iterable[tuple[str, str]],
    material: dict[str, Any],
) -> str:
    """The canonical text of one draft; its SHA-256 is the fingerprint. ``attachments`` are (name, sha256) pairs."""
    return canonical_json(
        {
            "purpose": purpose,
            "from": from_address,
            "to": to_address,
            "cc": sorted(cc),
            "subject": normalise_newlines(subject),
            "body": normalise_newlines(body),
            "attachments": sorted(list(pair) for pair in attachments),
            "material": material,
        }
    )
