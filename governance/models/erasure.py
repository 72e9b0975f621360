"""Erasures of persons, the rows they touched, and what keeps data from being erased."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


def new_uid() -> str:
    """A name no other erasure has; its record outside the database carries it too."""
    return uuid.uuid4().hex


class PreservationHold(models.Model):
    """A legal hold: nothing of this account is erased or thrown away while it stands. It does not block writing (``Hold`` does)."""

    account_id = models.BigIntegerField(db_index=True)
    reason = models.TextField()
    put_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    put_at = models.DateTimeField()
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    release_reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_id"], condition=Q(released_at__isnull=True), name="one_preservation_hold_per_account"),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | Q(released_by__isnull=False) & ~Q(release_reason=""),
                name="a_preservation_hold_is_released_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"preservation hold on account {self.account_id}"


class Erasure(models.Model):
    """One person at a customer, erased. Carries ids only; while ``applied_at`` is empty the guards let its listed rows be rewritten."""

    class Cause(models.TextChoices):
        REQUEST = "request", "The person asked for it"
        RETENTION = "retention", "The retention period ended"
        REAPPLIED = "reapplied", "Applied again after a restore"

    uid = models.CharField(max_length=32, default=new_uid)
    contact_id = models.BigIntegerField(db_index=True)
    account_id = models.BigIntegerField()
    cause = models.CharField(max_length=10, choices=Cause.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"erasure {self.uid}"


class ErasedRow(models.Model):
    """One row an erasure rewrote: SHA-256 of its words before and after, so that the record still says what stood there."""

    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, related_name="rows")
    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    before = models.CharField(max_length=64)
    after = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["erasure", "table_name", "row_id"], name="one_entry_per_erased_row")]
        indexes = [models.Index(fields=["table_name", "row_id"], name="erased_row_by_row")]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id}"
