"""Support tickets."""

from django.db import models

from governance.tracking import tracked


class Ticket(models.Model):
    """A support ticket. Subject and body are the customer's text: data, never instructions."""

    class Severity(models.TextChoices):
        LOW = "low", "Low"
        NORMAL = "normal", "Normal"
        HIGH = "high", "High"
        URGENT = "urgent", "Urgent"

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        PENDING = "pending", "Pending"
        SOLVED = "solved", "Solved"

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="tickets")
    external_id = models.CharField("ticket number", max_length=64)
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    subject = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    severity = models.CharField(max_length=8, choices=Severity.choices, default=Severity.NORMAL)
    escalated = models.BooleanField(default=False)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    topics = models.CharField(max_length=200, blank=True, default="", db_default="")
    scanned_at = models.DateTimeField("read by dispute detection", null=True, blank=True, db_index=True)

    history = tracked(excluded_fields=["scanned_at", "topics"])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "external_id"], name="one_ticket_per_account_and_number")]

    def __str__(self) -> str:
        return self.external_id
