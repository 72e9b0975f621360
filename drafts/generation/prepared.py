"""What a model prepared for people, as it may be shown: each sentence cited and checked against the facts of its brief.

Nothing here reaches a customer and nothing decides. The reader sees that a model wrote it, which one, and how much was left out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F

from drafts.generation import grounding
from drafts.generation.grounding import OBJECTIONS, Shown
from drafts.generation.service import PREPARATION, task_of
from drafts.models import Generation
from governance.hidden import visible


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and the ids of the facts it rests on."""

    text: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreparedOption:
    """One way to go. ``kind``: payment_plan, credit or next_step."""

    kind: str
    title: str
    effect: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What stands of one answer. ``dropped`` counts sentences left out, by key of ``grounding.OBJECTIONS``."""

    generation_id: int
    follow_up_id: int
    account_id: int
    model: str
    prompt: str
    at: datetime
    summary: tuple[Sentence, ...] = ()
    memo: tuple[Sentence, ...] = ()
    options: tuple[PreparedOption, ...] = ()
    customer_position: tuple[Sentence, ...] = ()
    lane: str = ""
    lane_reason: str = ""
    dropped: Mapping[str, int] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Who wrote it, for the screen."""
        return f"Prepared by a model ({self.model}, prompt {self.prompt})"

    @property
    def dropped_words(self) -> str:
        """What was left out and why, in words; empty when nothing was."""
        return "; ".join(f"{count} left out: {OBJECTIONS[why]}" for why, count in self.dropped.items())


def prepared_for(follow_up_ids: Sequence[int]) -> dict[int, Prepared]:
    """Per follow-up id, from the newest answered attempt for the material facts the follow-up has now; absent where there is none.

    One query.
    """
    rows = Generation.objects.filter(
        follow_up_id__in=follow_up_ids, kind=PREPARATION, state=Generation.State.DONE,
        brief__material_hash=F("follow_up__brief__material_hash"),
    ).select_related("brief", "prompt_version").defer("raw_answer").order_by("pk")  # fmt: skip
    return {row.follow_up_id: read(row) for row in {row.follow_up_id: row for row in rows}.values()}


def read(row: Generation) -> Prepared:
    """One answered attempt with what stands of it."""
    material = [(m["id"], m["text"]) for m in row.parameters.get("material", ())]
    seen = grounding.shown(json.loads(row.brief.facts), task_of(row), material)
    found = standing(row.result, seen)
    return Prepared(
        row.pk, row.follow_up_id, row.account_id, row.model, str(row.prompt_version), row.finished_at or row.created_at,
        lane=str(row.result.get("suggested_lane", "")), lane_reason=reason(row.result), **found,
    )  # fmt: skip


def reason(result: Mapping[str, Any]) -> str:
    """Why the model suggests a lane; empty when its words, which cite nothing, quote somebody or name a figure."""
    said = visible(str(result.get("lane_reason", ""))).strip()
    return "" if grounding.unfounded(said) else said


def standing(result: Mapping[str, Any], seen: Shown) -> dict[str, Any]:
    """The sentences and options of an answer that stand, by part, and under ``dropped`` what does not."""
    dropped: Counter[str] = Counter()

    def kept(items: Sequence[Mapping[str, Any]], words: Sequence[str]) -> list[Mapping[str, Any]]:
        stands: list[Mapping[str, Any]] = []
        for item in items:
            why = grounding.objection(" ".join(str(item[word]) for word in words), item["facts"], seen)
            dropped.update([why] if why else [])
            stands += [] if why else [{**item, **{word: visible(str(item[word])) for word in words}}]
        return stands

    parts: dict[str, Any] = {
        name: tuple(Sentence(item["text"], tuple(item["facts"])) for item in kept(result.get(name, ()), ("text",)))
        for name in ("summary", "memo", "customer_position")
    }
    parts["options"] = tuple(
        PreparedOption(item["kind"], item["title"], item["effect"], tuple(item["facts"]))
        for item in kept(result.get("options", ()), ("title", "effect"))
    )
    return {**parts, "dropped": dict(dropped)}
