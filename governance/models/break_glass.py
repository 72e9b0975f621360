"""Access of an administrator in an emergency: to one account or one portfolio, for a short while, read only, and seen by everybody concerned."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class BreakGlass(models.Model):
    """One access. ``account_id`` (of ``accounts.Account``) narrows it to one account of ``portfolio``. Over at ``ends_at`` or ``ended_at``."""

    user = models.ForeignKey("governance.User", on_delete=models.PROTECT, related_name="+")
    portfolio = models.ForeignKey("governance.Portfolio", on_delete=models.PROTECT, related_name="+")
    account_id = models.BigIntegerField(null=True, blank=True)
    reason = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    review = models.TextField("what the auditor found", blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "break-glass accesses"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="break_glass_is_time_boxed"),
            models.CheckConstraint(condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("user")), name="nobody_reviews_their_own_break_glass"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {'one account' if self.account_id else 'all accounts'} of {self.portfolio}"
