"""Messages in and out, and phone calls."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from governance.tracking import tracked


class Message(models.Model):
    """One e-mail, in or out. ``body`` is the raw text, kept apart from what a screen shows; an accepted delivery writes an outbound one.

    ``message_id`` is the e-mail's own id where known (empty for imported histories without one). ``kind`` of an inbound one is the reply
    kind a person or the machine gave it; ``topics`` are codes of what its words ask or announce (``drafts.detection.topics``),
    separated by blanks, written when it is read.
    """

    class Direction(models.TextChoices):
        IN = "in", "From the customer"
        OUT = "out", "From us"

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="messages", db_index=False)
    external_id = models.CharField(max_length=200)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    at = models.DateTimeField()
    sender = models.CharField(max_length=254, blank=True)
    recipient = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    message_id = models.CharField("Message-ID", max_length=250, blank=True)
    in_reply_to = models.CharField(max_length=250, blank=True)
    kind = models.CharField("reply kind", max_length=20, blank=True, default="", db_default="")
    topics = models.CharField(max_length=200, blank=True, default="", db_default="")
    scanned_at = models.DateTimeField("read by dispute detection", null=True, blank=True, db_index=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["account", "external_id"], name="one_message_per_account_and_id"),
            models.UniqueConstraint(fields=["message_id"], condition=~Q(message_id=""), name="one_message_per_message_id"),
        ]
        indexes = [
            models.Index(fields=["account", "direction", "-at"], name="message_by_account"),
            models.Index(Lower("recipient"), "at", condition=Q(direction="out"), name="message_by_recipient"),
        ]

    def __str__(self) -> str:
        return self.subject or self.external_id


class CallNote(models.Model):
    """A phone call, logged in ten seconds: who, outcome, note."""

    class Outcome(models.TextChoices):
        NO_ANSWER = "no_answer", "No answer"
        SPOKE = "spoke", "Spoke"
        PROMISE = "promise", "Promise to pay"
        DISPUTE = "dispute", "Disputes the amount"
        PAID = "paid", "Says it is paid"
        WRONG_PERSON = "wrong_person", "Wrong person"

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="calls")
    contact = models.ForeignKey("accounts.Contact", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey("governance.User", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=14, choices=Outcome.choices)
    note = models.TextField(blank=True)
    promise = models.ForeignKey("accounts.Promise", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    topics = models.CharField(max_length=200, blank=True, default="", db_default="")
    scanned_at = models.DateTimeField("read by dispute detection", null=True, blank=True, db_index=True)

    history = tracked(excluded_fields=["scanned_at", "topics"])

    def __str__(self) -> str:
        return f"call {self.at:%Y-%m-%d %H:%M}"
