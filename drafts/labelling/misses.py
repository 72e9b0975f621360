"""What the detector missed, as people found it in samples: the words, why it was missed as far as rows tell, and what was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Account, CallNote, Contract, Invoice, Message, Ticket
from drafts.labelling.closing import source_of
from drafts.labelling.units import FLAGGED
from governance.models import Incident, Label, SampleFrame, SampleVerdict

READ: dict[str, Any] = {"message": Message, "ticket": Ticket, "call": CallNote, "contract": Contract}


@dataclass(frozen=True, slots=True)
class Miss:
    """One find of a sample. ``why`` is what rows tell about the cause; ``incident`` says what is done about it."""

    verdict: SampleVerdict
    label: Label
    account: str
    invoice: str
    why: str
    incident: Incident | None

    @property
    def where(self) -> str:
        """ "ticket 12"."""
        return self.label.quoted.replace(":", " ").replace("draft", "version")


def rows(kind: str, portfolio_ids: Sequence[int] | None = None) -> QuerySet[SampleVerdict]:
    """Verdicts "yes" on what was not flagged, newest first; ``portfolio_ids`` None for all."""
    found = SampleVerdict.objects.filter(item__frame__kind=kind, answer=Label.Answer.YES).exclude(item__stratum=FLAGGED)
    if portfolio_ids is not None:
        found = found.filter(item__portfolio_id__in=portfolio_ids)
    return found.select_related("item__frame").order_by("-pk")


def listed(verdicts: Sequence[SampleVerdict]) -> list[Miss]:
    """The same as misses; a constant number of queries."""
    items = [v.item for v in verdicts]
    labels: dict[int, Label] = {}
    for row in Label.objects.filter(item__in=items, answer=Label.Answer.YES).select_related("by").order_by("round"):
        labels[row.item_id] = row
    names = dict(Account.objects.filter(pk__in=[i.account_id for i in items]).values_list("pk", "name"))
    numbers = dict(Invoice.objects.filter(pk__in=[i.invoice_id for i in items if i.invoice_id]).values_list("pk", "number"))
    known = _incidents([source_of(i) for i in items])
    read = _read([labels[i.pk].quoted for i in items])
    return [
        Miss(
            v, labels[v.item_id], names.get(v.item.account_id, ""), numbers.get(v.item.invoice_id or 0, ""),
            _why(labels[v.item_id].quoted, read, v.item.decided_at) if v.item.frame.kind == SampleFrame.Kind.RECALL else "",
            known.get(source_of(v.item)),
        )
        for v in verdicts
    ]  # fmt: skip


def _incidents(sources: Sequence[str]) -> dict[str, Incident]:
    found = Incident.objects.filter(Q(source__in=sources)).select_related("action_owner").order_by("pk")
    return {row.source: row for row in found}


def _read(keys: Sequence[str]) -> dict[str, datetime | None]:
    """Text → when the detector read it (None: never)."""
    out: dict[str, datetime | None] = {}
    for kind, model in READ.items():
        ids = [int(key.split(":")[1]) for key in keys if key.startswith(f"{kind}:")]
        if ids:
            out.update({f"{kind}:{pk}": at for pk, at in model.objects.filter(pk__in=ids).values_list("pk", "scanned_at")})
    return out


def _why(key: str, read: dict[str, datetime | None], decided_at: datetime) -> str:
    if key not in read:
        return "not known: the text is not there any more"
    at = read[key]
    if at is None:
        return "the detector has not read this text"
    return "the detector read it and saw no dispute" if at <= decided_at else "the detector read it only after the decision"
