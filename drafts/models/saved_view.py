"""A list of the queue under a name: a query string, for oneself or for a team."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class SavedView(models.Model):
    """A name for a list of the queue. It holds the filters, never rows: whoever opens it sees the rows they are permitted.

    ``portfolio`` names the team it is shared with; without one it is its owner's alone. A name is taken once per owner, or per team,
    whatever the capitals.
    """

    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)
    owner = models.ForeignKey("governance.User", on_delete=models.CASCADE, related_name="+")
    portfolio = models.ForeignKey("governance.Portfolio", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("owner", Lower("name"), condition=Q(portfolio__isnull=True), name="one_own_view_per_name"),
            models.UniqueConstraint("portfolio", Lower("name"), condition=Q(portfolio__isnull=False), name="one_team_view_per_name"),
        ]

    def __str__(self) -> str:
        return self.name
