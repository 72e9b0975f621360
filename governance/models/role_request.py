"""A role asked for: nothing counts until another administrator confirmed it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from governance.models.portfolio import ROLE_CHOICES


class RoleRequest(models.Model):
    """One wish to give a role (on a portfolio, or on all when it is null) to a person or a group, or to put a person into a group.

    A request is no grant: only ``governance.assignment`` turns a confirmed one into a row that ``governance.rights`` reads. ``role`` is
    empty for a membership, which names both ``user`` and ``group``. ``decided_by`` is null for a role that takes one administrator.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for another administrator"
        CONFIRMED = "confirmed", "In force"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    role = models.CharField(max_length=32, choices=ROLE_CHOICES, blank=True)
    user = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey("auth.Group", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    portfolio = models.ForeignKey("governance.Portfolio", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_by = models.ForeignKey("governance.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField("reason of the answer", blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(user=F("asked_by")), name="nobody_asks_for_a_role_of_their_own"),
            models.CheckConstraint(condition=Q(decided_by__isnull=True) | ~Q(user=F("decided_by")), name="nobody_answers_for_a_role_of_their_own"),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")), name="who_asked_does_not_confirm"
            ),
            models.CheckConstraint(
                condition=(~Q(role="") & (Q(user__isnull=True) ^ Q(group__isnull=True)))
                | Q(role="", user__isnull=False, group__isnull=False, portfolio__isnull=True),
                name="a_role_request_names_one_holder_or_one_membership",
            ),
        ]

    def __str__(self) -> str:
        if not self.role:
            return f"{self.user} into the group {self.group}"
        return f"{self.get_role_display()} for {self.user or f'group {self.group}'} in {self.portfolio or 'all portfolios'}"
