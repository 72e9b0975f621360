"""What a check found in one draft."""

from django.db import models
from django.db.models import Q


class Finding(models.Model):
    """One finding, with the exact span and the fact it contradicts. A warning is acknowledged by a named person, one by one."""

    class Severity(models.TextChoices):
        BLOCK = "block", "Blocking"
        HIGHER = "higher", "Needs a higher approver"
        WARN = "warn", "Warning"

    draft = models.ForeignKey("drafts.Draft", on_delete=models.PROTECT, related_name="findings")
    check_id = models.CharField(max_length=4)
    label = models.CharField(max_length=24)
    severity = models.CharField(max_length=6, choices=Severity.choices)
    role = models.CharField(max_length=80, blank=True)
    quote = models.TextField(blank=True)
    start = models.IntegerField(default=-1)
    end = models.IntegerField(default=-1)
    where = models.CharField(max_length=8, default="body")
    why = models.TextField()
    fact = models.TextField(blank=True)
    registered = models.BooleanField(default=False)
    acknowledged_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(acknowledged_by__isnull=True) | Q(acknowledged_at__isnull=False),
                name="an_acknowledgement_has_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.check_id} {self.label}"
