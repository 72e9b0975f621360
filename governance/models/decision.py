"""A question prepared for a person."""

from django.db import models
from django.db.models import Q

from governance.tracking import tracked


class Decision(models.Model):
    """Relationship path, payment plan, credit, discount, fee, legal step or suspension: prepared by the machine or asked by a person
    (``raised_by``), decided by one named person, by ``due_at``.

    ``options`` is a list of ``{"key", "title", "effect", "facts": [fact id, …], "approvers": [role, …]}``. ``outcome`` is the key of the
    chosen option, or ``free`` with ``outcome_text``. The subject is named by kind and id; ``account_id`` scopes it.
    """

    class Kind(models.TextChoices):
        RELATIONSHIP_PATH = "relationship_path", "Relationship path"
        PAYMENT_PLAN = "payment_plan", "Payment plan"
        CREDIT = "credit", "Credit"
        DISCOUNT = "discount", "Discount"
        FEE = "fee", "Fee"
        LEGAL_STEP = "legal_step", "Legal step"
        SUSPENSION = "suspension", "Suspension"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DECIDED = "decided", "Decided"
        LAPSED = "lapsed", "Lapsed"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    account_id = models.BigIntegerField(db_index=True)
    portfolio = models.ForeignKey("governance.Portfolio", on_delete=models.PROTECT, related_name="+")
    follow_up_id = models.BigIntegerField(null=True, db_index=True)
    question = models.TextField()
    why = models.JSONField(default=list, help_text="rule ids with evidence")
    options = models.JSONField(default=list)
    deciding_role = models.CharField(max_length=32)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(max_length=40, blank=True)
    outcome_text = models.TextField(blank=True)
    conditions = models.TextField(blank=True)
    valid_until = models.DateField("in force until", null=True, blank=True)
    decided_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    raised_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField("decide by", null=True, blank=True)
    created_at = models.DateTimeField()

    history = tracked()

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "kind"], condition=Q(state="open"), name="one_open_decision_per_account_and_kind"
            ),
            models.CheckConstraint(
                condition=~Q(state="decided") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="a_decision_names_who_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of account {self.account_id}"
