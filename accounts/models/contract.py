"""What was agreed; its terms may differ from the invoice's."""

from django.db import models

from governance.tracking import tracked


class Contract(models.Model):
    """A contract with payment terms in days after issue, renewal, clauses and notes."""

    class RenewalStage(models.TextChoices):
        NONE = "none", "None"
        PLANNED = "planned", "Planned"
        NEGOTIATION = "negotiation", "In negotiation"
        SIGNED = "signed", "Signed"

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="contracts")
    external_id = models.CharField("contract number", max_length=64)
    terms_days = models.PositiveSmallIntegerField("payment terms, days after issue", null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    renewal_on = models.DateField(null=True, blank=True)
    renewal_stage = models.CharField(max_length=12, choices=RenewalStage.choices, default=RenewalStage.NONE)
    currency = models.CharField(max_length=3, blank=True)
    value_minor = models.BigIntegerField("yearly value, minor units", null=True, blank=True)
    late_fee_allowed = models.BooleanField(null=True, blank=True, help_text="unknown when empty")
    late_fee_clause = models.TextField(blank=True)
    po_required = models.BooleanField(default=False)
    change_orders = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    noted_on = models.DateField("date of the notes", null=True, blank=True)
    scanned_at = models.DateTimeField("notes read by dispute detection", null=True, blank=True, db_index=True)

    history = tracked(excluded_fields=["scanned_at"])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "external_id"], name="one_contract_per_account_and_number")]

    def __str__(self) -> str:
        return self.external_id
