"""``reapply_erasures``: after a restore, erase again whoever was erased after the backup was taken."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from drafts.privacy import reapply
from governance import clock


class Command(BaseCommand):
    """Exit 0 when every erasure on file holds in this database; run before sending is allowed again."""

    help = "Apply the erasures of the log outside the database (LEDGER_DIR/erasures) that this database does not hold."

    def handle(self, *args: Any, **options: Any) -> None:
        """Apply, and say how many rows each rewrote."""
        try:
            done = reapply(clock.now())
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        for erasure in done:
            self.stdout.write(f"erasure {erasure.uid} of contact {erasure.contact_id}: {erasure.rows.count()} rows")
        self.stdout.write(f"{len(done)} applied again." if done else "Nothing to apply: every erasure on file holds here.")
