"""Which ledger this database holds, and why sending may be refused after a restore."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


def new_ledger_id() -> str:
    """A name no other installation has."""
    return uuid.uuid4().hex


class LedgerState(models.Model):
    """One row: the ledger's own name, which its checkpoints carry, and the database it was last seen in (empty where that cannot be told).

    A restored copy still carries the name and the old database: that is how it is recognised.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    ledger_id = models.CharField(max_length=32, default=new_ledger_id)
    database = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_ledger_state")]

    def __str__(self) -> str:
        return f"ledger {self.ledger_id}"


class Quarantine(models.Model):
    """Nothing is sent while one of these is not lifted: the record here is not the one that stood when messages last left."""

    class Cause(models.TextChoices):
        BEHIND = "behind", "The ledger is behind a checkpoint"
        MISMATCH = "mismatch", "The ledger does not match a checkpoint"
        MISSING = "missing", "A checkpoint is missing"
        MOVED = "moved", "The database was restored or moved"

    cause = models.CharField(max_length=10, choices=Cause.choices)
    words = models.TextField(help_text="what was found, for the person who has to judge it")
    checkpoint = models.PositiveBigIntegerField(null=True, help_text="the checkpoint outside that was compared with")
    found_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lift_reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cause"], condition=Q(lifted_at__isnull=True), name="one_open_quarantine_per_cause"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | (Q(lifted_by__isnull=False) & ~Q(lift_reason="")),
                name="a_quarantine_is_lifted_by_a_person_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.get_cause_display()
