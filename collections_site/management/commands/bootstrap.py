"""First people, roles and a portfolio of a new installation."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.text import slugify

from governance import clock, signing
from governance.audit import Entry, record
from governance.models import AllPortfoliosGrant, Portfolio, PortfolioUserGrant, User
from governance.roles import LABELS

# Three people cover every role; each pair of roles that must differ (editor and approver, author and
# activator) is held by two of them.
SMALL = (
    ("system_admin", "policy_admin", "reviewer", "compliance_auditor"),
    ("reviewer", "account_owner", "policy_admin", "legal_approver"),
    ("finance_approver", "executive", "leadership", "system_admin"),
)
STANDARD = (("system_admin",),)
EVERYWHERE = frozenset({"system_admin", "policy_admin", "compliance_auditor", "leadership"})


class Command(BaseCommand):
    """``bootstrap --preset small --person a@x --person b@x --person c@x``, or ``--preset standard --admin
    a@x``.
    """

    help = (
        "Creates the first administrator (standard) or a team of three (small), with roles and a portfolio."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options."""
        parser.add_argument("--preset", choices=["small", "standard"], default="standard")
        parser.add_argument("--admin", metavar="EMAIL", help="first administrator (preset standard)")
        parser.add_argument(
            "--person",
            action="append",
            default=[],
            metavar="EMAIL",
            help="a team member (preset small: three times)",
        )
        parser.add_argument("--portfolio", default="Main", metavar="NAME")
        parser.add_argument("--currency", default="EUR", metavar="CODE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create what is missing, all or nothing; print each new password once."""
        emails = options["person"] if options["preset"] == "small" else [options["admin"]]
        roles = SMALL if options["preset"] == "small" else STANDARD
        if len(emails) != len(roles) or not all(emails):
            needed = "--person three times" if options["preset"] == "small" else "--admin EMAIL"
            raise CommandError(f"the preset {options['preset']} needs {needed}")
        for email in emails:
            try:
                validate_email(email)
            except ValidationError as error:
                raise CommandError(f"{email} is not an e-mail address") from error
        with transaction.atomic():
            portfolio = self._portfolio(options["portfolio"], options["currency"])
            for email, held in zip(emails, roles, strict=True):
                self._person(email, held, portfolio)
        self._key()
        self.stdout.write("Sign in, set your own password, and assign further roles under People and roles.")

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
                "name": name,
                "currency": currency,
                "sender_company": name,
                "sender_name": "Accounts receivable",
                "sender_email": "receivables@example.invalid",
            },
        )
        words = "created; set its sender before anything is sent" if created else "was there already"
        self.stdout.write(f"Portfolio {portfolio.name}: {words}.")
        return portfolio

    def _person(self, email: str, roles: tuple[str, ...], portfolio: Portfolio) -> None:
        user = User.objects.filter(username=email).first()
        if user is None:
            password = secrets.token_urlsafe(12)
            user = User.objects.create_user(email, email=email, password=password, is_staff=True)
            self.stdout.write(
                f"{email}: password {password} (shown once), roles {', '.join(LABELS[r].lower() for r in roles)}."
            )
        else:
            self.stdout.write(f"{email} was there already; roles completed.")
        kind = ContentType.objects.get_for_model(Portfolio)
        for role in roles:
            if role in EVERYWHERE:
                AllPortfoliosGrant.objects.get_or_create(user=user, role=role)
            else:
                permission = Permission.objects.get(content_type=kind, codename=role)
                PortfolioUserGrant.objects.get_or_create(
                    user=user, permission=permission, content_object=portfolio
                )
        data = {"roles": list(roles), "portfolio": portfolio.pk}
        record([Entry("rights", "rights.granted", "user", user.pk, data)], by=None, at=clock.now())
