"""Prompts under change control, and the runs that must pass before a version is activated."""

from django.db import models

from governance.models.versioned import State, versions_of
from governance.tracking import tracked


class PromptVersion(models.Model):
    """One version of a prompt. ``key`` names the task ("draft", "preparation"); ``drafts.generation.prompts`` fills the fields in braces."""

    State = State

    key = models.SlugField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    system = models.TextField("instructions")
    user = models.TextField("message with the facts")
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    author = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    activated_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    history = tracked()

    class Meta:
        ordering = ["key", "-version"]
        constraints = versions_of(
            ["key"], numbered="one_prompt_per_key_and_version", active="one_active_prompt_per_key",
            activator="prompt_author_is_not_activator",
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.key}/{self.version}"


class EvaluationRun(models.Model):
    """One comparison of two versions on the same facts; ``passed`` is what activation asks for. Written by ``evaluate drafts``."""

    subject = models.CharField(max_length=60, help_text="the version that was judged, for example draft/2")
    baseline = models.CharField(max_length=60)
    model = models.CharField(max_length=120, blank=True)
    accounts = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=dict)
    content_sha256 = models.CharField("hash of the judged text", max_length=64)
    passed = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.subject} against {self.baseline}"
