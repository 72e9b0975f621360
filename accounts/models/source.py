"""Where facts come from, how fresh they are, and the runs that brought them."""

from django.db import models
from django.db.models import Q

from governance.tracking import tracked


class Source(models.Model):
    """One kind of source in one portfolio. No row = not configured. ``as_of`` is the moment its data is good for.

    "No tickets" and "ticket system down" are different facts: the six states are computed in ``accounts.readiness`` from this row, the
    policy's age limits and the account's own rows.
    """

    class Kind(models.TextChoices):
        INVOICES = "invoices", "Invoices (ledger)"
        PAYMENTS = "payments", "Payments (bank)"
        CONTACTS = "contacts", "Contacts"
        CREDITS = "credits", "Credit notes and promised credits"
        DISPUTES = "disputes", "Disputes"
        PROMISES = "promises", "Promises to pay"
        TICKETS = "tickets", "Support tickets"
        CONTRACTS = "contracts", "Contracts and renewals"
        MESSAGES = "messages", "E-mail"

    class Status(models.TextChoices):
        OK = "ok", "Answers"
        FAILED = "failed", "Failed"
        NOT_PERMITTED = "not_permitted", "Not permitted"

    portfolio = models.ForeignKey("governance.Portfolio", on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=80, help_text="as people call it, for example Zendesk")
    status = models.CharField(max_length=14, choices=Status.choices, default=Status.OK)
    as_of = models.DateTimeField("data good as of", null=True, blank=True)
    failed_since = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    owner = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    history = tracked()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["portfolio", "kind"], name="one_source_per_portfolio_and_kind")]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_kind_display()})"


class SourceState(models.Model):
    """What a source said about one account when that differs from the source as a whole (not matched, not permitted, older)."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="account_states")
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="source_states")
    status = models.CharField(max_length=14, choices=Source.Status.choices)
    as_of = models.DateTimeField(null=True, blank=True)
    detail = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "account"], name="one_state_per_source_and_account")]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.account_id}: {self.status}"


class ImportRun(models.Model):
    """One import: the file (by hash), what it did, and every row it refused. Rows are counted even when nothing was written."""

    class State(models.TextChoices):
        CHECKED = "checked", "Checked, nothing written"
        COMMITTED = "committed", "Imported"
        REFUSED = "refused", "Refused, nothing written"

    portfolio = models.ForeignKey("governance.Portfolio", null=True, on_delete=models.PROTECT, related_name="+")
    layout = models.CharField(max_length=40)
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    upload = models.FileField(upload_to="imports/", blank=True)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices)
    rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list)
    refused_count = models.PositiveIntegerField(default=0)
    totals = models.JSONField(default=dict)
    seconds = models.FloatField(default=0)
    started_by = models.ForeignKey("governance.User", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    committed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="committed") | Q(committed_at__isnull=True), name="only_a_committed_import_has_a_commit_time"
            )
        ]

    def __str__(self) -> str:
        return f"import {self.pk} of {self.file_name}"
