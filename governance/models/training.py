"""What people were trained for, where policy asks for it before they approve."""

from django.db import models
from django.db.models import F, Q

from governance.tracking import tracked

# What a training can be about: the three lanes, and the topics of ``governance.topics``.
SUBJECT_CHOICES = [
    ("routine", "Routine lane"),
    ("exception", "Exception lane"),
    ("executive_review", "Executive review"),
    ("credit", "Credits"),
    ("payment_plan", "Payment plans"),
    ("discount", "Discounts"),
    ("fee", "Fees and interest"),
    ("legal", "Legal wording"),
    ("suspension", "Suspension"),
]


class TrainingRecord(models.Model):
    """One person, one lane or topic, until a day (inclusive). Written by somebody else; a mistake is ended, never deleted."""

    person = models.ForeignKey("governance.User", on_delete=models.PROTECT, related_name="trainings")
    subject = models.CharField("lane or topic", max_length=20, choices=SUBJECT_CHOICES)
    trained_on = models.DateField()
    valid_until = models.DateField()
    note = models.TextField("what it was", blank=True)
    written_by = models.ForeignKey("governance.User", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    history = tracked()

    class Meta:
        ordering = ["-written_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(person=F("written_by")), name="nobody_records_their_own_training"),
            models.CheckConstraint(condition=Q(valid_until__gte=F("trained_on")), name="a_training_ends_after_it_was"),
        ]
        indexes = [models.Index(fields=["person", "subject", "valid_until"], name="training_by_person_and_subject")]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_subject_display()} until {self.valid_until}"


class PracticeAnswer(models.Model):
    """What one person decided about one prepared case, in one round of practice. No account and no draft: nothing here is measured."""

    person = models.ForeignKey("governance.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    round = models.PositiveSmallIntegerField()
    case = models.SlugField(max_length=32, db_index=False)
    approved = models.BooleanField()
    right = models.BooleanField()
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "round", "case"], name="one_answer_per_person_round_and_practice_case")]

    def __str__(self) -> str:
        return f"{self.case} in round {self.round}"
