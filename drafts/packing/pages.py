"""The pages of a pack: HTML without scripts that opens from a disk and prints, each text escaped, every page marked with who and when."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from typing import Any

from django.template.loader import render_to_string

from drafts.models import FollowUp
from drafts.packing import redaction
from drafts.record import outcomes, story, then_and_now
from governance.models import PackRun
from governance.packs.archive import Archive


def style() -> str:
    """The stylesheet of the pages."""
    return files("drafts").joinpath("packing", "pack.css").read_text()


def case_page(archive: Archive, run: PackRun, follow_up: FollowUp, told: story.Story, at: datetime) -> None:
    """One follow-up as a page, its versions as text, its differences as pages."""
    full = run.profile == PackRun.Profile.FULL
    evidences = [then_and_now.evidence(brief, at, personal=True, compare=False) for brief in _briefs(told)] if full else []
    if not full:
        redaction.story(told)
    context = {
        "f": follow_up, "story": told, "evidences": evidences, "personal": full, "name": name_of(run, follow_up),
        "outcome": outcomes.words_of([follow_up])[follow_up.pk],
    }
    archive.add(f"cases/case-{follow_up.pk}.html", written("pack/case.html", run, at, **context))
    if full:
        _texts(archive, run, told, at)


def _briefs(told: story.Story) -> list[Any]:
    return list({draft.brief_id: draft.brief for draft in told.drafts}.values())


def _texts(archive: Archive, run: PackRun, told: story.Story, at: datetime) -> None:
    for step in told.steps:
        draft = step.draft
        archive.add(f"versions/case-{draft.follow_up_id}-v{draft.revision}.txt", draft.body)
        if step.before is not None:
            page = written("pack/diff.html", run, at, step=step, name=f"v{step.before.revision} → v{draft.revision}")
            archive.add(f"diffs/case-{draft.follow_up_id}-v{step.before.revision}-v{draft.revision}.html", page)


def name_of(run: PackRun, follow_up: FollowUp) -> str:
    """The account as this profile names it."""
    return str(follow_up.account.name) if run.profile == PackRun.Profile.FULL else f"Account {follow_up.account_id}"


def written(template: str, run: PackRun, at: datetime, **context: Any) -> str:
    """One page, with its mark."""
    return render_to_string(template, {"run": run, "now": at, "offline": True, **context})
