"""One person's change put on top of another's, when the two do not touch the same words."""

from __future__ import annotations

from typing import Protocol

from diff_match_patch import diff_match_patch


class Written(Protocol):
    """A subject and a body, of a revision or as typed."""

    @property
    def subject(self) -> str:
        """The subject."""

    @property
    def body(self) -> str:
        """The text."""


def put_together(base: Written, mine: Written, theirs: Written) -> tuple[str, str] | None:
    """Subject and body with both changes; None when they meet in one place."""
    if mine.subject != base.subject and theirs.subject not in (base.subject, mine.subject):
        return None
    subject = theirs.subject if mine.subject == base.subject else mine.subject
    body = merged(base.body, mine.body, theirs.body)
    return None if body is None else (subject, body)


def merged(base: str, mine: str, theirs: str) -> str | None:
    """``mine`` − ``base`` applied to ``theirs``; None when the changes overlap and a person has to write a new text."""
    engine = diff_match_patch()
    engine.Match_Threshold = 0.2
    patches = engine.patch_make(base, mine)
    text, applied = engine.patch_apply(patches, theirs)
    if not all(applied):
        return None
    # The same result must come out the other way round; otherwise the two changes met in one place.
    back, applied_back = engine.patch_apply(engine.patch_make(base, theirs), mine)
    return text if all(applied_back) and back == text else None
