"""Text being typed; not a version until saved."""

from django.db import models


class WorkingCopy(models.Model):
    """One person's unsaved text for one draft, kept on the server so that nothing typed is ever lost."""

    draft = models.ForeignKey("drafts.Draft", on_delete=models.CASCADE, related_name="working_copies")
    user = models.ForeignKey("governance.User", on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=300)
    body = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "working copies"
        constraints = [models.UniqueConstraint(fields=["draft", "user"], name="one_working_copy_per_draft_and_person")]

    def __str__(self) -> str:
        return f"working copy of draft {self.draft_id}"
