"""The draft history: one page for everything on record about one follow-up. Reading it is an event; nothing on it changes anything."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from datetime import UTC
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from drafts.admin.lookup import follow_up_or_404
from drafts.models import FollowUp
from drafts.record import outcomes, story, versions
from governance import reading, verifications
from governance.admin.pages import may, moment, page, person, require, scope_for
from governance.blind import withheld
from governance.models import PackRun, User

TABS = {
    "timeline": "Timeline", "versions": "Versions", "evidence": "Evidence", "checks": "Checks", "approvals": "Approvals",
    "sent": "What was sent", "raw": "Raw events",
}  # fmt: skip


def draft_history(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; ``?tab=`` chooses a part, ``?times=utc`` shows every time in UTC."""
    follow_up = follow_up_or_404(request, pk)
    require(request, "see_ledger", follow_up)
    now = moment(request)
    reading.note_read("follow_up", pk, by=person(request), at=now)
    tab = request.GET.get("tab", "timeline")
    tab = tab if tab in TABS else "timeline"
    untold = withheld(person(request), scope_for(request), account_ids=[follow_up.account_id])
    personal = bool(may(request, "see_contact_data", follow_up))
    utc = request.GET.get("times") == "utc"
    with times(request):
        told = story.of(follow_up, now, untold=untold)
        if not told.chain.whole:
            verifications.keep_broken(told.chain.breaks, len(told.chain.breaks), now)
        response = page(
            request, "desk/draft_history.html", f"History: {follow_up.account.name}", f=follow_up, story=told, tab=tab, tabs=TABS.items(),
            utc=utc, untold=untold, personal=personal, may_export=may(request, "export_pack", follow_up), outcome=_outcomes(follow_up),
            profiles=PackRun.Profile.choices, **_parts(request, tab, told, personal, {pk for one in untold for pk in one.people}),
        )  # fmt: skip
        return response.render()


def times(request: HttpRequest) -> AbstractContextManager[None]:
    """All times of a page in UTC when the reader asked for it, else in their own zone."""
    return timezone.override(UTC if request.GET.get("times") == "utc" else timezone.get_current_timezone())


def _outcomes(follow_up: FollowUp) -> list[str]:
    return outcomes.words_of([follow_up])[follow_up.pk]


def _parts(request: HttpRequest, tab: str, told: story.Story, personal: bool, unnamed: Collection[int]) -> dict[str, Any]:
    """What only one tab needs."""
    if tab == "versions" and len(told.drafts) > 1:
        old, new = (_number(request, name, at) for name, at in (("old", told.drafts[0]), ("new", told.drafts[-1])))
        return {"pair": versions.between(told.drafts, old, new)}
    if tab == "evidence":
        revision, found = story.evidence_of(told.drafts, _number(request, "version", None), moment(request), personal=personal)
        return {"evidence": found, "revision": revision}
    if tab == "raw":
        read = [event for event in reading.readers("follow_up", told.follow_up.pk) if event.actor_id not in unnamed]
        return {"readers": [(event, name) for event, name in zip(read, _names([e.actor_id for e in read]), strict=True)]}
    return {}


def _number(request: HttpRequest, name: str, default: Any) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 6 else getattr(default, "revision", 0)


def _names(ids: list[int | None]) -> list[str]:
    known = {u.pk: str(u) for u in User.objects.filter(pk__in=[pk for pk in ids if pk])}
    return [known.get(pk or 0, "the machine") for pk in ids]
