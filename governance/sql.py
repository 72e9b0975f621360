"""Database expressions that read the same on PostgreSQL and SQLite."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Func


class Sha256Hex(Func):
    """Hex SHA-256 of a text column's UTF-8 bytes.

    Django's own SHA256 needs pgcrypto on PostgreSQL; the built-in ``sha256(bytea)`` does not. On SQLite it is the function Django
    registers on its connections, so a foreign client cannot even evaluate the constraint and is refused.
    """

    function = "SHA256"
    arity = 1
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Use the built-in function."""
        return self.as_sql(compiler, connection, template="encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')", **extra)
