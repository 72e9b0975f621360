"""The append-only record of acts, chained per stream."""

from django.db import models


class Event(models.Model):
    """One act. The stream is one account (``account:17``) or ``policy``, ``rights``, ``import``, ``system``.

    Gapless ``number`` per stream, ``prev_hash`` and ``hash`` chain it; guards refuse UPDATE and DELETE on both databases. ``data`` is
    canonical JSON text with ids, codes and hashes only, never personal text, so an erasure never has to touch it. ``roles`` belongs to the hash: an event with
    roles has the second form of the canonical text, one without the first.
    """

    stream = models.CharField(max_length=40)
    number = models.PositiveBigIntegerField()
    action = models.CharField(max_length=60)
    actor_id = models.BigIntegerField(null=True, help_text="person, or null for the machine")
    roles = models.CharField(
        max_length=160, default="", db_default="",
        help_text="codes of the roles the person held then, or service, or none; empty: written before roles were recorded",
    )
    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField(null=True)
    data = models.TextField(default="{}")
    at = models.DateTimeField()
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["stream", "number"], name="events_of_a_stream_are_gapless_and_unique")]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="event_by_subject"),
            # The home pages count acts of some kinds in the last days; the ledger only grows.
            models.Index(fields=["action", "at"], name="event_by_action_and_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.stream}#{self.number} {self.action}"


class StreamHead(models.Model):
    """The last number and hash of a stream; the row that writers of one stream lock."""

    stream = models.CharField(max_length=40, primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.stream} at {self.number}"
