"""Who sends, and would it arrive: the sender of a portfolio, and what became of its messages at the mail server."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q

from drafts import states
from drafts.models import Delivery
from drafts.readiness.scene import Scene
from drafts.readiness.scoring import line
from governance.measured import FINE, NOT_SET_UP, PROBLEM, UNKNOWN, WARNING, Measured
from governance.models import Installation, Portfolio

# What ``bootstrap`` writes until somebody says who sends, and addresses that can never receive an answer.
PLACEHOLDER = "Accounts receivable"
NOWHERE = (".invalid", ".localhost", "@localhost")
RECENT = timedelta(days=7)


def sending_lines(scene: Scene) -> dict[int, list[Measured]]:
    """Two lines for every portfolio. Two queries."""
    rows = Delivery.objects.filter(follow_up__portfolio_id__in=scene.portfolios).order_by()
    since = scene.at - RECENT
    counted = rows.values("follow_up__portfolio_id").annotate(
        last=Max("accepted_at"), good=Count("pk", filter=Q(state=states.ACCEPTED, accepted_at__gte=since)),
        bad=Count("pk", filter=Q(state=states.FAILED_PERMANENT, leaves_at__gte=since)),
    )
    by_portfolio: dict[int, dict[str, Any]] = {row["follow_up__portfolio_id"]: dict(row) for row in counted}
    demo = Installation.objects.filter(kind=Installation.Kind.DEMO).exists()
    return {pk: [_sender(row), _mail(by_portfolio.get(pk, {}), demo)] for pk, row in scene.portfolios.items()}


def _sender(row: Portfolio) -> Measured:
    title, limit = "Sender", "company, named person, a real address, postal address and a bank account"
    means = "Every message names a person, a company and where to pay; replies go to this address."
    link, do = f"governance_portfolio_change:{row.pk}", "Enter who sends for this portfolio."
    address = row.sender_email.lower()
    if not (row.sender_company and row.sender_name and address) or address.endswith(NOWHERE):
        value = f"still the placeholder of the installation ({row.sender_email})" if address.endswith(NOWHERE) else "company, person or address is missing"
        return line("sender", title, NOT_SET_UP, value, limit, means, do, link, "assign_roles")
    missing = [
        words
        for words, there in (
            ("a named person", row.sender_name.strip().lower() != PLACEHOLDER.lower()), ("a postal address", row.sender_address.strip()),
            ("a phone number", row.sender_phone.strip()), ("a bank account", row.bank_accounts),
        )
        if not there
    ]  # fmt: skip
    if missing:
        return line("sender", title, WARNING, f"missing: {', '.join(missing)}", limit, means, do, link, "assign_roles")
    return line("sender", title, FINE, f"{row.sender_name}, {row.sender_company}", limit, means, "", link, "assign_roles")


def _mail(row: dict[str, Any], demo: bool) -> Measured:
    title, limit = "Mail route", "a mail server that took a message within 7 days"
    means = "Approved messages leave through it. It does not count in the score: drafting needs no mail."
    if settings.MAIL_TRANSPORT != "smtp" and not demo:
        return line("mail", title, NOT_SET_UP, "no mail server: messages stay in the outbox of this machine", limit, means, "Set EMAIL_URL.", "health", "see_health")
    last, good, bad = row.get("last"), row.get("good", 0), row.get("bad", 0)
    where = "the demo outbox" if demo else "the mail server"
    if bad and not good:
        return line("mail", title, PROBLEM, f"{where} refused {bad} and took none in 7 days", limit, means, "Look at what it answered.", "outgoing?tab=failed", "stop")
    if not last:
        return line("mail", title, UNKNOWN, f"{where} has not been tried for this portfolio", limit, means, "Let a first approved message leave.", "outgoing", "stop")
    if bad or not good:
        value = f"{good} taken, {bad} refused in 7 days" if bad else "nothing left in the last 7 days"
        do = "Look at what was refused." if bad else "See what waits to leave."
        return line("mail", title, WARNING, value, limit, means, do, "outgoing", "stop")
    return line("mail", title, FINE, f"{good} messages taken by {where} in 7 days", limit, means, "", "outgoing", "stop")
