"""What changed between the recorded versions of a row (django-simple-history), ready for a word diff."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from django.db.models import Model

from governance.audit import ACTIONS
from governance.models import Event, User

LIMIT = 100
KINDS = {"+": "created", "~": "changed", "-": "removed"}
MASK = "•••"


class FieldChange(NamedTuple):
    """One field, its value before and after, as text."""

    label: str
    old: str
    new: str


class Version(NamedTuple):
    """One recorded version: who (None = the machine), when, why, and the fields that differ from the version before."""

    at: Any
    by: User | None
    kind: str
    reason: str
    changes: list[FieldChange]


def changes_of(obj: Model, hide: frozenset[str] = frozenset()) -> list[Version]:
    """The latest ``LIMIT`` versions of ``obj``, newest first; empty when the model keeps no history. Masked fields stay masked."""
    manager = getattr(obj, "history", None)
    if manager is None:
        return []
    rows = list(manager.select_related("history_user").order_by("-history_date", "-history_id")[: LIMIT + 1])
    people = _people(rows)
    out = []
    for position, row in enumerate(rows[:LIMIT]):
        before = rows[position + 1] if position + 1 < len(rows) else None
        kind = KINDS.get(row.history_type, row.history_type)
        changes = _differences(before, row, people, hide)
        out.append(Version(row.history_date, row.history_user, kind, row.history_change_reason or "", changes))
    return out


def subject_kind_of(obj: Model) -> str:
    """What the ledger calls rows of this kind ("follow_up", "draft", "hold")."""
    name = str(obj._meta.model_name)
    return {"followup": "follow_up", "approvalrequest": "approval_request", "templateversion": "template", "promptversion": "prompt",
            "disputesignal": "signal", "callnote": "call", "approvedterm": "term", "importrun": "import_run"}.get(name, name)  # fmt: skip


def acts_about(obj: Model, kind: str = "", pk: int | None = None) -> list[Version]:
    """The acts the ledger has about a row, newest first: for rows that are written once and never change."""
    events = list(Event.objects.filter(subject_kind=kind or subject_kind_of(obj), subject_id=pk or obj.pk).order_by("-id")[:LIMIT])
    people = User.objects.in_bulk({e.actor_id for e in events if e.actor_id})
    out = [Version(e.at, people.get(e.actor_id or 0), ACTIONS.get(e.action, e.action), "", _said(e)) for e in events]
    written = getattr(obj, "created_at", None) or getattr(obj, "at", None)
    return out if out or written is None else [Version(written, getattr(obj, "author", None), "written, and never changed", "", [])]


def _said(event: Event) -> list[FieldChange]:
    """What the event carries, as values that came with it."""
    data = json.loads(event.data)
    return [FieldChange(key.replace("_", " "), "", str(value)) for key, value in sorted(data.items()) if value not in (None, "", [])]


def _fields(row: Any) -> list[Any]:
    return [f for f in row.tracked_fields if not f.primary_key]


def _people(rows: list[Any]) -> dict[int, str]:
    """Names of the colleagues that owner-like fields point at; other links are shown by number only."""
    ids = {
        getattr(row, f.attname)
        for row in rows
        for f in _fields(row)
        if f.is_relation and f.related_model is User and getattr(row, f.attname)
    }
    return {user.pk: str(user) for user in User.objects.filter(pk__in=ids)} if ids else {}


def _shown(row: Any, field: Any, people: dict[int, str]) -> str:
    value = getattr(row, field.attname)
    if value is None:
        return ""
    if field.is_relation:
        return people.get(value, f"#{value}") if field.related_model is User else f"#{value}"
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return str(value)


def _differences(before: Any, after: Any, people: dict[int, str], hide: frozenset[str]) -> list[FieldChange]:
    out = []
    for field in _fields(after):
        old = _shown(before, field, people) if before is not None else ""
        new = _shown(after, field, people)
        if old != new and field.name in hide:
            old, new = (MASK if old else ""), (MASK if new else "")
            out.append(FieldChange(f"{field.verbose_name} (changed, masked)", old, new))
        elif old != new:
            out.append(FieldChange(str(field.verbose_name), old, new))
    return out
