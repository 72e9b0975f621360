"""Is there an approved text for everything that could have to be said: each lane, step and purpose in each language of the accounts?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from django.db.models import Count

from accounts.models import Account, Contact
from drafts import states
from drafts.readiness.scene import Scene, owing, usable_contact
from drafts.readiness.scoring import line
from governance.measured import FINE, PROBLEM, UNKNOWN, WARNING, Measured, share
from governance.models import TemplateVersion
from governance.policies import PolicyParameters
from governance.words import DEMAND_REST, PLAN_CONFIRMATION, active_templates, choose, fell_back

# Demands grow firmer with the step; the others are said once.
STEPPED = (states.DEMAND, DEMAND_REST)
ONCE = ("po_request", "answer", PLAN_CONFIRMATION, "dispute_response", "correction")
TITLE = "Approved texts"
MEANS = "Where there is no text the follow-up waits on hold; where only English fits, the customer gets English and the reviewer is told."
LIST = "governance_templateversion_changelist?state__exact=active"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that may have to be said."""

    lane: str
    step: int
    purpose: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the texts in force lack in one language: nothing at all, only English, or only a firmer step than is due."""

    missing: tuple[Need, ...]
    fallen_back: int
    firmer: tuple[Need, ...]


def needs(policy: PolicyParameters) -> list[Need]:
    """Everything that the lanes and steps of the policy may ask for."""
    lanes = [lane for lane, _ in states.LANE_CHOICES]
    demands = [Need(lane, rule.step, purpose) for purpose in STEPPED for lane in lanes for rule in policy.steps]
    return demands + [Need(states.EXCEPTION, 1, purpose) for purpose in ONCE]


def cover(templates: Sequence[TemplateVersion], wanted: Iterable[Need], language: str) -> Coverage:
    """Hold what is wanted in one language against the texts in force."""
    missing, firmer, fallen_back = [], [], 0
    for need in wanted:
        text = choose(templates, lane=need.lane, step=need.step, purpose=need.purpose, language=language)
        if text is None:
            missing.append(need)
        elif need.purpose in STEPPED and text.step > need.step:
            firmer.append(need)
        elif fell_back(text, language):
            fallen_back += 1
    return Coverage(tuple(missing), fallen_back, tuple(firmer))


def text_lines(scene: Scene) -> dict[int, Measured]:
    """One line for every portfolio. Three queries."""
    templates, wanted = active_templates(), needs(scene.policy)
    spoken = _languages(scene)

    @cache
    def covered(language: str) -> Coverage:
        return cover(templates, wanted, language)

    return {pk: _line({language: (n, covered(language)) for language, n in spoken.get(pk, {}).items()}, len(wanted)) for pk in scene.portfolios}


def _languages(scene: Scene) -> dict[int, dict[str, int]]:
    """Accounts that owe something by portfolio and language; languages of their contacts count as one account at least."""
    found: dict[int, dict[str, int]] = {}
    owe = Account.objects.filter(owing(), portfolio_id__in=scene.portfolios).order_by()
    for pk, language, n in owe.values_list("portfolio_id", "language").annotate(n=Count("pk")):
        found.setdefault(pk, {})[language or "en"] = n
    people = Contact.objects.filter(usable_contact(), account__portfolio_id__in=scene.portfolios).exclude(language="")
    for pk, language in people.order_by().values_list("account__portfolio_id", "language").distinct():
        if pk in found:
            found[pk].setdefault(language, 1)
    return found


def _line(spoken: dict[str, tuple[int, Coverage]], wanted: int) -> Measured:
    limit = "a text for every lane, step and purpose in every language of the accounts"
    if not spoken:
        return line("texts", TITLE, UNKNOWN, "no account yet, so no language is known", limit, MEANS, "Import a book.", "imports", "import")
    missing = sorted({f"{_words(need)} ({language})" for language, (_, c) in spoken.items() for need in (*c.missing, *c.firmer)})
    accounts = sum(n for n, _ in spoken.values())
    english = {language: n for language, (n, c) in spoken.items() if c.fallen_back}
    names = ", ".join(sorted(spoken))
    if missing:
        value = f"{len(missing)} missing: {', '.join(missing[:3])}" + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
        return line("texts", TITLE, PROBLEM, value, limit, MEANS, "Write the missing texts; another person puts them in force.", LIST, "see_health")
    if english:
        value = f"no own text in {', '.join(sorted(english))}: {share(sum(english.values()), accounts)} accounts would be written to in English"
        return line("texts", TITLE, WARNING, value, limit, MEANS, "Write the texts in these languages.", LIST, "see_health")
    return line("texts", TITLE, FINE, f"all {wanted} kinds of message in {names}", limit, MEANS, "", LIST, "see_health")


def _words(need: Need) -> str:
    purpose = need.purpose.replace("_", " ")
    return f"{purpose}, {need.lane.replace('_', ' ')}, step {need.step}" if need.purpose in STEPPED else purpose
