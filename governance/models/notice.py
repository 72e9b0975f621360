"""What people are told without asking: the list inside the desk, and the letters and channel messages that point at it."""

from datetime import time

from django.conf import settings
from django.db import models


class Notice(models.Model):
    """One thing that happened. ``cause`` names it, so that it is told once, however many workers look.

    ``params`` holds ids, counts and moments, never a customer's name, amount or text: the words are made of ``kind`` and these.
    """

    class Kind(models.TextChoices):
        STOPPED = "stopped", "Sending of a message stopped"
        LATE = "late", "A draft will miss its time"
        PAUSED = "paused", "Sending paused"
        RESUMED = "resumed", "Sending resumed"
        SOURCE = "source", "A source past its limit"
        POLICY = "policy", "Policy activated"
        CHAIN = "chain", "The record does not verify"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    cause = models.CharField(max_length=120, unique=True)
    portfolio = models.ForeignKey("governance.Portfolio", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    params = models.JSONField(default=dict)
    path = models.CharField("where to look", max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["at"], name="notice_by_moment")]

    def __str__(self) -> str:
        return f"notice {self.cause}"


class Told(models.Model):
    """One person who is told of one notice, and when they had read it."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="told")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "told"
        constraints = [models.UniqueConstraint(fields=["notice", "person"], name="told_once_per_notice_and_person")]
        indexes = [models.Index(fields=["person", "read_at"], name="told_by_person")]

    def __str__(self) -> str:
        return f"notice {self.notice_id} to {self.person_id}"


class Posting(models.Model):
    """The outbox of notices: one letter to one person, or one message to the channel. Its words are fixed when it is written.

    ``key`` names what it tells whom, so that it is written once. ``expires_at`` is when it is of no use any more.
    """

    class Channel(models.TextChoices):
        MAIL = "mail", "E-mail"
        WEBHOOK = "webhook", "Channel"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        DROPPED = "dropped", "Not sent"

    key = models.CharField(max_length=160, unique=True)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=120, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["not_before"], condition=models.Q(state="waiting"), name="posting_waiting")]

    def __str__(self) -> str:
        return f"posting {self.key}"


class NoticePreference(models.Model):
    """What one person wants by mail; the list inside the desk is always there. No row means everything, and quiet from 19:00 to 07:30."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preference")
    mail_at_once = models.BooleanField("a letter at once", default=True)
    mail_morning = models.BooleanField("one letter in the morning", default=True)
    mail_ageing = models.BooleanField("the weekly ageing summary", default=True)
    quiet_from = models.TimeField(default=time(19))
    quiet_until = models.TimeField(default=time(7, 30))

    def __str__(self) -> str:
        return f"notices of {self.person_id}"
