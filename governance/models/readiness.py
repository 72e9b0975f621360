"""Whether a portfolio is ready for a model, look by look, and the recorded act that lets one write for it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class ReadinessLook(models.Model):
    """One look at one portfolio: its score (0 to 100), the lines it is made of, and whether it passed. Looks are added, never changed.

    ``lines`` are ``governance.measured.Measured`` as dictionaries; ``minimum`` is what the policy asked for then.
    """

    portfolio = models.ForeignKey("governance.Portfolio", on_delete=models.CASCADE, related_name="readiness_looks", db_index=False)
    at = models.DateTimeField()
    score = models.PositiveSmallIntegerField()
    minimum = models.PositiveSmallIntegerField()
    passes = models.BooleanField()
    why_not = models.TextField("why it does not pass", blank=True, default="")
    policy_number = models.PositiveIntegerField()
    lines = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(score__lte=100), name="a_score_is_at_most_100"),
            models.CheckConstraint(condition=Q(passes=True, why_not="") | Q(passes=False) & ~Q(why_not=""), name="a_failed_look_says_why"),
        ]
        indexes = [models.Index(fields=["portfolio", "-id"], name="readiness_by_portfolio")]

    def __str__(self) -> str:
        return f"readiness of {self.portfolio_id}: {self.score}"


class ModelSwitch(models.Model):
    """That a model may write for a portfolio: asked for by one person, confirmed by another, ended by anybody who may.

    ``asked → on → off``, or ``asked → refused``. While it is on, ``fell_back_at`` says since when the approved templates write all the
    same because the readiness is below its limit; the switch stays on and the model writes again when the portfolio is ready again.
    """

    class State(models.TextChoices):
        ASKED = "asked", "Asked for"
        ON = "on", "On"
        REFUSED = "refused", "Refused"
        OFF = "off", "Off"

    portfolio = models.ForeignKey("governance.Portfolio", on_delete=models.PROTECT, related_name="model_switches")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    reason = models.TextField()
    look = models.ForeignKey(ReadinessLook, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    score = models.PositiveSmallIntegerField("readiness when it was asked for")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.TextField(blank=True, default="")
    fell_back_at = models.DateTimeField("templates write since", null=True, blank=True)
    fell_back_why = models.TextField("why templates write", blank=True, default="")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["portfolio"], condition=Q(state__in=["asked", "on"]), name="one_model_switch_per_portfolio"),
            models.CheckConstraint(condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")), name="another_person_confirms_the_model"),
            models.CheckConstraint(
                condition=Q(state="asked") | Q(decided_by__isnull=False, decided_at__isnull=False) | Q(state="off", ended_by__isnull=False),
                name="a_model_that_is_on_was_confirmed",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_model_switch_has_a_reason"),
            models.CheckConstraint(condition=Q(fell_back_at__isnull=True) | ~Q(fell_back_why=""), name="a_fall_back_says_why"),
        ]

    def __str__(self) -> str:
        return f"model for portfolio {self.portfolio_id}: {self.state}"
