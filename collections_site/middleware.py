"""What every page needs of its request: times in the person's own time zone, words in their language, one reading of the demo's clock."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from governance import clock
from governance.readers import offered


class PersonTimeZoneMiddleware:
    """Activates the signed-in person's time zone; an unknown name falls back to the site's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate, answer, and leave nothing behind for the next request of this thread."""
        zone = getattr(request.user, "time_zone", "")
        try:
            timezone.activate(ZoneInfo(zone) if zone else timezone.get_default_timezone())
        except (ZoneInfoNotFoundError, ValueError):
            timezone.deactivate()
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


class PersonLanguageMiddleware:
    """Activates the signed-in person's language; without one, the choice made at the sign-in page, then what the browser asks for.

    Only what is shown depends on it (``governance.language``): whatever a request writes is the same in every language.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate, answer, and leave nothing behind for the next request of this thread."""
        language = offered(getattr(request.user, "language", "")) or translation.get_language_from_request(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class ClockMiddleware:
    """A page that only reads asks once how far the clock of a demo stands from the wall clock."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        with clock.read_once() if request.method in ("GET", "HEAD") else nullcontext():
            return self.get_response(request)
