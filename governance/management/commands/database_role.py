"""``database_role``: the SQL that lets the application add to the record but never change it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.database_role import grants


class Command(BaseCommand):
    """Prints; changes nothing. Pipe it into psql as the owner of the tables."""

    help = "Print the grants of a PostgreSQL role that may insert events and approvals but never change or delete them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("role", metavar="ROLE", help="the role the application connects as; it has to exist and own no table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print."""
        try:
            self.stdout.write(grants(options["role"]), ending="")
        except ValueError as error:
            raise CommandError(str(error)) from error
