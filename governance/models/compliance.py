"""Evidence of governance: results of controls, incidents with their correction, and the certification of grants."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from governance.tracking import tracked


class ControlResult(models.Model):
    """One look at one control: what its evidence query found and when. Looks are added, never changed."""

    class State(models.TextChoices):
        EVIDENCE = "evidence", "Evidence"
        NONE = "none", "No evidence"
        FAILING = "failing", "Contradicted"
        ERROR = "error", "Could not be looked at"

    control = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=State.choices)
    count = models.PositiveBigIntegerField("rows of evidence", default=0)
    bad = models.PositiveBigIntegerField("rows against it", default=0)
    words = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["control", "-at"], name="control_result_by_moment")]

    def __str__(self) -> str:
        return f"{self.control}: {self.state}"


class Incident(models.Model):
    """Something that should not have happened: the fields of NIST AI 600-1, the correction, and the check that it worked.

    ``source`` names what raised it (``delivery:12``, ``invariant:I7``), so that one cause opens one incident. ``versions`` are the system
    and what was in force: policy, template, prompt, model. Words about the customer are for the roles that may read texts.
    """

    class Severity(models.TextChoices):
        LOW = "low", "Low"
        MEDIUM = "medium", "Medium"
        HIGH = "high", "High"
        CRITICAL = "critical", "Critical"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CORRECTING = "correcting", "Being corrected"
        CORRECTED = "corrected", "Corrected, to be checked"
        CLOSED = "closed", "Closed"

    source = models.CharField("what raised it", max_length=60)
    account_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    portfolio = models.ForeignKey("governance.Portfolio", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    what = models.TextField("what happened")
    happened_at = models.DateTimeField("when it happened", null=True, blank=True)
    noticed_at = models.DateTimeField("when it was noticed")
    noticed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    versions = models.JSONField("system and versions", default=dict)
    harm = models.TextField("harm, as far as known")
    severity = models.CharField(max_length=8, choices=Severity.choices, default=Severity.MEDIUM)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    action = models.TextField("corrective action", blank=True, default="")
    action_owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    action_due = models.DateField("due", null=True, blank=True)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closure = models.TextField("what the closure check found", blank=True, default="")

    history = tracked()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=~Q(state="closed"), name="one_open_incident_per_cause"),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_by__isnull=False, closed_at__isnull=False) & ~Q(closure=""),
                name="a_closed_incident_was_checked",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True) | ~Q(closed_by=F("action_owner")) & ~Q(closed_by=F("corrected_by")),
                name="another_person_checks_the_correction",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(action_owner__isnull=False, action_due__isnull=False) & ~Q(action=""),
                name="a_correction_has_owner_and_due_date",
            ),
        ]

    def __str__(self) -> str:
        return f"incident {self.pk}"


class AccessReview(models.Model):
    """One quarter in which every grant in force is certified: kept or ended, with a reason."""

    quarter = models.CharField(max_length=6, unique=True, help_text="for example 2026Q4")
    opened_at = models.DateTimeField()
    due_on = models.DateField()

    class Meta:
        ordering = ["-quarter"]

    def __str__(self) -> str:
        return f"access review {self.quarter}"


class Certification(models.Model):
    """One grant in one review. ``kind`` and ``grant_id`` name the grant; without a verdict it still waits."""

    class Kind(models.TextChoices):
        PERSON = "person", "Role of a person in a portfolio"
        GROUP = "group", "Role of a group in a portfolio"
        EVERYWHERE = "everywhere", "Role in all portfolios"

    class Verdict(models.TextChoices):
        KEEP = "keep", "Kept"
        END = "end", "Ended"

    review = models.ForeignKey(AccessReview, on_delete=models.PROTECT, related_name="certifications")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    grant_id = models.BigIntegerField()
    verdict = models.CharField(max_length=4, choices=Verdict.choices, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["review", "kind", "grant_id"], name="one_certification_per_grant_and_review"),
            models.CheckConstraint(
                condition=Q(verdict="") | Q(by__isnull=False, at__isnull=False) & ~Q(reason=""), name="a_certification_has_person_and_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.grant_id} in review {self.review_id}"
