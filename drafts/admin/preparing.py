"""What a model prepared for people, and its attempts at the draft, as the screens show them. Nothing here is an instruction to anybody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from drafts import states
from drafts.admin.annotate import source_number
from drafts.generation.prepared import Prepared, Sentence, prepared_for, read
from drafts.models import FollowUp, Generation

ATTEMPTS_SHOWN = 6
ROWS_READ = 20
LANES = dict(states.LANE_CHOICES)


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence with the numbers of the sources it rests on."""

    text: str
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A preparation for the screen. ``lane`` is empty unless the model would look closer."""

    label: str
    at: datetime
    summary: list[Told]
    memo: list[Told]
    position: list[Told]
    lane: str
    lane_reason: str
    dropped: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at the draft: what became of it, in words, and what stood in the way."""

    number: int
    outcome: str
    tone: str
    model: str
    prompt: str
    at: datetime
    objections: list[dict[str, str]] = field(default_factory=list)
    subject: str = ""
    body: str = ""


def parts(follow_up: FollowUp) -> dict[str, Any]:
    """Context of the workspace. One query, one more where something was prepared."""
    rows = Generation.objects.filter(follow_up=follow_up).select_related("brief", "prompt_version")
    known = list(rows.defer("raw_answer", "brief__facts").order_by("-pk")[:ROWS_READ])
    return {
        "prepared": next((_shown(read(row)) for row in known if _stands(row, follow_up)), None),
        "attempts": [_attempt(row) for row in known if row.kind == Generation.Kind.DRAFT][:ATTEMPTS_SHOWN],
    }


def _stands(row: Generation, follow_up: FollowUp) -> bool:
    """Prepared for the facts the follow-up has now."""
    done = row.kind == Generation.Kind.PREPARATION and row.state == Generation.State.DONE
    return done and follow_up.brief is not None and row.brief.material_hash == follow_up.brief.material_hash


def shown(follow_up: FollowUp | None) -> Shown | None:
    """What was prepared for the facts the follow-up has now, or None."""
    found = prepared_for([follow_up.pk]).get(follow_up.pk) if follow_up else None
    return _shown(found) if found else None


def _shown(found: Prepared) -> Shown:
    raised = found.lane in (states.EXCEPTION, states.EXECUTIVE_REVIEW) and bool(found.lane_reason.strip())
    return Shown(
        found.label, found.at, _told(found.summary), _told(found.memo), _told(found.customer_position),
        LANES[found.lane] if raised else "", found.lane_reason if raised else "", found.dropped_words,
    )  # fmt: skip


def _told(sentences: Iterable[Sentence]) -> list[Told]:
    return [Told(s.text, tuple(sorted({n for fact in s.facts if (n := source_number(fact))}))) for s in sentences]


def _attempt(row: Generation) -> Attempt:
    refused = bool(row.findings)
    if refused:
        outcome, tone = "refused by the checks", "bad"
    elif row.draft_id:
        outcome, tone = "became a draft", "good"
    else:
        outcome, tone = _OUTCOMES.get(row.state, (row.get_state_display().lower(), ""))
    objections = [_objection(f.get("label", ""), f.get("why", ""), f.get("quote", "")) for f in row.findings]
    if row.error:
        objections.append(_objection(row.error_kind, row.error))
    said = row.result if refused else {}
    return Attempt(
        row.attempt, outcome, tone, row.model or "the model", str(row.prompt_version), row.finished_at or row.created_at, objections,
        str(said.get("subject", "")), str(said.get("body", "")),
    )  # fmt: skip


def _objection(label: Any, why: Any, quote: Any = "") -> dict[str, str]:
    return {"label": str(label).replace("_", " "), "why": str(why), "quote": str(quote)}


_OUTCOMES: dict[str, tuple[str, str]] = {
    Generation.State.QUEUED: ("waits for the model", "info"),
    Generation.State.CLAIMED: ("the model is writing", "info"),
    Generation.State.FAILED: ("gave no text", "warn"),
    Generation.State.SKIPPED: ("was not asked", "warn"),
    Generation.State.DONE: ("answered, not used", ""),
}
