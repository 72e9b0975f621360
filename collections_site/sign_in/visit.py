"""One visit: from the sign-in to its end, with what the person has proved in it."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from governance import second_factor
from governance.admin.pages import person, scope_for
from governance.models import Authenticator

SINCE, PROVED, FACTOR = "visit_since", "visit_proved", "visit_second_factor"


def begin(request: HttpRequest, *, factor: str = "") -> None:
    """A visit begins with the sign-in, which also counts as fresh proof. ``factor`` says what the identity provider vouched for."""
    now = time.time()
    request.session[SINCE] = request.session[PROVED] = now
    request.session[FACTOR] = factor
    _until(request, now)


def _until(request: HttpRequest, now: float) -> None:
    longest = request.session.get(SINCE, now) + settings.SESSION_LONGEST_SECONDS
    request.session.set_expiry(timezone.now() + timedelta(seconds=max(0, min(settings.SESSION_COOKIE_AGE, longest - now))))


def stay(request: HttpRequest) -> int:
    """Go on for the usual time, never beyond the longest visit; returns the seconds left."""
    _until(request, time.time())
    return seconds_left(request)


def seconds_left(request: HttpRequest) -> int:
    """Seconds until this visit ends by itself."""
    return int(request.session.get_expiry_age())


def prove(request: HttpRequest) -> None:
    """The person has just shown again who they are."""
    request.session[PROVED] = time.time()


def proved(request: HttpRequest) -> bool:
    """True when that was a short while ago, or where nobody asks."""
    seconds = settings.PROVE_AGAIN_SECONDS
    return not seconds or time.time() - float(request.session.get(PROVED, 0)) < seconds


def factor_used(request: HttpRequest, row: Authenticator) -> None:
    """The second factor was shown in this visit."""
    request.session[FACTOR] = row.pk
    prove(request)


def complete(request: HttpRequest) -> bool:
    """True when nothing is left to show: no second factor is asked for, or it was shown in this visit and still stands."""
    known: bool | None = getattr(request, "desk_complete", None)
    if known is None:
        known = not settings.SECOND_FACTOR or _complete(request)
        request.desk_complete = known  # type: ignore[attr-defined]
    return known


def _complete(request: HttpRequest) -> bool:
    shown: Any = request.session.get(FACTOR, "")
    if shown == "provider" and settings.OIDC_TRUST_MFA:
        return True
    row = second_factor.of(person(request))
    if row is not None:
        return bool(shown == row.pk)
    return not second_factor.needed(scope_for(request))
