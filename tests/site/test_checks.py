"""A contradictory or insecure configuration does not start, and each refusal says what to change."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management.base import BaseCommand, SystemCheckError
from django.db import connection

from collections_site import checks
from collections_site.management.commands import migrate
from governance import guards, signing
from governance.models import Installation
from tests.factories import make_user

ROOT = Path(__file__).resolve().parents[2]


def ids(messages):
    return [message.id for message in messages]


@pytest.mark.parametrize("switch", ["DEMO_MODE", "DEBUG"])
def test_plain_http_answers_this_machine_only(settings, switch):
    setattr(settings, switch, True)
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    assert checks.check_transport(None) == []
    settings.ALLOWED_HOSTS = ["desk.example.com"]
    found = checks.check_transport(None)
    assert ids(found) == ["desk.E001"] and switch in found[0].msg and found[0].hint


def test_plain_http_asked_for_by_name_is_refused_for_foreign_hosts(settings, monkeypatch):
    monkeypatch.setenv("PLAIN_HTTP", "1")
    settings.ALLOWED_HOSTS = ["desk.example.com", "localhost"]
    assert ids(checks.check_transport(None)) == ["desk.E001"]


def test_a_short_secret_key_is_refused(settings):
    settings.SECRET_KEY = "secret"
    assert ids(checks.check_secret_key(None)) == ["desk.E002"]


@pytest.mark.parametrize(
    ("transport", "url", "demo", "expected"),
    [
        ("outbox", "", False, []), ("smtp", "smtp://127.0.0.1:25", False, []), ("outbox", "", True, []),
        ("smtp", "", False, ["desk.E011"]), ("smtp", "smtp://127.0.0.1:25", True, ["desk.E012"]),
        ("outbox", "smtp://127.0.0.1:25", False, ["desk.E013"]), ("pigeon", "", False, ["desk.E010"]),
    ],
)
def test_mail_transport_and_its_address_belong_together(settings, transport, url, demo, expected):
    settings.MAIL_TRANSPORT, settings.EMAIL_URL, settings.DEMO_MODE = transport, url, demo
    assert ids(checks.check_mail(None)) == expected


@pytest.mark.parametrize(
    ("base", "model", "key", "expected"),
    [
        ("", "", "", []), ("http://127.0.0.1:8080/v1", "m", "", []), ("", "m", "k", []), ("", "m", "", ["desk.E020"]),
        ("http://127.0.0.1:8080/v1", "", "", ["desk.E021"]), ("ftp://x", "m", "", ["desk.E022"]),
    ],
)
def test_a_model_needs_an_address_or_a_key(settings, base, model, key, expected):
    settings.LLM_BASE_URL, settings.LLM_MODEL, settings.OPENAI_API_KEY = base, model, key
    assert ids(checks.check_model(None)) == expected


def test_workers_with_a_broker_need_postgresql(settings):
    settings.CELERY_BROKER_URL, settings.TESTING = "redis://127.0.0.1:6379/0", False
    assert ids(checks.check_workers(None)) == (["desk.E030"] if connection.vendor == "sqlite" else [])
    settings.CELERY_BROKER_URL = ""
    assert checks.check_workers(None) == []


@pytest.mark.django_db
def test_demo_mode_starts_on_a_demo_database_only(settings):
    settings.TESTING, settings.DEMO_MODE = False, True
    assert checks.check_demo_database(None) == []  # nobody has worked here yet
    make_user()
    assert ids(checks.check_demo_database(None)) == ["desk.E040"]
    Installation.objects.update_or_create(pk=1, defaults={"kind": "demo"})
    assert checks.check_demo_database(None) == []
    settings.DEMO_MODE = False
    assert ids(checks.check_demo_database(None)) == ["desk.E041"]


@pytest.mark.django_db
def test_a_missing_guard_is_named(monkeypatch):
    assert checks.check_guards(None) == []
    monkeypatch.setattr(guards, "missing", lambda _: ["delivery_needs_approval"])
    found = checks.check_guards(None)
    assert ids(found) == ["desk.E050"] and "delivery_needs_approval" in found[0].msg


@pytest.mark.django_db
def test_missing_guards_keep_every_command_from_running_but_the_one_that_installs_them(monkeypatch, settings):
    monkeypatch.setattr(guards, "missing", lambda _: ["delivery_needs_approval"])
    with pytest.raises(SystemCheckError, match=r"desk\.E050"):
        BaseCommand().check()
    migrate.Command().check(databases=["default"])
    settings.MAIL_TRANSPORT = "pigeon"
    with pytest.raises(SystemCheckError, match=r"desk\.E010"):
        migrate.Command().check(databases=["default"])


def start(tmp_path, *command, **env):
    """Run a command as an installation of its own would."""
    base = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG", "VIRTUAL_ENV")}
    base |= {"VAR_DIR": str(tmp_path), "LOG_LEVEL": "WARNING", "DJANGO_SETTINGS_MODULE": "collections_site.settings"}
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=base | env, capture_output=True, text=True, timeout=300, check=False)


PRODUCTION = {
    "ALLOWED_HOSTS": "desk.example.com", "CSRF_TRUSTED_ORIGINS": "https://desk.example.com", "SECRET_KEY": "k3J!x9-Q" * 9,
    "EMAIL_URL": "smtp://127.0.0.1:2525",
}


@pytest.mark.slow
def test_check_deploy_is_clean_in_production_settings(tmp_path):
    (tmp_path / "checkpoints").mkdir()
    check = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    done = start(tmp_path, *check, **PRODUCTION, LEDGER_DIR=str(tmp_path / "checkpoints"))
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
    done = start(tmp_path, *check, **PRODUCTION)
    assert done.returncode != 0 and "desk.W002" in done.stderr


def test_the_directory_of_checkpoints_is_named_and_can_be_written_to(settings, tmp_path, monkeypatch):
    monkeypatch.delenv("LEDGER_DIR", raising=False)
    assert ids(checks.check_ledger_dir(None)) == ["desk.W002"]
    settings.LEDGER_DIR = tmp_path / "not there"
    monkeypatch.setenv("LEDGER_DIR", str(settings.LEDGER_DIR))
    assert ids(checks.check_ledger_dir(None)) == ["desk.W003"]
    settings.LEDGER_DIR.mkdir()
    assert checks.check_ledger_dir(None) == []


def test_a_signing_key_others_can_read_does_not_start(settings, tmp_path):
    settings.LEDGER_KEY_FILE = tmp_path / "key.pem"
    assert checks.check_ledger_key(None) == []
    signing.public_pem()
    assert checks.check_ledger_key(None) == []
    settings.LEDGER_KEY_FILE.chmod(0o644)
    assert ids(checks.check_ledger_key(None)) == ["desk.E060"]


@pytest.mark.slow
def test_the_web_server_refuses_a_contradictory_start_with_a_readable_reason(tmp_path):
    done = start(tmp_path, "-c", "import collections_site.wsgi", **PRODUCTION, PLAIN_HTTP="1")
    assert done.returncode != 0 and "PLAIN_HTTP serves plain http" in done.stderr
    done = start(tmp_path, "-c", "import collections_site.wsgi; print('up')", **PRODUCTION)
    assert done.returncode == 0 and "up" in done.stdout, done.stderr
