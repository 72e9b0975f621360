"""Results of samples in words: what is known, how well, and what is not said because too few were labelled."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from drafts.labelling.units import FLAGGED
from governance.metrics.recall import MINIMUM, floor
from governance.models import SampleFrame, SampleResult


def percent(share: float) -> str:
    """ "91 %"."""
    return f"{share * 100:.0f} %"


def interval(row: SampleResult) -> str:
    """ "81 to 97"."""
    return f"{(row.low or 0) * 100:.0f} to {(row.high or 0) * 100:.0f}"


def not_yet(labelled: int) -> str:
    """Why there is no number: "12 of 30 labelled - no estimate yet"."""
    return f"{labelled} of {MINIMUM} labelled - no estimate yet"


def sentence(row: SampleResult) -> str:
    """The result of one sample in a sentence."""
    if row.share is None:
        return not_yet(row.labelled) if row.labelled < MINIMUM else "no estimate: nothing was found, neither by the detector nor in the sample"
    if row.frame.kind == SampleFrame.Kind.ESCAPE and not row.found:
        return f"no defect among {row.labelled}: at most {percent(row.high or 0)} of the messages have one (95 %, 3/n)"
    what = "recall" if row.frame.kind == SampleFrame.Kind.RECALL else "messages with a defect"
    return f"{what} {percent(row.share)} (95 % interval {interval(row)}), n={row.labelled}"


def known_floor(row: SampleResult) -> str:
    """The complaint-based floor, named as such; "" for other samples or when there was nothing."""
    share = floor(row.caught, row.floor_found) if row.frame.kind == SampleFrame.Kind.RECALL else None
    if share is None:
        return ""
    return f"known floor {percent(share)}: {row.caught} of {row.caught + row.floor_found} disputes somebody noticed or raised within 30 days"


def latest(kind: str, inside: Collection[int] | None) -> dict[str, Any]:
    """The newest locked result of a kind in words, or how far the running sample is; ``inside``: portfolios in reach, None for all."""
    frames = SampleFrame.objects.filter(kind=kind).select_related("result").defer("units").order_by("-ends_at", "-pk")
    near = [f for f in frames[:50] if inside is None or (f.portfolio_ids and set(f.portfolio_ids).issubset(inside))]
    for frame in near:
        row: SampleResult | None = getattr(frame, "result", None)
        if row is not None:
            row.frame = frame
            return {"words": sentence(row), "floor": known_floor(row), "until": frame.ends_at}
    if not near:
        return {"words": "not known: no random sample was labelled yet"}
    settled = near[0].items.filter(verdict__isnull=False).exclude(stratum=FLAGGED).count()
    return {"words": not_yet(settled)}
