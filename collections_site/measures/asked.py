"""What somebody asks of the measures: a period, what it is compared with, and filters. All of it lives in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from accounts.ageing import BUCKETS, LABELS
from drafts.states import LANE_CHOICES
from governance.admin.pages import moment, person
from governance.metrics.answering import measured_by
from governance.metrics.asking import SLICES, BadQuestion, Filters, Question, Reach, Window, reach_of
from governance.models import Portfolio, PromptVersion, TemplateVersion

PERIODS: dict[str, tuple[str, int]] = {
    "4w": ("last 4 weeks", 28), "12w": ("last 12 weeks", 84), "26w": ("last 26 weeks", 182), "52w": ("last 52 weeks", 364),
}  # fmt: skip
MONTHS = {"month": ("this month", 0), "last-month": ("last month", 1)}
USUAL = "12w"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the period in words, the period before it, and the parts a chart is cut into (``week`` or ``month``)."""

    question: Question
    period: str
    words: str
    by: str
    problem: str = ""

    @property
    def key(self) -> str:
        """What a form says to ask for the same period again."""
        return self.period or f"{self.question.window.first}..{self.question.window.last}"

    @property
    def before(self) -> Question:
        """The same question of the period right before."""
        return replace(self.question, window=self.question.window.before)

    def address(self, **more: Any) -> str:
        """The question as a query string, with ``more``."""
        further = urlencode({k: v for k, v in more.items() if v not in ("", None)})
        return f"{_own(self)}&{further}" if further else _own(self)


@lru_cache(maxsize=64)
def _own(one: Asked) -> str:
    """A page of charts has hundreds of addresses that begin alike."""
    window = one.question.window
    own = {"period": one.period} if one.period else {"since": str(window.first), "until": str(window.last)}
    return urlencode({**own, **one.question.filters.plain()})


def asked(request: HttpRequest) -> Asked:
    """The question of a page. What cannot be read falls back to the usual period, with the reason in ``problem``."""
    today, reach = moment(request).date(), reach_of(person(request))
    try:
        return _read(request.GET, today, reach)
    except BadQuestion as error:
        return replace(_read({}, today, reach), problem=str(error))


def usual(at: datetime, reach: Reach, period: str = "4w") -> Asked:
    """The question nobody had to ask: the last weeks, everything in reach."""
    return _read({"period": period}, at.date(), reach)


def of_window(window: Window, reach: Reach) -> Asked:
    """The question about some days."""
    return Asked(Question(window, Filters(), reach), "", _span(window), _cut(window))


def _span(window: Window) -> str:
    return f"{window.first:%d %b %Y} to {window.last:%d %b %Y}"


def _read(given: Mapping[str, Any], today: date, reach: Reach) -> Asked:
    filters = Filters.of(given)
    if given.get("since") or given.get("until"):
        last = _day(given.get("until"), "until") or today
        window = Window(_day(given.get("since"), "since") or last - timedelta(days=83), last)
        return Asked(Question(window, filters, reach), "", _span(window), _cut(window))
    key = str(given.get("period") or USUAL)
    since, dots, until = key.partition("..")
    if dots:
        return _read({**filters.plain(), "since": since, "until": until}, today, reach)
    if key in MONTHS:
        first = (today.replace(day=1) - timedelta(days=MONTHS[key][1])).replace(day=1)
        window = Window(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
        return Asked(Question(window, filters, reach), key, f"{first:%B %Y}", "week")
    if key not in PERIODS:
        raise BadQuestion(f"{key!r} is no period: choose one of the list, or give two days")
    words, days = PERIODS[key]
    # Whole weeks, this one included: a chart begins on a Monday, and the open week is marked as open.
    end = today + timedelta(days=6 - today.weekday())
    window = Window(end - timedelta(days=days - 1), end)
    return Asked(Question(window, filters, reach), key, words, _cut(window))


def _cut(window: Window) -> str:
    return "week" if window.days <= 190 else "month"


def _day(text: Any, name: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise BadQuestion(f"{name}: {text!r} is no day") from None


def choices(question: Question, at: datetime) -> list[dict[str, Any]]:
    """The filters with their options, of what the person may see; models are those that wrote in the period."""
    reach = question.reach
    portfolios = Portfolio.objects.all() if reach.portfolios is None else Portfolio.objects.filter(pk__in=reach.portfolios)
    wrote = {answer.part for answer in measured_by("drafts_decided", replace(question, filters=Filters()), "model", at=at)}
    models = sorted({str(part) for part in wrote if part} | ({question.filters.model} - {""}))
    texts = TemplateVersion.objects.exclude(state="draft").order_by("key", "language", "-version")
    prompts = PromptVersion.objects.exclude(state="draft").order_by("key", "-version")
    found: dict[str, tuple[str, list[tuple[str, str]]]] = {
        "lane": ("Lane", [(str(key), str(words)) for key, words in LANE_CHOICES]),
        "portfolio": ("Portfolio", [(str(p.pk), p.name) for p in portfolios]),
        "model": ("Model", [(name, name) for name in models[:20]]),
        "prompt": ("Prompt", [(str(p.pk), str(p)) for p in prompts[:40]]),
        "template": ("Text", [(str(t.pk), str(t)) for t in texts[:80]]),
        "band": ("Age of debt", [(band, LABELS[band]) for band in BUCKETS]),
        "currency": ("Currency", [(c, c) for c in sorted({p.currency for p in portfolios})]),
    }
    return [{"name": name, "words": found[name][0], "options": found[name][1]} for name in (*_SHOWN,) if name in SLICES and found[name][1]]


_SHOWN = ("portfolio", "lane", "model", "prompt", "template", "band", "currency")
