"""One account under two policies: in which cell of the matrix each puts it, which way it moved, and by which rules. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from drafts import states
from drafts.classification import DRAFT, HOLD, NOTHING_DUE, SKIP, Reason, Verdict
from drafts.models.simulation import LOOSENED, TIGHTENED

ON_HOLD, NOT_CHASED = "on_hold", "not_chased"
# From the most freedom of the machine to the least: whatever lies further right is stricter.
CELLS = (states.ROUTINE, states.EXCEPTION, states.EXECUTIVE_REVIEW, ON_HOLD, NOT_CHASED)
CELL_WORDS = {**dict(states.LANE_CHOICES), ON_HOLD: "On hold", NOT_CHASED: "Not chased"}
_RANK = {cell: n for n, cell in enumerate(CELLS)}
_WITHOUT_APPROVAL = (ON_HOLD, NOT_CHASED)


@dataclass(frozen=True, slots=True)
class Moved:
    """What differs for one account. ``before`` and ``after`` are cells; equal when only the approvers differ."""

    before: str
    after: str
    direction: str
    rules: tuple[str, ...]
    roles_before: tuple[str, ...]
    roles_after: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """Counts of one comparison. ``matrix`` is from → to → accounts, with every cell there is."""

    accounts: int = 0
    matrix: dict[str, dict[str, int]] = field(default_factory=lambda: {a: dict.fromkeys(CELLS, 0) for a in CELLS})
    tightened: int = 0
    loosened: int = 0
    within: dict[str, int] = field(default_factory=lambda: {TIGHTENED: 0, LOOSENED: 0})
    sooner: int = 0
    later: int = 0
    approvals_before: int = 0
    approvals_after: int = 0

    def add(self, before: Verdict, after: Verdict) -> Moved | None:
        """Count one account; what differs, or None."""
        moved, was, becomes = compare(before, after), cell(before), cell(after)
        self.accounts += 1
        self.matrix[was][becomes] += 1
        self.approvals_before += len(approvals(before))
        self.approvals_after += len(approvals(after))
        if was == becomes:
            self.sooner += before.action == SKIP and after.action == DRAFT
            self.later += before.action == DRAFT and after.action == SKIP
        if moved is not None and was == becomes:
            self.within[moved.direction] += 1
        elif moved is not None:
            self.tightened += moved.direction == TIGHTENED
            self.loosened += moved.direction == LOOSENED
        return moved

    @property
    def changed(self) -> int:
        """Accounts in another cell: those off the diagonal."""
        return self.tightened + self.loosened


def cell(verdict: Verdict) -> str:
    """The row or column of the matrix. An account that only waits for its day stays in its lane."""
    if verdict.action == HOLD:
        return ON_HOLD
    if verdict.action == NOTHING_DUE or verdict.block == "below_minimum":
        return NOT_CHASED
    return verdict.lane


def approvals(verdict: Verdict) -> tuple[str, ...]:
    """The roles that must approve; none while nothing can be written."""
    return () if cell(verdict) in _WITHOUT_APPROVAL else tuple(sorted(role for role, _ in verdict.required_roles))


def compare(before: Verdict, after: Verdict) -> Moved | None:
    """What differs, or None. Losing any approver is looser, even when another is won."""
    was, becomes = cell(before), cell(after)
    old, new = approvals(before), approvals(after)
    if was == becomes and old == new:
        return None
    if was != becomes:
        direction = TIGHTENED if _RANK[becomes] > _RANK[was] else LOOSENED
    else:
        direction = LOOSENED if set(old) - set(new) else TIGHTENED
    return Moved(was, becomes, direction, moved_by(before, after, direction), old, new)


def moved_by(before: Verdict, after: Verdict, direction: str) -> tuple[str, ...]:
    """The rules that moved it: those that came, or that ended; when it is one rule that holds no longer, that one; else what blocks."""
    old, new = {_mark(r): r.rule for r in before.reasons}, {_mark(r): r.rule for r in after.reasons}
    came = [rule for mark, rule in new.items() if mark not in old and rule != "routine"]
    went = [rule for mark, rule in old.items() if mark not in new and rule != "routine"]
    first, second = (came, went) if direction == TIGHTENED else (went, came)
    found = first or second or [code for code in (after.block, before.block) if code]
    return tuple(dict.fromkeys(found)) or ("approvers",)


def _mark(reason: Reason) -> tuple[str, str, bool]:
    return reason.rule, reason.lane, reason.holds
