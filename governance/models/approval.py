"""Approval of exactly one fingerprint."""

from django.db import models
from django.db.models import Q

from governance.topics import words_of


class ApprovalRequest(models.Model):
    """Asks for approval of one fingerprint. After expiry, rejection or any edit a new request is needed.

    The subject is named by kind and id (``draft``, 17). ``complete`` is stored for lists; the database guard on deliveries never trusts it
    and counts the approvals itself.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        COMPLETE = "complete", "Complete"
        REJECTED = "rejected", "Rejected"
        VOID = "void", "Void"
        EXPIRED = "expired", "Expired"

    subject_kind = models.CharField(max_length=20, default="draft")
    subject_id = models.BigIntegerField(db_index=True)
    account_id = models.BigIntegerField(db_index=True)
    portfolio = models.ForeignKey("governance.Portfolio", on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64)
    policy_version = models.ForeignKey("governance.PolicyVersion", on_delete=models.PROTECT, related_name="+")
    lane = models.CharField(max_length=20)
    topics = models.JSONField("what the text commits us to", default=list, blank=True)
    requester = models.ForeignKey("governance.User", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    void_reason = models.TextField(blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"], condition=Q(state__in=["open", "complete"]), name="one_live_request_per_subject"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("created_at")), name="a_request_expires_after_it_begins"),
        ]
        # Every sweep asks which open ones are past their end; answered ones stay forever.
        indexes = [models.Index(fields=["expires_at"], condition=Q(state="open"), name="open_request_by_expiry")]

    def __str__(self) -> str:
        return f"approval of {self.subject_kind} {self.subject_id}"


class RequiredRole(models.Model):
    """One role that must approve before the request is complete, with the reason it is needed."""

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="required_roles")
    role = models.CharField(max_length=32)
    position = models.PositiveSmallIntegerField(default=1)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["request", "role"], name="one_required_role_per_request")]

    def __str__(self) -> str:
        return f"{self.role} for request {self.request_id}"


class Approval(models.Model):
    """One named person's answer for one required role. Append-only on both databases; one per person and one per role in a request."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", "Approve"
        REJECT = "reject", "Reject"

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="approvals")
    required_role = models.OneToOneField(RequiredRole, on_delete=models.PROTECT, related_name="approval")
    person = models.ForeignKey("governance.User", on_delete=models.PROTECT, related_name="+")
    acting_as = models.CharField("role the person acted in", max_length=32)
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    fingerprint = models.CharField(max_length=64)
    comment = models.TextField(blank=True)
    reason = models.CharField("why in spite of the warnings", max_length=32, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "person"], name="one_approval_per_person_and_request")]

    def __str__(self) -> str:
        return f"{self.verdict} by {self.person_id}"

    @property
    def reason_words(self) -> str:
        """The reason in words; empty where none was asked for."""
        return words_of(self.reason) if self.reason else ""
