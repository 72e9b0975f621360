"""The dashboard put together: what must be zero, the first tile, six tiles, what moved the wrong way, the charts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from collections_site.measures import drawing, words
from collections_site.measures.asked import Asked
from collections_site.measures.figures import Figure, Ground, Line, ground_of, part_bars, share_lines, time_lines
from collections_site.measures.marks import happened
from collections_site.measures.recall import recall_figure
from collections_site.measures.symbols import patterns
from governance import synthetic
from governance.measuring import kinds
from governance.metrics.arms import beside
from governance.metrics.base import OUTSIDE, Measured
from governance.metrics.zero import must_be_zero

TILES = (
    "critical_correction_rate", "draft_correction_rate", "dispute_recall", "dispute_precision", "source_completeness", "approval_time",
    "constructive_response_rate",
)  # fmt: skip
CHARTED = (
    "drafts_decided", "draft_correction_rate", "critical_correction_rate", "dispute_precision", "source_completeness",
    "source_completeness_at_approval", "source_completeness_at_dispatch", "approval_time", "approved_unread", "evidence_open_rate",
    "messages_sent", "avoidable_contact_rate",
)  # fmt: skip
OUTCOMES = (
    (kinds.UNCHANGED, "unchanged", "accent"), (kinds.CHANGED, "edited", "info"), (kinds.SENT_BACK, "sent back", "warn"),
    (kinds.REJECTED, "rejected", "bad"),
)  # fmt: skip
REPLIES = (
    ("paid", "paid", "good"), ("promise_with_date", "promise with a date", "info"), ("question", "question", "accent"),
    ("needs_document", "needs a document", "exec"), ("dispute", "dispute", "bad"), ("complaint", "complaint", "warn"),
    ("wrong_person", "wrong person", "ctl"),
)  # fmt: skip
STACKS = tuple(tuple(colour for *_, colour in parts) for parts in (OUTCOMES, REPLIES))


@dataclass(frozen=True, slots=True)
class Tile:
    """One number with what it is of and how it moved."""

    one: Measured
    value: str
    told: str
    change: str
    href: str
    worse: bool = False


def board(asked: Asked, at: datetime, *, may_open_samples: bool) -> dict[str, Any]:
    """Everything the page shows."""
    ground = ground_of(asked, at, happened(asked.question.window, asked.question.reach), CHARTED)
    return {**_summary(ground), "figures": _figures(ground, may_open_samples), "patterns": patterns(STACKS, drawing.THEME), "marks": ground.marks, "arms": _arms(ground)}


def summary(asked: Asked, at: datetime) -> dict[str, Any]:
    """What Home shows to who leads, and a letter of one week: the same numbers without the charts."""
    return _summary(ground_of(asked, at, (), ()))


def _summary(ground: Ground) -> dict[str, Any]:
    return {
        "zero": _zero(ground), "first": _first(ground), "tiles": [_tile(ground, name) for name in TILES], "look": _look_here(ground),
        "synthetic": _synthetic(ground),
    }  # fmt: skip


def _synthetic(ground: Ground) -> list[str]:
    """Portfolios in these figures whose history was simulated; the page says so beside the numbers."""
    window, portfolio, reach = ground.question.window, ground.question.filters.portfolio, ground.question.reach.portfolios
    one = {portfolio} if portfolio and (reach is None or portfolio in reach) else set()
    return synthetic.names(window.first, window.last, one if portfolio else reach)


def _zero(ground: Ground) -> list[dict[str, Any]]:
    """What must never happen; what nobody looked at yet is unknown, not zero."""
    return [{"zero": one, "href": f"{reverse('admin:measure_never', args=[one.name])}?{ground.asked.address()}"} for one in must_be_zero(ground.question, at=ground.at)]


def _first(ground: Ground) -> dict[str, Any]:
    one = ground.now["mistakes_stopped"]
    caught = {k.removeprefix("caught by "): n for k, n in one.more.items() if str(k).startswith("caught by") and n}
    return {
        "n": one.n, "confirmed": one.more.get("confirmed", 0), "unconfirmed": one.more.get("unconfirmed", 0),
        "renewals": one.more.get("renewals", 0), "money": one.more.get("money", {}), "suspected": one.more.get("money_unconfirmed", {}),
        "caught": caught, "href": ground.rows("mistakes_stopped"), "before": ground.before["mistakes_stopped"].n, "meaning": one.metric.meaning,
    }  # fmt: skip


def _tile(ground: Ground, name: str) -> Tile:
    now, before = ground.now[name], ground.before[name]
    value = words.figure(now.value, now) if now.value is not None else ("too few" if now.shown == "few" else "no number")
    href = "" if now.metric.how == OUTSIDE else ground.behind(name)  # its rows are labels, read on the page of the samples
    return Tile(now, value, words.told(now), words.changed(now, before), href, words.worse(now, before) > 0)


def _look_here(ground: Ground) -> list[Tile]:
    """The three measures that moved furthest the wrong way, beyond their intervals."""
    moved = sorted(((words.worse(now, ground.before[name]), name) for name, now in ground.now.items() if name in ground.before), reverse=True)
    return [_tile(ground, name) for far, name in moved[:3] if far > 0]


def _figures(ground: Ground, may_open_samples: bool) -> list[Figure]:
    return [
        part_bars("outcomes", ground, "drafts_decided", OUTCOMES, share=True,
                  note="Drafts of the machine by what people did with them first. Rejected drafts stay in the picture."),
        share_lines("corrections", ground, [Line("draft_correction_rate", "corrected", "accent"), Line("critical_correction_rate", "critically", "bad")],
                    note="Corrected: more than looks. Critically: would have harmed. Of all drafts decided."),
        share_lines("precision", ground, [Line("dispute_precision", "confirmed", "accent")],
                    note="Signals nobody judged yet are not counted; how many they are stands beside."),
        recall_figure(ground, may_open=may_open_samples),
        share_lines("completeness", ground, [Line("source_completeness", "at draft", "accent"), Line("source_completeness_at_approval", "at approval", "warn"),
                                             Line("source_completeness_at_dispatch", "at hand-over", "info")],
                    note="Every required source present, or checked and empty, and within its age limit. Unknown never counts as complete."),
        time_lines("time", ground, Line("approval_time", "decided", "accent"), note="Drafts that still wait count for as long as they have waited."),
        part_bars("answers", ground, "messages_sent", REPLIES, open_weeks=True,
                  note="First reply of a person within 14 days, by the week the message was sent. Pale bars with a dashed edge are still open."),
        share_lines("oversight", ground, [Line("evidence_open_rate", "opened evidence", "accent"), Line("approved_unread", "faster than it reads", "bad")],
                    note="Of the team, never of a person. Below 30 approvals nothing is shown."),
        share_lines("avoidable", ground, [Line("avoidable_contact_rate", "could have been spared", "bad")],
                    note="Replies that told us what our brief or a connected source already held when the message left."),
    ]  # fmt: skip


def _arms(ground: Ground) -> list[dict[str, Any]]:
    """The model's drafts beside those of approved templates: association, never effect."""
    rows = beside(ground.question, at=ground.at)
    return [
        {"title": ground.title(one.name), "template": words.told(one.template) if one.template else "Nothing yet.",
         "models": [(answer.part, words.told(answer)) for answer in one.models]}
        for one in rows
    ]  # fmt: skip
