"""A forged approval, an old fingerprint, a raw insert: the database itself refuses, on both databases."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from drafts import states
from drafts.delivery import outbox
from drafts.models import Delivery
from drafts.review import approve, edit
from governance.models import Approval, ApprovalRequest, RequiredRole
from tests.drafts.scene import AS_OF, exception_case, routine_case, stop_clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def delivery_row(case, request_id, fingerprint=None):
    mime = "Subject: forged\r\n\r\nPay me\r\n"
    return {
        "follow_up_id": case.follow_up.pk, "account_id": case.account.pk, "draft_id": case.draft.pk, "approval_request_id": request_id,
        "fingerprint": fingerprint or case.draft.fingerprint, "mime": mime, "mime_sha256": hashlib.sha256(mime.encode()).hexdigest(),
        "message_id": "<forged@x>", "date_header": "now", "sender": "a@b.example", "recipients": "[]", "state": "scheduled",
        "leaves_at": AS_OF, "created_at": AS_OF, "claimed_by": "", "attempts": 0, "server_answer": "", "stop_code": "", "stop_reason": "",
        "last_error": "", "resolution": "",
    }  # fmt: skip


def raw_insert(table, row):
    columns, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(row.values()))


def open_request(case):
    approve(case.follow_up.pk, case.draft.fingerprint, by=case.desk.owner, at=AS_OF, acknowledged=case.warnings(), reason="checked_source")
    return ApprovalRequest.objects.get(subject_id=case.draft.pk, state="open")


def test_a_raw_insert_without_a_complete_approval_is_refused():
    case = exception_case()
    with pytest.raises(DatabaseError, match="incomplete"):
        raw_insert("drafts_delivery", delivery_row(case, open_request(case).pk))
    assert not Delivery.objects.exists()


def test_marking_the_request_complete_by_hand_does_not_help():
    case = exception_case()
    request = open_request(case)
    ApprovalRequest.objects.filter(pk=request.pk).update(state="complete", completed_at=AS_OF)
    with pytest.raises(DatabaseError, match="incomplete"):
        raw_insert("drafts_delivery", delivery_row(case, request.pk))


def test_a_forged_approval_of_another_fingerprint_is_refused():
    case = exception_case()
    request = open_request(case)
    role = RequiredRole.objects.get(request=request, approval=None)
    forged = {
        "request_id": request.pk, "required_role_id": role.pk, "person_id": case.desk.finance.pk, "acting_as": role.role,
        "verdict": "approve", "fingerprint": "0" * 64, "comment": "", "at": AS_OF,
    }  # fmt: skip
    with pytest.raises(DatabaseError, match="another fingerprint"):
        raw_insert("governance_approval", forged)
    assert Approval.objects.count() == 1


def test_an_approval_of_an_old_revision_sends_nothing():
    case = exception_case()
    request = open_request(case)
    old = case.draft.fingerprint
    edit(case.follow_up.pk, case.draft.subject, case.draft.body + "\nNew.", 1, by=case.desk.owner, at=AS_OF)
    with pytest.raises(DatabaseError):
        raw_insert("drafts_delivery", delivery_row(case, request.pk, old))
    assert not Delivery.objects.exists()


def approved():
    case = routine_case()
    case.approve()
    return case


def test_one_request_carries_one_delivery():
    case = approved()
    with pytest.raises(DatabaseError):
        raw_insert("drafts_delivery", delivery_row(case, case.delivery.approval_request_id))
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("change", [{"mime": "other"}, {"recipients": ["evil@x.example"]}, {"message_id": "<other@x>"}, {"fingerprint": "0" * 64}])
def test_frozen_columns_never_change(change):
    case = approved()
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Delivery.objects.filter(pk=case.delivery.pk).update(**change)


@pytest.mark.parametrize(("before", "after"), [("handing_over", "scheduled"), ("handing_over", "claimed"), ("outcome_unknown", "scheduled")])
def test_no_raw_update_brings_a_hand_over_back_to_a_send(before, after):
    case = approved()
    row = Delivery.objects.filter(pk=case.delivery.pk)
    for state in {"handing_over": ["claimed", "handing_over"], "outcome_unknown": ["claimed", "handing_over", "outcome_unknown"]}[before]:
        row.update(state=state)
    with pytest.raises(DatabaseError, match="may not go"), transaction.atomic():
        row.update(state=after)


def test_a_void_request_cannot_be_handed_over_by_raw_sql():
    case = approved()
    ApprovalRequest.objects.update(state="void")
    outbox.claim(AS_OF + timedelta(minutes=10), "worker")
    with pytest.raises(DatabaseError, match="void"), transaction.atomic():
        Delivery.objects.filter(pk=case.delivery.pk).update(state=states.HANDING_OVER)


def test_deliveries_and_approvals_are_never_deleted():
    case = approved()
    for rows in (Delivery.objects.filter(pk=case.delivery.pk), Approval.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete(rows.db)
    assert Delivery.objects.count() == Approval.objects.count() == 1
