"""After an erasure the person is in no row, history, mail or file, and everything that proved something still does."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Contact
from drafts.invariants import broken
from drafts.models import Brief, Delivery, Draft
from drafts.privacy import Kept, erase, kept_by, preserve, reapply, release
from governance import erasure_log, ledger
from governance.decisions import NotAllowed
from governance.models import ErasedRow, Erasure, Event
from tests.drafts.scene import AS_OF, Desk, routine_case, stop_clock
from tests.factories import make_account, make_contact, make_message, make_user
from tests.security.broken_rows import one_of, tamper
from tests.security.erased_person import EMAIL, LATER, NAME, STREET, TRACES, everywhere, found_in_tables, sent_to_her

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outside(settings, tmp_path):
    settings.LEDGER_DIR, settings.LEDGER_KEY_FILE, settings.VAR_DIR = tmp_path / "outside", tmp_path / "key.pem", tmp_path
    stop_clock(settings)


def traces():
    with connection.cursor() as cursor:
        return found_in_tables(cursor)


def gone():
    case, contact = everywhere()
    delivery = sent_to_her(case)
    assert len({hit.split(":")[0] for hit in traces()}) > 25  # she is nearly everywhere
    before = {"fingerprint": delivery.fingerprint, "bytes": delivery.mime_sha256}
    erasure = erase(contact.pk, also=[STREET], by=case.desk.finance, at=LATER)
    return case, contact, erasure, before


def test_no_column_of_no_table_names_her_and_the_record_verifies():
    case, contact, erasure, before = gone()
    assert traces() == []
    assert ledger.verify() == []
    assert broken() == []
    delivery = case.desk and Delivery.objects.get(account=case.account)
    assert (delivery.fingerprint, delivery.mime_sha256) == (before["fingerprint"], before["bytes"])
    assert delivery.erased_sha256 and delivery.draft.erased_sha256 and delivery.draft.brief.erased_sha256
    told = Event.objects.get(action="privacy.erased")
    assert json.loads(told.data)["rows"] == erasure.rows.count() > 20
    contact.refresh_from_db()
    assert (contact.name, contact.email, contact.usable) == ("Erased person", "", False)


def test_what_is_left_still_reads_and_other_people_and_figures_stay():
    case, _, _, _ = gone()
    draft = Draft.objects.filter(follow_up__account=case.account).latest("pk")
    assert "••••••• ••••••••" in draft.body and case.invoices[0].number in draft.body
    assert len(draft.body) == len(draft.parent.body) + len("As agreed with Zerlina Zettmann on the telephone.\n\n")
    other = Contact.objects.get(account=case.account, role="buyer")
    assert (other.name, other.email) == ("Otto Anders", "o.anders@customer.example")
    facts = json.loads(Brief.objects.filter(account=case.account).latest("pk").facts)
    assert facts["invoices"] and "Otto Anders" in json.dumps(facts)


def test_the_hashes_before_are_listed_and_begin_with_what_was_approved():
    case, _, erasure, before = gone()
    delivery = Delivery.objects.get(account=case.account)
    row = erasure.rows.get(table_name="drafts_delivery", row_id=delivery.pk)
    assert (row.before, row.after) == (before["bytes"], delivery.erased_sha256)
    row = erasure.rows.get(table_name="drafts_draft", row_id=delivery.draft_id)
    assert (row.before, row.after) == (before["fingerprint"], delivery.draft.erased_sha256)


def test_the_command_says_erased_and_not_broken():
    from tests.security.broken_rows import run

    gone()
    code, text = run()
    assert code == 0 and "erased" in text.split("I2 ")[1].splitlines()[1]
    found = {row["id"]: row for row in json.loads(run("--json")[1])["invariants"]}
    assert found["I2"]["ok"] and "1 message" in found["I2"]["note"]


def test_a_row_that_says_it_was_erased_and_is_in_no_list_breaks_i23():
    case = routine_case()
    text = Draft.objects.get(pk=case.draft.pk).canonical.replace("demand", "answer")
    from governance.canonical import sha256_hex

    tamper("UPDATE drafts_draft SET canonical = %s, erased_sha256 = %s WHERE id = %s", text, sha256_hex(text), case.draft.pk)
    assert "no erasure lists it" in one_of("I23")


def test_the_guards_let_only_listed_rows_of_an_open_erasure_be_rewritten():
    case, contact = everywhere()
    draft = case.draft
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.filter(pk=draft.pk).update(note="x")
    erasure = Erasure.objects.create(contact_id=contact.pk, account_id=case.account.pk, cause="request", at=AS_OF)
    ErasedRow.objects.create(erasure=erasure, table_name="drafts_draft", row_id=draft.pk, before="0" * 64, after="1" * 64)
    for change in ({"fingerprint": "0" * 64}, {"author_kind": "model"}, {"revision": 9}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Draft.objects.filter(pk=draft.pk).update(**change)
    Draft.objects.filter(pk=draft.pk).update(note="x")
    Erasure.objects.filter(pk=erasure.pk).update(applied_at=AS_OF)
    for attempt in (
        lambda: Draft.objects.filter(pk=draft.pk).update(note="y"),
        lambda: Erasure.objects.filter(pk=erasure.pk).update(applied_at=None),
        lambda: Erasure.objects.filter(pk=erasure.pk).delete(),
        lambda: ErasedRow.objects.update(before="2" * 64),
        lambda: ErasedRow.objects.create(erasure=erasure, table_name="drafts_draft", row_id=1, before="", after=""),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


def test_a_legal_hold_and_a_preservation_hold_beat_the_erasure():
    case, contact = everywhere()
    legal = case.desk.legal
    preserve(case.account.pk, "court case 7", by=legal, at=AS_OF)
    with pytest.raises(ValueError, match="already"):
        preserve(case.account.pk, "again", by=legal, at=AS_OF)
    with pytest.raises(Kept, match="court case 7"):
        erase(contact.pk, by=case.desk.finance, at=AS_OF)
    with pytest.raises(NotAllowed):
        release(case.account.pk, "over", by=case.desk.reviewer, at=AS_OF)
    release(case.account.pk, "over", by=legal, at=AS_OF)
    assert kept_by(case.account.pk, AS_OF) == ""
    from drafts.review import put_hold

    put_hold("account", case.account.pk, kind="legal", reason="insolvency", by=case.desk.owner, at=AS_OF)
    with pytest.raises(Kept, match="insolvency"):
        erase(contact.pk, by=case.desk.finance, at=AS_OF)
    assert not Erasure.objects.exists() and erasure_log.entries() == []
    acts = list(Event.objects.filter(action__startswith="privacy.").values_list("action", flat=True))
    assert acts == ["privacy.hold_put", "privacy.hold_released"]


def test_who_may_not_erases_nothing_and_without_a_log_nothing_is_erased(settings, tmp_path):
    case, contact = everywhere()
    for person in (case.desk.reviewer, make_user("system_admin"), make_user("finance_approver", Desk().portfolio)):
        with pytest.raises(NotAllowed):
            erase(contact.pk, by=person, at=AS_OF)
    blocked = tmp_path / "a file"
    blocked.write_text("")
    settings.LEDGER_DIR = blocked
    with pytest.raises(OSError, match="a file"):
        erase(contact.pk, by=case.desk.finance, at=AS_OF)
    contact.refresh_from_db()
    assert contact.name == NAME and not Erasure.objects.exists()


def test_what_waits_to_leave_is_stopped():
    case, contact = everywhere()
    for role, _ in case.follow_up.required_roles or [("reviewer", "")]:
        from drafts.review import approve

        approve(case.follow_up.pk, case.draft.fingerprint, by=case.desk.person(role), at=AS_OF, acknowledged=case.warnings(), reason="checked_source")
    erase(contact.pk, by=case.desk.finance, at=AS_OF)
    assert (case.delivery.state, case.delivery.stop_code) == ("stopped", "erased")


def test_the_log_outside_names_nobody_and_is_its_owners_alone():
    _, contact, erasure, _ = gone()
    (path,) = erasure_log.folder().glob("*.json")
    assert path.stat().st_mode & 0o077 == 0
    assert not [trace for trace in TRACES if trace in path.read_text().lower()]
    (entry,) = erasure_log.entries()
    assert (entry.uid, entry.contact_id) == (erasure.uid, contact.pk)
    assert reapply(LATER) == []  # it holds here


def test_another_account_that_quotes_her_address_forgets_it_and_a_namesake_stays():
    case, contact = everywhere()
    neighbour = make_account(case.desk.portfolio)
    quoted = make_message(neighbour, body=f"Please ask {EMAIL}, she is at our mother company.")
    namesake = make_account(case.desk.portfolio, contact=False)
    make_contact(namesake, name=NAME, email="other@elsewhere.example", salutation="Ms Z")
    theirs = make_message(namesake, body=f"{NAME} of another company")
    erase(contact.pk, also=[STREET], by=case.desk.finance, at=LATER)
    quoted.refresh_from_db()
    theirs.refresh_from_db()
    assert EMAIL not in quoted.body and quoted.body.startswith("Please ask ") and "mother company" in quoted.body
    assert theirs.body == f"{NAME} of another company"


def test_two_people_of_one_account_one_after_the_other():
    case, contact = everywhere()
    sent_to_her(case)
    other = Contact.objects.get(account=case.account, role="buyer")
    erase(contact.pk, also=[STREET], by=case.desk.finance, at=LATER)
    erase(other.pk, by=case.desk.finance, at=LATER + timedelta(minutes=1))
    assert traces() == [] and broken() == [] and ledger.verify() == []
    with connection.cursor() as cursor:
        assert found_in_tables(cursor, ("otto anders", "o.anders")) == []


def test_files_that_name_her_are_thrown_away(settings, tmp_path):
    from django.core.files.base import ContentFile

    from accounts.models import ImportRun
    from governance.models import PackRun
    from governance.packs.requests import folder

    settings.MEDIA_ROOT = tmp_path / "media"
    case, contact = everywhere()
    run, kept = (
        ImportRun.objects.create(portfolio=case.desk.portfolio, layout="canonical", file_name="f", file_sha256="1" * 64, state="committed", started_at=AS_OF) for _ in range(2)
    )
    run.upload.save("contacts.csv", ContentFile(f"name,email\n{NAME},{EMAIL}\n".encode()))
    kept.upload.save("other.csv", ContentFile(b"name,email\nOtto,o@x.example\n"))
    pack = PackRun.objects.create(scope="account", subject_id=case.account.pk, requested_by=case.desk.finance, requested_at=AS_OF, state="done", file="p.zip", sha256="2" * 64, finished_at=AS_OF)
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / "p.zip").write_bytes(b"PK")
    path = run.upload.path
    erase(contact.pk, by=case.desk.finance, at=LATER)
    for row in (run, kept, pack):
        row.refresh_from_db()
    assert not run.upload and kept.upload and pack.state == "gone"
    from pathlib import Path

    assert not Path(path).exists() and not (folder() / "p.zip").exists()


# --- retention and the pages -----------------------------------------------------------------------------------------------


def test_what_is_past_its_time_goes_unless_a_hold_keeps_it():
    from datetime import UTC, datetime

    from accounts.models import Account, Message
    from drafts.models import WorkingCopy
    from drafts.privacy import retention

    quiet, held, busy = (make_account(contact=False) for _ in range(3))
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    people = [make_contact(account, verified_at=long_ago) for account in (quiet, held, busy)]
    Account.objects.update(created_at=long_ago)
    make_message(busy, at=AS_OF)
    preserve(held.pk, "a lawsuit", by=make_user("legal_approver"), at=AS_OF)
    case = routine_case()
    WorkingCopy.objects.create(draft=case.draft, user=case.desk.owner, subject="x", body="y", saved_at=AS_OF - timedelta(days=31))
    fresh = WorkingCopy.objects.create(draft=case.draft, user=case.desk.reviewer, subject="x", body="y", saved_at=AS_OF - timedelta(days=29))
    assert list(retention.contacts_due(AS_OF)) == people[:2]
    assert retention.throw_away(AS_OF) == {"contacts": 1, "uploads": 0, "working_copies": 1}
    names = [Contact.objects.get(pk=person.pk).name for person in people]
    assert names == ["Erased person", people[1].name, people[2].name]
    assert list(WorkingCopy.objects.all()) == [fresh] and Message.objects.filter(account=busy).exists()
    assert Erasure.objects.get().cause == "retention" and Event.objects.get(action="privacy.thrown_away").actor_id is None
    assert retention.throw_away(AS_OF) == {"contacts": 0, "uploads": 0, "working_copies": 0}


def test_the_page_says_what_it_does_asks_twice_and_erases(browser):
    case, contact = everywhere()
    url, account = f"/admin/contact/{contact.pk}/erase/", f"/admin/account/{case.account.pk}/"
    finance, legal = browser(case.desk.finance), browser(case.hand_to("legal_approver"))
    assert url in finance.get(account).content.decode() and url not in browser(case.desk.reviewer).get(account).content.decode()
    assert browser(case.desk.reviewer).act(url, {"sure": "yes"}).status_code == 403
    assert browser(make_user("finance_approver", Desk().portfolio)).get(url).status_code == 404
    assert "Nobody can take this back" in finance.get(url).content.decode()
    assert finance.act(url).status_code == 409 and Contact.objects.get(pk=contact.pk).name == NAME
    assert legal.act(f"{account}preserve/", {"step": "put", "reason": "court"}).status_code == 302
    assert "court" in finance.get(url).content.decode() and finance.act(url, {"sure": "yes"}).status_code == 409
    assert legal.act(f"{account}preserve/", {"step": "release", "reason": "over"}).status_code == 302
    assert finance.act(url, {"sure": "yes", "also": STREET}).status_code == 302
    assert traces() == []
    assert "Erased person" in finance.get(account).content.decode()
