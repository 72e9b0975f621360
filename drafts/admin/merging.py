"""One person's change put on top of another's, when the two do not touch the same words."""

from __future__ import annotations

from diff_match_patch import diff_match_patch


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
