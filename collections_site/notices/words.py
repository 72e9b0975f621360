"""The words of notices: what happened, what it means, what to do. Made of a kind and numbers, so no customer can be in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse

from collections_site.letters import address
from governance.calendar import zone
from governance.language import said as in_language
from governance.models import Notice

Kind = Notice.Kind


@dataclass(frozen=True, slots=True)
class Said:
    """One notice for the screen."""

    title: str
    means: str
    link: str
    icon: str
    tone: str


MEANS: dict[str, tuple[str, str, str, str]] = {
    Kind.STOPPED: ("Nothing left. Its text is kept, its approval is void, and it is on top of the queue.", "Look why", "stop", "bad"),
    Kind.LATE: ("It waits for a person's answer.", "Open it", "clock", "warn"),
    Kind.PAUSED: ("Approved messages are kept, and checked again before they leave.", "See who and why", "pause", "bad"),
    Kind.RESUMED: ("What is due leaves again, after its last look.", "See holds", "send", "good"),
    Kind.SOURCE: ("Accounts whose brief needs it are exceptions, and approvals on its facts are refused.", "Open Health", "plug", "bad"),
    Kind.POLICY: ("Drafts are judged by it from now on.", "Read it", "rules", ""),
    Kind.CHAIN: ("Somebody or something changed what was written. Do not send; call the auditor.", "See the controls", "alert", "bad"),
}


def said(notice: Notice, in_zone: str) -> Said:
    """The words of one notice, times in the reader's zone."""
    means, link, icon, tone = MEANS[notice.kind]
    return Said(_title(notice, zone(in_zone)), means, link, icon, tone)


def _title(notice: Notice, here: ZoneInfo) -> str:
    where = f" in {notice.portfolio}" if notice.portfolio_id else ""
    if notice.kind == Kind.STOPPED:
        return f"A message was stopped before sending{where}"
    if notice.kind == Kind.LATE:
        return f"A draft will miss its time at {datetime.fromisoformat(notice.params['due']).astimezone(here):%H:%M}{where}"
    if notice.kind in (Kind.PAUSED, Kind.RESUMED):
        return f"Sending was {notice.kind}{where or ' everywhere'}"
    if notice.kind == Kind.SOURCE:
        return f"The source “{notice.params['source']}” does not answer or is past its limit{where}"
    if notice.kind == Kind.POLICY:
        return f"Policy {notice.params['number']} is in force"
    return "The check of the record failed"


def together(kind: str, notices: Sequence[Notice], in_zone: str) -> tuple[str, str]:
    """Subject and text about all notices of one kind, in the active language: one letter, be it one message that stopped or forty."""
    first, n = notices[0], len(notices)
    subject = in_language(said(first, in_zone).title if n == 1 else _many(kind, notices, zone(in_zone)))
    means, link, _, _ = MEANS[kind]
    path = first.path if n == 1 else reverse("admin:notices")
    return subject, f"{subject}. {in_language(means)}\n{in_language(link if n == 1 else 'All of them')}: {address(path)}"


def _many(kind: str, notices: Sequence[Notice], here: ZoneInfo) -> str:
    n = len(notices)
    if kind == Kind.STOPPED:
        return f"{n} messages were stopped before sending"
    if kind == Kind.LATE:
        last = max(datetime.fromisoformat(notice.params["due"]) for notice in notices)
        return f"{n} drafts will miss their time before {last.astimezone(here):%H:%M}"
    if kind == Kind.SOURCE:
        return f"{n} sources do not answer or are past their limit"
    return f"{Kind(kind).label}, {n} times"
