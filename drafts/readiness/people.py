"""Are there people for every approval the policy could ask for, each role filled by somebody else? The needs are those of ``coverage``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from drafts.readiness.scene import Scene
from drafts.readiness.scoring import line
from governance.coverage import NEEDS, Need, distinct
from governance.holders import without
from governance.measured import FINE, NOT_SET_UP, PROBLEM, WARNING, Measured
from governance.roles import DECIDERS, REVIEWER, SATISFIED_BY, WORKERS, label_of

GRANTS = "governance_portfoliousergrant_changelist"
Held = Mapping[str, set[int]]
# What comes up every day, and the messages that are rare. Acts of administration are no matter of one portfolio: Health shows them.
EVERY_DAY = tuple(need for need in NEEDS if set(need.roles) <= WORKERS or need.words.startswith("relationship decision"))
RARE = tuple(need for need in NEEDS if need not in EVERY_DAY and set(need.roles) <= DECIDERS)
EDITOR = "editor"
GIVE, FOR_NOW = "Give the missing roles, each to somebody else.", "Name somebody for the time being."


def people_lines(scene: Scene) -> dict[int, list[Measured]]:
    """Two lines for every portfolio. No query: who holds what was read with the scene."""
    return {pk: [_every_day(scene.held.get(pk, {}), scene.away), _rare(scene.held.get(pk, {}), scene.away)] for pk in scene.portfolios}


def able(need: Need, held: Held) -> dict[str, list[int]]:
    """Who could fill each role of a need."""
    return {role: sorted({person for own in SATISFIED_BY.get(role, {role}) for person in held.get(own, ())}) for role in need.roles}


def nobody_left_to_edit(need: Need, held: Held) -> bool:
    """True when every approver is needed: outside the routine lane who edits a text does not approve it."""
    if len(need.roles) < 2 or not set(need.roles) <= DECIDERS:
        return False
    editors = sorted({person for role in DECIDERS for person in held.get(role, ())})
    return distinct([*need.roles, EDITOR], {**able(need, held), EDITOR: editors}) is None


def stuck(needs: Iterable[Need], held: Held) -> list[str]:
    """What could not be approved, and for want of whom."""
    found = []
    for need in needs:
        people = able(need, held)
        if distinct(need.roles, people) is not None:
            continue
        nobody = [label_of(role) for role, ids in people.items() if not ids]
        twice = f"one person would be needed twice ({' and '.join(label_of(role) for role in need.roles)})"
        found.append(f"{need.words}: " + (f"nobody is {' or '.join(nobody)}" if nobody else twice))
    return found


def _said(found: list[str]) -> str:
    return "; ".join(found[:2]) + (f"; and {len(found) - 2} more" if len(found) > 2 else "")


def _every_day(held: Held, away: frozenset[int]) -> Measured:
    title, limit = "Approvers", "a different person for each role that routine, exception and executive accounts need"
    means = "What nobody may approve never leaves; one person never fills two required roles of one message."
    if not any(held.get(role) for role in DECIDERS):
        return line("approvers", title, NOT_SET_UP, "nobody may approve anything", limit, means, GIVE, GRANTS, "see_roles")
    if found := stuck(EVERY_DAY, held):
        return line("approvers", title, PROBLEM, _said(found), limit, means, GIVE, GRANTS, "see_roles")
    if found := stuck(EVERY_DAY, without(held, away)):
        return line("approvers", title, WARNING, f"while people are away: {_said(found)}", limit, means, FOR_NOW, GRANTS, "see_roles")
    if found := [need.words for need in EVERY_DAY if nobody_left_to_edit(need, held)]:
        value = f"enough, but nobody is left to edit: {_said(found)}"
        return line("approvers", title, WARNING, value, limit, means, "Give one more person any deciding role.", GRANTS, "see_roles")
    people = len({person for role in DECIDERS for person in held.get(role, ())})
    reviewers = len(able(Need("", (REVIEWER,)), held)[REVIEWER])
    value = f"{people} people decide here, {reviewers} of them routine messages; each role has a person of its own"
    return line("approvers", title, FINE, value, limit, means, "", GRANTS, "see_roles")


def _rare(held: Held, away: frozenset[int]) -> Measured:
    title, limit = "Approvers, rare", "a different person for each role that legal wording, discounts and suspension need"
    means = "Such a message waits until there is somebody; everything else goes on."
    do = "Give the role to one more person, or accept that such messages wait."
    if found := stuck(RARE, held):
        return line("rare_approvers", title, PROBLEM, _said(found), limit, means, do, GRANTS, "see_roles")
    if found := stuck(RARE, without(held, away)):
        return line("rare_approvers", title, WARNING, f"while people are away: {_said(found)}", limit, means, FOR_NOW, GRANTS, "see_roles")
    return line("rare_approvers", title, FINE, "a person of its own for each role", limit, means, "", GRANTS, "see_roles")
