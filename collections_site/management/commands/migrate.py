"""``migrate`` that can repair: it puts the database guards in place, so their absence must not keep it from running."""

from __future__ import annotations

from typing import Any

from django.core.checks.registry import registry
from django.core.management.commands import migrate

from collections_site.checks import GUARDS


class Command(migrate.Command):
    """Django's own, after every system check but the one of the guards (an upgrade that changes a guard would never start)."""

    def check(self, **options: Any) -> None:  # type: ignore[override]  # only keywords are ever given
        """Every check but that of the guards."""
        options["tags"] = options.get("tags") or registry.tags_available() - {GUARDS}
        super().check(**options)
