"""``digest``: read the weekly letter of the measures before anybody gets it, or send what is due."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collections_site.measures import digest
from governance import clock
from governance.metrics.asking import EVERYTHING, reach_of
from governance.models import User


class Command(BaseCommand):
    """Print the letter of a week as one person would get it (as somebody who sees everything, without a name); nothing leaves.

    ``--to FILE`` keeps it as a mail with its charts, to be opened by a mail program. ``--send`` does what the schedule does: sends the last
    week's letter to everybody who leads and has not had it.
    """

    help = "Shows the weekly letter of the measures; --to FILE keeps it as a mail, --send sends what is due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The week, the reader, and what to do."""
        parser.add_argument("--week", default="", help="for example 2026-W46; the last one that is over without")
        parser.add_argument("--as", default="", dest="reader", metavar="USERNAME", help="as this person would get it")
        act = parser.add_mutually_exclusive_group()
        act.add_argument("--to", default="", metavar="FILE", help="keep the letter as a mail (.eml)")
        act.add_argument("--send", action="store_true", help="send what is due now")

    def handle(self, *args: Any, **options: Any) -> None:
        """Show, keep or send."""
        now = clock.now()
        if options["send"]:
            self.stdout.write(f"Letters that left: {digest.send_due(now)}.")
            return
        person = User.objects.filter(username=options["reader"], is_active=True).first()
        if options["reader"] and person is None:
            raise CommandError(f"nobody active is called {options['reader']!r}")
        try:
            monday = digest.monday_of(options["week"]) if options["week"] else digest.week_before(now)
        except digest.NoWeek as error:
            raise CommandError(str(error)) from None
        letter = digest.letter(monday, reach_of(person) if person else EVERYTHING, now, person)
        if not options["to"]:
            self.stdout.write(f"{letter.subject}\n\n{letter.text}")
            return
        path = Path(options["to"])
        path.write_bytes(letter.to(person.email if person else "reader@example.org").message().as_bytes())
        self.stdout.write(f"The letter of {digest.week_name(monday)}, with {len(letter.charts)} charts, is in {path}.")
