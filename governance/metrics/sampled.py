"""Measures that rest on people's labels of a random sample: the locked result speaks, or the measure says why there is none."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from governance.metrics.asking import Question
from governance.metrics.base import Measured, Metric
from governance.metrics.recall import MINIMUM, floor
from governance.models import Label, SampleResult, SampleVerdict

FLAGGED = "flagged"


def sampled(metric: Metric, question: Question) -> Measured:
    """The last sample locked in the window whose portfolios are all in reach; the counts are those of its verdicts."""
    kind = metric.denominator.kind.partition(":")[2]
    if question.filters.plain():
        return _nothing(metric, "a sample is drawn of all drafts of its portfolios and says nothing about a part of them")
    result = _last(kind, question)
    if result is None:
        return _nothing(metric, "no sample was labelled to its end in this window")
    verdicts = judged(result)
    found = verdicts.filter(answer=Label.Answer.YES)
    more: dict[str, Any] = {"sample": result.frame_id, "unclear": result.unclear, "two people": result.twice, "agreed": result.agreed}
    if kind == "recall":
        more |= {"known floor": floor(result.caught, result.floor_found), "caught": result.caught, "missed (estimated)": result.missed}
    reason = "" if result.share is not None else f"{result.labelled} of {MINIMUM} labelled: no estimate yet" if result.labelled < MINIMUM else "nothing was found"
    return Measured(
        metric, result.found, result.labelled, result.share, result.low, result.high, reason=reason, more=more, judged=(found, verdicts)
    )


def judged(result: SampleResult) -> QuerySet[SampleVerdict]:
    """The verdicts a result counts: on what was not flagged, where somebody could tell."""
    rows = SampleVerdict.objects.filter(item__frame_id=result.frame_id).exclude(item__stratum=FLAGGED)
    return rows.exclude(answer=Label.Answer.UNSURE).order_by("pk")


def _last(kind: str, question: Question) -> SampleResult | None:
    window, reach = question.window, question.reach.portfolios
    rows = SampleResult.objects.filter(frame__kind=kind, at__date__gte=window.first, at__date__lte=window.last)
    for row in rows.select_related("frame").order_by("-at", "-pk")[:50]:
        inside = set(row.frame.portfolio_ids)
        if reach is None or (inside and inside <= reach):
            return row
    return None


def _nothing(metric: Metric, reason: str) -> Measured:
    none = SampleVerdict.objects.none()
    return Measured(metric, 0, 0, None, None, None, reason=reason, judged=(none, none))
