"""First people, roles and a portfolio of a new installation."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.text import slugify

from governance import clock, coverage, signing
from governance.audit import Entry, record
from governance.models import AllPortfoliosGrant, PolicyVersion, Portfolio, PortfolioUserGrant, User
from governance.roles import EXECUTIVE, LABELS, SYSTEM

# Three people cover every role so that each kind of approval (governance.coverage) finds distinct people, also when one of them wrote the
# text; two write and activate policy, two ask for and confirm roles. The third, who audits, administers nothing but texts.
SMALL = (
    ("system_admin", "executive", "leadership", "reviewer", "account_owner"),
    ("system_admin", "policy_admin", "reviewer", "account_owner", "finance_approver", "legal_approver"),
    ("compliance_auditor", "policy_admin", "reviewer", "account_owner", "finance_approver", "legal_approver"),
)
EVERYWHERE = frozenset({"system_admin", "policy_admin", "compliance_auditor", "leadership"})


class Command(BaseCommand):
    """``bootstrap --preset small --person a@x --person b@x --person c@x``, or ``--preset standard --admin a@x --admin b@x``."""

    help = "Creates the first administrators (standard) or a team of three (small), with roles and a portfolio. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options."""
        parser.add_argument("--preset", choices=["small", "standard"], default="standard")
        parser.add_argument("--admin", action="append", metavar="EMAIL", help="a first administrator (preset standard; two can confirm each other)")
        parser.add_argument("--person", action="append", metavar="EMAIL", help="a team member (preset small: three times)")
        parser.add_argument("--portfolio", default="Main", metavar="NAME")
        parser.add_argument("--currency", default="EUR", metavar="CODE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create what is missing, all or nothing; print each new password once."""
        small = options["preset"] == "small"
        emails = _addresses(options, small)
        if len(options["currency"]) != 3 or not options["currency"].isalpha():
            raise CommandError(f"--currency {options['currency']}: three letters are expected, for example EUR")
        with transaction.atomic():
            portfolio = self._portfolio(options["portfolio"], options["currency"].upper())
            for email, held in zip(emails, SMALL if small else [(SYSTEM,)] * len(emails), strict=True):
                self._person(email, held, portfolio)
        self._key()
        self._next(portfolio, small)

    def _key(self) -> None:
        """The key that signs checkpoints, made now; an auditor keeps its public half."""
        try:
            public = signing.public_pem()
        except (signing.KeyProblem, OSError) as error:
            raise CommandError(f"the ledger's key cannot be used: {error}") from error
        self.stdout.write(
            f"Checkpoints of the ledger are signed with {settings.LEDGER_KEY_FILE} and kept in {settings.LEDGER_DIR}. "
            f"Give this public key to whoever audits you:\n{public.decode()}"
        )

    def _portfolio(self, name: str, currency: str) -> Portfolio:
        portfolio, created = Portfolio.objects.get_or_create(
            code=slugify(name)[:40] or "main",
            defaults={
                "name": name, "currency": currency, "sender_company": name, "sender_name": "Accounts receivable",
                "sender_email": "receivables@example.invalid",
            },
        )  # fmt: skip
        self.stdout.write(f"Portfolio {portfolio.name}: {'created; set its sender before anything is sent' if created else 'was there already'}.")
        return portfolio

    def _person(self, email: str, roles: Sequence[str], portfolio: Portfolio) -> None:
        """The person with the roles; what is there already stays as it is, an ended grant included."""
        user = User.objects.filter(username__iexact=email).first()
        if user is None:
            password = secrets.token_urlsafe(12)
            user = User.objects.create_user(email, email=email, password=password, is_staff=True)
            self.stdout.write(f"{email}: password {password} (shown once), roles {', '.join(LABELS[r].lower() for r in roles)}.")
        elif not user.is_active or user.is_service:
            raise CommandError(f"{email} is switched off or a service account: switch the person on under People, or name somebody else")
        else:
            self.stdout.write(f"{email} was there already; missing roles are added, none is changed.")
        kind = ContentType.objects.get_for_model(Portfolio)
        added = []
        for role in roles:
            if role in EVERYWHERE:
                fresh = AllPortfoliosGrant.objects.get_or_create(user=user, role=role)[1]
            else:
                permission = Permission.objects.get(content_type=kind, codename=role)
                fresh = PortfolioUserGrant.objects.get_or_create(user=user, permission=permission, content_object=portfolio)[1]
            added += [role] if fresh else []
        if added:
            data = {"roles": added, "portfolio": portfolio.pk}
            record([Entry("rights", "rights.granted", "user", user.pk, data)], by=None, at=clock.now())

    def _next(self, portfolio: Portfolio, small: bool) -> None:
        """What to do now, and which approvals would find nobody."""
        policy = PolicyVersion.objects.filter(state="active").first()
        self.stdout.write(f"Policy: {f'version {policy.number} is active' if policy else 'none is active; run migrate'}.")
        if small:
            short = [s for s in coverage.staffing(coverage.holders(portfolio.pk)) if s.problem]
            for found in short:
                self.stdout.write(f"Attention: {found.need.words}: {found.problem}.")
            if not short:
                self.stdout.write("Every lane can be run: each kind of approval finds distinct people.")
        elif len(AllPortfoliosGrant.objects.filter(role=SYSTEM, user__is_active=True)) < 2:
            self.stdout.write("Attention: there is one administrator. A second confirms roles: run this again with --admin for another person.")
        self.stdout.write(
            "Next: 1. each person signs in and sets a password and a second factor of their own; 2. set the sender under Portfolios; "
            + ("" if small else f"3. give roles under Roles (a {LABELS['reviewer'].lower()}, a {LABELS['finance_approver'].lower()}, "
               f"an {LABELS['account_owner'].lower()} and an {LABELS[EXECUTIVE].lower()} first); ")
            + "then import a book: python manage.py import_book --help"
        )  # fmt: skip


def _addresses(options: dict[str, Any], small: bool) -> list[str]:
    """The e-mail addresses of the people to make; a clear refusal of anything else."""
    given = options.get("person" if small else "admin") or []
    emails = [given] if isinstance(given, str) else list(given)
    if small and len(emails) != 3:
        raise CommandError(f"the preset small needs --person three times, for three people; got {len(emails)}")
    if not emails:
        raise CommandError("the preset standard needs --admin EMAIL, best twice: the second administrator confirms roles")
    if len({email.lower() for email in emails}) != len(emails):
        raise CommandError("each person is named once: two roles of one message are never filled by one person")
    for email in emails:
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is not an e-mail address") from error
    return emails
