"""A person's own settings: letter keys, density, language, time zone, and what reaches them by mail."""

from __future__ import annotations

from datetime import time
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from governance import clock
from governance.admin.pages import page, person
from governance.history import save_as
from governance.models import NoticePreference, User


def preferences(request: HttpRequest) -> HttpResponse:
    """Show and save them; they change nothing but this person's own screens."""
    user = User.objects.get(pk=person(request).pk)
    if request.method == "POST":
        user.letter_keys = "letter_keys" in request.POST
        density = request.POST.get("density", "")
        user.density = density if density in User.Density.values else user.density
        language = request.POST.get("language", user.language)
        user.language = language if language in User.Language.values else user.language
        zone = request.POST.get("time_zone", "")
        user.time_zone = zone if zone in available_timezones() else user.time_zone
        save_as(user, by=user, at=clock.now(), reason="own preferences")
        _save_notices(request, user)
        messages.success(request, "Saved.")
        return redirect("admin:preferences")
    return page(
        request, "desk/preferences.html", "Preferences", person=user, densities=User.Density.choices, languages=languages(),
        zones=sorted(available_timezones()),
        wanted=NoticePreference.objects.filter(person=user).first() or NoticePreference(), mail=settings.EMAIL_URL and not settings.DEMO_MODE,
    )  # fmt: skip


def _save_notices(request: HttpRequest, user: User) -> None:
    """Which letters, and when none; a time that is none stays as it was."""
    if "notices" not in request.POST:
        return
    row = NoticePreference.objects.filter(person=user).first() or NoticePreference(person=user)
    for name in ("mail_at_once", "mail_morning", "mail_ageing"):
        setattr(row, name, name in request.POST)
    for name in ("quiet_from", "quiet_until"):
        try:
            setattr(row, name, time.fromisoformat(request.POST.get(name, "")).replace(second=0, microsecond=0, tzinfo=None))
        except ValueError:
            continue
    row.save()


def languages() -> list[tuple[str, str]]:
    """The languages a person may choose: those of this installation, and whatever the browser asks for."""
    offered = {code.split("-", maxsplit=1)[0] for code, _ in settings.LANGUAGES}
    return [(str(code), str(words)) for code, words in User.Language.choices if not code or code in offered]
