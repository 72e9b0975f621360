"""One round of dunning for one account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from drafts import states
from drafts.models.elements import AnyElement
from governance.reach import reach
from governance.rights import Scope, scope_of
from governance.tracking import tracked

if TYPE_CHECKING:
    from governance.models import User


class FollowUpQuerySet(models.QuerySet):
    """Follow-ups; every list a person sees starts with ``visible_to``."""

    def visible_to(self, user: User, scope: Scope | None = None) -> FollowUpQuerySet:
        """Follow-ups of accounts in the person's portfolios, or routed to the person; no grant means none."""
        inside = reach(scope or scope_of(user), "see_account", "portfolio_id", "account_id")
        return self if inside is None else self.filter(inside)

    def open(self) -> FollowUpQuerySet:
        """Follow-ups before ``sent``."""
        return self.filter(status__in=states.OPEN)


def needs(role: str) -> Q:
    """Follow-ups whose approval needs an answer from ``role``."""
    return Q(AnyElement("required_roles", 0, role))


def has_rule(*rules: str) -> Q:
    """Follow-ups with a reason by one of these rules; "check:" stands for every check of the text."""
    return Q(AnyElement("reasons", "rule", *rules))


def routed_to(role: str, **account: int) -> models.QuerySet:
    """Ids of the accounts whose follow-up waits for ``role``, waited for it last, or needs its approval."""
    rows = FollowUp.objects.filter(Q(owner_role=role) | needs(role), **account)
    return rows.order_by().values_list("account_id")


class FollowUp(models.Model):
    """(account, cycle, step) with its lane, reasons and status. ``status`` is written by ``drafts.transitions.perform`` only.

    ``reasons`` is a list of ``{"rule", "words", "evidence": [fact id, …], "lane", "routed_to": [role, …]}``. ``work_rank`` orders the
    queue (smaller first) and is recomputed because it ages. ``totals`` is open overdue minor units per currency. ``version`` grows with
    every transition: the optimistic lock of the screens.
    """

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="follow_ups")
    portfolio = models.ForeignKey("governance.Portfolio", on_delete=models.PROTECT, related_name="+")
    cycle = models.PositiveIntegerField(default=1)
    step = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=18, choices=states.STATUS_CHOICES, default=states.PREPARING)
    lane = models.CharField(max_length=18, choices=states.LANE_CHOICES, blank=True)
    purpose = models.CharField(max_length=18, choices=states.PURPOSE_CHOICES, default=states.DEMAND)
    reasons = models.JSONField(default=list)
    required_roles = models.JSONField(default=list)
    owner_role = models.CharField("routed to role", max_length=32, blank=True)
    owner = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    brief = models.ForeignKey("drafts.Brief", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    draft = models.ForeignKey("drafts.Draft", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    totals = models.JSONField(default=dict)
    oldest_due_on = models.DateField(null=True, blank=True)
    due_at = models.DateTimeField("decide by", null=True, blank=True)
    work_rank = models.BigIntegerField(default=0)
    why_first = models.CharField(max_length=12, blank=True)
    hold_reason = models.TextField(blank=True)
    next_contact = models.TextField("next contact, in words", blank=True)
    claimed_by = models.ForeignKey(
        "governance.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    history = tracked()
    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = "follow-up"
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(status__in=states.OPEN), name="one_open_follow_up_per_account"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "work_rank", "id"], name="follow_up_queue"),
            # Lists of several states in work order.
            models.Index(fields=["work_rank", "id"], condition=Q(status__in=states.OPEN), name="follow_up_work_order"),
            models.Index(fields=["portfolio", "status", "work_rank"], name="follow_up_portfolio_queue"),
            # What was decided or sent today, among years of what was.
            models.Index(fields=["sent_at"], condition=Q(sent_at__isnull=False), name="follow_up_sent"),
            models.Index(fields=["ended_at"], condition=Q(ended_at__isnull=False), name="follow_up_ended"),
        ]

    def __str__(self) -> str:
        return f"follow-up {self.pk}"
