"""Disputes, the items in dispute, and the signals that a dispute may exist."""

from django.db import models
from django.db.models import Q

from governance.tracking import tracked

CATEGORIES = [
    ("price", "Price"),
    ("quantity", "Quantity"),
    ("delivery", "Delivery"),
    ("quality", "Quality of goods or service"),
    ("scope", "Scope"),
    ("wrong_entity", "Wrong entity billed"),
    ("duplicate", "Duplicate"),
    ("not_ordered", "Not ordered"),
    ("set_off", "Set-off"),
    ("short_payment", "Short payment"),
    ("other", "Other"),
]


class Dispute(models.Model):
    """A dispute with its life: open, answered (we wrote our position), resolved, with outcome and owner.

    ``invoice`` null = the whole account; ``amount_minor`` null = the whole invoice. Items name parts of an invoice.
    """

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        ANSWERED = "answered", "Answered"
        RESOLVED = "resolved", "Resolved"

    class Outcome(models.TextChoices):
        NONE = "", "None yet"
        VALID = "valid", "Customer was right"
        PARTLY = "partly", "Partly right"
        INVALID = "invalid", "Amount is owed"
        WITHDRAWN = "withdrawn", "Withdrawn by the customer"

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="disputes")
    invoice = models.ForeignKey("accounts.Invoice", null=True, blank=True, on_delete=models.PROTECT, related_name="disputes")
    external_id = models.CharField("reference", max_length=64)
    category = models.CharField(max_length=16, choices=CATEGORIES, default="other")
    reason = models.TextField(blank=True)
    quote = models.TextField("customer's words", blank=True)
    currency = models.CharField(max_length=3, blank=True)
    amount_minor = models.BigIntegerField("amount in dispute, minor units", null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    opened_on = models.DateField()
    owner = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    opened_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.NONE, blank=True)
    outcome_note = models.TextField(blank=True)

    history = tracked()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "external_id"], name="one_dispute_per_account_and_reference"),
            models.CheckConstraint(condition=~Q(status="resolved") | ~Q(outcome=""), name="a_resolved_dispute_has_an_outcome"),
        ]

    def __str__(self) -> str:
        return self.external_id


class DisputeItem(models.Model):
    """A part of an invoice in dispute: a line, a quantity, an amount."""

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="items")
    description = models.CharField(max_length=200)
    amount_minor = models.BigIntegerField("amount, minor units")

    def __str__(self) -> str:
        return self.description


class DisputeSignal(models.Model):
    """Somebody may be disputing: what, in which words, found where and by what. A person confirms or dismisses it with a reason.

    ``source_kind`` and ``source_id`` name the row it was found in (ticket, message, contract note, call note, import).
    """

    class Status(models.TextChoices):
        PENDING = "pending", "Not yet judged"
        CONFIRMED = "confirmed", "Confirmed"
        DISMISSED = "dismissed", "Not a dispute"

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="signals")
    invoice = models.ForeignKey("accounts.Invoice", null=True, blank=True, on_delete=models.CASCADE, related_name="signals")
    source_kind = models.CharField(max_length=16)
    source_id = models.BigIntegerField()
    category = models.CharField(max_length=16, choices=CATEGORIES, default="other")
    quote = models.TextField()
    score = models.FloatField(default=1.0)
    detector = models.CharField(max_length=40, default="rules")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    found_at = models.DateTimeField()
    decided_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)
    evidence = models.TextField("line that shows it", blank=True)
    dispute = models.ForeignKey(Dispute, null=True, blank=True, on_delete=models.SET_NULL, related_name="signals")

    history = tracked()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "source_kind", "source_id", "invoice"],
                condition=Q(status="pending"),
                name="one_signal_per_source_and_invoice",
            ),
            models.UniqueConstraint(
                fields=["account", "source_kind", "source_id"],
                condition=Q(invoice__isnull=True, status="pending"),
                name="one_account_signal_per_source",
            ),
            models.CheckConstraint(
                condition=~Q(status="dismissed") | ~Q(decision_reason=""), name="a_dismissal_has_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["account", "status"], name="signal_by_account_status")]

    def __str__(self) -> str:
        return f"signal in {self.source_kind} {self.source_id}"
