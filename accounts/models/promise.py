"""Promise to pay."""

from django.db import models

from governance.tracking import tracked


class Promise(models.Model):
    """What the customer promised. Without a date ``due_on`` stays null: a state of its own, no date is ever invented.

    Kept, broken and open are judged by rules from the invoices and the grace days; ``status`` records only what a person or source said.
    """

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        KEPT = "kept", "Kept"
        BROKEN = "broken", "Broken"
        WITHDRAWN = "withdrawn", "Withdrawn"

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="promises")
    invoice = models.ForeignKey("accounts.Invoice", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    external_id = models.CharField("reference", max_length=64)
    made_on = models.DateField()
    due_on = models.DateField("promised for", null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    amount_minor = models.BigIntegerField("amount, minor units", null=True, blank=True)
    method = models.CharField("payment method", max_length=24, blank=True)
    quote = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    source = models.CharField(max_length=40, blank=True)
    recorded_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    history = tracked()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "external_id"], name="one_promise_per_account_and_reference")]

    def __str__(self) -> str:
        return f"promise {self.external_id}"
