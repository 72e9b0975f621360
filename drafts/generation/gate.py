"""May a model write for a portfolio? The one place that answers: asked when a draft is prepared, and again right before a call is made.

Off until people switched it on (``drafts.readiness.switching``), and off while the portfolio is less ready than the policy asks. A look
that is too old says nothing, so the gate looks anew. What a model prepares for people (summary, lane, options) needs the switch, not the
readiness: it never reaches a customer and can only make the desk more careful.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from drafts.readiness import latest, look
from governance.models import ModelSwitch

# Longer than the interval of looks by far: only where no worker looks does the gate have to.
TOO_OLD = timedelta(minutes=15)
OFF = "model drafting is not switched on for this portfolio"


def shut(portfolio_ids: Collection[int], at: datetime) -> dict[int, str]:
    """Why no model drafts for these portfolios, by id, in words; those it may write for are absent. Two queries for any number."""
    wanted = set(portfolio_ids)
    on = _on(wanted)
    closed = dict.fromkeys(wanted - set(on), OFF)
    looks = latest(on) if on else {}
    old = [pk for pk in on if pk not in looks or abs(at - looks[pk].at) > TOO_OLD]
    if old:
        look(old, at)
        on = _on(wanted)
    closed |= {pk: f"this portfolio is below its readiness limit: {why}" for pk, why in on.items() if why}
    return closed


def off(portfolio_ids: Collection[int]) -> set[int]:
    """Portfolios of which a model is told nothing at all: nobody switched it on there. One query."""
    return set(portfolio_ids) - set(_on(set(portfolio_ids)))


def _on(portfolio_ids: Collection[int]) -> dict[int, str]:
    """Portfolio id → why templates write all the same (empty: the model writes)."""
    rows = ModelSwitch.objects.filter(portfolio_id__in=portfolio_ids, state=ModelSwitch.State.ON)
    return dict(rows.values_list("portfolio_id", "fell_back_why"))
