"""Work somebody asked for that a worker does: audit packs. And draws: which cases an auditor got by chance."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class SampleDraw(models.Model):
    """A random sample of outcomes: the seed, the population it was drawn from, and what came out. Never changed.

    The order is that of ``SHA-256("<seed>:<id>")``; the first ``size`` ids of the population are the sample, so anybody can draw again.
    ``population_sha256`` is the hash of the ids of the whole population, ascending, joined by commas.
    """

    seed = models.CharField(max_length=64)
    filters = models.JSONField("population", default=dict)
    population = models.PositiveIntegerField("cases in the population")
    population_sha256 = models.CharField(max_length=64)
    size = models.PositiveSmallIntegerField(default=25)
    ids = models.JSONField("cases drawn, by follow-up", default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"sample {self.pk}"


class PackRun(models.Model):
    """One audit pack: what was asked, by whom, and the file a worker made of it. The queue of the workers is this table.

    ``queued → claimed → done``; ``refused`` (more rows than a pack may hold), ``failed`` (the reason in ``words``), or ``gone`` when the
    file was deleted after its time. ``subject_id`` is the follow-up, the account or the sample; a period has dates instead.
    """

    class Scope(models.TextChoices):
        DRAFT = "draft", "One draft"
        ACCOUNT = "account", "One account"
        PERIOD = "period", "A period"
        SAMPLE = "sample", "A sample"

    class Profile(models.TextChoices):
        FULL = "full", "Everything, with names, addresses and texts"
        REDACTED = "redacted", "Names, addresses and texts masked"

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        CLAIMED = "claimed", "Being made"
        DONE = "done", "Ready"
        REFUSED = "refused", "Refused"
        FAILED = "failed", "Failed"
        GONE = "gone", "Deleted after its time"

    scope = models.CharField(max_length=8, choices=Scope.choices)
    subject_id = models.BigIntegerField(null=True, blank=True)
    starts_on = models.DateField("from", null=True, blank=True)
    ends_on = models.DateField("to, inclusive", null=True, blank=True)
    portfolio = models.ForeignKey("governance.Portfolio", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    profile = models.CharField(max_length=8, choices=Profile.choices, default=Profile.FULL)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    words = models.TextField("why there is no file", blank=True, default="")
    file = models.CharField(max_length=120, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    size = models.BigIntegerField("bytes", default=0)
    rows = models.PositiveIntegerField("rows and events", default=0)
    cases = models.PositiveIntegerField("drafts", default=0)

    class Meta:
        ordering = ["-id"]
        verbose_name = "audit pack"
        constraints = [
            models.CheckConstraint(condition=~Q(scope="period") | Q(starts_on__isnull=False, ends_on__isnull=False), name="a_period_has_dates"),
            models.CheckConstraint(condition=Q(scope="period") | Q(subject_id__isnull=False), name="a_pack_names_its_subject"),
            models.CheckConstraint(condition=~Q(state="done") | ~Q(sha256=""), name="a_ready_pack_has_a_hash"),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(state__in=["queued", "claimed"]), name="pack_queue")]

    def __str__(self) -> str:
        return f"pack {self.pk}"
