"""The erasure drill on PostgreSQL: erase, search everything; restore a dump from before, apply the erasures again, search everything (I23)."""

from __future__ import annotations

import json
import subprocess

import psycopg
import pytest
from django.db import connection

from drafts.privacy import erase
from governance.checkpoints import writing
from tests.drafts.scene import AS_OF, stop_clock
from tests.reliability.test_restore_drill import Restored, tool
from tests.security.erased_person import LATER, STREET, everywhere, found_in_tables, sent_to_her

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

@pytest.fixture
def restored(tmp_path, settings):
    settings.LEDGER_DIR, settings.LEDGER_KEY_FILE = tmp_path / "var" / "checkpoints", tmp_path / "var" / "ledger-key.pem"
    name = f"{connection.settings_dict['NAME']}_erased"
    there = Restored(0, tmp_path, name=name)
    yield there
    tool("dropdb", "--if-exists", "--force", name)

def hits(there):
    with psycopg.connect(there.environment["DATABASE_URL"]) as line, line.cursor() as cursor:
        return found_in_tables(cursor)

def test_a_person_erased_after_the_backup_is_erased_again_after_the_restore(restored, settings, tmp_path):
    stop_clock(settings)
    case, contact = everywhere()
    sent_to_her(case)
    writing.write(AS_OF)
    dump = tmp_path / "backup.dump"
    tool("pg_dump", "--format=custom", f"--file={dump}", connection.settings_dict["NAME"])
    assert b"zettmann" in subprocess.run(["pg_restore", "--file=-", dump], capture_output=True, check=True).stdout.lower()

    erase(contact.pk, also=[STREET], by=case.desk.finance, at=LATER)
    with connection.cursor() as cursor:
        assert found_in_tables(cursor) == []
    plain = tmp_path / "after.sql"
    tool("pg_dump", f"--file={plain}", connection.settings_dict["NAME"])
    after = plain.read_text().lower()
    assert "zettmann" not in after and "zerlina" not in after and "lindenweg" not in after

    tool("createdb", restored.name)
    tool("pg_restore", f"--dbname={restored.name}", str(dump))
    assert len(hits(restored)) > 25  # the backup brought her back
    done = restored.manage("reapply_erasures")
    assert done.returncode == 0 and "1 applied again." in done.stdout, done.stdout + done.stderr
    assert hits(restored) == []
    again = restored.manage("reapply_erasures")
    assert again.returncode == 0 and "Nothing to apply" in again.stdout
    kept = restored.manage("verify_invariants", "--json", "--only", "I1", "I2", "I11", "I12", "I17", "I23", "I25", "I27")
    told = json.loads(kept.stdout)
    assert kept.returncode == 0, told
