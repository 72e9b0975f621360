"""Builds the demo's book on an empty database: people, portfolios, months of synthetic history, twelve days of its own, and this morning."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import transaction

from collections_site.demo import clock as demo_clock
from collections_site.demo import histories, model, people, today
from collections_site.demo.book import portfolios
from collections_site.demo.days import Days
from collections_site.demo.stage import Stage
from collections_site.synthetic.simulate import Wish, simulate
from governance import clock
from governance.audit import Entry, record
from governance.models import Event, Installation

BUILT = "system.seeded"
MONTHS, SEED, PER_MONTH, SAMPLED = 6, 11, 8, 36


def is_complete() -> bool:
    """True when the book was built to its end."""
    return Event.objects.filter(stream="system", action=BUILT).exists()


def build(wall: datetime, say: Callable[[str], None]) -> None:
    """Mark the database as a demo and play the book up to the business morning that ``wall`` asks for.

    The clock is moved through the days that are played, so that everything that asks the time, the database guards included, sees the
    moment something happened. ``say`` is told what is going on, one line at a time.
    """
    Installation.objects.filter(pk=1).update(kind=Installation.Kind.DEMO)
    morning = demo_clock.business_morning(wall)
    days = Days(morning.astimezone(demo_clock.HOME).date())
    demo_clock.set_to(days.at(histories.FIRST_DAY, 8, 0))
    users = people.create(away_until=days.business(4))
    book = portfolios.create(users)
    people.grant_roles(users, book.values())
    say("Playing six months of synthetic history, so that the measures have something to measure")
    refused = simulate(Wish(MONTHS, SEED, per_month=PER_MONTH, sampled=SAMPLED, code="synthetic", until=clock.now(), into_existing=True)).refused
    with tempfile.TemporaryDirectory(prefix="demo-book-") as folder:
        stage = Stage(days, users, book, Path(folder))
        say("Playing twelve business days of history")
        refused += histories.play(stage, histories.before_today())
        say("Preparing this morning's book, with recorded answers of a model")
        with model.speaking():
            refused += histories.play(stage, today.this_morning())
    stage.until(morning)
    if refused:
        say(f"{refused} acts of the history were refused and left out; see the log.")
    with transaction.atomic():
        record([Entry("system", BUILT, "installation", 1, {"accounts": stage.size})], by=None, at=clock.now())
