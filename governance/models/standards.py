"""Tone rules and review standards: words under change control, version by version, activated by a second person."""

from django.db import models

from governance.models.versioned import State, versions_of
from governance.tracking import tracked


class ToneRule(models.Model):
    """One version of a rule on tone, used by check G20 beside the built-in ones. ``key`` names the rule.

    ``phrases`` are words or short phrases, one a line; ``*`` ends a word of which only the beginning is given. ``must_fail`` and
    ``must_pass`` are examples the rule is held against before it is saved and again before it comes into force. Without phrases the rule
    finds nothing: that is how one is switched off.
    """

    State = State

    class Severity(models.TextChoices):
        WARN = "warn", "Warning: a person reads it"
        BLOCK = "block", "Blocking: the text cannot be approved"

    key = models.SlugField("name", max_length=40)
    version = models.PositiveIntegerField(default=1)
    language = models.CharField(max_length=2, blank=True, default="", help_text="en, de, fr, es; empty: any")
    severity = models.CharField(max_length=5, choices=Severity.choices, default=Severity.WARN)
    phrases = models.TextField("words and phrases", blank=True, default="")
    why = models.CharField("what the reviewer reads", max_length=160)
    must_fail = models.JSONField("examples it must find", default=list)
    must_pass = models.JSONField("examples it must leave alone", default=list)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    author = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    activated_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    history = tracked()

    class Meta:
        ordering = ["key", "-version"]
        constraints = versions_of(
            ["key"], numbered="one_tone_rule_per_key_and_version", active="one_active_tone_rule_per_key",
            activator="tone_rule_author_is_not_activator",
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.key}/{self.version}"


class ReviewStandard(models.Model):
    """One version of the guidance reviewers see beside every draft of a lane."""

    State = State

    lane = models.CharField(max_length=18)
    version = models.PositiveIntegerField(default=1)
    text = models.TextField("what to look at")
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    author = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    activated_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    history = tracked()

    class Meta:
        ordering = ["lane", "-version"]
        constraints = versions_of(
            ["lane"], numbered="one_standard_per_lane_and_version", active="one_active_standard_per_lane",
            activator="standard_author_is_not_activator",
        )  # fmt: skip

    def __str__(self) -> str:
        return f"standard {self.lane.replace('_', ' ')}/{self.version}"
