"""The weekly letter to who leads: the numbers of the page, the charts as pictures, nothing about any customer.

Each person is written to once for a week, about the portfolios whose measures they may see. A row is kept before the letter is sent, so that a
second run sends nothing again; a letter the mail server refused is tried again an hour later. The letter is internal mail: it takes the
installation's mail server like an alarm does, never the way of messages to customers.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.mime.image import MIMEImage
from typing import Any, NoReturn

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse

from collections_site.letters import BY_MACHINE, address
from collections_site.measures import drawing
from collections_site.measures.asked import Asked, of_window
from collections_site.measures.board import STACKS, board, summary
from collections_site.measures.symbols import patterns
from governance import quarantine
from governance.audit import Entry, record
from governance.language import said
from governance.metrics.asking import Reach, Window, reach_of
from governance.models import Digest, Portfolio, User
from governance.readers import written_for
from governance.rights import people_with
from governance.roles import LEADERSHIP

log = logging.getLogger(__name__)

WEEKS, FROM_HOUR = 12, 6
AGAIN = timedelta(minutes=50)
CHARTS = ("outcomes", "corrections", "precision", "recall", "completeness", "time", "answers")
_WEEK = re.compile(r"(\d{4})-W(\d{2})$")


class NoWeek(ValueError):
    """What was given is no ISO week; the message says how one is written."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter before it is sent: the words and the charts, each under the name its picture has in the letter."""

    subject: str
    text: str
    html: str
    charts: tuple[tuple[str, bytes], ...]

    def to(self, address: str) -> EmailMultiAlternatives:
        """As mail. It says of itself that a machine wrote it, so that nobody's absence answers."""
        mail = EmailMultiAlternatives(self.subject, self.text, settings.DEFAULT_FROM_EMAIL, [address], headers=BY_MACHINE)
        mail.attach_alternative(self.html, "text/html")
        mail.mixed_subtype = "related"
        for name, picture in self.charts:
            part = MIMEImage(picture, "png")
            part.add_header("Content-ID", f"<{name}>")
            part.add_header("Content-Disposition", "inline", filename=f"{name}.png")
            mail.attach(part)
        return mail


def week_before(at: datetime) -> date:
    """The Monday of the last ISO week that is over."""
    return at.date() - timedelta(days=at.date().weekday() + 7)


def week_name(monday: date) -> str:
    """ "2026-W46"."""
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}"


def monday_of(name: str) -> date:
    """The Monday of a week written "2026-W46". Raises ``NoWeek``."""
    found = _WEEK.match(name)
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else _no_week(name)
    except ValueError:
        return _no_week(name)


def _no_week(name: str) -> NoReturn:
    raise NoWeek(f"{name!r} is no week: write it like 2026-W46")


def readers() -> Iterator[User]:
    """Everybody who leads some portfolio today and has an address, each once."""
    seen: dict[int, User] = {}
    for portfolio in (0, *Portfolio.objects.order_by("pk").values_list("pk", flat=True)):
        seen |= {person.pk: person for person in people_with(LEADERSHIP, portfolio) if person.email}
    yield from (seen[pk] for pk in sorted(seen))


def letter(monday: date, reach: Reach, at: datetime, reader: User | None = None) -> Letter:
    """The letter of the week from ``monday``, in the reader's language: the page of twelve weeks that end with it, and what that week itself added."""
    last = monday + timedelta(days=6)
    long, week = of_window(Window(last - timedelta(days=7 * WEEKS - 1), last), reach), of_window(Window(monday, last), reach)
    shown, fresh = board(long, at, may_open_samples=False), summary(week, at)
    figures = [one for one in shown["figures"] if one.name in CHARTS]
    context = {
        **shown, "week": week_name(monday), "first_day": monday, "last_day": last, "this_week": fresh["first"], "figures": figures,
        "page": _address(long), "week_page": _address(week), "weeks": WEEKS,
    }  # fmt: skip
    with written_for(reader):
        text, html = (render_to_string(f"desk/measures/digest.{kind}", context) for kind in ("txt", "html"))
        paper = render_to_string("desk/measures/patterns.html", {"patterns": patterns(STACKS, drawing.PLAIN)})
        return Letter(_subject(context), text, html, tuple((one.name, drawing.png(one.spec, paper)) for one in figures if one.spec))


def _subject(told: dict[str, Any]) -> str:
    wrong = sum(1 for one in told["zero"] if one["zero"].n)
    n, alarm = told["this_week"]["n"], ""
    if wrong:
        alarm = said("1 that must be zero is not" if wrong == 1 else f"{wrong} that must be zero are not") + ", "
    stopped = said("1 mistake stopped before customers saw it" if n == 1 else f"{n} mistakes stopped before customers saw them")
    week = told["week"]
    return f"{said(f'Measures of week {week}')}: {alarm}{stopped}"


def _address(asked: Asked) -> str:
    return address(f"{reverse('admin:measures')}?{asked.address()}")


def send_due(at: datetime) -> int:
    """Send the letter of the last week to who has not had it. Returns how many left; 0 before Monday morning and where no mail leaves."""
    if at.weekday() == 0 and at.hour < FROM_HOUR:
        return 0
    if settings.DEMO_MODE or not settings.EMAIL_URL or quarantine.standing():
        return 0
    monday = week_before(at)
    return sum(_send(person, monday, at) for person in readers() if _claimed(person, monday, at))


def _claimed(person: User, monday: date, at: datetime) -> bool:
    """True for one run only: a row says that the letter is under way; one that failed is free again after a while."""
    try:
        with transaction.atomic():
            Digest.objects.create(week=week_name(monday), person=person, begun_at=at)
    except IntegrityError:
        free = Digest.objects.filter(week=week_name(monday), person=person, sent_at__isnull=True).filter(~Q(error="") | Q(begun_at__lt=at - 24 * AGAIN))
        return free.filter(begun_at__lte=at - AGAIN).update(begun_at=at, error="") == 1
    return True


def _send(person: User, monday: date, at: datetime) -> bool:
    row = Digest.objects.filter(week=week_name(monday), person=person)
    try:
        letter(monday, reach_of(person), at, person).to(person.email).send()
    except OSError as error:  # every error of a mail server is one
        log.exception("the digest of week %s was not mailed to person %s", week_name(monday), person.pk)
        row.update(error=type(error).__name__[:120])
        return False
    with transaction.atomic():
        row.update(sent_at=at)
        record([Entry("system", "digest.sent", "user", person.pk, {"week": week_name(monday)})], by=None, at=at)
    return True
