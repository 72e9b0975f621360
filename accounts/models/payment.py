"""Money that came, is on its way, or was credited or promised."""

from django.db import models

from governance.tracking import tracked


class Payment(models.Model):
    """Money received, or in flight (``pending``). ``unapplied_minor`` is the part not allocated to any invoice."""

    class Status(models.TextChoices):
        CLEARED = "cleared", "Cleared"
        PENDING = "pending", "In flight"
        FAILED = "failed", "Failed"

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="payments")
    external_id = models.CharField("payment number", max_length=64)
    value_on = models.DateField("value date")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField("amount, minor units")
    unapplied_minor = models.BigIntegerField("unapplied cash, minor units", default=0)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CLEARED)
    method = models.CharField(max_length=24, blank=True)
    remittance = models.TextField("remittance text", blank=True)

    history = tracked()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "external_id"], name="one_payment_per_account_and_number")]

    def __str__(self) -> str:
        return self.external_id


class Allocation(models.Model):
    """The part of a payment applied to one invoice."""

    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="allocations")
    invoice = models.ForeignKey("accounts.Invoice", on_delete=models.CASCADE, related_name="allocations")
    amount_minor = models.BigIntegerField("amount, minor units")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["payment", "invoice"], name="one_allocation_per_payment_and_invoice")]

    def __str__(self) -> str:
        return f"{self.payment_id} → {self.invoice_id}"


class CreditNote(models.Model):
    """A posted credit. ``open_minor`` is what is still unused; one usable only on future invoices does not reduce what is due now."""

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="credit_notes")
    invoice = models.ForeignKey("accounts.Invoice", null=True, blank=True, on_delete=models.SET_NULL, related_name="credit_notes")
    number = models.CharField("credit note number", max_length=64)
    issued_on = models.DateField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField("amount, minor units")
    open_minor = models.BigIntegerField("unused, minor units", default=0)
    future_only = models.BooleanField("usable on future invoices only", default=False)

    history = tracked()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "number"], name="one_credit_note_per_account_and_number")]

    def __str__(self) -> str:
        return self.number


class PromisedCredit(models.Model):
    """A credit somebody on our side promised and has not posted yet."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        ISSUED = "issued", "Issued"
        WITHDRAWN = "withdrawn", "Withdrawn"

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="promised_credits")
    invoice = models.ForeignKey("accounts.Invoice", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    external_id = models.CharField("reference", max_length=64)
    promised_on = models.DateField()
    promised_by = models.CharField(max_length=120, blank=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField("amount, minor units", null=True, blank=True, help_text="empty: amount not known")
    quote = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)

    history = tracked()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "external_id"], name="one_promised_credit_per_reference")]

    def __str__(self) -> str:
        return self.external_id
