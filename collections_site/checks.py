"""System checks: a contradictory or insecure configuration does not start. Every message says what to change.

``desk.E0xx`` refuse any start; ``desk.W0xx`` are reported by ``check --deploy``. Checks that ask the database stay silent where there is
none yet (before the first ``migrate``).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connection

from collections_site.notices import quiet
from governance import guards, signing
from governance.models import Installation, Portfolio, User

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]", "::1", "testserver", ".localhost")
TRANSPORTS = ("smtp", "outbox")
GUARDS = "guards"


def _foreign_hosts() -> list[str]:
    return [host for host in settings.ALLOWED_HOSTS if host not in LOCAL_HOSTS]


def _plain_http() -> bool:
    """Plain http asked for by name; the test run uses it too and is not a start."""
    return bool(settings.DEMO_MODE or settings.DEBUG or os.environ.get("PLAIN_HTTP", "").lower() in ("1", "true", "yes", "on"))


@register(Tags.security)
def check_transport(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Plain http only answers this machine."""
    hosts = _foreign_hosts()
    if not hosts or not _plain_http():
        return []
    name = "DEMO_MODE" if settings.DEMO_MODE else "DEBUG" if settings.DEBUG else "PLAIN_HTTP"
    return [
        Error(
            f"{name} serves plain http, but ALLOWED_HOSTS names {', '.join(hosts)}.",
            hint=f"Unset {name} and serve https, or leave only localhost in ALLOWED_HOSTS.", id="desk.E001",
        )
    ]  # fmt: skip


@register(Tags.security)
def check_secret_key(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A key that could be guessed signs nothing."""
    if len(settings.SECRET_KEY) >= 40 and not settings.SECRET_KEY.startswith("django-insecure-"):
        return []
    return [Error("SECRET_KEY is shorter than 40 characters.", hint="Set a long random SECRET_KEY, or none: one is made.", id="desk.E002")]


@register(Tags.security)
def check_sign_in(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Single sign-on is set up whole or not at all, over https, and some way in is left."""
    found: list[CheckMessage] = []
    issuer, client, secret = settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET
    if not settings.DEMO_MODE and (issuer or client or secret) and not (issuer and client and secret):
        hint = "Set OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, or none of them."
        found.append(Error("Single sign-on is set up in part.", hint=hint, id="desk.E070"))
    parts = urlsplit(issuer)
    if issuer and parts.scheme != "https" and parts.hostname not in LOCAL_HOSTS:
        found.append(Error("OIDC_ISSUER is not an https address.", hint="OIDC_ISSUER=https://login.example.com", id="desk.E071"))
    if not settings.PASSWORD_SIGN_IN and not issuer:
        hint = "Set OIDC_ISSUER and its client, or unset PASSWORD_SIGN_IN."
        found.append(Error("PASSWORD_SIGN_IN is off and there is no single sign-on: nobody could sign in.", hint=hint, id="desk.E072"))
    return found


@register(Tags.security, deploy=True)
def check_second_factor(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A deployment asks for a second factor, asks again before high acts, and counts wrong tries."""
    found: list[CheckMessage] = []
    if not settings.SECOND_FACTOR:
        hint = "Unset SECOND_FACTOR (it is on by default). With OIDC_TRUST_MFA=1 your identity provider's own second factor counts."
        found.append(Warning("SECOND_FACTOR is off: a stolen password alone approves, activates and exports.", hint=hint, id="desk.W004"))
    if not settings.PROVE_AGAIN_SECONDS:
        hint = "Unset PROVE_AGAIN_MINUTES, or set it to 10."
        found.append(Warning("PROVE_AGAIN_MINUTES is 0: high acts do not ask again who is there.", hint=hint, id="desk.W005"))
    if not settings.AXES_ENABLED:
        found.append(Warning("Wrong tries to sign in are not counted.", hint="Leave DEMO_MODE.", id="desk.W006"))
    return found


@register("mail")
def check_mail(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The transport and its address belong together."""
    found: list[CheckMessage] = []
    transport, url = settings.MAIL_TRANSPORT, settings.EMAIL_URL
    if transport not in TRANSPORTS:
        found.append(Error(f"MAIL_TRANSPORT is “{transport}”.", hint=f"Use one of: {', '.join(TRANSPORTS)}.", id="desk.E010"))
    if transport == "smtp" and not url:
        hint = "EMAIL_URL=smtp+tls://user:password@host:587"
        found.append(Error("MAIL_TRANSPORT is smtp, but EMAIL_URL is not set.", hint=hint, id="desk.E011"))
    if settings.DEMO_MODE and transport == "smtp":
        found.append(Error("A demo never speaks to a mail server.", hint="Unset MAIL_TRANSPORT, or leave DEMO_MODE.", id="desk.E012"))
    if transport == "outbox" and url and not settings.DEMO_MODE:
        words = "EMAIL_URL is set, but MAIL_TRANSPORT is outbox: nothing would leave."
        found.append(Error(words, hint="Unset one of them.", id="desk.E013"))
    return found


@register("notices")
def check_notices(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The channel is written to over https, and its quiet hours can be read."""
    found: list[CheckMessage] = []
    parts = urlsplit(settings.NOTICE_WEBHOOK_URL)
    if settings.NOTICE_WEBHOOK_URL and parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL_HOSTS):
        hint = "NOTICE_WEBHOOK_URL=https://… as the chat gives it"
        found.append(Error("NOTICE_WEBHOOK_URL is not an https address.", hint=hint, id="desk.E080"))
    try:
        quiet.hours(settings.NOTICE_WEBHOOK_QUIET)
        ZoneInfo(settings.NOTICE_TIME_ZONE)
    except (ValueError, ZoneInfoNotFoundError):
        words = f"The quiet hours “{settings.NOTICE_WEBHOOK_QUIET}” or their zone “{settings.NOTICE_TIME_ZONE}” cannot be read."
        found.append(Error(words, hint="NOTICE_WEBHOOK_QUIET=19:00-07:30 and NOTICE_TIME_ZONE=Europe/Berlin", id="desk.E081"))
    return found


@register("model")
def check_model(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A model needs an address and a key; without a model the approved templates write."""
    found: list[CheckMessage] = []
    base, model, key = settings.LLM_BASE_URL, settings.LLM_MODEL, settings.OPENAI_API_KEY
    if model and not (base or key):
        hint = "Set LLM_BASE_URL for a server of your own, or OPENAI_API_KEY, or unset LLM_MODEL."
        found.append(Error("LLM_MODEL is set, but neither LLM_BASE_URL nor OPENAI_API_KEY is.", hint=hint, id="desk.E020"))
    if base and not model:
        found.append(Error("LLM_BASE_URL is set, but LLM_MODEL is not.", hint="Name the model, or unset LLM_BASE_URL.", id="desk.E021"))
    if base and urlsplit(base).scheme not in ("http", "https"):
        found.append(Error("LLM_BASE_URL is not an http address.", hint="For example http://127.0.0.1:8080/v1", id="desk.E022"))
    return found


@register("workers")
def check_workers(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Several processes need PostgreSQL; one embedded process does not."""
    if settings.CELERY_BROKER_URL and connection.vendor == "sqlite" and not settings.TESTING:
        hint = "Set DATABASE_URL=postgres://…, or unset CELERY_BROKER_URL to run embedded."
        return [Error("CELERY_BROKER_URL is set, but the database is SQLite: workers need PostgreSQL.", hint=hint, id="desk.E030")]
    return []


def _asked(question: Any) -> Any:
    """The database's answer, or None where there is no database or no table yet."""
    try:
        return question()
    except (DatabaseError, RuntimeError):
        return None


@register("installation")
def check_demo_database(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Demo mode on a demo database, and a demo database only in demo mode."""
    if settings.TESTING:
        return []
    kind = _asked(lambda: Installation.objects.values_list("kind", flat=True).first())
    if settings.DEMO_MODE and kind == Installation.Kind.PRODUCTION and not _empty():
        hint = "Unset DEMO_MODE, or let `python manage.py demo` make a database of its own."
        return [Error("DEMO_MODE is on, but this is not a demo database.", hint=hint, id="desk.E040")]
    if not settings.DEMO_MODE and kind == Installation.Kind.DEMO:
        hint = "Point DATABASE_URL at your own database; the demo is started with `python manage.py demo`."
        return [Error("This is a demo database, but DEMO_MODE is off.", hint=hint, id="desk.E041")]
    return []


def _empty() -> bool:
    """A database in which nobody has worked yet: the demo command may still turn it into a demo."""
    return bool(_asked(lambda: not User.objects.exists() and not Portfolio.objects.exists()))


@register(GUARDS)
def check_guards(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The triggers that refuse what the application may never do are in place."""
    gone: Sequence[str] = _asked(lambda: guards.missing(connection)) or []
    if not gone:
        return []
    names = ", ".join(gone[:5]) + (f" and {len(gone) - 5} more" if len(gone) > 5 else "")
    return [Error(f"Database guards are missing: {names}.", hint="Run `python manage.py migrate`: it installs them again.", id="desk.E050")]


@register("ledger")
def check_ledger_key(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The key that signs checkpoints is its owner's alone."""
    path = Path(settings.LEDGER_KEY_FILE)
    if not path.exists():
        return []  # made at first use
    try:
        signing.private_key()
    except (signing.KeyProblem, OSError) as error:
        hint = "The key signs the checkpoints of the ledger; docs/ledger.md says how to exchange it."
        return [Error(f"LEDGER_KEY_FILE cannot be used: {error}", hint=hint, id="desk.E060")]
    return []


@register("ledger", deploy=True)
def check_ledger_dir(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A deployment puts its checkpoints where the database's administrators do not write."""
    if not os.environ.get("LEDGER_DIR"):
        hint = "LEDGER_DIR=/mnt/checkpoints: a disk of its own, shared by all workers, best one that only takes new files."
        return [Warning("LEDGER_DIR is not set: checkpoints of the ledger lie beside the application.", hint=hint, id="desk.W002")]
    if not os.access(settings.LEDGER_DIR, os.W_OK):
        hint = "Create it, and let the application's user write there. Without checkpoints nothing is sent."
        return [Warning(f"LEDGER_DIR {settings.LEDGER_DIR} cannot be written to.", hint=hint, id="desk.W003")]
    return []


@register(Tags.security, deploy=True)
def check_public_address(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A deployment names its hosts."""
    if _foreign_hosts():
        return []
    return [Warning("ALLOWED_HOSTS names only this machine.", hint="ALLOWED_HOSTS=desk.example.com", id="desk.W001")]

