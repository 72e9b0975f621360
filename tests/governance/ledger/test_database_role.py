"""The application's own database role adds to the record and cannot change it."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from drafts import sweeping
from drafts.delivery import handover
from governance import clock, guards, ledger
from governance.audit import Entry, record
from governance.database_role import INSERT_ONLY, KEPT, grants
from governance.models import Event
from tests.drafts.scene import exception_case, stop_clock

ROLE = "collections_app_test"


def test_the_command_prints_the_grants_and_refuses_odd_names(capsys):
    call_command("database_role", "desk_app")
    printed = capsys.readouterr().out
    assert "GRANT SELECT, INSERT ON governance_event TO desk_app;" in printed
    assert "TRUNCATE" not in printed and "OWNER" not in printed
    with pytest.raises(CommandError, match="no plain role name"):
        call_command("database_role", "desk; DROP TABLE x")


@pytest.fixture
def as_role():
    """The connection as the application's role."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP ROLE IF EXISTS {ROLE}")
        cursor.execute(f"CREATE ROLE {ROLE} NOLOGIN")
        cursor.execute(grants(ROLE))
        cursor.execute(f"SET ROLE {ROLE}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(f"DROP OWNED BY {ROLE}")
        cursor.execute(f"DROP ROLE {ROLE}")


def act():
    with transaction.atomic():
        record([Entry("account:1", "hold.put", "hold", 1)], by=None, at=clock.now())


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_role_inserts_events_and_verifies_them(as_role):
    act()
    act()
    assert Event.objects.count() == 2 and ledger.verify() == []


NEVER = [
    *(f"UPDATE {table} SET id = id" for table in INSERT_ONLY),
    *(f"DELETE FROM {table}" for table in (*INSERT_ONLY, *KEPT)),
    *(f"TRUNCATE {table} CASCADE" for table in (*INSERT_ONLY, *KEPT)),
    "ALTER TABLE governance_event DISABLE TRIGGER ALL",
    "ALTER TABLE governance_event DROP CONSTRAINT events_of_a_stream_are_gapless_and_unique",
    "DROP TRIGGER guard_event_is_append_only_update ON governance_event",
    "SET session_replication_role = replica",
]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_role_is_refused_by_the_database_itself(as_role):
    act()
    passed = []
    for statement in NEVER:
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
            passed.append(statement)
        except DatabaseError as refused:
            assert isinstance(refused.__cause__, psycopg.errors.InsufficientPrivilege), (statement, refused)
    assert passed == []
    assert Event.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_desk_works_as_that_role_from_the_account_to_the_sent_message(as_role, settings):
    stop_clock(settings)
    settings.MAIL_TRANSPORT = "outbox"
    case = exception_case()
    delivery = case.approve(case.desk.owner, case.desk.finance)
    leaves = delivery.leaves_at + timedelta(seconds=1)
    stop_clock(settings, leaves)
    assert handover.deliver_due(leaves) == {"accepted": 1}
    assert sweeping.sweep(leaves).keys() and -1 not in sweeping.prepare_due(leaves).values()
    assert guards.missing(connection) == [] and ledger.verify() == []
