"""What is owed."""

from django.db import models
from django.db.models import F, Q

from accounts.querysets import InvoiceQuerySet
from governance.tracking import tracked


class Invoice(models.Model):
    """One invoice. ``account`` owes and is contacted; ``billed_account`` (when set) is the child it was billed to.

    Amounts are minor units of ``currency``; ``balance_minor`` is what remains. ``portfolio`` repeats the account's so that a number is
    unique within one ledger and lists are scoped without a join.
    """

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        PAID = "paid", "Paid"
        CANCELLED = "cancelled", "Cancelled"

    class Delivery(models.TextChoices):
        DELIVERED = "delivered", "Delivered"
        UNKNOWN = "unknown", "Unknown"
        FAILED = "failed", "Not delivered"

    portfolio = models.ForeignKey("governance.Portfolio", on_delete=models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="invoices", db_index=False)
    billed_account = models.ForeignKey(
        "accounts.Account", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    number = models.CharField("invoice number", max_length=64)
    issued_on = models.DateField()
    due_on = models.DateField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField("amount, minor units")
    balance_minor = models.BigIntegerField("open balance, minor units")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    settled_on = models.DateField(null=True, blank=True)
    po_number = models.CharField("PO number", max_length=64, blank=True)
    po_required = models.BooleanField("PO required", default=False)
    delivery_status = models.CharField(max_length=10, choices=Delivery.choices, default=Delivery.UNKNOWN)
    terms_code = models.CharField(max_length=16, blank=True)
    description = models.CharField(max_length=200, blank=True)

    history = tracked()
    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["portfolio", "number"], name="one_invoice_per_number_and_portfolio"),
            models.CheckConstraint(condition=Q(status="open") | Q(balance_minor=0), name="only_open_invoices_have_a_balance"),
            models.CheckConstraint(condition=Q(due_on__gte=F("issued_on")), name="an_invoice_is_due_on_or_after_issue"),
        ]
        indexes = [models.Index(fields=["account", "status", "due_on"], name="invoice_by_account_status_due")]

    def __str__(self) -> str:
        return self.number
