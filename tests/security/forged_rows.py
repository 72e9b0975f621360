"""Rows written past the desk, by SQL: requests and approvals nobody gave, and the hand-over tried with them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from drafts import states
from drafts.delivery import handover, mime
from drafts.models import Delivery
from governance import policies
from governance.canonical import sha256_hex
from governance.models import ApprovalRequest, RequiredRole
from tests.drafts.scene import AS_OF

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
