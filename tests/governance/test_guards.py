"""What the database itself refuses, on whichever of the two databases the suite runs."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.db import DatabaseError, connection, transaction

from drafts import transitions
from drafts.fingerprint import draft_canonical, sha256_hex
from drafts.models import Brief, Delivery, Draft, FollowUp
from governance import approvals, clock, guards
from governance.models import Approval, ApprovalRequest, Event, PolicyVersion, RequiredRole, TemplateVersion
from tests.factories import make_account, make_portfolio, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    """A ready draft of a routine account, with nothing approved."""
    now = clock.now()
    portfolio = make_portfolio()
    account = make_account(portfolio)
    (follow_up,) = transitions.begin([FollowUp(account=account, portfolio=portfolio)], by=None, at=now)
    brief = Brief.objects.create(
        account=account, facts="{}", fingerprint=sha256_hex("{}"), material_hash="0" * 64, as_of=now, created_at=now
    )
    canonical = draft_canonical(
        purpose="demand", from_address="a@x.example", to_address="b@y.example", cc=[], subject="S", body="B", attachments=[], material={}
    )
    return Draft.objects.create(
        follow_up=follow_up, brief=brief, language="en", author_kind="template", from_address="a@x.example", to_address="b@y.example",
        subject="S", body="B", canonical=canonical, fingerprint=sha256_hex(canonical), created_at=now,
    )


def ask(draft, roles=("reviewer",), at=None):
    account = draft.follow_up.account
    return approvals.open_request(
        subject_id=draft.pk, account_id=account.pk, portfolio=account.portfolio, fingerprint=draft.fingerprint, lane="routine",
        roles=[(r, "policy") for r in roles], requester=None, policy=PolicyVersion.objects.get(state="active"), at=at or clock.now(),
    )


def approve(draft, request, role="reviewer"):
    person = make_user(role, draft.follow_up.portfolio)
    approvals.decide(request, by=person, fingerprint=draft.fingerprint, at=clock.now())
    return person


def delivery_of(draft, request, **changes):
    mail = EmailMessage()
    mail["Subject"] = "S"
    mail.set_content("B")
    mime = mail.as_string()
    fields = {
        "follow_up_id": draft.follow_up_id, "account_id": draft.follow_up.account_id, "draft_id": draft.pk,
        "approval_request_id": request.pk, "fingerprint": draft.fingerprint, "mime": mime, "mime_sha256": sha256_hex(mime),
        "message_id": f"<{draft.pk}.{request.pk}@x.example>", "date_header": "now", "sender": "a@x.example",
        "recipients": ["b@y.example"], "leaves_at": clock.now(), "created_at": clock.now(),
    }
    return Delivery.objects.create(**{**fields, **changes})


def refused(words=""):
    """The block fails in the database, for the stated reason."""

    class _Refused:
        def __enter__(self):
            self.raised = pytest.raises(DatabaseError, match=words or None)
            self.info = self.raised.__enter__()
            self.atomic = transaction.atomic()
            self.atomic.__enter__()

        def __exit__(self, *exc):
            self.atomic.__exit__(*exc)
            return self.raised.__exit__(*exc)

    return _Refused()


def raw_insert(draft, request, **changes):
    """A delivery row by hand-written SQL, past every line of Python."""
    mime = "Subject: S\r\n\r\nB"
    row = {
        "follow_up_id": draft.follow_up_id, "account_id": draft.follow_up.account_id, "draft_id": draft.pk,
        "approval_request_id": request.pk, "fingerprint": draft.fingerprint, "mime": mime, "mime_sha256": sha256_hex(mime),
        "message_id": "<raw@x.example>", "date_header": "now", "sender": "a@x.example", "recipients": "[]", "state": "scheduled",
        "leaves_at": clock.now().isoformat(sep=" "), "attempts": 0, "created_at": clock.now().isoformat(sep=" "),
        "claimed_by": "", "server_answer": "", "stop_code": "", "stop_reason": "", "last_error": "", "resolution": "", **changes,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO drafts_delivery ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values())
        )


def test_every_guard_stands():
    assert guards.missing(connection) == []


def test_a_dropped_guard_is_noticed_and_put_back():
    with connection.cursor() as cursor:
        on = " ON drafts_delivery" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER guard_delivery_is_kept{on}")
    assert guards.missing(connection) == ["guard_delivery_is_kept"]
    guards.install(connection)
    assert guards.missing(connection) == []


def test_a_completely_approved_delivery_is_taken(draft):
    request = ask(draft)
    approve(draft, request)
    assert delivery_of(draft, request).state == "scheduled"


def test_a_delivery_without_any_approval_is_refused_by_orm_and_raw_sql(draft):
    request = ask(draft)
    with refused("incomplete"):
        delivery_of(draft, request)
    with refused("incomplete"):
        raw_insert(draft, request)
    assert Delivery.objects.count() == 0


def test_a_delivery_with_one_of_two_roles_is_refused(draft):
    request = ask(draft, roles=("account_owner", "finance_approver"))
    approve(draft, request, "finance_approver")
    with refused("incomplete"):
        raw_insert(draft, request)
    approve(draft, request, "account_owner")
    raw_insert(draft, request)
    assert Delivery.objects.count() == 1


def test_a_request_marked_complete_by_hand_is_still_counted_by_the_database(draft):
    request = ask(draft)
    ApprovalRequest.objects.filter(pk=request.pk).update(state="complete")
    with refused("incomplete"):
        raw_insert(draft, request)


def test_a_delivery_of_a_rejected_or_void_request_is_refused(draft):
    request = ask(draft)
    person = make_user("reviewer", draft.follow_up.portfolio)
    approvals.decide(request, by=person, fingerprint=draft.fingerprint, at=clock.now(), approve=False)
    with refused("rejected, void or expired"):
        raw_insert(draft, request)
    again = ask(draft)
    approve(draft, again)
    approvals.void("draft", [draft.pk], reason="edited", code="edited", by=None, at=clock.now())
    with refused("rejected, void or expired"):
        raw_insert(draft, again)


def test_a_delivery_after_expiry_is_refused(draft):
    long_ago = clock.now() - timedelta(days=30)
    request = ask(draft, at=long_ago)
    person = make_user("reviewer", draft.follow_up.portfolio)
    approvals.decide(request, by=person, fingerprint=draft.fingerprint, at=long_ago)
    with refused("expired"):
        raw_insert(draft, request)


def test_a_delivery_of_another_fingerprint_is_refused(draft):
    request = ask(draft)
    approve(draft, request)
    with refused("another fingerprint"):
        raw_insert(draft, request, fingerprint="e" * 64)


def test_a_delivery_whose_hash_is_not_of_its_bytes_is_refused(draft):
    request = ask(draft)
    approve(draft, request)
    with refused():
        raw_insert(draft, request, mime="Subject: other\r\n\r\nPay more")


def test_frozen_bytes_cannot_be_changed_and_rows_cannot_be_deleted(draft):
    request = ask(draft)
    approve(draft, request)
    delivery = delivery_of(draft, request)
    other = "Subject: other"
    with refused("frozen"):
        Delivery.objects.filter(pk=delivery.pk).update(mime=other, mime_sha256=sha256_hex(other))
    with refused("kept"):
        delivery.delete()


def test_nothing_leads_from_a_hand_over_back_to_a_resend(draft):
    request = ask(draft)
    approve(draft, request)
    delivery = delivery_of(draft, request)
    rows = Delivery.objects.filter(pk=delivery.pk)
    for state in ("claimed", "handing_over", "outcome_unknown"):
        rows.update(state=state)
    for state in ("scheduled", "claimed", "handing_over"):
        with refused("may not go"):
            rows.update(state=state)
    assert rows.get().state == "outcome_unknown"


def test_handing_over_counts_the_approval_again(draft):
    request = ask(draft)
    approve(draft, request)
    rows = Delivery.objects.filter(pk=delivery_of(draft, request).pk)
    rows.update(state="claimed")
    approvals.void("draft", [draft.pk], reason="edited meanwhile", code="edited", by=None, at=clock.now())
    with refused("rejected, void or expired"):
        rows.update(state="handing_over")


def test_a_forged_approval_of_an_old_fingerprint_is_refused(draft):
    request = ask(draft)
    person = make_user("reviewer", draft.follow_up.portfolio)
    with refused("another fingerprint"):
        Approval.objects.create(
            request=request, required_role=request.required_roles.get(), person=person, acting_as="reviewer", verdict="approve",
            fingerprint="0" * 64, at=clock.now(),
        )


def test_an_approval_cannot_be_flipped_moved_or_deleted(draft):
    request = ask(draft)
    person = make_user("reviewer", draft.follow_up.portfolio)
    approvals.decide(request, by=person, fingerprint=draft.fingerprint, at=clock.now(), approve=False)
    with refused("append-only"):
        Approval.objects.update(verdict="approve")
    with refused("append-only"):
        Approval.objects.all().delete()
    with refused("stays ended"):
        ApprovalRequest.objects.filter(pk=request.pk).update(state="open")
    with refused("never changes what it asks"):
        ApprovalRequest.objects.filter(pk=request.pk).update(fingerprint="1" * 64)
    with refused("fixed"):
        RequiredRole.objects.filter(request=request).update(role="leadership")


def test_a_draft_can_be_neither_changed_nor_deleted(draft):
    with refused("immutable"):
        Draft.objects.filter(pk=draft.pk).update(body="something else")
    with refused("immutable"):
        Draft.objects.filter(pk=draft.pk).delete()


def test_a_draft_whose_fingerprint_is_not_of_its_text_is_refused(draft):
    with refused():
        Draft.objects.create(
            follow_up=draft.follow_up, brief=draft.brief, revision=2, language="en", author_kind="template", from_address="a",
            to_address="b", subject="S", body="B", canonical="other", fingerprint=draft.fingerprint, created_at=clock.now(),
        )


def test_the_ledger_refuses_change_and_deletion(draft):
    with refused("append-only"):
        Event.objects.filter(stream__startswith="account").update(data="{}")
    with refused("append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM governance_event")


def test_an_active_policy_and_template_cannot_be_rewritten():
    with refused("never changes"):
        PolicyVersion.objects.filter(state="active").update(parameters={})
    with refused("never changes"):
        TemplateVersion.objects.filter(state="active").update(body="other")


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="INSERT OR REPLACE exists on SQLite only")
def test_insert_or_replace_does_not_slip_past_the_guards(draft):
    with refused("append-only"), connection.cursor() as cursor:
        cursor.execute("INSERT OR REPLACE INTO governance_event SELECT * FROM governance_event LIMIT 1")
