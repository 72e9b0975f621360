"""Words under change control: approved templates, and terms that were really decided."""

from django.db import models

from governance.models.versioned import State, versions_of
from governance.tracking import tracked


class TemplateVersion(models.Model):
    """One version of an approved text. Lane, dunning step, purpose and language choose it; placeholders are checked when it is saved.

    ``key`` names the text ("demand-1"); versions of one key and language replace each other. Body and subject use ``{placeholder}`` fields
    listed in ``governance.words.PLACEHOLDERS``; code fills them, and code formats all money and dates.
    """

    State = State

    key = models.SlugField(max_length=60)
    version = models.PositiveIntegerField(default=1)
    lane = models.CharField(max_length=20, blank=True, help_text="empty: any lane")
    step = models.PositiveSmallIntegerField(default=1, help_text="dunning step; the highest step at or below the account's is used")
    purpose = models.CharField(max_length=20, default="demand")
    language = models.CharField(max_length=12, default="en")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    author = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    activated_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    history = tracked()

    class Meta:
        ordering = ["key", "language", "-version"]
        constraints = versions_of(
            ["key", "language"], numbered="one_template_per_key_language_version", active="one_active_template_per_key_and_language",
            activator="template_author_is_not_activator",
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.key} {self.language} v{self.version}"


class ApprovedTerm(models.Model):
    """A credit, plan, discount, fee clause, legal step or suspension that was really decided: exact values, with an expiry.

    ``schedule`` is a list of ``{"amount": "120.00", "date": "2026-05-01"}`` (``date`` empty for an amount without a day), ``percent`` a
    decimal number as text, ``wording`` the exact sentence. Wording passes only when it restates exactly this.
    """

    class Kind(models.TextChoices):
        PAYMENT_PLAN = "payment_plan", "Payment plan"
        CREDIT = "credit", "Credit"
        DISCOUNT = "discount", "Discount"
        FEE = "fee", "Fee"
        LEGAL_STEP = "legal_step", "Legal step"
        SUSPENSION = "suspension", "Suspension"

    account_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    ref = models.CharField(max_length=40, unique=True)
    currency = models.CharField(max_length=3)
    schedule = models.JSONField(default=list, blank=True)
    invoice_numbers = models.JSONField(default=list, blank=True)
    percent = models.CharField(max_length=12, blank=True, default="", db_default="")
    wording = models.TextField(blank=True)
    decision = models.ForeignKey("governance.Decision", null=True, on_delete=models.PROTECT, related_name="terms")
    approved_by = models.ForeignKey("governance.User", on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    expires_on = models.DateField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    history = tracked()

    def __str__(self) -> str:
        return f"{self.ref} ({self.get_kind_display()})"
