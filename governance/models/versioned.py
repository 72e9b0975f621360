"""What versions of words under change control have in common: their states, and what the database holds of them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models
from django.db.models import F, Q


class State(models.TextChoices):
    """Written, in force, no longer in force."""

    DRAFT = "draft", "Draft"
    ACTIVE = "active", "Active"
    RETIRED = "retired", "Retired"


def two_people(name: str, *, first: str = "author") -> models.CheckConstraint:
    """Who wrote it (or, as ``first``, asked for it) is not who put it in force, where both are known."""
    unknown = Q(**{f"{first}__isnull": True}) | Q(activated_by__isnull=True)
    return models.CheckConstraint(condition=unknown | ~Q(**{first: F("activated_by")}), name=name)


def versions_of(same: Sequence[str], *, numbered: str, active: str, activator: str) -> list[models.BaseConstraint]:
    """One row per number and one in force for the same fields, put there by another person than its author. The rest are the names."""
    return [
        models.UniqueConstraint(fields=[*same, "version"], name=numbered),
        models.UniqueConstraint(fields=list(same), condition=Q(state="active"), name=active),
        two_people(activator),
    ]
