"""What came back."""

from django.db import models

REPLY_KINDS = [
    ("paid", "Says it is paid"),
    ("needs_document", "Needs a PO or document"),
    ("in_customer_approval", "In customer approval"),
    ("promise_with_date", "Promise with a date"),
    ("promise_without_date", "Promise without a date"),
    ("question", "Question"),
    ("remittance", "Remittance advice"),
    ("dispute", "Dispute"),
    ("complaint", "Complaint"),
    ("wrong_person", "Wrong person"),
    ("out_of_office", "Out of office"),
    ("opt_out", "Opt-out"),
    ("unsure", "Unsure"),
]


class Reply(models.Model):
    """A reply and its kind: the machine's label, confirmed or corrected by a person. ``kind`` in force = confirmed, else machine's."""

    message = models.OneToOneField("accounts.Message", on_delete=models.PROTECT, related_name="reply")
    follow_up = models.ForeignKey("drafts.FollowUp", null=True, blank=True, on_delete=models.PROTECT, related_name="replies")
    delivery = models.ForeignKey("drafts.Delivery", null=True, blank=True, on_delete=models.PROTECT, related_name="replies")
    machine_kind = models.CharField(max_length=20, choices=REPLY_KINDS)
    score = models.FloatField(default=0)
    quote = models.TextField(blank=True)
    confirmed_kind = models.CharField(max_length=20, choices=REPLY_KINDS, blank=True)
    confirmed_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    promised_on = models.DateField("promised payment date", null=True, blank=True)
    recorded_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "replies"

    def __str__(self) -> str:
        return f"reply {self.pk}: {self.kind}"

    @property
    def kind(self) -> str:
        """The kind that counts: a person's, else the machine's."""
        return self.confirmed_kind or self.machine_kind
