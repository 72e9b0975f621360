"""Which database the demo may use: an empty one, or one it made itself. Anything else is refused before a byte is written."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection

from collections_site.demo.build import is_complete
from governance.models import Installation, Portfolio, User

EMPTY, DEMO, UNFINISHED, FOREIGN = "empty", "demo", "unfinished", "foreign"


class Refused(Exception):
    """The database is not one the demo may touch; the text says which and what to do."""


def where() -> str:
    """The database in words, without user or password."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return str(values["NAME"])
    return f"{connection.vendor} database {values['NAME']} on {values['HOST'] or 'this machine'}"


def state() -> str:
    """EMPTY (no rows of anybody), DEMO (a finished book), UNFINISHED (a build that was interrupted) or FOREIGN."""
    if connection.vendor == "sqlite" and not _file().exists():
        return EMPTY
    try:
        return _state_of(set(connection.introspection.table_names()))
    except DatabaseError as error:
        raise Refused(f"The demo cannot read {where()}: {error}".strip()) from error


def _state_of(tables: set[str]) -> str:
    if not tables:
        return EMPTY
    if Installation._meta.db_table not in tables:
        return UNFINISHED if _only_ours(tables) else FOREIGN
    kind = Installation.objects.values_list("kind", flat=True).first()
    if kind == Installation.Kind.DEMO:
        return DEMO if is_complete() else UNFINISHED
    used = User._meta.db_table in tables and (User.objects.exists() or Portfolio.objects.exists())
    return FOREIGN if used else EMPTY


def _only_ours(tables: set[str]) -> bool:
    # A first migration that was interrupted leaves some tables of the project and no installation row yet.
    return "django_migrations" in tables and _is_own_file()


def make_ready(*, reset: bool) -> bool:
    """Bring the database to its tables. True when a book has to be built on it, False when it holds one that is kept.

    Raises ``Refused`` for a database that is not a demo's, and for ``reset`` where there is no file to remove.
    """
    found = state()
    if found == FOREIGN:
        raise Refused(
            f"{where()} exists and is not a demo database; the demo never touches it. Unset DATABASE_URL to let the demo make "
            "its own file, or name an empty database."
        )
    if found in (DEMO, UNFINISHED) and (reset or found == UNFINISHED):
        _remove()
        found = EMPTY
    call_command("migrate", verbosity=0, interactive=False)
    return found == EMPTY


def _remove() -> None:
    if connection.vendor != "sqlite":
        raise Refused(f"The demo starts anew on an empty database only. Empty {where()} yourself, then start the demo again.")
    connection.close()
    for ending in ("", "-wal", "-shm"):
        Path(f"{_file()}{ending}").unlink(missing_ok=True)


def _file() -> Path:
    return Path(connection.settings_dict["NAME"])


def _is_own_file() -> bool:
    return connection.vendor == "sqlite" and "DATABASE_URL" not in os.environ and _file().parent == settings.VAR_DIR
