"""What this database is: one row."""

from django.db import models
from django.db.models import Q


class Installation(models.Model):
    """Marks a database as production or demo. Only a demo database may move its clock (``clock_offset_seconds``)."""

    class Kind(models.TextChoices):
        PRODUCTION = "production", "Production"
        DEMO = "demo", "Demo"

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PRODUCTION)
    clock_offset_seconds = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_installation"),
            models.CheckConstraint(condition=Q(kind="demo") | Q(clock_offset_seconds=0), name="only_a_demo_moves_its_clock"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
