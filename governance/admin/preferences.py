"""A person's own settings: letter keys, density, time zone."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from governance import clock
from governance.admin.pages import page, person
from governance.history import save_as
from governance.models import User


def preferences(request: HttpRequest) -> HttpResponse:
    """Show and save them; they change nothing but this person's own screens."""
    user = User.objects.get(pk=person(request).pk)
    if request.method == "POST":
        user.letter_keys = "letter_keys" in request.POST
        density = request.POST.get("density", "")
        user.density = density if density in User.Density.values else user.density
        zone = request.POST.get("time_zone", "")
        user.time_zone = zone if zone in available_timezones() else user.time_zone
        save_as(user, by=user, at=clock.now(), reason="own preferences")
        messages.success(request, "Saved.")
        return redirect("admin:preferences")
    return page(
        request, "desk/preferences.html", "Preferences", person=user, densities=User.Density.choices, zones=sorted(available_timezones())
    )
