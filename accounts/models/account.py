"""The customer as we know it."""

from django.db import models
from django.db.models import Q

from accounts.querysets import AccountQuerySet
from governance.tracking import tracked


class Account(models.Model):
    """A paying customer. ``external_id`` is the customer number of the ledger, text with its leading zeros kept."""

    class Tier(models.TextChoices):
        STANDARD = "standard", "Standard"
        STRATEGIC = "strategic", "Strategic"
        ENTERPRISE = "enterprise", "Enterprise"

    portfolio = models.ForeignKey("governance.Portfolio", on_delete=models.PROTECT, related_name="accounts")
    external_id = models.CharField("account number", max_length=64)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    tier = models.CharField(max_length=12, choices=Tier.choices, default=Tier.STANDARD)
    owner = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    escalation_owner = models.ForeignKey(
        "governance.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    currency = models.CharField(max_length=3, default="EUR")
    country = models.CharField(max_length=2, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=12, default="en")
    natural_person = models.BooleanField(default=False)
    insolvent = models.BooleanField("insolvency proceedings known", default=False)
    never_automate = models.BooleanField(default=False)
    never_automate_reason = models.TextField(blank=True)
    procurement_note = models.TextField("customer-side procurement delay", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    history = tracked()
    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["portfolio", "external_id"], name="one_account_per_number_and_portfolio"),
            models.CheckConstraint(
                condition=Q(never_automate=False) | ~Q(never_automate_reason=""), name="never_automate_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.name
