"""Signs of life of the machine, and what was measured of it."""

from __future__ import annotations

from django.db import models


class Beat(models.Model):
    """The last sign of life of a worker, or the last end of a job. ``at`` is the wall clock, in a demo too: a machine does not time-travel."""

    class Kind(models.TextChoices):
        WORKER = "worker", "Worker"
        JOB = "job", "Job"

    kind = models.CharField(max_length=6, choices=Kind.choices)
    name = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="one_beat_per_worker_and_job")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class JobFailure(models.Model):
    """A job or a step of it that raised: which one and the kind of error, never its words (they may quote a customer)."""

    job = models.CharField(max_length=80)
    error = models.CharField(max_length=120)
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.job}: {self.error}"


class HealthLook(models.Model):
    """One look at everything Health shows. ``lines`` are ``governance.measured.Measured`` as dictionaries."""

    at = models.DateTimeField()
    wall = models.DateTimeField("when, by the wall clock")
    seconds = models.FloatField(default=0)
    lines = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"health at {self.at:%Y-%m-%d %H:%M}"


class HealthDay(models.Model):
    """The worst state of one line on one day, for the strip of fourteen days."""

    day = models.DateField()
    key = models.CharField(max_length=60)
    state = models.CharField(max_length=10)
    looks = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "key"], name="one_health_state_per_day_and_line")]

    def __str__(self) -> str:
        return f"{self.day} {self.key}: {self.state}"
