"""The two letters at a fixed hour: each morning what waits, once a week how old the open balances are. To each person once, only if there is something.

A row in the outbox names person and day or week, so that a second worker, or a second round, writes nothing again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse

from collections_site.letters import address
from collections_site.notices import ageing, morning, telling
from governance.calendar import SATURDAY, zone
from governance.language import said
from governance.models import Posting, User
from governance.readers import written_for

BEGINS, ENDS = time(8, 30), time(12)
MONDAY = 0
State = Posting.State


def write_due(at: datetime) -> int:
    """Write the letters whose hour has come where their readers are. Returns how many; nothing on Saturdays and Sundays, in a demo or without a mail server."""
    if not telling.leaves() or not settings.EMAIL_URL:
        return 0
    due = {key: (person, name) for person in _people() for key, name in _due(person, at)}
    known = set(Posting.objects.filter(key__in=list(due)).values_list("key", flat=True))
    return sum(_write(key, name, person, at) for key, (person, name) in sorted(due.items()) if key not in known)


def _people() -> Iterator[User]:
    rows = User.objects.filter(is_active=True, is_service=False).exclude(email="").select_related("notice_preference")
    yield from rows.order_by("pk")


def _due(person: User, at: datetime) -> Iterator[tuple[str, str]]:
    """The letters whose hour it is for this person, by the key of their row."""
    local, wanted = at.astimezone(zone(person.time_zone)), telling.preference(person)
    if local.weekday() >= SATURDAY or not BEGINS <= local.time() < ENDS:
        return
    if wanted.mail_morning:
        yield f"mail:{person.pk}:morning:{local:%Y-%m-%d}", "morning"
    if wanted.mail_ageing and local.weekday() == MONDAY:
        yield f"mail:{person.pk}:ageing:{local:%G-W%V}", "ageing"


def _write(key: str, name: str, person: User, at: datetime) -> bool:
    """One letter, or the note that there was nothing to tell."""
    told = letter(name, person, at)
    local = at.astimezone(zone(person.time_zone))
    ends = at + timedelta(hours=12 if name == "morning" else 24 * 3)
    subject, text, state = (*told, State.WAITING) if told else ("", "", State.DROPPED)
    try:
        with transaction.atomic():
            Posting.objects.create(
                key=key, channel=Posting.Channel.MAIL, person=person, subject=subject, text=text, state=state, not_before=at, expires_at=ends,
                created_at=at, error="" if told else f"nothing to tell on {local:%Y-%m-%d}",
            )  # fmt: skip
    except IntegrityError:
        return False  # another worker wrote it
    return bool(told)


def letter(name: str, person: User, at: datetime) -> tuple[str, str] | None:
    """Subject and text in the person's language; None when there is nothing to tell."""
    found = morning.told(person, at) if name == "morning" else ageing.told(person, at)
    if found is None:
        return None
    subject, context = found
    context |= {"desk": address(reverse("admin:index")), "preferences": address(reverse("admin:preferences")), "person": person}
    with written_for(person):
        return said(subject), render_to_string(f"desk/notices/{name}.txt", context).strip() + "\n"
