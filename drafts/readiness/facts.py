"""Do we know enough about the customers of a portfolio: completeness of facts, their age, whom to write to, who owns an account."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from accounts.models import Account, Source, SourceState
from accounts.readiness import LABELS, age_limit
from drafts.readiness.scene import Scene
from drafts.readiness.scoring import by_share, line
from governance.admin.wording import span
from governance.measured import FINE, NOT_SET_UP, PROBLEM, UNKNOWN, WARNING, Measured, share, worst

# Per cent of accounts that may lack something before it is worth a warning, and before it is a problem.
FACTS, RECIPIENTS, OWNERS = (2, 20), (2, 20), (5, 50)
SOURCES = "accounts_source_changelist"


def facts_lines(scene: Scene) -> dict[int, list[Measured]]:
    """The four lines of every portfolio. Two queries and at most one more for each portfolio with a stale source."""
    silent = _silent(scene)
    return {pk: [_facts(scene, pk, silent.get(pk, 0)), _freshness(scene, pk), _recipients(scene, pk), _owners(scene, pk)] for pk in scene.portfolios}


def _bad_state(scene: Scene, kinds: Collection[str]) -> Q:
    """What a source said about one account makes its facts incomplete: it failed there, or what it has is too old."""
    found = ~Q(status=Source.Status.OK) | Q(own__isnull=True)
    for kind in kinds:
        found |= Q(source__kind=kind, own__lt=scene.at - age_limit(kind, scene.policy))
    return found


def _silent(scene: Scene) -> dict[int, int]:
    """Accounts per portfolio of which some required source says nothing that holds."""
    kinds = {kind for pk in scene.portfolios for kind in scene.required(pk)}
    states = SourceState.objects.annotate(own=Coalesce("as_of", "source__as_of")).filter(source__kind__in=kinds, account__portfolio_id__in=scene.portfolios)
    bad = states.filter(_bad_state(scene, kinds)).order_by()
    counted = dict(bad.values_list("account__portfolio_id").annotate(n=Count("account_id", distinct=True)))
    for pk in scene.portfolios:
        there = scene.connected(pk)
        down = [kind for kind in scene.required(pk) if kind not in there or not scene.fresh(there[kind])]
        if not down:
            continue
        old = [kind for kind in down if kind in there and there[kind].status == Source.Status.OK]
        # Only what is merely old as a whole can be fresh for a single account.
        counted[pk] = scene.size(pk).accounts - (_rescued(scene, pk, down) if len(old) == len(down) else 0)
    return counted


def _rescued(scene: Scene, portfolio_id: int, kinds: Collection[str]) -> int:
    """Accounts for which every one of ``kinds`` is fresh although the source as a whole is old."""
    fresh = Q(pk__in=[])
    for kind in kinds:
        fresh |= Q(source__kind=kind, as_of__gte=scene.at - age_limit(kind, scene.policy))
    good = SourceState.objects.filter(fresh, status=Source.Status.OK, source__portfolio_id=portfolio_id).values("account_id")
    bad = SourceState.objects.annotate(own=Coalesce("as_of", "source__as_of")).filter(_bad_state(scene, scene.required(portfolio_id)))
    wrong = bad.filter(source__portfolio_id=portfolio_id, source__kind__in=set(scene.required(portfolio_id)) - set(kinds)).values("account_id")
    full = good.annotate(n=Count("source_id", distinct=True)).filter(n=len(kinds)).values("account_id")
    return Account.objects.filter(pk__in=full).exclude(pk__in=wrong).count()


def _facts(scene: Scene, pk: int, silent: int) -> Measured:
    size, there = scene.size(pk), scene.connected(pk)
    missing = [LABELS[kind] for kind in scene.required(pk) if kind not in there]
    limit = "at most 2 % of accounts with a gap; above 20 % a problem"
    title = "Facts"
    if size.accounts == 0:
        means = "Without a book nothing can be prepared, and nothing can be said about its facts."
        return line("facts", title, NOT_SET_UP, "no account yet", limit, means, "Import a book: customers, invoices, payments, contacts.", "imports", "import")
    if missing:
        value = f"not connected: {', '.join(missing)}"
        means = "Every account is an exception: what these would say is not known."
        return line("facts", title, NOT_SET_UP, value, limit, means, "Connect them, or import them with the book.", "imports", "import")
    value = f"{share(size.accounts - silent, size.accounts)} accounts with every required source answering"
    means = "An account with a gap becomes an exception; its reviewer reads what is not known."
    do = "" if silent == 0 else "See which source says nothing, and about whom."
    return line("facts", title, by_share(silent, size.accounts, *FACTS), value, limit, means, do, SOURCES, "see_health")


def _freshness(scene: Scene, pk: int) -> Measured:
    rows = [scene.connected(pk)[kind] for kind in scene.required(pk) if kind in scene.connected(pk)]
    means = "Approval is refused on facts that are too old; a source that failed blocks its accounts."
    limit = "each within its own limit of the policy"
    if not rows:
        return line("freshness", "Age of facts", NOT_SET_UP, "no source is connected", limit, means, "Connect sources or import a book.", "imports", "import")
    judged = [(source_state(row, scene.at, scene), row) for row in rows]
    state = worst(found for found, _ in judged)
    named = [source_words(row, scene.at, scene) for found, row in judged if found != FINE]
    value = "; ".join(named) if named else f"{len(rows)} sources, the oldest {_oldest(rows, scene.at)}"
    do = "" if state == FINE else "Tell the owner of the source, or see why it does not answer."
    return line("freshness", "Age of facts", state, value, limit, means, do, SOURCES, "see_health")


def source_state(row: Source, at: datetime, scene: Scene) -> str:
    """One source as a whole: a problem when it failed or is too old, a warning past its first limit, not set up without one."""
    if row.status != Source.Status.OK:
        return PROBLEM
    if row.as_of is None:
        return UNKNOWN
    if at - row.as_of > age_limit(row.kind, scene.policy):
        return PROBLEM
    warn = scene.policy.source_warn_hours.get(row.kind)
    if warn is None:
        return NOT_SET_UP
    return WARNING if (at - row.as_of).total_seconds() > warn * 3600 else FINE


def source_words(row: Source, at: datetime, scene: Scene) -> str:
    """What is wrong with a source: "Zendesk does not answer since 2 h"."""
    if row.status == Source.Status.NOT_PERMITTED:
        return f"{row.name} may not be read"
    if row.status != Source.Status.OK:
        since = f" since {span((at - row.failed_since).total_seconds())}" if row.failed_since else ""
        return f"{row.name} does not answer{since}"
    if row.as_of is None:
        return f"{row.name}: the age of its data is unknown"
    hours = int(age_limit(row.kind, scene.policy).total_seconds() // 3600)
    warn = scene.policy.source_warn_hours.get(row.kind)
    if warn is None:
        return f"{row.name}: no limit set"
    return f"{row.name} is {span((at - row.as_of).total_seconds())} old (warning {warn} h, limit {hours} h)"


def _oldest(rows: list[Source], at: datetime) -> str:
    known = [row.as_of for row in rows if row.as_of]
    return f"{span((at - min(known)).total_seconds())} old" if known else "of unknown age"


def _recipients(scene: Scene, pk: int) -> Measured:
    size = scene.size(pk)
    means = "Without a verified address an account is an exception, and nobody can be written to."
    limit = "at most 2 % of accounts that owe something; above 20 % a problem"
    if size.owing == 0:
        return line("recipients", "Recipients", UNKNOWN, "no account owes anything yet", limit, means, "Import a book with its contacts.", "imports", "import")
    value = f"{share(size.owing - size.no_recipient, size.owing)} with a verified recipient"
    do = f"Confirm an address for {size.no_recipient:,} of them." if size.no_recipient else ""
    link = f"accounts_contact_changelist?portfolio={pk}"
    return line("recipients", "Recipients", by_share(size.no_recipient, size.owing, *RECIPIENTS), value, limit, means, do, link, "confirm_recipient")


def _owners(scene: Scene, pk: int) -> Measured:
    size = scene.size(pk)
    means = "Exceptions go to the owner of the account; without one they wait for whoever holds the role."
    limit = "at most 5 % of accounts that owe something; above 50 % a problem"
    if size.owing == 0:
        return line("owners", "Account owners", UNKNOWN, "no account owes anything yet", limit, means, "Import a book that names the owners.", "imports", "import")
    value = f"{share(size.owing - size.ownerless, size.owing)} with an owner, {size.owing - size.no_escalation:,} with an escalation owner"
    do = "Name them in the customer file and import it again." if size.ownerless else ""
    return line("owners", "Account owners", by_share(size.ownerless, size.owing, *OWNERS), value, limit, means, do, "imports", "import")
