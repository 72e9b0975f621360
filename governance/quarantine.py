"""The delivery quarantine: after a restore nothing leaves until a person says that it may.

A restored database does not know what left after the backup was taken, what was stopped since and who objected. Who lifts the quarantine
says, with a reason, that they looked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from governance.audit import Entry, record
from governance.models import LedgerState, Quarantine
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User


class NothingToLift(ValueError):
    """No quarantine stands, or no reason was given; the message says which."""


def standing() -> list[Quarantine]:
    """What keeps everything from leaving, oldest first; empty when messages may leave. One query."""
    return list(Quarantine.objects.filter(lifted_at__isnull=True).order_by("pk"))


def begin(cause: str, words: str, *, checkpoint: int | None, at: datetime) -> None:
    """Refuse all sending from now on, on record. Does nothing when a quarantine of this cause already stands."""
    with transaction.atomic():
        fresh = {"words": words, "checkpoint": checkpoint, "found_at": at}
        row, created = Quarantine.objects.get_or_create(cause=cause, lifted_at__isnull=True, defaults=fresh)
        if created:
            data = {"cause": cause, "checkpoint": checkpoint}
            record([Entry("system", "system.quarantine_begun", "quarantine", row.pk, data)], by=None, at=at)


def lift(reason: str, *, by: User, at: datetime) -> Sequence[Quarantine]:
    """Let messages leave again; each is still looked at once more first. Returns what was lifted.

    Raises ``NotAllowed`` for a person without the right and ``NothingToLift`` without a reason or a quarantine.
    """
    can(by, "lift_quarantine").or_raise()
    if not reason.strip():
        raise NothingToLift("say what you looked at and why it is safe to send again")
    with transaction.atomic():
        rows = list(Quarantine.objects.select_for_update().filter(lifted_at__isnull=True).order_by("pk"))
        if not rows:
            raise NothingToLift("no quarantine stands")
        for row in rows:
            row.lifted_at, row.lifted_by, row.lift_reason = at, by, reason.strip()
            row.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
        told = [(row, {"cause": row.cause, "checkpoint": row.checkpoint}) for row in rows]
        record([Entry("system", "system.quarantine_lifted", "quarantine", row.pk, data) for row, data in told], by=by, at=at)
    return rows


def state() -> LedgerState:
    """The row that names this ledger, made at first use."""
    fresh: dict[str, Any] = {"database": database_identity}  # called only when the row is made
    return LedgerState.objects.get_or_create(pk=1, defaults=fresh)[0]


def ledger_id() -> str:
    """The name of this ledger, empty where nothing has asked for one yet. Reads only."""
    return LedgerState.objects.values_list("ledger_id", flat=True).first() or ""


def database_identity() -> str:
    """What a copy does not take along: on PostgreSQL the cluster, its timeline, the database and the ledger's table; empty on SQLite.

    A dump restored elsewhere or over this database, a point-in-time recovery and a promoted standby all change it; vacuuming does not.
    """
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_function_privilege('pg_control_system()', 'execute') AND has_function_privilege('pg_control_checkpoint()', 'execute')"
        )
        cluster = (
            "(SELECT system_identifier || ':' || timeline_id FROM pg_control_system(), pg_control_checkpoint())"
            if cursor.fetchone()[0]
            else "'?:?'"
        )
        cursor.execute(
            f"SELECT {cluster} || ':' || (SELECT oid FROM pg_database WHERE datname = current_database()) "  # noqa: S608  two constants
            "|| ':' || 'governance_event'::regclass::oid"
        )
        return str(cursor.fetchone()[0])
