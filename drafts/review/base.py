"""What every verb of a reviewer begins with: locks in order, rights, version, claim. And the two ways a verb can be impossible."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from drafts import transitions
from drafts.models import FollowUp
from governance import approvals
from governance.rights import can

if TYPE_CHECKING:
    from drafts.models import Draft, Finding
    from governance.models import User


class Blocked(Exception):
    """Not possible now, whoever asks. ``code`` is the message code of the screens (E-EVID, E-BLOCK, E-CLAIM, E-SENT …); the text is for
    the person; ``changes`` lists what changed, in words; ``findings`` are the rows that stand in the way."""

    def __init__(self, code: str, words: str, *, changes: Sequence[str] = (), findings: Sequence[Finding] = ()) -> None:
        super().__init__(words)
        self.code, self.words = code, words
        self.changes, self.findings = tuple(changes), tuple(findings)


@dataclass(frozen=True, slots=True)
class Text:
    """A subject and a body."""

    subject: str
    body: str


class Conflict(Exception):
    """Somebody else saved first. Carries every text there is, so that nothing typed is lost.

    ``mine`` is what this person wanted to save (None for a decision), ``base`` the revision they began from, ``current`` the revision
    in force now, ``other`` the name of who wrote it.
    """

    code = "E-LOCK"

    def __init__(self, words: str, *, other: str, current: Draft | None, base: Draft | None = None, mine: Text | None = None) -> None:
        super().__init__(words)
        self.words, self.other, self.current, self.base, self.mine = words, other, current, base, mine


def locked(follow_up_id: int, *, by: User, action: str, at: datetime, version: int | None = None) -> FollowUp:
    """Lock Account, then FollowUp; check the right ``action``, the claim and the version the screen showed.

    Raises ``FollowUp.DoesNotExist``, ``NotAllowed``, ``Blocked`` (claimed by another) or ``Conflict`` (changed meanwhile).
    """
    rows = transitions.lock([follow_up_id])
    if not rows:
        raise FollowUp.DoesNotExist(f"no follow-up {follow_up_id}")
    follow_up = rows[0]
    can(by, action, follow_up).or_raise()
    refuse_claimed(follow_up, by, at)
    if version is not None and version != follow_up.version:
        draft = follow_up.draft
        other = author_words(draft) if draft else "somebody"
        raise Conflict("This changed while you had it open. Look at it again before you decide.", other=other, current=draft)
    return follow_up


def refuse_claimed(follow_up: FollowUp, by: User, at: datetime) -> None:
    """Raise ``Blocked`` while another person's claim is in force."""
    until = follow_up.claimed_until
    if follow_up.claimed_by_id in (None, by.pk) or until is None or until <= at:
        return
    minutes = max(1, math.ceil((until - at).total_seconds() / 60))
    words = f"{follow_up.claimed_by} is working on this (for another {minutes} min at most). You can read it."
    raise Blocked("E-CLAIM", words)


def author_words(draft: Draft) -> str:
    """Who wrote a revision, for a sentence."""
    return str(draft.author) if draft.author_id else f"the {draft.get_author_kind_display().lower()}"


def demand_reason(text: str, what: str) -> str:
    """The reason a person typed, stripped; raises ``Blocked`` when there is none."""
    text = text.strip()
    if not text:
        raise Blocked("E-REASON", f"Please write a reason: {what} is recorded with the reason.")
    return text


def void_approvals(follow_up: FollowUp, reason: str, *, code: str, by: User | None, at: datetime) -> None:
    """Void every live approval of every revision of this follow-up."""
    ids = list(follow_up.drafts.values_list("pk", flat=True))
    approvals.void("draft", ids, reason=reason, code=code, by=by, at=at)


RELEASED = {"claimed_by_id": None, "claimed_until": None}
