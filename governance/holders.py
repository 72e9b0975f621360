"""Who holds which role where, for all portfolios at once. For counting people, never to allow anything (``governance.rights`` does)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from governance.models import AllPortfoliosGrant, PortfolioGroupGrant, PortfolioUserGrant, User
from governance.rights import in_force

# portfolio id → role → ids of active people who hold it on a date
Holders = dict[int, dict[str, set[int]]]


def holders_of(portfolio_ids: Collection[int], on: date) -> Holders:
    """Active people by portfolio and role, through grants of their own, of their groups, or for all portfolios. Five queries."""
    people = set(User.objects.filter(is_active=True, is_service=False).values_list("pk", flat=True))
    members: dict[int, set[int]] = {}
    for user_id, group_id in User.groups.through.objects.values_list("user_id", "group_id"):
        members.setdefault(group_id, set()).add(user_id)
    found: Holders = {pk: {} for pk in portfolio_ids}

    def add(where: Iterable[int], role: str, who: Iterable[int]) -> None:
        for pk in where:
            if pk in found:
                found[pk].setdefault(role, set()).update(set(who) & people)

    force = in_force(on)
    for pk, role, user_id in PortfolioUserGrant.objects.filter(force).values_list("content_object_id", "permission__codename", "user_id"):
        add([pk], role, [user_id])
    for pk, role, group_id in PortfolioGroupGrant.objects.filter(force).values_list("content_object_id", "permission__codename", "group_id"):
        add([pk], role, members.get(group_id, ()))
    for role, user_id, group_id in AllPortfoliosGrant.objects.filter(force).values_list("role", "user_id", "group_id"):
        add(list(found), role, [user_id] if user_id else members.get(group_id, ()))
    return found


def without(held: Mapping[str, set[int]], people: Collection[int]) -> dict[str, set[int]]:
    """The same roles without some people."""
    gone = set(people)
    return {role: who - gone for role, who in held.items()}
