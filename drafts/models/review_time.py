"""How long somebody really looked at a draft."""

from django.db import models


class ReviewTime(models.Model):
    """Seconds one person had one draft in a focused, visible tab, idle time cut; added up from what the browser reports, never more than
    the server's clock allows. It goes into the event of their decision; the row itself is no evidence.
    """

    draft = models.ForeignKey("drafts.Draft", on_delete=models.CASCADE, related_name="review_times")
    user = models.ForeignKey("governance.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    seconds = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "user"], name="one_review_time_per_draft_and_person")]

    def __str__(self) -> str:
        return f"{self.seconds} s with draft {self.draft_id}"
