"""Random samples that people label without knowing what the machine or a colleague said: frame, items, labels, verdicts, the locked result.

Rows are only ever added. A frame is on record, with its seed, before anything is drawn from it.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class SampleFrame(models.Model):
    """What a sample is drawn from, in strata, with the seed that draws it.

    ``units`` maps each stratum to its unit keys, ascending: ``"<follow-up>:<invoice>"`` for recall, ``"<delivery>"`` for sent messages.
    ``sizes`` says how many are drawn of each. The items of a stratum are its keys in the order of ``SHA-256("<seed>:<key>")``, the first
    ``sizes[stratum]`` of them. ``sha256`` is the hash of the canonical JSON of ``units``.
    """

    class Kind(models.TextChoices):
        RECALL = "recall", "Disputes the detector may have missed"
        ESCAPE = "escape", "Messages that left, looked at a second time"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    seed = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    portfolio_ids = models.JSONField("portfolios; empty: all", default=list)
    units = models.JSONField(default=dict)
    sizes = models.JSONField("to be drawn", default=dict)
    population = models.PositiveIntegerField("units in the frame")
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="a_frame_ends_after_it_begins")]

    def __str__(self) -> str:
        return f"sample {self.pk} of {self.get_kind_display().lower()}"


class SampleItem(models.Model):
    """One unit that was drawn: what is judged, as of when, who acted on it and so may not judge it, and whether two people must.

    ``decided_at`` is the moment whose facts and texts the labeller is shown.
    """

    frame = models.ForeignKey(SampleFrame, on_delete=models.PROTECT, related_name="items", db_index=False)
    position = models.PositiveIntegerField("place in the order of labelling")
    stratum = models.CharField(max_length=40)
    unit = models.CharField(max_length=60)
    account_id = models.BigIntegerField()
    portfolio = models.ForeignKey("governance.Portfolio", on_delete=models.PROTECT, related_name="+")
    follow_up_id = models.BigIntegerField(db_index=True)
    brief_id = models.BigIntegerField()
    invoice_id = models.BigIntegerField(null=True)
    draft_id = models.BigIntegerField(null=True)
    delivery_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField()
    barred = models.JSONField("people who acted on it", default=list)
    twice = models.BooleanField("drawn for a second label", default=False)

    class Meta:
        ordering = ["frame_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["frame", "unit"], name="one_item_per_unit_and_frame"),
            models.UniqueConstraint(fields=["frame", "position"], name="one_item_per_place_in_a_frame"),
        ]

    def __str__(self) -> str:
        return f"item {self.position} of sample {self.frame_id}"


class Label(models.Model):
    """What one person answered about one item. ``code`` is a category of dispute or a class of correction, by the kind of the frame.

    ``quote`` stands word for word in the text that ``quoted`` names ("message:12"). Nobody labels an item twice, or one they acted on; nothing is added once the verdict stands.
    """

    class Answer(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        UNSURE = "unsure", "Cannot tell"

    item = models.ForeignKey(SampleItem, on_delete=models.PROTECT, related_name="labels", db_index=False)
    round = models.PositiveSmallIntegerField()
    answer = models.CharField(max_length=6, choices=Answer.choices)
    code = models.CharField(max_length=16, blank=True, default="")
    critical = models.BooleanField(default=False)
    quote = models.TextField(blank=True, default="")
    quoted = models.CharField("where the words stand", max_length=40, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["item_id", "round"]
        constraints = [
            models.UniqueConstraint(fields=["item", "round"], name="one_label_per_item_and_round"),
            models.UniqueConstraint(fields=["item", "by"], name="one_label_per_item_and_person"),
            models.CheckConstraint(condition=Q(round__gte=1, round__lte=3), name="at_most_three_people_label_an_item"),
            models.CheckConstraint(condition=Q(answer="no") | ~Q(reason=""), name="a_label_has_a_reason"),
            models.CheckConstraint(
                condition=Q(answer="yes") & ~Q(code="") & ~Q(quote="") | ~Q(answer="yes") & Q(code="", critical=False),
                name="a_yes_has_a_class_and_a_quote",
            ),
        ]

    def __str__(self) -> str:
        return f"label {self.round} of item {self.item_id}"


class SampleVerdict(models.Model):
    """What the labels of one item come to; written with the last label, never changed. ``agreed`` is None where only one person looked."""

    item = models.OneToOneField(SampleItem, on_delete=models.PROTECT, related_name="verdict")
    answer = models.CharField(max_length=6, choices=Label.Answer.choices)
    code = models.CharField(max_length=16, blank=True, default="")
    critical = models.BooleanField(default=False)
    labels = models.PositiveSmallIntegerField()
    agreed = models.BooleanField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["answer", "at"], name="verdict_by_answer")]

    def __str__(self) -> str:
        return f"verdict on item {self.item_id}: {self.answer}"


class SampleResult(models.Model):
    """The locked figures of one sample, written when its last item was settled.

    ``caught`` / ``wrong`` / ``pending``: what the detector flagged and people confirmed, dismissed, not yet judged. ``labelled`` counts
    settled unflagged items, ``found`` the misses among them, ``unclear`` those nobody could judge. ``share``, ``low``, ``high``: recall
    (or the rate of defects) with its 95 % interval, null where there are too few labels. ``floor_found``: misses somebody noticed or
    complained about; ``latent`` of ``sent``: disputes raised within 30 days of sending that nothing told of before.
    """

    frame = models.OneToOneField(SampleFrame, on_delete=models.PROTECT, related_name="result")
    version = models.PositiveSmallIntegerField("version of the formula")
    strata = models.JSONField(default=dict)
    labelled = models.PositiveIntegerField()
    found = models.PositiveIntegerField()
    unclear = models.PositiveIntegerField(default=0)
    caught = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    pending = models.PositiveIntegerField(default=0)
    floor_found = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    latent = models.PositiveIntegerField(default=0)
    missed = models.FloatField(null=True)
    share = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    twice = models.PositiveIntegerField("items two people labelled", default=0)
    agreed = models.PositiveIntegerField("of those, with the same answer", default=0)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(share__isnull=True, low__isnull=True, high__isnull=True)
                | Q(share__isnull=False, low__isnull=False, high__isnull=False, labelled__gte=30),
                name="no_share_below_thirty_labels",
            ),
        ]

    def __str__(self) -> str:
        return f"result of sample {self.frame_id}"
