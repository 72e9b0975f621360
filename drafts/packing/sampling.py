"""Cases drawn by chance: whoever draws cannot choose, and anybody can draw the same ones again from the seed on record."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet

from drafts.models import FollowUp
from drafts.record.outcomes import Filters
from governance.audit import Entry, record
from governance.models import SampleDraw
from governance.packs.requests import STREAM
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User

SIZE = 25


class NothingToDraw(ValueError):
    """The selection is empty; the message says so."""


def order(seed: str, ids: Collection[int]) -> list[int]:
    """The ids in the order the seed puts them: by SHA-256 of "<seed>:<id>"."""
    return sorted(ids, key=lambda pk: hashlib.sha256(f"{seed}:{pk}".encode()).hexdigest())


def hash_of(ids: Collection[int]) -> str:
    """The hash of a population: its ids ascending, joined by commas."""
    return hashlib.sha256(",".join(str(pk) for pk in sorted(ids)).encode()).hexdigest()


def draw(rows: QuerySet[FollowUp], filters: Filters, *, by: User, at: datetime, size: int = SIZE) -> SampleDraw:
    """Draw ``size`` of ``rows`` (the person's reach, already filtered) with a fresh seed, on record before anything is shown.

    Raises ``NotAllowed`` and ``NothingToDraw``.
    """
    can(by, "draw_sample").or_raise()
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    if not ids:
        raise NothingToDraw("There is nothing to draw from: no outcome fits this selection.")
    seed = secrets.token_hex(16)
    drawn = order(seed, ids)[:size]
    with transaction.atomic():
        row = SampleDraw.objects.create(
            seed=seed, filters=filters.plain(), population=len(ids), population_sha256=hash_of(ids), size=size, ids=drawn, by=by, at=at
        )
        # What was searched for may be somebody's name: the ledger carries its hash, the row the words.
        data = {"seed": seed, "population": row.population, "population_sha256": row.population_sha256, "size": size, "ids": drawn}
        record([Entry(STREAM, "audit.sampled", "sample", row.pk, data)], by=by, at=at)
    return row
