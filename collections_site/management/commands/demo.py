"""``manage.py demo``: an invented book on a database of its own, and a server to look at it. Offline, without keys."""

from __future__ import annotations

import time
import warnings
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.checks import Error, run_checks
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Account
from collections_site.demo import clock as demo_clock
from collections_site.demo import database, model, serve
from collections_site.demo.build import build
from drafts.models import FollowUp


class Command(BaseCommand):
    """Builds the book when there is none, then serves it until Ctrl-C."""

    help = "Starts the demo: invented data in a database of its own; nothing leaves this machine."
    requires_system_checks: list[str] = []  # they ask the database, which this command makes first

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options."""
        parser.add_argument("--no-server", action="store_true", help="build the book and stop")
        parser.add_argument("--port", type=int, help="port of the web server (default: the first free one from 8000 on)")
        parser.add_argument("--reset", action="store_true", help="throw the demo's book away and build it anew")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse what is no demo, build or keep the book, serve."""
        if not settings.DEMO_MODE:
            raise CommandError("The demo needs demo mode, and DEMO_MODE is switched off in this environment. Unset it.")
        if options["no_server"]:
            self._prepare(reset=options["reset"])
            return
        try:
            server = serve.bind(options["port"])
        except serve.PortTaken as error:
            raise CommandError(str(error)) from error
        self._prepare(reset=options["reset"])
        self._serve(server)

    def _prepare(self, *, reset: bool) -> None:
        started = time.monotonic()
        self.stdout.write("Collections Desk demo. Invented data only; nothing leaves this machine.")
        try:
            fresh = database.make_ready(reset=reset)
        except database.Refused as error:
            raise CommandError(str(error)) from error
        if fresh:
            build(timezone.now(), self._say)
        moment = demo_clock.resume()
        faults = [str(m) for m in run_checks() if isinstance(m, Error) and not m.is_silenced()]
        if faults:
            raise CommandError("The demo does not start:\n" + "\n".join(faults))
        seconds = time.monotonic() - started
        book = f"{Account.objects.count()} accounts, {FollowUp.objects.count()} follow-ups, in {database.where()}"
        self._say(f"{'Built' if fresh else 'Kept'}: {book} ({seconds:.0f} s).")
        self._say(f"The demo clock shows {moment.astimezone(demo_clock.HOME):%A %d %B %Y, %H:%M} (Berlin).")

    def _serve(self, server: Any) -> None:
        with warnings.catch_warnings():
            # The demo serves its static files from where they are written; nothing was collected, and that is fine.
            warnings.filterwarnings("ignore", message="No directory at")
            from collections_site.wsgi import application  # importing it runs the checks, which need the finished database

        self.stdout.write(f"\nOpen http://{serve.HOST}:{server.server_port}/")
        self.stdout.write(
            "Enter as Jonas, approve the first routine draft, then press “Jump to leaving time” and look into the demo outbox.\n"
            "Ctrl-C stops the demo and keeps the book; --reset builds it anew."
        )
        self.stdout.flush()
        with model.speaking():
            serve.run(server, application)
        self.stdout.write("\nStopped. The book is kept.")

    def _say(self, line: str) -> None:
        self.stdout.write(f"  {line}")
        self.stdout.flush()
