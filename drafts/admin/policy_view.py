"""What the policy pages show: parameters as fields in groups, differences, the matrix with its links, and the changed accounts. No act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_origin

from django.urls import reverse
from django.utils.http import urlencode

from accounts import readiness
from drafts.models import SimulationRun
from drafts.simulation.judging import CELL_WORDS, CELLS
from governance.models import PolicyVersion, Portfolio
from governance.policy_locks import ALWAYS_REQUIRED, DISPUTE_SOURCES
from governance.policy_parameters import PolicyParameters
from governance.policy_text import as_typed
from governance.policy_words import Change, Parameter, changes, grouped, in_words, parameters
from governance.rights import Scope

LOCKED_SOURCES = {"required_sources": ALWAYS_REQUIRED, "required_once_configured": DISPUTE_SOURCES}


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter on the page. ``was`` is set when it differs from the base; ``options`` are (value, words, chosen, locked)."""

    about: Parameter
    kind: str
    value: str
    shown: str
    was: str = ""
    used: str = ""
    error: str = ""
    low: int | None = None
    options: tuple[tuple[str, str, bool, bool], ...] = ()


@dataclass(slots=True)
class Sections:
    """Fields under their headings; ``others`` are errors of names that are no field."""

    groups: dict[str, list[Field]] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)

    def items(self) -> Any:
        """For templates."""
        return self.groups.items()


def fields_of(
    row: PolicyVersion, base: PolicyVersion, used: Mapping[str, int], *, typed: Mapping[str, Any] | None, errors: Mapping[str, str]
) -> Sections:
    """Every parameter of ``row`` in groups, with what ``base`` says where they differ. ``typed`` keeps what somebody entered."""
    now, before = row.typed.model_dump(mode="json"), base.typed.model_dump(mode="json")
    groups = {
        title: [_field(p, now[p.name], before[p.name], used, typed, errors.get(p.name, "")) for p in rows]
        for title, rows in grouped(parameters()).items()
    }
    return Sections(groups, {name: words for name, words in errors.items() if name not in now})


def _field(p: Parameter, value: Any, before: Any, used: Mapping[str, int], typed: Mapping[str, Any] | None, error: str) -> Field:
    kind, entered = _kind(p.name), _entered(p.name, typed)
    text = as_typed(p.name, value) if not entered or kind == "many" else str(entered[-1])
    chosen = value if entered is None else entered
    options = _options(p.name, chosen) if kind == "many" else ()
    return Field(p, kind, text, in_words(value), in_words(before) if value != before else "", _used(p, used), error, _lowest(p.name), options)


def _entered(name: str, typed: Mapping[str, Any] | None) -> list[str] | None:
    """What somebody typed; None for a field the request did not carry."""
    values = (typed or {}).get(name)
    if values is None:
        return None
    return values if isinstance(values, list) else [str(values)]


def _kind(name: str) -> str:
    annotation = PolicyParameters.model_fields[name].annotation
    if annotation is bool:
        return "yesno"
    if annotation is int:
        return "number"
    return "many" if get_origin(annotation) is tuple and name != "steps" else "text"


def _lowest(name: str) -> int | None:
    return next((m.ge for m in PolicyParameters.model_fields[name].metadata if hasattr(m, "ge")), None)


def _options(name: str, chosen: list[str]) -> tuple[tuple[str, str, bool, bool], ...]:
    locked = LOCKED_SOURCES.get(name, ())
    kinds = dict.fromkeys([*readiness.KINDS, *chosen]) if name in LOCKED_SOURCES else dict.fromkeys(chosen)
    return tuple((kind, readiness.LABELS.get(kind, kind), kind in chosen or kind in locked, kind in locked) for kind in kinds)


def _used(p: Parameter, used: Mapping[str, int]) -> str:
    if not p.rules:
        return ""
    n = sum(used.get(rule, 0) for rule in p.rules)
    return f"used {n:,} {'time' if n == 1 else 'times'} in 28 days"


def compared(base: PolicyVersion, row: PolicyVersion) -> tuple[Change, ...]:
    """What ``row`` changes of ``base``."""
    return changes(base.typed, row.typed)


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of the matrix with the address of exactly these accounts; the diagonal has none: nothing changed there."""

    count: int
    url: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """The lane-to-lane matrix. ``rows`` are (words of the lane before, its cells); cells in which nothing can be are left in, as zero."""

    head: list[str]
    rows: list[tuple[str, list[Cell]]]
    total: int


@dataclass(frozen=True, slots=True)
class Teams:
    """Deadlines per team of the reader's portfolios; ``unseen`` other ones are at risk too, and ``known`` is False for a run without them."""

    rows: list[dict[str, Any]]
    unseen: int = 0
    known: bool = True

    @property
    def at_risk(self) -> list[str]:
        """Names of those at risk."""
        return [row["name"] for row in self.rows if row["risk"]]

    @property
    def unknown(self) -> bool:
        """True when of no team anything could be told."""
        return not self.unseen and all(row["risk"] is None for row in self.rows)


def teams_of(run: SimulationRun, scope: Scope) -> Teams:
    """The deadlines a policy puts at risk. A portfolio in which the reader has no role is not named."""
    rows = run.figures.get("teams")
    if rows is None:
        return Teams([], known=False)
    names = dict(Portfolio.objects.filter(pk__in=[row["portfolio"] for row in rows]).values_list("pk", "name"))
    mine = [row for row in rows if scope.roles_everywhere or row["portfolio"] in scope.roles_by_portfolio]
    unseen = sum(bool(row["risk"]) for row in rows if row not in mine)
    return Teams([{**row, "name": names[row["portfolio"]]} for row in mine if row["portfolio"] in names], unseen)


def matrix_of(run: SimulationRun) -> Matrix:
    """The matrix of a run, cells linked to their lists."""
    counts = run.figures["matrix"]
    rows = [(CELL_WORDS[a], [_cell(run, a, b, counts[a][b]) for b in CELLS]) for a in CELLS]
    return Matrix([CELL_WORDS[c] for c in CELLS], rows, run.accounts)


def _cell(run: SimulationRun, before: str, after: str, count: int) -> Cell:
    if before == after or not count:
        return Cell(count)
    url = f"{reverse('admin:simulated_accounts', args=[run.pk])}?{urlencode({'from': before, 'to': after})}"
    noun = "account" if count == 1 else "accounts"
    return Cell(count, url, f"{count} {noun} from {CELL_WORDS[before].lower()} to {CELL_WORDS[after].lower()}")
