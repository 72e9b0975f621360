"""Blocks with a reason; they beat any approval."""

from django.db import models
from django.db.models import Q

from governance.tracking import tracked


class Hold(models.Model):
    """A block on writing to somebody: who put it, why, in whose words, until when. Pulled by every stage, never pushed.

    ``scope_id`` names a portfolio, account, contact or invoice by id (0 for the whole installation); ``account_id`` is set for account,
    contact and invoice scope so that one query finds everything that blocks an account. In force = not released and not past
    ``expires_at``. Scopes ``model`` (id 0: whatever a model writes) and ``template`` (one version of a text) are the kill switch: they
    block words, not a customer. A switch nobody threw (no ``created_by``) tripped by itself.
    """

    class Scope(models.TextChoices):
        GLOBAL = "global", "Everything"
        PORTFOLIO = "portfolio", "Portfolio"
        ACCOUNT = "account", "Account"
        CONTACT = "contact", "Contact"
        INVOICE = "invoice", "Invoice"
        MODEL = "model", "Model drafting"
        TEMPLATE = "template", "Text version"

    class Kind(models.TextChoices):
        DISPUTE = "dispute", "Dispute"
        LEGAL = "legal", "Legal"
        DO_NOT_CONTACT = "do_not_contact", "Do not contact"
        PAUSE = "pause", "Pause"
        PAYMENT_CLAIM = "payment_claim", "Customer says it is paid"
        BOUNCE = "bounce", "Mail came back"
        OTHER = "other", "Other"

    scope = models.CharField(max_length=10, choices=Scope.choices)
    scope_id = models.BigIntegerField(default=0)
    account_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    reason = models.TextField()
    quote = models.TextField(blank=True)
    source = models.CharField("what raised it", max_length=60, blank=True, help_text="for example signal:12, reply:4, person")
    owner = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    release_reason = models.TextField(blank=True)

    history = tracked()

    class Meta:
        indexes = [models.Index(fields=["scope", "scope_id"], condition=Q(released_at__isnull=True), name="hold_in_force_by_scope")]
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "scope_id", "kind", "source"], condition=Q(released_at__isnull=True), name="one_hold_per_cause"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_hold_has_a_reason"),
            models.CheckConstraint(
                condition=Q(scope__in=["global", "portfolio", "model", "template"]) | Q(account_id__isnull=False),
                name="a_narrow_hold_names_its_account",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} hold: {self.reason}"
