"""The people of the demo: one for each role with a button on the sign-in page, and a few colleagues.

All of them are invented. Nobody has a password: in the demo one enters by button, and outside the demo these
people do not exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from governance import roles
from governance.models import AllPortfoliosGrant, Portfolio, PortfolioUserGrant, User

EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Person:
    """One invented colleague.

    ``words`` is the line under the name on the sign-in page; ``where`` are portfolio codes, or everywhere.
    """

    role: str
    username: str
    first_name: str
    last_name: str
    words: str
    where: tuple[str, ...] = (EVERYWHERE,)
    time_zone: str = "Europe/Berlin"

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def role_label(self) -> str:
        """The role as people call it."""
        return roles.LABELS[self.role]


ALL_THREE = ("dach", "uk-ireland", "iberia-france")

PEOPLE: tuple[Person, ...] = (
    Person(roles.REVIEWER, "jonas", "Jonas", "Weber", "Reads what the machine prepared, decides", ALL_THREE),
    Person(roles.OWNER, "priya", "Priya", "Nair", "Knows the customers; co-signs exceptions", ALL_THREE),
    Person(roles.FINANCE, "lea", "Lea", "Lindqvist", "Second approvals, disputes, credits, plans", ALL_THREE),
    Person(roles.LEGAL, "tomas", "Tomás", "Ferreira", "Legal wording, persons, insolvency", ALL_THREE),
    Person(roles.EXECUTIVE, "ingrid", "Ingrid", "Solberg", "Decides about the largest customers", ALL_THREE),
    Person(roles.AUDITOR, "chen", "Chen", "Wei", "Reads everything, changes nothing"),
    Person(roles.LEADERSHIP, "olga", "Olga", "Petrova", "Looks at the measures, never at a message text"),
    Person(roles.POLICY, "mara", "Mara", "Rossi", "Writes the rules; somebody else activates them"),
    Person(roles.SYSTEM, "sam", "Sam", "Okoye", "Keeps sources, people and the machine running"),
)
BY_ROLE: dict[str, Person] = {person.role: person for person in PEOPLE}

# No button: they own accounts, are away, or work beside the nine.
COLLEAGUES: tuple[Person, ...] = (
    Person(roles.OWNER, "tom", "Tom", "Becker", "Owns customers too; away this week", ALL_THREE),
    Person(roles.REVIEWER, "nina", "Nina", "Costa", "Reviewer, Iberia and France", ("iberia-france",)),
    Person(roles.AUDITOR, "ayo", "Ayo", "Mensah", "Second look at samples"),
    Person(roles.FINANCE, "henrik", "Henrik", "Voss", "Second finance approver, DACH", ("dach",)),
)
AWAY, DEPUTY = "tom", "priya"


def create(away_until: date) -> dict[str, User]:
    """Make everybody, without a password; ``away_until`` is the last day Tom is away. Username → user."""
    made = {}
    groups = {group.name: group for group in Group.objects.all()}
    for person in (*PEOPLE, *COLLEAGUES):
        user = User(
            username=person.username,
            first_name=person.first_name,
            last_name=person.last_name,
            is_staff=True,
            email=f"{person.username}@kestrel.example",
            time_zone=person.time_zone,
        )
        user.set_unusable_password()
        user.save()
        user.groups.add(groups[person.role_label])
        made[person.username] = user
    made[AWAY].away_until, made[AWAY].deputy = away_until, made[DEPUTY]
    made[AWAY].save()
    return made


def grant_roles(users: dict[str, User], portfolios: Iterable[Portfolio]) -> None:
    """Give everybody their one role, on their portfolios or on all; the system administrator grants."""
    by_code = {portfolio.code: portfolio for portfolio in portfolios}
    kind = ContentType.objects.get_for_model(Portfolio)
    permissions = {p.codename: p for p in Permission.objects.filter(content_type=kind)}
    sam = users[BY_ROLE[roles.SYSTEM].username]
    for person in (*PEOPLE, *COLLEAGUES):
        user = users[person.username]
        granted_by = None if user == sam else sam
        if person.where == (EVERYWHERE,):
            AllPortfoliosGrant.objects.create(user=user, role=person.role, granted_by=granted_by)
            continue
        for code in person.where:
            PortfolioUserGrant.objects.create(
                user=user,
                permission=permissions[person.role],
                content_object=by_code[code],
                granted_by=granted_by,
            )
