"""``manage.py catalogue``: bring the translations up to what templates and Python say, or say what is missing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from collections_site.catalogue import files


class Command(BaseCommand):
    """New sentences join the catalogue empty, sentences nobody says any more leave it, and the compiled file is written."""

    help = "Updates locale/<language>/LC_MESSAGES/django.po and its compiled twin, and names what has no translation yet."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--check`` writes nothing."""
        parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 when a translation is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a language, and the entries to translate."""
        missing = 0
        for language in files.LANGUAGES:
            if not options["check"]:
                files.update(language)
            for entry in files.untranslated(language):
                missing += 1
                self.stdout.write(f"{language}: {entry.where}: {entry.msgid}")
            self.stdout.write(f"{language}: {len(files.translations(language))} entries.")
        if missing and options["check"]:
            raise SystemExit(1)
