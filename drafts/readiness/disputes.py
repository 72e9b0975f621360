"""Would a dispute be seen: are tickets and messages connected, are they read, and about how many accounts do they say nothing?"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count

from accounts.models import Message, Source, SourceState, Ticket
from drafts.readiness.facts import SOURCES, source_words
from drafts.readiness.scene import Scene
from drafts.readiness.scoring import by_share, line
from governance.measured import FINE, NOT_SET_UP, PROBLEM, UNKNOWN, WARNING, Measured, share, worst

WHERE = (Source.Kind.TICKETS, Source.Kind.MESSAGES)
# Per cent of accounts that a ticket system or mailbox may not know; and how long a text may wait to be read for disputes.
UNMATCHED = (5, 30)
READ_WITHIN = timedelta(hours=1)
LIMIT = "both connected and answering; texts read within 1 h; at most 5 % of accounts unmatched, above 30 % a problem"
MEANS = "A dispute that stands in a ticket or a mail stops the message. What is not read is not seen."


def dispute_lines(scene: Scene) -> dict[int, Measured]:
    """One line for every portfolio. Three queries."""
    inside = {"account__portfolio_id__in": scene.portfolios, "scanned_at__isnull": True}
    unread: dict[int, int] = {}
    for rows in (Ticket.objects.filter(**inside), Message.objects.filter(**inside, direction=Message.Direction.IN)):
        for pk, n in rows.order_by().values_list("account__portfolio_id").annotate(n=Count("pk")):
            unread[pk] = unread.get(pk, 0) + n
    lost = SourceState.objects.filter(account__portfolio_id__in=scene.portfolios, source__kind__in=WHERE).exclude(status=Source.Status.OK)
    unmatched = dict(lost.order_by().values_list("account__portfolio_id").annotate(n=Count("account_id", distinct=True)))
    return {pk: _line(scene, pk, unread.get(pk, 0), unmatched.get(pk, 0)) for pk in scene.portfolios}


def _line(scene: Scene, pk: int, unread: int, unmatched: int) -> Measured:
    there = scene.connected(pk)
    rows = [there[kind] for kind in WHERE if kind in there]
    if not rows:
        do = "Connect the ticket system and the receivables mailbox, or import tickets and messages."
        return line("disputes", "Disputes", NOT_SET_UP, "neither tickets nor messages are connected", LIMIT, MEANS, do, "imports", "import")
    accounts = scene.size(pk).accounts
    states, said = [FINE], []
    for row in rows:
        if not scene.fresh(row):
            states.append(UNKNOWN if row.status == Source.Status.OK and row.as_of is None else PROBLEM)
            said.append(source_words(row, scene.at, scene))
    if len(rows) < len(WHERE):
        states.append(WARNING)
        said.append(f"only {rows[0].get_kind_display().lower()} connected")
    if unread and _late(scene, rows):
        states.append(PROBLEM)
        said.append(f"{unread:,} texts not read for disputes")
    if accounts == 0:
        states.append(UNKNOWN)
        said.append("no account yet")
    elif unmatched:
        states.append(by_share(unmatched, accounts, *UNMATCHED))
        said.append(f"{share(accounts - unmatched, accounts)} accounts matched")
    names = ", ".join(row.name for row in rows)
    value = "; ".join(said) if said else f"{names} answer and are read; {unread:,} texts wait to be read"
    state = worst(states)
    do = "" if state == FINE else "Connect or mend the source; a text that is not read needs a running worker."
    return line("disputes", "Disputes", state, value, LIMIT, MEANS, do, SOURCES, "see_health")


def _late(scene: Scene, rows: list[Source]) -> bool:
    """What arrived longer ago than a reader may take is still unread."""
    return all(row.as_of is None or scene.at - row.as_of > READ_WITHIN for row in rows)
