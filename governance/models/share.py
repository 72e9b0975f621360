"""Access to one account for a person it was routed to."""

from django.db import models

from governance.tracking import tracked


class AccountShare(models.Model):
    """Dated access of one person in one role to one account, written by routing. ``account_id`` names ``accounts.Account``."""

    account_id = models.BigIntegerField(db_index=True)
    user = models.ForeignKey("governance.User", on_delete=models.CASCADE, related_name="account_shares")
    role = models.CharField(max_length=32)
    reason = models.TextField()
    routed_by = models.ForeignKey("governance.User", null=True, on_delete=models.SET_NULL, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    history = tracked()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_id", "user", "role"], name="one_share_per_account_person_and_role")
        ]

    def __str__(self) -> str:
        return f"account {self.account_id} → {self.user} as {self.role}"
