"""Why this account is in this lane."""

from django.db import models

from drafts import states


class Classification(models.Model):
    """The outcome of the rules for one brief under one policy version. Never changed.

    ``reasons`` as on ``FollowUp``; ``machine_lane`` is what the rules said, ``lane`` what holds (a model may raise it, a person may lower
    it with a reason).
    """

    follow_up = models.ForeignKey("drafts.FollowUp", on_delete=models.PROTECT, related_name="classifications")
    brief = models.ForeignKey("drafts.Brief", on_delete=models.PROTECT, related_name="+", db_index=False)
    policy_version = models.ForeignKey("governance.PolicyVersion", on_delete=models.PROTECT, related_name="+", db_index=False)
    lane = models.CharField(max_length=18, choices=states.LANE_CHOICES)
    machine_lane = models.CharField(max_length=18, choices=states.LANE_CHOICES)
    reasons = models.JSONField(default=list)
    owner_role = models.CharField(max_length=32)
    required_roles = models.JSONField(default=list)
    contact_window = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.lane} ({self.follow_up_id})"
