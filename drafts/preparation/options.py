"""Options a model prepared, added to a question that waits for a person: cited, marked as the model's, once. They decide nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from drafts import states
from drafts.generation import client
from drafts.generation.prepared import Prepared, PreparedOption, prepared_for
from drafts.models import FollowUp
from governance.audit import Entry, account_stream, record
from governance.history import record_history
from governance.models import Decision
from governance.roles import FINANCE, OWNER

if TYPE_CHECKING:
    from governance.models import User

PREFIX = "model-"
NEXT_STEP = "next_step"
# What a person may grant, and the kind of decision that grants it.
GRANTS = (Decision.Kind.PAYMENT_PLAN, Decision.Kind.CREDIT)
GRANTS_PREFIXES = tuple(f"{PREFIX}{kind}" for kind in GRANTS)

_EXACT = "The exact amounts and dates are yours to state; only exactly these will pass the checks."
_NOTHING = "Choosing it grants nothing."
_NO_WORDS = "Choosing it lets nothing be written to the customer."


def add_options(account_ids: Sequence[int], *, by: User | None, at: datetime) -> int:
    """Append the model's options to the open decisions of these accounts that have none of it yet. Returns how many were changed.

    Run inside the transaction that locked the accounts. Two queries without a model's answer; none without a configured model.
    """
    if not client.configured():
        return 0
    rows = Decision.objects.filter(account_id__in=account_ids, state=Decision.State.OPEN)
    waiting = [row for row in rows if not any(str(option["key"]).startswith(PREFIX) for option in row.options)]
    if not waiting:
        return 0
    opened = FollowUp.objects.filter(account_id__in=[d.account_id for d in waiting], status__in=states.OPEN)
    by_account = {p.account_id: p for p in prepared_for(list(opened.values_list("pk", flat=True))).values()}
    changed = [row for row in waiting if row.account_id in by_account and _extend(row, by_account[row.account_id])]
    if changed:
        _save(changed, by_account, by, at)
    return len(changed)


def _extend(decision: Decision, prepared: Prepared) -> bool:
    fitting = [option for option in prepared.options if option.kind in (decision.kind, NEXT_STEP)]
    counts: dict[str, int] = {}
    for option in fitting:
        counts[option.kind] = counts.get(option.kind, 0) + 1
        decision.options.append(_stored(option, counts[option.kind], decision.kind, prepared))
    return bool(fitting)


def _stored(option: PreparedOption, number: int, decision_kind: str, prepared: Prepared) -> dict[str, Any]:
    if option.kind in GRANTS:
        follows, approvers = _EXACT, [FINANCE, OWNER]
    else:
        follows, approvers = (_NO_WORDS if decision_kind == Decision.Kind.RELATIONSHIP_PATH else _NOTHING), []
    return {
        "key": f"{PREFIX}{option.kind}-{number}", "title": option.title, "effect": f"{option.effect.rstrip()} {follows}",
        "facts": list(option.facts), "approvers": approvers, "by": "model", "model": prepared.model, "prompt": prepared.prompt,
    }  # fmt: skip


def _save(rows: Sequence[Decision], prepared: dict[int, Prepared], by: User | None, at: datetime) -> None:
    Decision.objects.bulk_update(rows, ["options"])
    record_history(Decision, [row.pk for row in rows], "~", by=by, at=at, reason="options prepared by a model")
    record([_entry(row, prepared[row.account_id]) for row in rows], by=by, at=at)


def _entry(decision: Decision, prepared: Prepared) -> Entry:
    keys = [option["key"] for option in decision.options if option["key"].startswith(PREFIX)]
    data = {"generation": prepared.generation_id, "keys": keys}
    return Entry(account_stream(decision.account_id), "decision.options_added", "decision", decision.pk, data)
