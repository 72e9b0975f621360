"""The restore drill: a database brought back from a backup sends nothing until a person said that it may (I24)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from governance.checkpoints import writing
from tests.drafts.delivery.smtp_server import MailServer, free_port, wait_for
from tests.drafts.scene import AS_OF, Desk, routine_case, stop_clock
from tests.reliability.processes import ROOT, World

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

LEAVES = AS_OF + timedelta(minutes=10)


@dataclass
class Restored(World):
    """The same installation on a database restored from a dump."""

    name: str = ""

    @property
    def environment(self):
        """The worker's environment, the other database named."""
        address = super().environment["DATABASE_URL"].rpartition("/")[0]
        return {**super().environment, "DATABASE_URL": f"{address}/{self.name}"}

    def rows(self, sql):
        """Read the restored database."""
        with psycopg.connect(self.environment["DATABASE_URL"]) as there:
            return there.execute(sql).fetchall()

    def manage(self, *command):
        """Run one command of the project to its end."""
        return subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )


def tool(*command):
    params = connection.settings_dict
    login = {"PGHOST": params["HOST"] or "127.0.0.1", "PGPORT": str(params["PORT"] or 5432), "PGUSER": params["USER"], "PGPASSWORD": params["PASSWORD"]}
    done = subprocess.run(command, env={**os.environ, **login}, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def world(tmp_path, settings):
    made = World(free_port(), tmp_path)
    settings.LEDGER_DIR, settings.LEDGER_KEY_FILE = tmp_path / "var" / "checkpoints", tmp_path / "var" / "ledger-key.pem"
    yield made
    made.close()


@pytest.fixture
def restored(world):
    name = f"{connection.settings_dict['NAME']}_restored"
    there = Restored(world.smtp_port, world.directory, name=name)
    yield there
    there.close()
    tool("dropdb", "--if-exists", "--force", name)


def states_of(world):
    return dict(world.rows("SELECT message_id, state FROM drafts_delivery"))


LIFT = """
from governance import clock, quarantine, rights
from governance.models import User
from drafts.models import Delivery
from drafts.review import stop
finance = User.objects.get(username={finance!r})
stop(Delivery.objects.get(message_id={left!r}).pk, "the mail server has it", by=User.objects.get(username={reviewer!r}), at=clock.now())
try:
    quarantine.lift("compared with the mail server", by=User.objects.get(username={reviewer!r}), at=clock.now())
except Exception as error:
    print("refused", type(error).__name__)
print("lifted", len(quarantine.lift("compared with the mail server: one had left and is stopped here", by=finance, at=clock.now())))
"""


def test_nothing_leaves_a_restored_database_until_a_person_lifts_the_quarantine(world, restored, settings):
    stop_clock(settings)
    desk = Desk()
    first, second = (routine_case(desk).approve().message_id for _ in range(2))
    finance = desk.finance  # made before the backup
    writing.write(AS_OF)
    stop_clock(settings, LEAVES + timedelta(seconds=1))
    dump = world.directory / "backup.dump"
    tool("pg_dump", "--format=custom", f"--file={dump}", connection.settings_dict["NAME"])

    # After the backup the first message leaves, and an hour later a checkpoint says so outside.
    with MailServer(port=world.smtp_port) as server:
        from drafts.delivery import handover
        from drafts.delivery.transports import SmtpTransport
        from drafts.models import Delivery

        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", world.smtp_port
        line = SmtpTransport()
        assert handover.deliver_one(Delivery.objects.get(message_id=first).pk, LEAVES + timedelta(seconds=2), transport=line) == "accepted"
        writing.write(LEAVES + timedelta(hours=1))
        assert server.box.message_ids == [first]

        tool("createdb", restored.name)
        tool("pg_restore", f"--dbname={restored.name}", str(dump))
        assert states_of(restored) == {first: "scheduled", second: "scheduled"}  # it would send the first one again
        worker = restored.worker()
        wait_for(lambda: restored.rows("SELECT cause FROM governance_quarantine"), 60)
        time.sleep(4)  # a dozen rounds
        assert worker.poll() is None
        assert server.box.message_ids == [first] and set(states_of(restored).values()) == {"scheduled"}
        causes = {cause for (cause,) in restored.rows("SELECT cause FROM governance_quarantine WHERE lifted_at IS NULL")}
        assert causes == {"behind", "moved"}
        broken = restored.manage("verify_ledger", "--json")
        assert broken.returncode == 1 and {b["kind"] for b in json.loads(broken.stdout)["breaks"]} >= {"truncated"}

        people = {"finance": finance.username, "reviewer": desk.reviewer.username, "left": first}
        done = restored.manage("shell", "-c", LIFT.format(**people))
        assert "refused NotAllowed" in done.stdout and "lifted 2" in done.stdout, done.stdout + done.stderr
        wait_for(lambda: len(server.box.taken) > 1, 60)
        time.sleep(2)
        assert server.box.message_ids == [first, second], restored.logs()
    assert states_of(restored) == {first: "stopped", second: "accepted"}
    actions = [action for (action,) in restored.rows("SELECT action FROM governance_event WHERE action LIKE 'system.quarantine%' ORDER BY id")]
    assert actions == ["system.quarantine_begun"] * 2 + ["system.quarantine_lifted"] * 2
    whole = restored.manage("verify_ledger", "--json")
    told = json.loads(whole.stdout)
    assert whole.returncode == 0 and "restore" in told["notes"][0], told
