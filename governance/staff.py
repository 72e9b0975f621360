"""Who could fill the required roles of a message today, and what to say when there are too few of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db.models import Q

from governance import clock, training
from governance.coverage import distinct
from governance.models import AccountShare
from governance.rights import people_with
from governance.roles import SATISFIED_BY, label_of


def able_people(
    roles: Sequence[str], portfolio_id: int, account_id: int, subjects: Collection[str] = (), *, without: Collection[int] = ()
) -> dict[str, set[int]]:
    """Role → ids of active people who could fill it: by grant, by group, or because the account was routed to them.

    ``subjects`` are trainings they must have on record; ``without`` are people who may not answer (any more).
    """
    now, out = clock.now(), set(without)
    shares = AccountShare.objects.filter(account_id=account_id, starts_at__lte=now, user__is_active=True, user__is_service=False)
    routed = list(shares.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now)).values_list("role", "user_id"))
    found = {}
    for role in roles:
        fillers = SATISFIED_BY[role]
        ids = {person.pk for person in people_with(fillers, portfolio_id)} | {pk for held, pk in routed if held in fillers}
        for subject in subjects:
            ids &= training.trained(ids, subject, now.date())
        found[role] = ids - out
    return found


def best_role(fitting: Sequence[str], remaining: Sequence[str], able: Mapping[str, Collection[int]], person: int) -> str | None:
    """The first of ``fitting`` (best first) after which the other remaining roles still find distinct people; None when none does.

    Somebody who is owner and executive must not sit on the owner's place when nobody else could take the executive's.
    """
    for role in fitting:
        others = {other: set(able.get(other, ())) - {person} for other in remaining if other != role}
        if distinct(others, others) is not None:
            return role
    return None


def too_few(roles: Sequence[str], able: Mapping[str, set[int]]) -> str:
    """Why these roles cannot be filled by people of their own, in words; empty when they can."""
    if distinct(roles, able) is not None:
        return ""
    nobody = [label_of(role) for role in roles if not able.get(role)]
    if nobody:
        return f"Nobody who may answer holds the role {' or '.join(nobody)} here. An administrator gives it to somebody."
    people = len(set().union(*able.values()))
    return (
        f"This takes {len(roles)} different people ({', '.join(label_of(role) for role in roles)}), and too few hold these roles here: "
        f"{people} who may answer. An administrator gives one of the roles to somebody else."
    )


def too_few_beside(writers: Collection[int], roles: Sequence[str], able: Mapping[str, set[int]]) -> str:
    """Why these roles cannot be filled where one of ``writers`` first writes the words, and may then not approve them; empty when they can."""
    short = too_few(roles, able)
    if short or any(distinct(roles, {role: ids - {writer} for role, ids in able.items()}) is not None for writer in writers):
        return short
    return (
        f"Somebody writes these words and may not approve them: with the writer this takes {len(roles) + 1} different people "
        f"({', '.join(label_of(role) for role in roles)}), and too few hold these roles here. An administrator gives one of the roles to somebody else."
    )
