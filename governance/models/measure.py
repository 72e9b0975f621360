"""What was measured: rows derived from the ledger, written with the events they measure, and their sums per day."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Sliced(models.Model):
    """The columns by which measures are counted, on rows and sums alike: a condition on them means the same on both.

    ``model`` is the name of the model that wrote the first text, ``template`` where an approved text did, ``person`` where somebody wrote
    an answer. Flags are true where that is known to be so, else false; what each means is in ``governance.measuring.kinds``.
    """

    day = models.DateField(help_text="of ``at``, in UTC")
    kind = models.CharField(max_length=16)
    portfolio_id = models.BigIntegerField(null=True)
    lane = models.CharField(max_length=18, blank=True, default="")
    outcome = models.CharField(max_length=24, blank=True, default="")
    code = models.CharField(max_length=40, blank=True, default="")
    machine = models.BooleanField(default=False)
    complete = models.BooleanField(default=False)
    substantive = models.BooleanField(default=False)
    critical = models.BooleanField(default=False)
    confirmed = models.BooleanField(default=False)
    evidence = models.BooleanField(default=False)
    timed = models.BooleanField(default=False)
    unread = models.BooleanField(default=False)
    late = models.BooleanField(default=False)
    reworked = models.BooleanField(default=False)
    latent = models.BooleanField(default=False)

    class Meta:
        abstract = True


class Measure(Sliced):
    """One measured thing. Rows are appended with the event they measure and never change, but for ``stands``.

    When a later event says more about the same thing (a draft is decided, a person corrects a reply's kind), a new row takes the place of
    the old one: the old one no longer ``stands`` and is not counted. Guards on both databases refuse any other change. Everything here
    can be read again from the ledger (``governance.measuring.rebuilding``). Times are whole minutes, except ``seconds``; ``permille`` is
    thousandths; ``amounts`` are minor units per currency, never summed across them.
    """

    event_id = models.BigIntegerField(help_text="the event of the ledger it was read from")
    part = models.PositiveSmallIntegerField(default=0, help_text="which row of that event")
    at = models.DateTimeField(help_text="when the measured thing happened")
    stands = models.BooleanField(default=True)
    account_id = models.BigIntegerField()
    follow_up_id = models.BigIntegerField(null=True)
    case_id = models.BigIntegerField(null=True, help_text="the event with which this draft was offered to people")
    draft_id = models.BigIntegerField(null=True)
    ref = models.BigIntegerField(null=True, help_text="id of the reply, signal, dispute, promise or delivery")
    actor_id = models.BigIntegerField(null=True)
    purpose = models.CharField(max_length=18, blank=True, default="")
    template = models.CharField(max_length=12, blank=True, default="", help_text="id of the template version")
    prompt = models.CharField(max_length=12, blank=True, default="", help_text="id of the prompt version")
    model = models.CharField(max_length=120, blank=True, default="")
    band = models.CharField(max_length=8, blank=True, default="", help_text="ageing band of the oldest debt")
    currency = models.CharField(max_length=3, blank=True, default="", help_text="the currency, or * for several")
    amounts = models.JSONField(default=dict)
    renewal = models.BooleanField(default=False, help_text="a renewal was near")
    minutes = models.IntegerField(null=True, help_text="wall clock")
    business = models.IntegerField(null=True, help_text="business clock")
    seconds = models.IntegerField(null=True, help_text="active review")
    permille = models.IntegerField(null=True, help_text="words changed, thousandths")
    words = models.IntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event_id", "part"], name="one_measure_per_event_and_part")]
        indexes = [
            models.Index(fields=["kind", "day"], name="measure_by_kind_and_day"),
            models.Index(fields=["day"], name="measure_by_day"),
            models.Index(fields=["follow_up_id"], name="measure_by_follow_up", condition=Q(stands=True)),
            models.Index(fields=["kind", "ref"], name="measure_by_ref", condition=Q(stands=True, ref__isnull=False)),
            models.Index(fields=["day"], name="measure_still_pending", condition=Q(kind="draft", outcome="pending", stands=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.outcome} of event {self.event_id}".replace("  ", " ")


class MeasureSum(Sliced):
    """How many standing rows of one day are alike. ``by`` names how fine the sum is (``governance.measuring.levels``), ``value`` its slice.

    ``n`` may be negative: a row of a day that was summed already and no longer stands is taken off by a sum of its own. The sums of a day
    are put together again when the day is (``governance.measuring.rolling``).
    """

    by = models.CharField(max_length=16, blank=True, default="")
    value = models.CharField(max_length=120, blank=True, default="")
    n = models.IntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["by", "day", "kind"], name="measure_sum_by_day"),
            # One portfolio or one value of a slice reads its own sums, not those of all others.
            models.Index(fields=["by", "value", "portfolio_id", "day"], name="measure_sum_by_slice"),
        ]

    def __str__(self) -> str:
        return f"{self.n} {self.kind} on {self.day}"


class MeasureSpread(models.Model):
    """How many standing rows of one day took about as long: what medians are read from. ``of`` is the measure and its version.

    ``by`` and ``value`` as in ``MeasureSum``; ``lane`` and ``portfolio_id`` where the level keeps them. ``step`` is the middle of a step
    (``governance.measuring.levels.step``). ``n`` may be negative, as there.
    """

    of = models.CharField(max_length=40)
    day = models.DateField()
    by = models.CharField(max_length=16)
    value = models.CharField(max_length=120, blank=True, default="")
    portfolio_id = models.BigIntegerField(null=True)
    lane = models.CharField(max_length=18, blank=True, default="")
    ended = models.BooleanField()
    step = models.IntegerField()
    n = models.IntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["of", "by", "day"], name="measure_spread_by_day"),
            models.Index(fields=["of", "by", "value", "portfolio_id", "day"], name="measure_spread_by_slice"),
        ]

    def __str__(self) -> str:
        return f"{self.n} of {self.of} on {self.day}"


class MeasureState(models.Model):
    """One row: up to which day, inclusive, the rows are summed. Writers share its lock, whoever sums takes it alone."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    summed_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_measure_state")]

    def __str__(self) -> str:
        return f"summed until {self.summed_until}"


class Digest(models.Model):
    """The letter of one week to one person: written before it is sent, so that a second run of the same week sends nothing again.

    ``sent_at`` is empty while it is under way, and after an error, which is tried again.
    """

    week = models.CharField(max_length=8, help_text="ISO week, for example 2026-W47")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["week", "person"], name="one_digest_per_week_and_person")]

    def __str__(self) -> str:
        return f"digest {self.week} to {self.person_id}"
