"""The outbox row: frozen bytes on their way."""

from django.db import models
from django.db.models import Q

from drafts import states
from governance.sql import Sha256Hex


class Delivery(models.Model):
    """Frozen MIME text (7-bit ASCII, CRLF), its SHA-256, Message-ID and Date, all fixed at approval.

    Guards on both databases refuse a row whose approval request is incomplete, expired, rejected, void or of another fingerprint, any
    change of the frozen columns, any delete, and any way back from a hand-over to a re-send.
    """

    follow_up = models.ForeignKey("drafts.FollowUp", on_delete=models.PROTECT, related_name="deliveries")
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="deliveries")
    draft = models.ForeignKey("drafts.Draft", on_delete=models.PROTECT, related_name="deliveries")
    approval_request = models.ForeignKey("governance.ApprovalRequest", on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64)
    mime = models.TextField()
    mime_sha256 = models.CharField(max_length=64)
    message_id = models.CharField("Message-ID", max_length=250, unique=True)
    date_header = models.CharField(max_length=60)
    sender = models.CharField("envelope sender", max_length=254)
    recipients = models.JSONField("envelope recipients", default=list)
    state = models.CharField(max_length=18, choices=states.DELIVERY_CHOICES, default=states.SCHEDULED)
    leaves_at = models.DateTimeField()
    claimed_by = models.CharField("worker", max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    server_answer = models.TextField(blank=True)
    stop_code = models.CharField(max_length=40, blank=True)
    stop_reason = models.TextField("stopped because", blank=True)
    stopped_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    stopped_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    resolved_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    resolution = models.TextField("evidence for the outcome", blank=True)
    created_at = models.DateTimeField()
    erased_sha256 = models.CharField("hash after an erasure", max_length=64, blank=True, default="", db_default="")

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["follow_up"],
                condition=~Q(state__in=["stopped", "failed_permanent"]),
                name="one_delivery_under_way_per_follow_up",
            ),
            models.UniqueConstraint(fields=["approval_request"], name="one_delivery_per_approval_request"),
            models.CheckConstraint(
                condition=Q(mime_sha256=Sha256Hex("mime")) | Q(erased_sha256=Sha256Hex("mime")), name="delivery_hash_is_of_its_bytes"
            ),
        ]
        indexes = [models.Index(fields=["state", "leaves_at"], name="delivery_due")]

    def __str__(self) -> str:
        return f"delivery {self.pk}"
