"""Telling: what is new is written once into the list of everybody it concerns, and into the outbox for letters and the channel."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from collections_site.notices import causes, quiet, words
from governance.models import Notice, NoticePreference, Portfolio, Posting, Told, User
from governance.readers import written_for
from governance.rights import people_with

KEPT = timedelta(days=90)
USEFUL = timedelta(hours=24)  # a letter that could not be sent for so long says nothing new


def leaves() -> bool:
    """May anything leave this installation? Not from a demo."""
    return not settings.DEMO_MODE


@dataclass
class _Round:
    """One look: who holds which role where is asked once."""

    at: datetime
    known: dict[tuple[frozenset[str], int], set[int]] = field(default_factory=dict)

    def holders(self, roles: frozenset[str], portfolio_id: int) -> set[int]:
        """Ids of people with one of the roles there; portfolio 0 stands for anywhere."""
        if (roles, portfolio_id) not in self.known:
            where = [portfolio_id] if portfolio_id else [0, *Portfolio.objects.order_by("pk").values_list("pk", flat=True)]
            self.known[roles, portfolio_id] = {pk for one in where for pk in people_with(roles, one).values_list("pk", flat=True)}
        return self.known[roles, portfolio_id]


def tell_due(at: datetime) -> int:
    """Tell what is new. Returns how many things were; two workers at once share them, each thing is told by one."""
    found = {cause.key: cause for cause in causes.standing(at)}
    known = set(Notice.objects.filter(cause__in=list(found)).values_list("cause", flat=True))
    fresh = [cause for key, cause in found.items() if key not in known]
    if not fresh:
        return 0
    this, told = _Round(at), {}
    with transaction.atomic():
        for cause in fresh:
            notice = _write(cause, this)
            if notice is not None:
                told[cause.key] = (cause, notice)
        if leaves():
            _post(list(told.values()), at)
    return len(told)


def _write(cause: causes.Cause, this: _Round) -> Notice | None:
    """The notice and who is told; None when another worker was first."""
    people = (this.holders(cause.roles, cause.portfolio_id) if cause.roles else set()) | cause.people
    people -= {cause.by}
    where = cause.portfolio_id or None
    try:
        with transaction.atomic():
            notice = Notice.objects.create(kind=cause.kind, cause=cause.key, portfolio_id=where, params=cause.params, path=cause.path, at=this.at)
    except IntegrityError:
        return None
    active = User.objects.filter(pk__in=people, is_active=True, is_service=False).order_by("pk").values_list("pk", flat=True)
    Told.objects.bulk_create([Told(notice=notice, person_id=pk) for pk in active])
    return notice


def _post(told: Collection[tuple[causes.Cause, Notice]], at: datetime) -> None:
    """One letter per person and kind, and one message per kind to the channel, whatever number of things happened."""
    for kind in sorted({notice.kind for _, notice in told}):
        same = [(cause, notice) for cause, notice in told if notice.kind == kind]
        _letters(kind, same, at)
        if settings.NOTICE_WEBHOOK_URL:
            _queue(Posting.Channel.WEBHOOK, None, same, _told(kind, same, None), (quiet.channel_may(at), at))


def _letters(kind: str, same: list[tuple[causes.Cause, Notice]], at: datetime) -> None:
    if not settings.EMAIL_URL:
        return
    rows = Told.objects.filter(notice__in=[notice for _, notice in same]).exclude(person__email="").select_related("person", "person__notice_preference")
    by_person: dict[User, set[int]] = {}
    for row in rows.order_by("person_id"):
        by_person.setdefault(row.person, set()).add(row.notice_id)
    for person, ids in by_person.items():
        wanted = preference(person)
        if wanted.mail_at_once:
            own = [(cause, notice) for cause, notice in same if notice.pk in ids]
            begins = quiet.ends(at, person.time_zone, wanted.quiet_from, wanted.quiet_until)
            _queue(Posting.Channel.MAIL, person, own, _told(kind, own, person), (begins, at))


def _told(kind: str, about: list[tuple[causes.Cause, Notice]], person: User | None) -> tuple[str, str]:
    """Subject and text in the language and the time zone of the person; of the channel without one."""
    with written_for(person):
        return words.together(kind, [notice for _, notice in about], person.time_zone if person else settings.NOTICE_TIME_ZONE)


def preference(person: User) -> NoticePreference:
    """What the person wants; everything where they never said."""
    found: NoticePreference | None = getattr(person, "notice_preference", None)
    return found or NoticePreference()


def _queue(channel: str, person: User | None, about: list[tuple[causes.Cause, Notice]], told: tuple[str, str], when: tuple[datetime, datetime]) -> None:
    """Into the outbox; what would be over before the quiet hours end is left to the list and the morning's letter."""
    begins, at = when
    expires = min((cause.expires_at for cause, _ in about if cause.expires_at), default=begins + USEFUL)
    if begins >= expires:
        return
    key, subject = f"{channel}:{person.pk if person else 0}:{about[0][0].key}", " ".join(told[0].split())[:200]
    Posting.objects.create(key=key, channel=channel, person=person, subject=subject, text=told[1], not_before=begins, expires_at=expires, created_at=at)


def read(person: User, at: datetime, ids: Iterable[int] | None = None) -> int:
    """The person has read these notices, or all of them. Returns how many were new to them."""
    rows = Told.objects.filter(person=person, read_at__isnull=True)
    return (rows if ids is None else rows.filter(notice__in=list(ids))).update(read_at=at)


def forget_old(at: datetime) -> int:
    """Notices and postings of long ago go; what happened stays in the record."""
    Posting.objects.filter(created_at__lt=at - KEPT).exclude(state=Posting.State.WAITING).delete()
    return Notice.objects.filter(at__lt=at - KEPT).delete()[0]
