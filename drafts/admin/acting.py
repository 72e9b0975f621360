"""How a posted act ends: done, or not done with the reason in words and everything that was typed still there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst

from drafts.review.base import Blocked
from drafts.review.snoozing import LONGEST
from drafts.transitions import WrongState
from governance.decisions import NotAllowed


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an act was not done. ``panel`` is the form it came from; ``posted`` what was typed in it."""

    code: str
    words: str
    panel: str = ""
    changes: tuple[str, ...] = ()
    posted: Mapping[str, Any] = field(default_factory=dict)
    refusal: str = ""  # "because …" where the person may not

    @property
    def status(self) -> int:
        """403 for the wrong person, 409 for the wrong moment."""
        return 403 if self.code == "E-403" else 409


class Missing(ValueError):
    """A field the form needs is empty or unreadable; the message says which and what was expected."""


def attempt(
    request: HttpRequest, panel: str, act: Callable[[], Any], *, passing: tuple[type[Exception], ...] = ()
) -> tuple[Any, Problem | None]:
    """Run ``act``; a refusal in words becomes a ``Problem``. ``Conflict`` passes through: only the editor can show it. So does ``passing``."""
    try:
        return act(), None
    except passing:
        raise
    except NotAllowed as refusal:
        refused = _problem(request, panel, "E-403", f"Not possible for you, {refusal.reason}.")
        return None, replace(refused, refusal=refusal.reason)
    except WrongState as error:
        return None, _problem(request, panel, "E-STATE", f"Somebody or something else was faster: {error}.")
    except Blocked as block:
        return None, _problem(request, panel, block.code, block.words, tuple(block.changes))
    except (Missing, ValueError) as error:
        return None, _problem(request, panel, "E-FORM", capfirst(str(error)))


def _problem(request: HttpRequest, panel: str, code: str, words: str, changes: tuple[str, ...] = ()) -> Problem:
    posted = {key: request.POST.getlist(key) if key.endswith("[]") else value for key, value in request.POST.items()}
    words = words if words.endswith((".", "?", "!")) else f"{words}."
    return Problem(code, words, panel, changes, posted)


def tell(request: HttpRequest, problem: Problem | None, done: str) -> bool:
    """One message on the next page: what was done, or why it was not. True when it was done.

    What is not this person's to do is no message on another page: ``NotAllowed`` becomes the 403 page with the reason.
    """
    if problem is None:
        messages.success(request, done)
        return True
    if problem.refusal:
        raise NotAllowed(problem.refusal)
    tail = f" {' · '.join(problem.changes)}" if problem.changes else ""
    messages.error(request, problem.words + tail)
    return False


def whole(request: HttpRequest, name: str) -> int | None:
    """A number field, or None when empty."""
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    if not text.isdecimal():
        raise Missing(f"{name.replace('_', ' ')} should be a whole number, not “{text}”")
    return int(text)


def needed(request: HttpRequest, name: str, words: str) -> str:
    """A text that must not be empty."""
    text = request.POST.get(name, "").strip()
    if not text:
        raise Missing(words)
    return text


def day_of(request: HttpRequest, name: str) -> date | None:
    """A date field (ISO, as date inputs post it), or None when empty."""
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Missing(f"“{text}” is not a date; expected for example 2026-11-30") from error


def until_and_why(request: HttpRequest, at: datetime) -> tuple[datetime, str]:
    """Until when something is put off, and why. Raises ``Missing`` for what the form does not say, or for a day out of bounds."""
    day = day_of(request, "until")
    if day is None:
        raise Missing("choose the day on which they should be back")
    until = datetime.combine(day, time(0), timezone.get_current_timezone())
    if not at < until <= at + LONGEST:
        raise Missing(f"choose a day from tomorrow on, {LONGEST.days} days from now at most")
    return until, needed(request, "reason", "write why they can wait: whoever looks at the account sees it")


def days_to_put_off(now: datetime) -> tuple[date, date]:
    """The first and the last day until which something can be put off."""
    today = timezone.localtime(now).date()
    return today + timedelta(days=1), today + LONGEST


def ids_of(request: HttpRequest, name: str) -> list[int]:
    """Ids of ticked boxes; anything else in the field is ignored."""
    return [int(value) for value in request.POST.getlist(name) if value.isdecimal()]
