"""Facts frozen for one follow-up."""

from django.db import models
from django.db.models import Q

from governance.sql import Sha256Hex


class Brief(models.Model):
    """The frozen facts as canonical JSON text and its SHA-256. Never changed: new facts are a new brief.

    ``material_hash`` covers only what a message rests on (see ``drafts.fingerprint``); it tells whether an account changed.
    After an erasure ``erased_sha256`` is the hash of what is left; the fingerprint stays that of what stood there.
    """

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="briefs")
    facts = models.TextField()
    fingerprint = models.CharField(max_length=64)
    material_hash = models.CharField(max_length=64)
    sources_fine = models.PositiveSmallIntegerField(default=0)
    sources_required = models.PositiveSmallIntegerField(default=0)
    complete = models.BooleanField(default=False)
    as_of = models.DateTimeField()
    created_at = models.DateTimeField()
    erased_sha256 = models.CharField("hash after an erasure", max_length=64, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(fingerprint=Sha256Hex("facts")) | Q(erased_sha256=Sha256Hex("facts")), name="brief_fingerprint_is_of_its_facts"
            )
        ]

    def __str__(self) -> str:
        return f"brief {self.pk}"
