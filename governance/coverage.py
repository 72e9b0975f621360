"""Who could approve what in a portfolio: whether every kind of approval finds its people, each of them once. Pure, but for ``holders``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.rights import GrantRow, people_with
from governance.roles import EXECUTIVE, FINANCE, LEGAL, OWNER, POLICY, REVIEWER, SATISFIED_BY, SYSTEM, label_of

if TYPE_CHECKING:
    from governance.models import User


@dataclass(frozen=True, slots=True)
class Need:
    """One kind of approval and the roles it takes; every role by another person. A role named twice takes two people."""

    words: str
    roles: tuple[str, ...]


# The sets of roles that lanes, reasons and checks ask for on their own (drafts.classification.routing, drafts.checks), and the two acts of
# administration that take two people. Several reasons on one message can ask for more people than these.
NEEDS = (
    Need("routine message", (REVIEWER,)),
    Need("exception", (REVIEWER, FINANCE)),
    Need("exception that the account's owner co-signs; answer to a customer", (OWNER, FINANCE)),
    Need("legal wording", (OWNER, LEGAL)),
    Need("legal wording on an exception", (OWNER, FINANCE, LEGAL)),
    Need("discount or total above the executive limit", (OWNER, FINANCE, EXECUTIVE)),
    Need("suspension of service", (OWNER, LEGAL, EXECUTIVE)),
    Need("relationship decision of an executive account", (EXECUTIVE,)),
    Need("policy and texts: one writes, another activates", (POLICY, POLICY)),
    Need("roles: one administrator asks, another confirms", (SYSTEM, SYSTEM)),
)


@dataclass(frozen=True, slots=True)
class Staffing:
    """One need with the people who could fill each of its roles. ``problem`` is empty when they suffice."""

    need: Need
    able: tuple[tuple[str, tuple[User, ...]], ...]
    problem: str

    @property
    def lines(self) -> list[tuple[str, str]]:
        """(role, names) for the screen; "nobody" where there is none."""
        return [(label_of(role), ", ".join(str(person) for person in people) or "nobody") for role, people in self.able]


def distinct(roles: Iterable[str], able: Mapping[str, Collection[int]]) -> dict[int, str] | None:
    """Person id → role so that every role is filled by another person, or None when there is no such choice."""
    remaining = sorted(roles, key=lambda role: len(able.get(role, ())))
    if not remaining:
        return {}
    first, rest = remaining[0], remaining[1:]
    for person in sorted(able.get(first, ())):
        without = {role: [pk for pk in people if pk != person] for role, people in able.items()}
        found = distinct(rest, without)
        if found is not None:
            return {person: first, **found}
    return None


def staffing(held: Mapping[str, Collection[User]]) -> list[Staffing]:
    """Every need against who holds which role in one portfolio."""
    return [_staff(need, held) for need in NEEDS]


def _staff(need: Need, held: Mapping[str, Collection[User]]) -> Staffing:
    able = {}
    for role in dict.fromkeys(need.roles):
        people = {person.pk: person for other in SATISFIED_BY.get(role, {role}) for person in held.get(other, ())}
        able[role] = tuple(people[pk] for pk in sorted(people))
    ids = {role: [person.pk for person in people] for role, people in able.items()}
    return Staffing(need, tuple(able.items()), "" if distinct(need.roles, ids) else _problem(need, able))


def _problem(need: Need, able: Mapping[str, tuple[User, ...]]) -> str:
    empty = [label_of(role) for role, people in able.items() if not people]
    if empty:
        return f"nobody is {' or '.join(empty)}"
    names = sorted({str(person) for people in able.values() for person in people})
    return f"it takes {len(need.roles)} people, and {', '.join(names)} would be needed twice"


def holders(portfolio_id: int, *, without: GrantRow | None = None, plus: Mapping[str, Collection[User]] | None = None) -> dict[str, list[User]]:
    """Role → people who hold it today in a portfolio, as it would be without one grant and with people added."""
    roles = {role for need in NEEDS for one in need.roles for role in SATISFIED_BY.get(one, {one})}
    found = {}
    for role in roles:
        people = {person.pk: person for person in people_with(role, portfolio_id, without=without)}
        people |= {person.pk: person for person in (plus or {}).get(role, ())}
        found[role] = [people[pk] for pk in sorted(people)]
    return found
