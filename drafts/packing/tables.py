"""The tables of a pack: which rows, under which name, and which columns are files of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet

from accounts.models import (
    Account,
    CallNote,
    Contact,
    Contract,
    CreditNote,
    Dispute,
    DisputeSignal,
    Invoice,
    Message,
    Payment,
    Promise,
    PromisedCredit,
    Ticket,
)
from drafts.models import Brief, Classification, Delivery, Draft, DraftAttachment, Finding, FollowUp, Generation, Reply
from governance.models import Approval, ApprovalRequest, ApprovedTerm, Decision, Hold, PackRun, RequiredRole

Cases = QuerySet[FollowUp]
Held = QuerySet[Account]


@dataclass(frozen=True)
class Table:
    """One table: ``path`` leads from a row to the follow-up, or with ``by_account`` to the account. ``files`` maps a column to the file
    that holds it, with the row's id in braces."""

    name: str
    model: type[Model]
    path: str
    by_account: bool = False
    files: dict[str, str] = field(default_factory=dict)

    def rows(self, cases: Cases, held: Held) -> QuerySet[Any]:
        """Its rows for these cases and accounts."""
        inside: QuerySet[Any] = held.order_by().values("pk") if self.by_account else cases.order_by().values("pk")
        return self.model._default_manager.filter(**{f"{self.path}__in": inside}).order_by("pk")

    def values(self, cases: Cases, held: Held) -> Iterator[dict[str, Any]]:
        """Each row by column; a column that is a file of its own names it."""
        columns = [f.attname for f in self.model._meta.concrete_fields if f.attname not in self.files and f.get_internal_type() != "BinaryField"]
        for row in self.rows(cases, held).values(*columns).iterator(chunk_size=500):
            yield {**row, **{column: name.format(row["id"]) for column, name in self.files.items()}}


class _Requests(Table):
    """Approval requests name their draft by kind and id, not by a foreign key."""

    def rows(self, cases: Cases, held: Held) -> QuerySet[Any]:
        """Requests about drafts of these cases, or what hangs on them."""
        drafts = Draft.objects.filter(follow_up__in=cases.order_by().values("pk")).values("pk")
        kind = self.path.replace("subject_id", "subject_kind")
        return self.model._default_manager.filter(**{f"{self.path}__in": drafts, kind: "draft"}).order_by("pk")


class _Briefs(Table):
    """The briefs that versions rest on."""

    def rows(self, cases: Cases, held: Held) -> QuerySet[Any]:
        """Of every version and of the follow-ups themselves."""
        inside = cases.order_by().values("pk")
        named = Draft.objects.filter(follow_up__in=inside).order_by().values("brief")
        return Brief.objects.filter(pk__in=named.union(cases.order_by().exclude(brief=None).values("brief"))).order_by("pk")


TABLES: tuple[Table, ...] = (
    Table("follow_ups", FollowUp, "pk"),
    Table("classifications", Classification, "follow_up"),
    Table("generations", Generation, "follow_up"),
    _Briefs("briefs", Brief, "", files={"facts": "evidence/brief-{}.json"}),
    Table("drafts", Draft, "follow_up", files={"canonical": "versions/draft-{}.json"}),
    Table("attachments", DraftAttachment, "draft__follow_up"),
    Table("findings", Finding, "draft__follow_up"),
    _Requests("approval_requests", ApprovalRequest, "subject_id"),
    _Requests("required_roles", RequiredRole, "request__subject_id"),
    _Requests("approvals", Approval, "request__subject_id"),
    Table("deliveries", Delivery, "follow_up", files={"mime": "sent/delivery-{}.eml"}),
    Table("replies", Reply, "follow_up"),
    Table("holds", Hold, "account_id", by_account=True),
    Table("decisions", Decision, "account_id", by_account=True),
    Table("approved_terms", ApprovedTerm, "account_id", by_account=True),
    Table("disputes", Dispute, "account", by_account=True),
    Table("dispute_signals", DisputeSignal, "account", by_account=True),
)
# The whole history of one account.
OF_ACCOUNT: tuple[Table, ...] = (
    Table("accounts", Account, "pk", by_account=True),
    Table("contacts", Contact, "account", by_account=True),
    Table("invoices", Invoice, "account", by_account=True),
    Table("payments", Payment, "account", by_account=True),
    Table("credit_notes", CreditNote, "account", by_account=True),
    Table("promised_credits", PromisedCredit, "account", by_account=True),
    Table("promises", Promise, "account", by_account=True),
    Table("contracts", Contract, "account", by_account=True),
    Table("tickets", Ticket, "account", by_account=True),
    Table("messages", Message, "account", by_account=True),
    Table("calls", CallNote, "account", by_account=True),
)


def tables_for(scope: str) -> tuple[Table, ...]:
    """The tables of a pack of this scope."""
    return (*TABLES, *OF_ACCOUNT) if scope == PackRun.Scope.ACCOUNT else TABLES
