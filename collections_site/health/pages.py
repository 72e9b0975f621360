"""The Health page: the last look with its moment, the workers as they are now, fourteen days, and the list before going live."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone

from collections_site.health import machine, safety, sources
from collections_site.health.lines import GROUPS
from collections_site.health.look import TOO_OLD, look
from governance import clock
from governance.admin.links import shown
from governance.admin.pages import act_view, desk_view, may, moment, page, require, scope_for
from governance.measured import UNKNOWN, Measured, restored, tally
from governance.models import HealthDay, HealthLook
from governance.roles import ACTIONS

DAYS = 14
ABSENT = "Nobody has looked yet: a running worker looks every minute, or check now."


def health(request: HttpRequest) -> HttpResponse:
    """What was measured last, and the signs of life as they are at this moment."""
    require(request, "see_health")
    row, wall = HealthLook.objects.order_by("-id").first(), timezone.now()
    lines = current(row, wall)
    mine = [found for found in lines if _reached(request, found)]
    groups = [{"title": group, "lines": shown(request, [found for found in mine if found.group == group])} for group in GROUPS]
    listed = safety.go_live(lines) if may(request, "assign_roles") else []
    return page(
        request, "desk/health.html", "Health", groups=[group for group in groups if group["lines"]], tally=tally(mine), look=row,
        old=row is not None and wall - row.wall > TOO_OLD, days=_days(moment(request)), go_live=listed, done=sum(done for _, done in listed),
        absent=ABSENT, may_pause=may(request, "pause_sending"),
    )  # fmt: skip


def current(row: HealthLook | None, wall: datetime) -> list[Measured]:
    """The lines of a look; all unknown when it is too old. Who is dead cannot say so: the workers' line is measured now."""
    alive = machine.alive(wall)
    if row is None:
        return [alive]
    kept = [found for found in restored(row.lines) if found.key != alive.key]
    if wall - row.wall > TOO_OLD:
        kept = [replace(found, state=UNKNOWN, value=f"not checked since {row.at:%H:%M} UTC; then: {found.value}") for found in kept]
    return sorted([alive, *kept], key=lambda found: GROUPS.index(found.group) if found.group in GROUPS else len(GROUPS))


def _reached(request: HttpRequest, found: Measured) -> bool:
    """A source is shown to the people of its portfolio."""
    if not found.key.startswith(f"{sources.KEY}:"):
        return True
    scope, roles = scope_for(request), ACTIONS["see_health"].roles
    return bool(scope.roles_for(int(found.key.split(":")[1])) & roles)


def _days(at: datetime) -> dict[str, Any]:
    """The worst state of each group and day; a day nobody looked is a gap, and shown as one."""
    days = [at.date() - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    kept = {(row.key, row.day): row.state for row in HealthDay.objects.filter(day__gte=days[0])}
    return {"days": days, "rows": [{"title": group, "cells": [kept.get((group, day), "") for day in days]} for group in GROUPS]}


def check(request: HttpRequest) -> HttpResponse:
    """Measure everything now."""
    require(request, "see_health")
    row = look(clock.now())
    found = tally(restored(row.lines))
    messages.success(request, f"Checked now, in {row.seconds:.1f} s: " + ", ".join(f"{n} {state.replace('_', ' ')}" for state, n in found) + ".")
    return redirect("admin:health")


def health_urls() -> list[URLPattern]:
    """The page and its act."""
    return [path("health/", desk_view(health), name="health"), path("health/check/", act_view(check), name="health_check")]
