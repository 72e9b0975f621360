"""What somebody with a database connection can and cannot do. Limits the database cannot know are tests too, and say so."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from drafts.delivery import mime
from drafts.models import Delivery, DraftAttachment
from drafts.review import edit
from governance import approvals, guards, holds, policies
from governance.models import ApprovalRequest
from tests.drafts.scene import AS_OF, exception_case, routine_case
from tests.factories import make_user
from tests.security.forged_rows import LEAVES, active_policy, fake_request, leaves, slip_in, sql

pytestmark = pytest.mark.django_db


# --- rows that cannot be touched -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM governance_requiredrole", "UPDATE governance_requiredrole SET role = 'reviewer'",
        "DELETE FROM governance_approval", "UPDATE governance_approval SET verdict = 'approve', person_id = person_id",
        "UPDATE governance_approvalrequest SET fingerprint = '0'", "UPDATE governance_approvalrequest SET expires_at = '2999-01-01'",
        "UPDATE governance_approvalrequest SET account_id = 0", "DELETE FROM governance_approvalrequest",
        "DELETE FROM governance_event", "UPDATE governance_event SET actor_id = 1", "DELETE FROM drafts_delivery",
        "UPDATE drafts_delivery SET recipients = '[\"evil@x.example\"]'", "UPDATE drafts_delivery SET sender = 'evil@x.example'",
        "UPDATE drafts_delivery SET mime = 'x'", "UPDATE drafts_delivery SET state = 'accepted'",
        "UPDATE drafts_draft SET body = 'x'", "DELETE FROM drafts_draft", "UPDATE drafts_brief SET facts = '{}'",
        "UPDATE drafts_draft SET to_address = 'evil@x.example'", "DELETE FROM drafts_finding", "DELETE FROM governance_hold",
    ],
)  # fmt: skip
def test_evidence_is_neither_changed_nor_deleted_by_sql(statement):
    case = routine_case()
    case.draft.findings.create(check_id="G27", label="near_repeat", severity="warn", why="much like the last one")
    case.approve()
    holds.put("account", case.account.pk, kind="other", reason="x", by=None, at=AS_OF)
    with pytest.raises(DatabaseError):
        sql(statement)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "table",
    [
        "governance_event", "governance_approval", "governance_requiredrole", "governance_approvalrequest", "drafts_delivery",
        "drafts_draft", "drafts_draftattachment", "drafts_finding", "governance_hold", "drafts_followup", "drafts_brief",
    ],
)  # fmt: skip
def test_evidence_is_not_emptied_by_truncate(table):
    routine_case().approve()
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # nothing pending: the refusal is the guard's
    with pytest.raises(DatabaseError, match="emptied"):
        sql(f"TRUNCATE {table} CASCADE")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no INSERT OR REPLACE")
@pytest.mark.django_db(transaction=True)  # a copy is not made from inside a transaction
@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("governance_event", "action = 'forged'"), ("governance_approval", "fingerprint = '0'"),
        ("governance_requiredrole", "role = 'reviewer'"), ("governance_approvalrequest", "fingerprint = '0'"),
        ("drafts_draftattachment", "name = 'x'"), ("governance_hold", "released_at = '2026-01-01'"),
        ("drafts_finding", "severity = 'warn'"),
    ],
)  # fmt: skip
def test_a_foreign_client_without_our_settings_replaces_no_row(tmp_path, table, change):
    case = exception_case()
    case.draft.findings.create(check_id="G27", label="near_repeat", severity="warn", why="much like the last one")
    DraftAttachment.objects.create(draft=case.draft, name="a.xlsx", content_type="application/x", content=b"x", sha256="0" * 64)
    holds.put("account", case.account.pk, kind="other", reason="x", by=None, at=AS_OF)
    request = approvals.open_request(
        subject_id=case.draft.pk, account_id=case.account.pk, portfolio=case.desk.portfolio, fingerprint=case.draft.fingerprint,
        lane="exception", roles=[("finance_approver", "x")], requester=None, policy=policies.active(), at=AS_OF,
    )
    approvals.decide(request, by=case.desk.finance, fingerprint=case.draft.fingerprint, at=AS_OF)
    foreign = sqlite3.connect(tmp_path / "copy.sqlite3")
    connection.ensure_connection()
    connection.connection.backup(foreign)
    names = [row[1] for row in foreign.execute(f"PRAGMA table_info({table})")]
    column, value = change.split(" = ")
    chosen = ", ".join(value if name == column else f'"{name}"' for name in names)
    assert foreign.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    with pytest.raises(sqlite3.DatabaseError):
        foreign.execute(f"INSERT OR REPLACE INTO {table} SELECT {chosen} FROM {table}")
    foreign.close()


@pytest.mark.postgres
@pytest.mark.parametrize("how", ["DISABLE TRIGGER", "ENABLE REPLICA TRIGGER"])
def test_the_owner_of_a_table_can_switch_a_guard_off_but_not_unseen(how):
    sql(f"ALTER TABLE drafts_delivery {how} guard_delivery_needs_complete_approval")
    assert guards.missing(connection) == ["guard_delivery_needs_complete_approval"]


@pytest.mark.postgres
def test_a_guard_whose_body_was_hollowed_out_is_noticed():
    sql(
        "CREATE OR REPLACE FUNCTION guard_delivery_needs_complete_approval() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NEW; END $$"
    )
    assert guards.missing(connection) == ["guard_delivery_needs_complete_approval"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="on PostgreSQL the body is a function of its own")
def test_a_guard_replaced_by_an_empty_one_of_the_same_name_is_noticed():
    sql("DROP TRIGGER guard_delivery_is_kept")
    sql("CREATE TRIGGER guard_delivery_is_kept BEFORE DELETE ON drafts_delivery BEGIN SELECT 1; END")
    assert guards.missing(connection) == ["guard_delivery_is_kept"]


# --- forged completeness ---------------------------------------------------------------------------------------------------


def test_bulk_create_of_deliveries_is_refused_like_one():
    case = exception_case()
    case_request = ApprovalRequest.objects.create(
        subject_id=case.draft.pk, account_id=case.account.pk, portfolio=case.desk.portfolio, fingerprint=case.draft.fingerprint,
        policy_version_id=active_policy(), lane="exception", state="complete", created_at=AS_OF, expires_at=AS_OF + timedelta(days=1),
    )
    frozen = mime.freeze(case.draft, reply_to="", date=LEAVES)
    rows = [
        Delivery(
            follow_up=case.follow_up, account=case.account, draft=case.draft, approval_request=case_request, fingerprint=case.draft.fingerprint,
            mime=frozen.mime, mime_sha256=frozen.sha256, message_id=frozen.message_id, date_header="x", leaves_at=LEAVES, created_at=AS_OF,
        )
    ]  # fmt: skip
    with pytest.raises(DatabaseError, match="asks nobody"), transaction.atomic():
        Delivery.objects.bulk_create(rows)
    with pytest.raises(DatabaseError, match="asks nobody"), transaction.atomic():
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)


def test_the_author_of_an_exception_text_is_refused_by_the_database_too():
    case = exception_case()
    draft = edit(case.follow_up.pk, case.draft.subject, case.draft.body + "\nKind regards", 1, by=case.desk.finance, at=AS_OF)
    assert draft.author == case.desk.finance
    with pytest.raises(DatabaseError, match="author"):
        fake_request(case, person=case.desk.finance, role="finance_approver", lane="exception")


def test_an_approval_in_the_name_of_somebody_inactive_or_a_machine_is_refused_by_the_database():
    case = routine_case()
    for fields in ({"is_active": False}, {"is_service": True}):
        with pytest.raises(DatabaseError, match="person"):
            fake_request(case, person=make_user("reviewer", case.desk.portfolio, **fields))
        ApprovalRequest.objects.filter(state="open").update(state="void")


def test_a_made_up_approval_of_somebody_entitled_passes_the_triggers_and_is_stopped_because_the_ledger_has_none():
    """The database cannot know who typed a row. The last look asks the ledger, where every approval writes its event."""
    case = routine_case()
    delivery = slip_in(case, fake_request(case, person=case.desk.reviewer))
    assert not leaves(delivery)
    assert delivery.state == "stopped"
    assert "record" in delivery.stop_reason


def test_a_made_up_approval_of_somebody_without_the_role_is_stopped():
    case = routine_case()
    delivery = slip_in(case, fake_request(case, person=make_user()))
    assert not leaves(delivery)
    assert "may no longer approve" in delivery.stop_reason


def test_a_made_up_request_that_asks_fewer_roles_than_the_rules_do_is_stopped():
    case = exception_case()
    delivery = slip_in(case, fake_request(case, person=case.desk.reviewer))
    assert not leaves(delivery)
    assert delivery.state == "stopped"
