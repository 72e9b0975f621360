"""What a model is shown: an allow-list of frozen facts, customer text only as fenced data, and the instructions under change control.

Rendering is a pure function of the brief, the prompt version, the task and the feedback, so a record of those reproduces every prompt.
No phone number, address, e-mail address or other customer is ever in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from governance.canonical import canonical_json, sha256_hex
from governance.hidden import visible
from governance.money import to_decimal

INVOICES_SHOWN = 30
MATERIAL_LIMIT = 1_500
_MARK = re.compile(r"\b(BEGIN|END)[\W_]+(DATA)\b", re.IGNORECASE)
_FIELD = re.compile(r"\{(task|facts|feedback|material)\}")


class HasPrompt(Protocol):
    """What rendering reads of a prompt version."""

    system: str
    user: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """The messages for one call and the SHA-256 of exactly them."""

    messages: tuple[dict[str, str], ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked: purpose, dunning step, language, and the invoices the text may name."""

    purpose: str
    step: int
    language: str
    invoice_ids: tuple[int, ...]
    lane: str = "routine"

    def words(self) -> str:
        """One line for the prompt."""
        return f"purpose {self.purpose}, dunning step {self.step}, language {self.language}, lane {self.lane}"


def _money(minor: int, currency: str) -> str:
    return f"{currency} {to_decimal(minor, currency)}"


def _invoice(row: Mapping[str, Any]) -> dict[str, Any]:
    shown = {
        "id": f"invoice:{row['id']}", "number": row["number"], "issued": row["issued_on"], "due": row["due_on"],
        "days_overdue": row["days_overdue"], "open": _money(row["balance_minor"], row["currency"]),
    }
    if row["balance_minor"] != row["amount_minor"]:
        shown["original_amount"] = _money(row["amount_minor"], row["currency"])
    if row["po_number"]:
        shown["po"] = row["po_number"]
    return shown


def allowed_facts(facts: Mapping[str, Any], task: Task) -> dict[str, Any]:
    """The facts a model may see, from the frozen facts of a brief. Customer text is reduced to enumerated codes."""
    named = [row for row in facts["invoices"] if row["id"] in set(task.invoice_ids)]
    recipient = facts.get("recipient") or {}
    return {
        "customer": {"id": f"account:{facts['account_id']}", "name": facts["name"], "tier": facts["tier"]},
        "contact": recipient.get("salutation") or recipient.get("name") or "",
        "sender": {"company": facts["sender"]["company"], "name": facts["sender"]["name"]},
        "invoices": [_invoice(row) for row in named[:INVOICES_SHOWN]],
        "invoices_in_all": len(named),
        "payments": [
            {"id": f"payment:{p['id']}", "on": p["value_on"], "amount": _money(p["amount_minor"], p["currency"]), "status": p["status"]}
            for p in facts["payments"][:10]
        ],
        "promises": [
            {"id": f"promise:{p['id']}", "made": p["made_on"], "for": p["due_on"], "state": p["state"]} for p in facts["promises"]
        ],
        "disputes": [{"id": f"dispute:{d['id']}", "category": d["category"], "status": d["status"]} for d in facts["disputes"]],
        "tickets": [
            {"id": f"ticket:{t['id']}", "severity": t["severity"], "status": t["status"], "escalated": t["escalated"]}
            for t in facts["tickets"]
        ],
        "contracts": [
            {"id": f"contract:{c['id']}", "terms_days": c["terms_days"], "renewal_on": c["renewal_on"], "renewal_stage": c["renewal_stage"]}
            for c in facts["contracts"]
        ],
        "our_messages_on": facts["contacted_on"][:5],
        "sources": {kind: source["state"] for kind, source in facts["sources"].items()},
    }


def fence(fact_id: str, text: str, limit: int = MATERIAL_LIMIT) -> str:
    """Text from outside as data: invisible characters made visible, marks inside it defused in any spelling, cut to ``limit`` characters."""
    shown = _MARK.sub(r"\1-\2", visible(text[:limit]))
    return f"BEGIN DATA {fact_id}\n{shown}\nEND DATA {fact_id}"


def render(
    prompt: HasPrompt, facts: Mapping[str, Any], task: Task, *, feedback: Sequence[str] = (), material: Sequence[tuple[str, str]] = ()
) -> Rendered:
    """The messages of one call. ``feedback`` are findings on the last attempt; ``material`` are (fact id, text from outside)."""
    said = ["Your last answer was not accepted. Findings:", *(f"- {line}" for line in feedback)] if feedback else []
    fields = {
        "task": task.words(),
        "facts": json.dumps(allowed_facts(facts, task), ensure_ascii=False, indent=1, default=str),
        "feedback": "\n".join(said),
        "material": "\n\n".join(fence(fact_id, text) for fact_id, text in material),
    }
    # In one pass: braces in a fact or a text from outside stay what they are.
    user = _FIELD.sub(lambda found: fields[found[1]], prompt.user)
    messages = ({"role": "system", "content": prompt.system.strip()}, {"role": "user", "content": user.strip()})
    return Rendered(messages, sha256_hex(canonical_json(messages)))
