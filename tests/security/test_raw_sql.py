"""What somebody with a database connection can and cannot do. Limits the database cannot know are tests too, and say so."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from email import message_from_string

import pytest
from django.db import DatabaseError, connection, transaction

from drafts import states
from drafts.delivery import handover, mime, outbox
from drafts.models import Delivery, Draft, DraftAttachment
from drafts.review import edit
from governance import approvals, guards, holds, policies
from governance.canonical import sha256_hex
from governance.models import Approval, ApprovalRequest, Event, RequiredRole
from tests.drafts.scene import AS_OF, exception_case, routine_case
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LEAVES = AS_OF + timedelta(minutes=10)


def sql(statement, *values):
    plain = [connection.ops.adapt_datetimefield_value(v) if isinstance(v, datetime) else v for v in values]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, plain)
        return cursor.rowcount


def insert(table, **row):
    names = ", ".join(f'"{name}"' for name in row)
    sql(f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(row))})", *row.values())


def fake_request(case, *, person, role="reviewer", fingerprint=None, **changes):
    """A complete approval made of nothing but rows: request, role, approval."""
    draft = case.draft
    request = ApprovalRequest.objects.create(
        **{
            "subject_id": draft.pk, "account_id": case.account.pk, "portfolio": case.desk.portfolio,
            "fingerprint": fingerprint or draft.fingerprint, "policy_version_id": active_policy(), "lane": "routine", "requester": None,
            "created_at": AS_OF, "expires_at": AS_OF + timedelta(days=3), **changes,
        }
    )
    required = RequiredRole.objects.create(request=request, role=role)
    approval = {
        "request_id": request.pk, "required_role_id": required.pk, "person_id": person.pk, "acting_as": role, "verdict": "approve", "reason": "",
        "fingerprint": request.fingerprint, "comment": "", "at": AS_OF,
    }
    insert("governance_approval", **approval)
    ApprovalRequest.objects.filter(pk=request.pk).update(state="complete", completed_at=AS_OF)
    return request


def active_policy():
    return policies.active().pk


def slip_in(case, request, **changes):
    """An outbox row by hand, the follow-up moved along by hand, due at ``LEAVES``."""
    frozen = mime.freeze(case.draft, reply_to="", date=LEAVES)
    row = {
        "follow_up_id": case.follow_up.pk, "account_id": case.account.pk, "draft_id": case.draft.pk, "approval_request_id": request.pk,
        "fingerprint": case.draft.fingerprint, "mime": frozen.mime, "mime_sha256": frozen.sha256, "message_id": frozen.message_id,
        "date_header": frozen.date_header, "sender": frozen.sender, "recipients": f'["{frozen.recipients[0]}"]', "state": "scheduled",
        "leaves_at": LEAVES, "created_at": AS_OF, "claimed_by": "", "attempts": 0, "server_answer": "", "stop_code": "", "stop_reason": "",
        "last_error": "", "resolution": "", **changes,
    }
    if "mime" in changes:
        row["mime_sha256"] = sha256_hex(row["mime"])
    insert("drafts_delivery", **row)
    sql("UPDATE drafts_followup SET status = 'approved' WHERE id = %s", case.follow_up.pk)
    return Delivery.objects.latest("pk")


def leaves(delivery, at=LEAVES):
    ended = handover.deliver_one(delivery.pk, at)
    delivery.refresh_from_db()
    return ended == states.ACCEPTED


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


# --- an honest approval, other bytes ---------------------------------------------------------------------------------------


def approved_but_not_scheduled():
    """An honest, complete approval whose own delivery was stopped by hand, so that a forged row may take its place."""
    case = routine_case()
    kept, outbox.schedule = outbox.schedule, lambda *a, **k: Delivery()
    try:
        case.approve()
    finally:
        outbox.schedule = kept
    return case, ApprovalRequest.objects.get(state="complete")


def test_the_honest_bytes_leave():
    case, request = approved_but_not_scheduled()
    assert leaves(slip_in(case, request))


@pytest.mark.parametrize("recipients", ['["evil@x.example"]', '["evil@x.example", "ADDRESS"]', "[]", '["ADDRESS", "ADDRESS"]'])
def test_an_envelope_with_other_recipients_than_the_approved_text_does_not_leave(recipients):
    case, request = approved_but_not_scheduled()
    delivery = slip_in(case, request, recipients=recipients.replace("ADDRESS", case.draft.to_address))
    assert not leaves(delivery)
    assert "envelope" in delivery.stop_reason


def test_an_envelope_with_another_sender_does_not_leave():
    case, request = approved_but_not_scheduled()
    delivery = slip_in(case, request, sender="evil@x.example")
    assert not leaves(delivery)
    assert "envelope" in delivery.stop_reason


EXTRA = {
    "blind copy": lambda m: m.replace("Subject:", "Bcc: evil@x.example\r\nSubject:", 1),
    "second recipient line": lambda m: m.replace("Subject:", "To: evil@x.example\r\nSubject:", 1),
    "second subject": lambda m: m.replace("Date:", "Subject: Pay elsewhere\r\nDate:", 1),
    "reply path": lambda m: m.replace("Subject:", "Reply-To: evil@x.example\r\nSubject:", 1),
    "another sender line": lambda m: m.replace("Subject:", "Sender: evil@x.example\r\nSubject:", 1),
    "resent": lambda m: m.replace("Subject:", "Resent-To: evil@x.example\r\nSubject:", 1),
    "html": lambda m: m.replace("text/plain", "text/html", 1),
    "other message id": lambda m: m.replace("Message-ID: <", "Message-ID: <x", 1),
    "other date": lambda m: m.replace("Date: ", "Date: Mon, 01 Jan 2001 00:00:00 +0000\r\nX-Date: ", 1),
    "other words": lambda m: m.replace("Payment reminder", "Payment received"),
    "another amount": lambda m: m.replace("1,000.00", "9,000.00"),
    "script header": lambda m: m.replace("Subject:", "X-Tracking: 1\r\nSubject:", 1),
}


@pytest.mark.parametrize("trick", EXTRA)
def test_bytes_with_anything_beside_the_approved_text_do_not_leave(trick):
    case, request = approved_but_not_scheduled()
    frozen = mime.freeze(case.draft, reply_to="", date=LEAVES)
    changed = EXTRA[trick](frozen.mime)
    assert changed != frozen.mime, "the trick must change something"
    delivery = slip_in(case, request, mime=changed, message_id=frozen.message_id, date_header=frozen.date_header)
    assert not leaves(delivery)
    assert delivery.state == "stopped"


def test_an_alternative_html_part_beside_the_approved_text_does_not_leave():
    case, request = approved_but_not_scheduled()
    frozen = mime.freeze(case.draft, reply_to="", date=LEAVES)
    message = message_from_string(frozen.mime, policy=mime.WIRE)
    message.add_alternative("<p>Pay to another account</p>", subtype="html")
    delivery = slip_in(
        case, request, mime=message.as_bytes().decode("ascii"), message_id=frozen.message_id, date_header=frozen.date_header
    )
    assert not leaves(delivery)


def test_an_attachment_slipped_under_an_approved_draft_does_not_leave():
    case, request = approved_but_not_scheduled()
    insert(
        "drafts_draftattachment", draft_id=case.draft.pk, name="invoice.html", content_type="text/html", content=b"<b>other account</b>",
        sha256="0" * 64,
    )
    delivery = slip_in(case, request)
    assert "invoice.html" in delivery.mime
    assert not leaves(delivery)
    assert delivery.state == "stopped"


def test_a_draft_whose_words_are_not_those_of_its_fingerprint_cannot_be_approved(browser):
    """The fingerprint is of ``canonical``; a row made by hand could show other words than it is of."""
    case = routine_case()
    honest = case.draft
    columns = [f.column for f in Draft._meta.concrete_fields if f.column not in ("id", "body", "revision")]
    names = ", ".join(f'"{c}"' for c in columns)
    sql(
        f"INSERT INTO drafts_draft ({names}, body, revision) SELECT {names}, body || %s, 2 FROM drafts_draft WHERE id = %s",
        "\nThe bank says hello.", honest.pk,
    )
    forged = Draft.objects.get(revision=2)
    sql("UPDATE drafts_followup SET draft_id = %s WHERE id = %s", forged.pk, case.follow_up.pk)
    assert case.draft.pk == forged.pk
    response = browser(case.desk.reviewer).approve(case)
    assert response.status_code == 409
    assert not Approval.objects.exists()
    assert not Delivery.objects.exists()


def test_an_attachment_slipped_under_a_draft_before_its_approval_is_refused(browser):
    case = routine_case()
    DraftAttachment.objects.create(draft=case.draft, name="x.html", content_type="text/html", content=b"<b>", sha256="0" * 64)
    assert browser(case.desk.reviewer).approve(case).status_code == 409
    assert not Delivery.objects.exists()


def test_the_ledger_has_no_row_for_what_was_slipped_in():
    case = routine_case()
    fake_request(case, person=case.desk.reviewer)
    assert not Event.objects.filter(action="approval.given").exists()
    assert Approval.objects.count() == 1
