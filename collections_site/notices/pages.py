"""The list of notices: always there, each person's own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from collections_site.notices import telling, words
from governance import clock
from governance.admin.pages import act_view, desk_view, page, person
from governance.models import Told

SHOWN = 100


def notices(request: HttpRequest) -> HttpResponse:
    """The newest, unread first."""
    who = person(request)
    rows = Told.objects.filter(person=who).select_related("notice__portfolio").order_by("-notice__at", "-pk")
    unread = rows.filter(read_at__isnull=True).count()
    found = list(rows[:SHOWN])
    items: list[dict[str, Any]] = [
        {"told": row, "said": words.said(row.notice, who.time_zone)} for row in sorted(found, key=lambda row: row.read_at is not None)
    ]
    return page(request, "desk/notices/list.html", "Notices", items=items, unread=unread, shown=SHOWN, kept=telling.KEPT.days)


def read(request: HttpRequest) -> HttpResponse:
    """One's own notices are read: one of them, or all."""
    given = request.POST.get("notice", "")
    done = telling.read(person(request), clock.now(), [int(given)] if given.isdecimal() else None)
    messages.success(request, f"{done} {'notice' if done == 1 else 'notices'} read.")
    return redirect("admin:notices")


def notice_urls() -> list[URLPattern]:
    """The list and its act."""
    return [
        path("notices/", desk_view(notices, methods=("GET", "HEAD")), name="notices"),
        path("notices/read/", act_view(read), name="read_notices"),
    ]
