"""Every version of the text with what changed in it, changed facts first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from drafts.models import Draft
from drafts.review.diff import Change, change_list, facts_changed, word_diff


@dataclass(frozen=True)
class Step:
    """One version beside the one before it (None for the first)."""

    draft: Draft
    before: Draft | None

    @cached_property
    def changes(self) -> list[Change]:
        """What changed in subject and text, in order."""
        if self.before is None:
            return []
        return change_list(self.before.subject, self.draft.subject) + change_list(self.before.body, self.draft.body)

    @property
    def facts(self) -> list[Change]:
        """Changed amounts, dates and invoice numbers."""
        return facts_changed(self.changes)

    @property
    def wording(self) -> list[Change]:
        """Everything else that changed."""
        return [change for change in self.changes if change.kind == "text"]

    @property
    def subject(self) -> list[tuple[str, str]]:
        """The subject as pieces ``equal``, ``delete``, ``insert``."""
        return word_diff(self.before.subject if self.before else "", self.draft.subject)

    @property
    def body(self) -> list[tuple[str, str]]:
        """The text as pieces."""
        return word_diff(self.before.body if self.before else "", self.draft.body)

    @property
    def other(self) -> list[str]:
        """What else differs: addresses, purpose, language, the facts it rests on."""
        if self.before is None:
            return []
        named = {"sender": "from_address", "recipient": "to_address", "copies": "cc", "purpose": "purpose", "language": "language"}
        found = [words for words, column in named.items() if getattr(self.before, column) != getattr(self.draft, column)]
        return found + (["the facts it rests on"] if self.before.brief_id != self.draft.brief_id else [])

    @property
    def author(self) -> str:
        """Who wrote it."""
        return str(self.draft.author) if self.draft.author_id else f"the {self.draft.get_author_kind_display().lower()}"


def steps(drafts: Sequence[Draft]) -> list[Step]:
    """Versions in order, each beside the one before."""
    ordered = sorted(drafts, key=lambda d: d.revision)
    return [Step(draft, ordered[n - 1] if n else None) for n, draft in enumerate(ordered)]


def between(drafts: Sequence[Draft], old: int, new: int) -> Step | None:
    """Any two versions side by side, by revision; None when one of them is not there."""
    known = {draft.revision: draft for draft in drafts}
    return Step(known[new], known[old]) if old in known and new in known else None
