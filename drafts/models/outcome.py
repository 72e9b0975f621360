"""What people made of a machine's text."""

from django.db import models


class DraftOutcome(models.Model):
    """One machine's text and how people decided about it: sent as it was, sent after edits, or refused.

    ``draft`` is the machine's revision, ``final`` the one that was approved (None: refused). ``corrections`` are pairs of class and severity
    (``drafts.review.corrections``) that a person confirmed or refused it for; an edited text without any was coded by nobody. ``critical``
    is what the kill switch counts.
    """

    class Outcome(models.TextChoices):
        UNCHANGED = "unchanged", "Approved unchanged"
        EDITED = "edited", "Approved after edits"
        REJECTED = "rejected", "Rejected"
        SENT_BACK = "sent_back", "Another text was wanted"

    draft = models.OneToOneField("drafts.Draft", on_delete=models.PROTECT, related_name="outcome")
    final = models.ForeignKey("drafts.Draft", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    template_version = models.ForeignKey("governance.TemplateVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    prompt_version = models.ForeignKey("governance.PromptVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    model = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    corrections = models.JSONField(default=list)
    critical = models.BooleanField(default=False)
    decided_by = models.ForeignKey("governance.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["template_version", "-decided_at"], name="outcome_by_template"),
            models.Index(fields=["model", "prompt_version", "-decided_at"], name="outcome_by_model"),
        ]

    def __str__(self) -> str:
        return f"draft {self.draft_id}: {self.get_outcome_display().lower()}"
