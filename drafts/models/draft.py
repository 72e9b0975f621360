"""One revision of the text. An edit is a new row."""

from django.db import models
from django.db.models import Q

from drafts import states
from governance.sql import Sha256Hex


class Draft(models.Model):
    """One immutable revision. ``canonical`` is the canonical JSON the fingerprint is taken of (``drafts.fingerprint``).

    ``claims`` is a list of ``{"start", "end", "fact", "text"}``: spans of the body tied to facts. ``author_kind`` says who wrote this
    revision; a person's edit has a ``parent`` and an ``author``.
    """

    class AuthorKind(models.TextChoices):
        TEMPLATE = "template", "Approved template"
        MODEL = "model", "Model"
        PERSON = "person", "Person"

    follow_up = models.ForeignKey("drafts.FollowUp", on_delete=models.PROTECT, related_name="drafts")
    brief = models.ForeignKey("drafts.Brief", on_delete=models.PROTECT, related_name="drafts", db_index=False)
    revision = models.PositiveIntegerField(default=1)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    purpose = models.CharField(max_length=18, choices=states.PURPOSE_CHOICES, default=states.DEMAND)
    language = models.CharField(max_length=12)
    author_kind = models.CharField(max_length=8, choices=AuthorKind.choices)
    author = models.ForeignKey(
        "governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    template_version = models.ForeignKey(
        "governance.TemplateVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    from_address = models.CharField(max_length=320)
    to_address = models.CharField(max_length=320)
    cc = models.JSONField(default=list, blank=True)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    invoice_ids = models.JSONField("invoices named", default=list)
    claims = models.JSONField(default=list)
    canonical = models.TextField()
    fingerprint = models.CharField(max_length=64, db_index=True)
    note = models.TextField("why this revision", blank=True)
    created_at = models.DateTimeField()
    erased_sha256 = models.CharField("hash after an erasure", max_length=64, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follow_up", "revision"], name="one_draft_per_follow_up_and_revision"),
            models.CheckConstraint(
                condition=Q(fingerprint=Sha256Hex("canonical")) | Q(erased_sha256=Sha256Hex("canonical")),
                name="draft_fingerprint_is_of_its_canonical_text",
            ),
            models.CheckConstraint(
                condition=~Q(author_kind="person") | Q(author__isnull=False), name="a_written_draft_names_its_author"
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk} v{self.revision}"


class DraftAttachment(models.Model):
    """A file that goes with one draft: the statement, or a copy of an invoice. Its hash is part of the fingerprint."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.name
