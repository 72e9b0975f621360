"""Which rows of measures a definition speaks of: one condition, read by the database and, for rows already counted, here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

_SEPARATOR = "__"


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one kind that fit every condition (column, or column with ``in``, ``not``, ``startswith``, ``endswith``).

    Only columns that sums keep may be named, so that a condition means the same on a row and on a sum of rows.
    """

    kind: str
    where: tuple[tuple[str, Any], ...] = ()

    def q(self) -> Q:
        """For the database."""
        found = Q(kind=self.kind)
        for name, wanted in self.where:
            column, _, how = name.partition(_SEPARATOR)
            found &= ~Q(**{column: wanted}) if how == "not" else Q(**{name: wanted})
        return found

    def fits(self, row: Mapping[str, Any]) -> bool:
        """For a row that was read."""
        return row["kind"] == self.kind and all(_fits(row, name, wanted) for name, wanted in self.where)

    @property
    def columns(self) -> frozenset[str]:
        """The columns it asks for."""
        return frozenset({"kind", *(name.partition(_SEPARATOR)[0] for name, _ in self.where)})

    def but(self, **where: Any) -> Rows:
        """The same rows, narrowed."""
        return Rows(self.kind, (*self.where, *where.items()))


def rows(kind: str, **where: Any) -> Rows:
    """Rows of a kind that fit."""
    return Rows(kind, tuple(where.items()))


def _fits(row: Mapping[str, Any], name: str, wanted: Any) -> bool:
    column, _, how = name.partition(_SEPARATOR)
    value = row[column]
    if how == "in":
        return value in wanted
    if how == "not":
        return bool(value != wanted)
    if how in ("startswith", "endswith"):
        return bool(getattr(str(value), how)(wanted))
    if how:
        raise ValueError(f"{name}: only in, not, startswith and endswith are known")
    return bool(value == wanted)
