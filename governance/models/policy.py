"""Policy versions: typed parameters, immutable once active."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from governance.models.versioned import two_people
from governance.policy_parameters import PolicyParameters, typed
from governance.tracking import tracked


class PolicyVersion(models.Model):
    """One version of the policy. ``parameters`` validates against ``governance.policy_parameters.PolicyParameters``.

    The author never activates it; a guard refuses a change of the parameters of a version that was ever active.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        RETIRED = "retired", "Retired"
        DISCARDED = "dropped", "Discarded"

    class InFlight(models.TextChoices):
        """What happens to drafts that are under way when a version comes into force."""

        KEEP = "keep", "Leave them; the last look judges each when it leaves"
        RECHECK = "recheck", "Judge them again now; what needs more goes back to its people"
        RETURN = "return", "Write all of them anew; messages that wait are stopped"

    number = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    parameters = models.JSONField()
    note = models.TextField(blank=True)
    based_on = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    restores = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False, help_text="the version a roll back brings back"
    )
    author = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    activated_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(
        "governance.User", verbose_name="activation asked by", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_reason = models.TextField("why it should come into force", blank=True, default="")
    not_before = models.DateTimeField("not before", null=True, blank=True)
    in_flight = models.CharField("drafts under way", max_length=8, choices=InFlight.choices, blank=True, default="")
    settled_at = models.DateTimeField("drafts under way dealt with", null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    history = tracked()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="active"), name="one_active_policy"),
            two_people("policy_author_is_not_activator"),
            two_people("who_asks_for_a_policy_does_not_activate_it", first="asked_by"),
        ]

    def __str__(self) -> str:
        return f"policy {self.number}"

    @property
    def typed(self) -> PolicyParameters:
        """The parameters, typed; raises ``pydantic.ValidationError`` naming the field that does not fit."""
        return typed(self.parameters)
