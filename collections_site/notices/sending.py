"""Sending what is in the outbox of notices: each row is claimed in the database, so that two workers never send it twice.

A letter or message that was refused is tried again, later and later, until it is of no use any more. Only a worker that dies between the
hand-over and its note of it can send a second time: an internal notice twice does no harm, one that never comes does.
"""

from __future__ import annotations

import logging
import re
from datetime import datetime, timedelta

import requests
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q

from collections_site.letters import BY_MACHINE
from collections_site.notices import telling
from governance import quarantine
from governance.models import Posting

log = logging.getLogger(__name__)

AT_ONCE = 50
LEASE = timedelta(minutes=5)
RETRIES = tuple(timedelta(minutes=n) for n in (1, 5, 15, 60))  # the last one again and again
TIMEOUT_SECONDS = 5
State, Channel = Posting.State, Posting.Channel


class NotTaken(Exception):
    """The channel did not take it; the message says why without its address, which is a secret."""


def send_due(at: datetime) -> int:
    """Send what waits and may leave. Returns how many left; 0 in a demo, and in quarantine, where a restored copy would tell everybody again."""
    if not telling.leaves() or quarantine.standing():
        return 0
    Posting.objects.filter(state=State.WAITING, expires_at__lte=at).filter(_free(at)).update(state=State.DROPPED)
    due = Posting.objects.filter(state=State.WAITING, not_before__lte=at).filter(_free(at)).order_by("not_before", "pk")
    return sum(_send(pk, at) for pk in list(due.values_list("pk", flat=True)[:AT_ONCE]) if _claimed(pk, at))


def _free(at: datetime) -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lt=at)


def _claimed(pk: int, at: datetime) -> bool:
    """True for one worker only."""
    rows = Posting.objects.filter(_free(at), pk=pk, state=State.WAITING, not_before__lte=at)
    return rows.update(lease_until=at + LEASE, attempts=F("attempts") + 1) == 1


def _send(pk: int, at: datetime) -> bool:
    row = Posting.objects.select_related("person").get(pk=pk)
    try:
        if row.channel == Channel.MAIL:
            _mail(row)
        else:
            _webhook(row.text)
    except (OSError, NotTaken) as error:  # every error of a mail server is an OSError
        words = str(error) if isinstance(error, NotTaken) else type(error).__name__
        log.warning("posting %s was not taken: %s", row.pk, words)
        again = at + RETRIES[min(row.attempts, len(RETRIES)) - 1]
        Posting.objects.filter(pk=pk).update(lease_until=None, not_before=again, error=words[:120])
        return False
    Posting.objects.filter(pk=pk).update(state=State.SENT, sent_at=at, lease_until=None, error="")
    return True


def _mail(row: Posting) -> None:
    """To the address the person has today, if they are still here. It says of itself that a machine wrote it."""
    if row.person is None or not row.person.is_active or not row.person.email:
        raise NotTaken("the person has no address or is not active")
    EmailMessage(row.subject, row.text, settings.DEFAULT_FROM_EMAIL, [row.person.email], headers=BY_MACHINE).send()


def _webhook(text: str) -> None:
    """Text only. A redirect is not followed: the address was given by who runs this, and nobody else names one."""
    body = {"text": _plain(text)}
    try:
        with requests.post(settings.NOTICE_WEBHOOK_URL, json=body, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True) as answer:
            status = answer.status_code  # what else it says is not read
    except requests.RequestException as error:
        raise NotTaken(type(error).__name__) from None
    if status // 100 != 2:
        raise NotTaken(f"HTTP {status}")


def _plain(text: str) -> str:
    """As Slack wants plain text: its three special signs escaped, so that nothing in a portfolio's name mentions everybody."""
    return re.sub(r"[&<>]", lambda sign: {"&": "&amp;", "<": "&lt;", ">": "&gt;"}[sign[0]], text)

