"""One attempt of a model."""

from django.db import models
from django.db.models import Q


class Generation(models.Model):
    """One attempt = one row, written before the provider is asked and closed with whatever came back.

    The queue of the workers: ``queued → claimed → done``, or ``failed`` (the reason in ``error``) or ``skipped`` (a budget, the breaker or
    newer facts made the call pointless). ``cost_micro`` is millionths of the currency the policy's prices are in. ``content_key`` is the
    cache key: account, prompt version, model and rendered prompt; an answer is never reused across accounts.
    """

    class Kind(models.TextChoices):
        DRAFT = "draft", "Draft"
        PREPARATION = "preparation", "Summary, lane and options for people"

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        CLAIMED = "claimed", "Asking the model"
        DONE = "done", "Answered"
        FAILED = "failed", "Failed"
        SKIPPED = "skipped", "Not asked"

    follow_up = models.ForeignKey("drafts.FollowUp", on_delete=models.PROTECT, related_name="generations")
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    brief = models.ForeignKey("drafts.Brief", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.DRAFT)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=1)
    provider = models.CharField(max_length=120, blank=True)
    model = models.CharField(max_length=120, blank=True)
    parameters = models.JSONField(default=dict)
    prompt_version = models.ForeignKey(
        "governance.PromptVersion", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    prompt_sha256 = models.CharField("rendered prompt, SHA-256", max_length=64, blank=True)
    content_key = models.CharField(max_length=64, blank=True)
    reused_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    raw_answer = models.TextField(blank=True)
    result = models.JSONField(default=dict, blank=True)
    findings = models.JSONField("what the checks said of this answer", default=list, blank=True)
    finish_reason = models.CharField(max_length=40, blank=True)
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    cost_micro = models.BigIntegerField(default=0)
    latency_ms = models.PositiveIntegerField(default=0)
    error_kind = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True)
    draft = models.ForeignKey("drafts.Draft", null=True, blank=True, on_delete=models.PROTECT, related_name="generations")
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follow_up", "brief", "kind", "attempt"], name="one_generation_per_attempt"),
            models.UniqueConstraint(
                fields=["follow_up", "kind"], condition=Q(state__in=["queued", "claimed"]), name="one_generation_under_way"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="generation_queue"),
            models.Index(fields=["content_key"], condition=Q(state="done"), name="generation_cache"),
            models.Index(fields=["created_at"], name="generation_by_day"),
        ]

    def __str__(self) -> str:
        return f"generation {self.pk} ({self.state})"
