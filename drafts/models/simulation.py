"""What-if runs of a policy: what was simulated, what came out, which accounts would be judged otherwise, and who read the loosened ones."""

from django.db import models
from django.db.models import Q

TIGHTENED, LOOSENED = "tightened", "loosened"
DIRECTIONS = [(TIGHTENED, "Tightened"), (LOOSENED, "Loosened")]


class SimulationRun(models.Model):
    """One simulation of one exact text of a policy on the book of one moment. The queue of the workers is this table.

    ``queued → claimed → done`` or ``failed`` (why, in ``words``); what is done never changes. ``content_sha256`` is the hash of the
    simulated text, ``data_mark`` that of what the sources had delivered by then; activation asks for a run on which both still are what
    they are.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        CLAIMED = "claimed", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    policy_version = models.ForeignKey("governance.PolicyVersion", on_delete=models.PROTECT, related_name="+")
    baseline = models.ForeignKey("governance.PolicyVersion", on_delete=models.PROTECT, related_name="+", db_index=False)
    parameters = models.JSONField()
    content_sha256 = models.CharField("hash of the simulated text", max_length=64)
    data_mark = models.CharField("hash of the state of the data", max_length=64, blank=True, default="")
    as_of = models.DateTimeField("data as of", null=True, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    requested_by = models.ForeignKey("governance.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    requested_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    words = models.TextField("why there is no result", blank=True, default="")
    accounts = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField("accounts in another lane", default=0)
    tightened = models.PositiveIntegerField(default=0)
    loosened = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=dict)
    seconds = models.FloatField(default=0)

    class Meta:
        ordering = ["-id"]
        verbose_name = "policy simulation"
        constraints = [
            models.CheckConstraint(condition=~Q(state="done") | Q(finished_at__isnull=False, as_of__isnull=False), name="a_done_simulation_has_its_times"),
            models.CheckConstraint(condition=~Q(state="done") | ~Q(data_mark=""), name="a_done_simulation_names_its_data"),
            models.UniqueConstraint(
                fields=["policy_version"], condition=Q(state__in=["queued", "claimed"]), name="one_simulation_of_a_policy_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(state__in=["queued", "claimed"]), name="simulation_queue")]

    def __str__(self) -> str:
        return f"simulation {self.pk} of {self.policy_version}"


class SimulationChange(models.Model):
    """One account a simulated policy would judge otherwise. Numbers and codes only, no words about the customer. Never changed.

    ``before`` and ``after`` are cells of the matrix; equal when only the approvers differ. ``rules`` are the codes of the rules that
    moved it. ``totals`` are overdue minor units per currency. ``case_key`` is the same for the same case in a later run of the same text.
    """

    run = models.ForeignKey(SimulationRun, on_delete=models.PROTECT, related_name="changes")
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+", db_index=False)
    before = models.CharField(max_length=16)
    after = models.CharField(max_length=16)
    direction = models.CharField(max_length=9, choices=DIRECTIONS)
    rules = models.JSONField(default=list)
    roles_before = models.JSONField("approvers before", default=list)
    roles_after = models.JSONField("approvers after", default=list)
    tier = models.CharField(max_length=12, blank=True, default="")
    totals = models.JSONField(default=dict)
    days_overdue = models.IntegerField(default=0)
    case_key = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
        verbose_name = "changed account"
        constraints = [models.UniqueConstraint(fields=["run", "account"], name="one_change_per_account_and_simulation")]

    def __str__(self) -> str:
        return f"account {self.account_id}: {self.before} to {self.after}"


class LoosenedReading(models.Model):
    """A named person read one loosened case, or one looser setting, of one exact text of a policy. Never changed."""

    policy_version = models.ForeignKey("governance.PolicyVersion", on_delete=models.PROTECT, related_name="+", db_index=False)
    content_sha256 = models.CharField(max_length=64)
    case_key = models.CharField(max_length=64)
    person = models.ForeignKey("governance.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["policy_version", "content_sha256", "case_key", "person"], name="a_loosened_case_is_read_once_by_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.case_key[:8]} read by {self.person_id}"
