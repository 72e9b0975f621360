"""``manage.py screenshots OUT_DIR``: every screen of the demo as a picture, at three sizes, light and dark."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import resolve

from collections_site.demo.people import BY_ROLE
from collections_site.screens import SCREENS, Screen

SIZES = {"1440x900": (1440, 900), "1280x720": (1280, 720), "320": (320, 720)}
SCHEMES = ("light", "dark")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
START_SECONDS = 180
TRIES = 2


class Command(BaseCommand):
    """Starts a demo of its own unless ``--url`` names a running one, signs in by its buttons and takes the pictures."""

    help = "Takes pictures of every screen of the demo: three sizes, light and dark. Needs the dev extra and Chromium."
    requires_system_checks: list[str] = []  # the demo it starts runs them on its own database

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options."""
        parser.add_argument("folder", type=Path, metavar="OUT_DIR")
        parser.add_argument("--url", help="a running demo (default: one is started and thrown away)")
        parser.add_argument("--only", action="append", default=[], metavar="NAME", help="screens whose name begins so; may be given again")
        parser.add_argument("--size", action="append", choices=list(SIZES), default=[], help="default: all")
        parser.add_argument("--scheme", action="append", choices=SCHEMES, default=[], help="default: both")
        parser.add_argument("--whole", action="store_true", help="the whole page, not what fits the window")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Take the pictures; a screen that cannot be reached is named and the command ends with 1."""
        wanted = [s for s in SCREENS if not options["only"] or s.name.startswith(tuple(options["only"]))]
        if not wanted:
            raise CommandError(f"No screen is called so. There are: {', '.join(s.name for s in SCREENS)}.")
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
        if not chromium:
            raise CommandError("Chromium was not found. Install it or set CHROMIUM to its path.")
        folder.mkdir(parents=True, exist_ok=True)
        with _running(options["url"]) as url:
            camera = _Camera(url, folder, chromium, options["whole"])
            missed = camera.take(wanted, options["size"] or list(SIZES), options["scheme"] or list(SCHEMES))
        self.stdout.write(f"{camera.taken} pictures of {len(wanted) - len(missed)} screens in {folder}.")
        if missed:
            raise CommandError("Not reached: " + "; ".join(missed))


@contextmanager
def _running(url: str | None) -> Iterator[str]:
    """The address of a demo: the one named, or one of its own in a folder that is thrown away."""
    if url:
        yield url.rstrip("/")
        return
    with tempfile.TemporaryDirectory() as folder:
        kept = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "CELERY_BROKER_URL", "EMAIL_URL")}
        log = Path(folder) / "demo.log"
        with log.open("w") as stream:
            demo = subprocess.Popen(  # noqa: S603  our own command
                [sys.executable, str(settings.BASE_DIR / "manage.py"), "demo"], stdout=stream, stderr=subprocess.STDOUT,
                env={**kept, "VAR_DIR": folder, "PYTHONUNBUFFERED": "1"},
            )  # fmt: skip
        try:
            yield _address(demo, log)
        finally:
            demo.terminate()
            demo.wait(30)


def _address(demo: subprocess.Popen[bytes], log: Path) -> str:
    """What the demo prints when it is ready. Raises ``CommandError`` with its words when it ends before."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and demo.poll() is None:
        for line in log.read_text().splitlines():
            if line.startswith("Open http"):
                address = line.removeprefix("Open ").strip("/")
                urllib.request.urlopen(f"{address}/readyz", timeout=30).close()  # noqa: S310  our own address
                return address
        time.sleep(0.5)
    raise CommandError(f"The demo did not start:\n{log.read_text()}")


class _Camera:
    """One browser; a context per person, size and scheme, so that nobody signs in more often than needed."""

    def __init__(self, url: str, folder: Path, chromium: str, whole: bool) -> None:
        self.url, self.folder, self.chromium, self.whole, self.taken = url, folder, chromium, whole, 0

    def take(self, screens: list[Screen], sizes: list[str], schemes: list[str]) -> list[str]:
        """Take every picture; returns the screens not reached, with why."""
        try:
            # Playwright belongs to the dev extra: a running desk never needs a browser.
            from playwright.sync_api import sync_playwright
        except ImportError as error:
            raise CommandError("Pictures need the dev extra: pip install -e '.[dev]'") from error
        missed: dict[str, str] = {}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=self.chromium, args=list(FLAGS))
            for size in sizes:
                for scheme in schemes:
                    for role in dict.fromkeys(screen.role for screen in screens):
                        self._visit(browser, size, scheme, [s for s in screens if s.role == role], missed)
            browser.close()
        return [f"{name} ({why})" for name, why in missed.items()]

    def _visit(self, browser: Any, size: str, scheme: str, screens: list[Screen], missed: dict[str, str]) -> None:
        width, height = SIZES[size]
        context = browser.new_context(
            base_url=self.url, viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        if screens[0].role:
            page.goto("/admin/login/")
            page.get_by_role("button", name=BY_ROLE[screens[0].role].name).click()
            page.wait_for_url("**/admin/")
        for screen in screens:
            if why := self._tried(page, screen, f"{screen.name}-{size}-{scheme}.png"):
                missed[screen.name] = why
        context.close()

    def _tried(self, page: Any, screen: Screen, name: str) -> str:
        """A busy browser fails to draw now and then: once more, and then it is told like any other reason."""
        from playwright.sync_api import Error

        why = ""
        for _ in range(TRIES):
            try:
                return self._picture(page, screen, name)
            except Error as error:
                why = error.message.splitlines()[0]
        return why

    def _picture(self, page: Any, screen: Screen, name: str) -> str:
        """Go there and take it; why not, in words, or ""."""
        answer = page.goto(screen.path)
        if answer is None or answer.status != screen.status:
            return f"answered {answer.status if answer else 'nothing'}"
        for selector in screen.follow:
            link = page.locator(selector).first
            if not link.count():
                return f"no link {selector}"
            page.goto(link.get_attribute("href"))
        if screen.file:
            page.locator("input[type=file]").set_input_files([{"name": "open_items.csv", "mimeType": "text/csv", "buffer": screen.file.encode()}])
        if screen.buttons or screen.press:
            page.wait_for_timeout(500)  # the page decides nothing in its first moments, against double presses
        for button in screen.buttons:
            page.get_by_role("button", name=button).click()
            page.wait_for_load_state("load")
        page.wait_for_load_state("networkidle")
        reached = resolve(urlsplit(page.url).path).url_name
        if screen.page and reached != screen.page:
            return f"came to {reached}, not to {screen.page}"
        if screen.press:
            page.keyboard.press(screen.press)
            page.wait_for_timeout(200)
        page.screenshot(path=str(self.folder / name), full_page=self.whole)
        self.taken += 1
        return ""
