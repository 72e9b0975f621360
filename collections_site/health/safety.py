"""Is the installation safe to leave alone: settings, people who administer it, guards, and the role it works under. Shows no secret."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection

from accounts.models import Account
from collections_site.health.lines import SAFETY, Round, line
from governance import guards
from governance.database_role import INSERT_ONLY
from governance.holders import holders_of
from governance.measured import FINE, NOT_SET_UP, PROBLEM, UNKNOWN, WARNING, Measured
from governance.models import Installation, ModelSwitch, Portfolio, User
from governance.roles import POLICY, SYSTEM

PEOPLE = "governance_user_changelist"


def safety(found: Round) -> list[Measured]:
    """Settings, guards, database role, administrators, second factor. A handful of queries."""
    portfolios = list(Portfolio.objects.values_list("pk", flat=True))
    held: dict[str, set[int]] = {SYSTEM: set(), POLICY: set()}
    for roles in holders_of(portfolios, found.at.date()).values():
        for role in held:
            held[role] |= roles.get(role, set())
    return [_settings(), _guards(), _role(), _administrators(held), _second_factor(held[SYSTEM] | held[POLICY]), _outside()]


def _settings() -> Measured:
    limit, means = "DEBUG off, a long secret key, https", "An installation that answers others must not tell its insides."
    bad = [
        words
        for words, wrong in (("DEBUG is on", settings.DEBUG), ("the secret key is too short", len(settings.SECRET_KEY) < 40), ("plain http", settings.PLAIN_HTTP and not settings.TESTING))
        if wrong
    ]
    demo = "; this is a demo" if Installation.objects.filter(kind=Installation.Kind.DEMO).exists() else ""
    if not bad:
        return line(SAFETY, "settings", "Settings", FINE, f"DEBUG off, secret key set{demo or ', demo off'}", limit, means)
    # A demo serves plain http to its own machine, and nothing of it is real.
    state = WARNING if demo and bad == ["plain http"] else PROBLEM
    return line(SAFETY, "settings", "Settings", state, "; ".join(bad) + demo, limit, means, "Change the environment and start again." if not demo else "Nothing to do in a demo.")


def _guards() -> Measured:
    gone = guards.missing(connection)
    limit, means = "every guard stands", "What the application may never do, the database refuses."
    if gone:
        return line(SAFETY, "guards", "Database guards", PROBLEM, f"{len(gone)} missing", limit, means, "Run `manage.py migrate`: it installs them again.")
    return line(SAFETY, "guards", "Database guards", FINE, "all stand", limit, means)


def _role() -> Measured:
    limit, means = "a role that may add to the record, not change it", "Then not even a stolen connection changes what was said."
    if connection.vendor != "postgresql":
        return line(SAFETY, "role", "Database role", NOT_SET_UP, "SQLite knows no roles", limit, means, "Use PostgreSQL for real work.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT bool_or(has_table_privilege(t, 'UPDATE') OR has_table_privilege(t, 'DELETE')) FROM unnest(%s::text[]) AS t", [list(INSERT_ONLY)])
        may_change = cursor.fetchone()[0]
    if may_change:
        return line(SAFETY, "role", "Database role", WARNING, "it may change the record's tables; only the triggers stand before it", limit, means, "`manage.py database_role` prints the grants.")
    return line(SAFETY, "role", "Database role", FINE, "insert-only on the record", limit, means)


def _administrators(everyone: dict[str, set[int]]) -> Measured:
    limit, means = "two of each: nobody activates their own rules or confirms their own grants", "Some acts take two administrators."
    few = [f"{len(everyone[role])} {words}" for role, words in ((SYSTEM, "system administrators"), (POLICY, "policy administrators")) if len(everyone[role]) < 2]
    if few:
        return line(SAFETY, "administrators", "Administrators", WARNING, "only " + ", ".join(few), limit, means, "Give the role to one more person.", "governance_portfoliousergrant_changelist", "see_roles")
    return line(SAFETY, "administrators", "Administrators", FINE, f"{len(everyone[SYSTEM])} for the system, {len(everyone[POLICY])} for rules", limit, means, "", "governance_portfoliousergrant_changelist", "see_roles")


# Where sign-in libraries keep second factors; the first that is installed is asked.
_FACTORS = ("mfa.Authenticator", "otp_totp.TOTPDevice", "governance.SecondFactor")


def _factor() -> Any:
    """The model of second factors of this installation; None where there is none."""
    known = {model._meta.label: model for model in apps.get_models()}
    return next((known[name] for name in _FACTORS if name in known), None)


def _second_factor(admins: set[int]) -> Measured:
    limit, means = "every system and policy administrator has one", "A stolen password alone must not change rules or rights."
    model = _factor()
    if model is None:
        return line(SAFETY, "second_factor", "Second factor", NOT_SET_UP, "this installation has none", limit, means, "Sign in through your own identity provider with one.")
    rows = model.objects.filter(confirmed=True) if hasattr(model, "confirmed") else model.objects.all()
    without = admins - set(rows.values_list("user_id", flat=True))
    if without:
        return line(SAFETY, "second_factor", "Second factor", PROBLEM, f"administrators without one: {len(without)}", limit, means, "They set one up at their next sign-in.", PEOPLE, "see_roles")
    return line(SAFETY, "second_factor", "Second factor", FINE if admins else UNKNOWN, f"{len(admins)} administrators have one", limit, means, "", PEOPLE, "see_roles")


def _outside() -> Measured:
    limit, means = "checkpoints where the database's administrators cannot write", "Else who can change the record can change its proof."
    beside = settings.LEDGER_DIR.is_relative_to(settings.VAR_DIR)
    if beside:
        return line(SAFETY, "outside", "Place of the checkpoints", WARNING, "beside the application", limit, means, "Set LEDGER_DIR to a disk of its own.")
    return line(SAFETY, "outside", "Place of the checkpoints", FINE, "a folder of its own", limit, means)


def go_live(lines: list[Measured]) -> list[tuple[str, bool]]:
    """What has to be true before real customers are written to: (words, done). Five queries beside the lines that were measured."""
    states = {found.key: found.state for found in lines}
    portfolios = list(Portfolio.objects.values_list("sender_email", flat=True))
    return [
        ("DEBUG is off, the secret key is long, https is served", states.get("settings") == FINE),
        ("The database guards stand", states.get("guards") == FINE),
        ("The application works under an insert-only role", states.get("role") == FINE),
        ("Checkpoints lie outside", states.get("outside") == FINE),
        ("A checkpoint was written", states.get("checkpoint") == FINE),
        ("The record was verified", states.get("chain") == FINE),
        ("A worker runs", states.get("workers") == FINE),
        ("Two administrators of each kind", states.get("administrators") == FINE),
        ("Administrators have a second factor", states.get("second_factor") == FINE),
        ("Every portfolio has a real sender", bool(portfolios) and not any(address.endswith(".invalid") for address in portfolios)),
        ("A book is imported", Account.objects.exists()),
        ("No source is a problem", any(k.startswith("source:") for k in states) and not any(s == "problem" for k, s in states.items() if k.startswith("source:"))),
        ("A mail server is set", settings.MAIL_TRANSPORT == "smtp"),
        ("Somebody besides the first administrator can sign in", User.objects.filter(is_active=True, is_service=False).count() > 1),
        ("If a model is configured, a portfolio was switched on by two people", not settings.LLM_MODEL or ModelSwitch.objects.filter(state="on").exists()),
    ]  # fmt: skip
