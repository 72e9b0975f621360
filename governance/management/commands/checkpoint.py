"""``checkpoint``: write one now (before a backup, before an audit), or print the key that signs them."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance import clock, signing
from governance.checkpoints import files, writing


class Command(BaseCommand):
    """Writes the next checkpoint of the ledger outside the database and says where."""

    help = "Write a signed checkpoint of the ledger now, or print the public key that signs them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--public-key", action="store_true", help="print the public key (PEM) and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or print."""
        try:
            if options["public_key"]:
                self.stdout.write(signing.public_pem().decode())
                return
            made = writing.write(clock.now())
        except (OSError, files.Unreadable, signing.KeyProblem) as error:
            raise CommandError(f"No checkpoint was written: {error}") from error
        told = made.statement
        self.stdout.write(f"Checkpoint {told.number}: {told.events:,} events in {told.streams:,} streams, root {told.root}\n{made.path}")
        if told.restored:
            self.stderr.write(f"Nothing is sent until a person lifts the quarantine. {told.restored}")
