"""What people corrected in a text the machine prepared, and why they rejected one: the rows the measures of drafts count."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Correction(models.Model):
    """One class of correction between the first text of the machine and the text a person approved. Only ever added.

    ``suggested``: the machine proposed this class; ``confirmed``: a person confirmed it on the screen (an approval by another way leaves
    the suggestion unconfirmed).
    """

    class Kind(models.TextChoices):
        FACT = "fact", "Fact"
        STATE = "state", "State"
        RECIPIENT = "recipient", "Recipient"
        COMMITMENT = "commitment", "Commitment"
        TONE = "tone", "Tone"
        COMPLETENESS = "completeness", "Completeness"
        STRUCTURE = "structure", "Structure"
        COSMETIC = "cosmetic", "Cosmetic"

    account_id = models.BigIntegerField()
    portfolio = models.ForeignKey("governance.Portfolio", on_delete=models.PROTECT, related_name="+")
    follow_up_id = models.BigIntegerField(db_index=True)
    first_draft_id = models.BigIntegerField("first text of the machine")
    final_draft_id = models.BigIntegerField("text that was approved")
    lane = models.CharField(max_length=18, blank=True, default="")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    critical = models.BooleanField(default=False)
    suggested = models.BooleanField(default=False)
    confirmed = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["final_draft_id", "kind"], name="one_correction_per_text_and_class"),
            models.CheckConstraint(condition=~Q(kind="cosmetic") | Q(critical=False), name="a_cosmetic_correction_is_not_critical"),
            models.CheckConstraint(condition=Q(suggested=True) | Q(confirmed=True), name="a_correction_is_suggested_or_confirmed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} correction of draft {self.first_draft_id}"


class Rejection(models.Model):
    """Why a text was rejected: a defect of the draft, or the facts changed since. Only ever added."""

    class Cause(models.TextChoices):
        DRAFT = "draft", "The draft is wrong"
        FACTS = "facts", "The facts changed"

    account_id = models.BigIntegerField()
    portfolio = models.ForeignKey("governance.Portfolio", on_delete=models.PROTECT, related_name="+")
    follow_up_id = models.BigIntegerField()
    draft_id = models.BigIntegerField()
    lane = models.CharField(max_length=18, blank=True, default="")
    kind = models.CharField(max_length=20)
    cause = models.CharField(max_length=6, choices=Cause.choices)
    stated = models.BooleanField("said by the person, not taken from the kind", default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["follow_up_id"], name="one_rejection_per_follow_up")]

    def __str__(self) -> str:
        return f"rejection of draft {self.draft_id}"
