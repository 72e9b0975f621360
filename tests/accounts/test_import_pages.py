"""The import pages: upload, check with nothing written, confirm once, result; who may, and what the files may not do."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.importing import files
from accounts.models import Account, ImportRun, Invoice
from governance.cells import safe_cell
from governance.models import Event
from tests.accounts.importing.files import ACCOUNTS, INVOICES
from tests.factories import grant, make_account, make_portfolio, make_user

pytestmark = pytest.mark.django_db

GOOD = f"{INVOICES}\n0007,INV-1,2026-03-01,2026-03-31,EUR,1234.56\n"
MIXED = f"{GOOD}0007,INV-2,2026-03-01,31.02.2026,EUR,5.00\n=cmd(),INV-3,2026-03-01,2026-03-31,EUR,7.00\n"


@pytest.fixture(autouse=True)
def uploads_here(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def portfolio():
    found = make_portfolio(name="North")
    make_account(found, external_id="0007")
    return found


def person(client, portfolio, role="finance_approver"):
    user = make_user(role, portfolio)
    client.force_login(user)
    return user


def upload(client, portfolio, text, name="invoices.csv", **fields):
    content = text if isinstance(text, bytes) else text.encode()
    posted = {"portfolio": portfolio.pk, "file": SimpleUploadedFile(name, content), "as_of": "2026-05-12", **fields}
    return client.post(reverse("admin:imports"), posted)


def confirm(client, run, **fields):
    return client.post(reverse("admin:import_confirm", args=[run.pk]), {"sha256": run.file_sha256, **fields}, follow=True)


def texts(response):
    return " ".join(str(m) for m in response.context["messages"])


def test_the_check_shows_what_would_happen_and_writes_nothing(client, portfolio):
    person(client, portfolio)
    response = upload(client, portfolio, MIXED)
    run = ImportRun.objects.get()
    assert response.status_code == 302 and response.url == reverse("admin:import_run", args=[run.pk])
    page = client.get(response.url)
    text = page.content.decode()
    assert "Nothing has been written" in text and "31.02.2026" in text and "Go on with 1 row" in text
    assert (run.state, run.created, run.refused_count, run.totals) == ("checked", 1, 2, {"EUR": "1234.56"})
    assert not Invoice.objects.exists() and not Event.objects.filter(stream="import").exists()


def test_confirm_imports_once_and_the_second_confirm_says_by_whom(client, portfolio, django_capture_on_commit_callbacks):
    user = person(client, portfolio)
    upload(client, portfolio, GOOD)
    run = ImportRun.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        assert "1 created" in texts(confirm(client, run))
    run.refresh_from_db()
    assert run.state == "committed" and Invoice.objects.get().history.get().history_user == user
    assert not run.upload and Event.objects.get(stream="import").actor_id == user.pk
    again = confirm(client, run)
    assert "Already imported by" in texts(again) and str(user) in texts(again)
    assert Invoice.objects.count() == 1 and Event.objects.filter(stream="import").count() == 1
    assert b"Imported" in client.get(reverse("admin:import_run", args=[run.pk])).content


def test_the_same_file_uploaded_again_is_announced_and_changes_nothing(client, portfolio):
    person(client, portfolio)
    upload(client, portfolio, GOOD)
    confirm(client, ImportRun.objects.get())
    page = client.get(upload(client, portfolio, GOOD).url)
    second = ImportRun.objects.first()
    assert b"The very same file was imported" in page.content and (second.created, second.updated, second.unchanged) == (0, 0, 1)


def test_refused_rows_stay_out_only_when_asked_and_download_neutralised(client, portfolio):
    person(client, portfolio)
    upload(client, portfolio, MIXED)
    run = ImportRun.objects.get()
    assert "nothing was written" in texts(confirm(client, run)) and not Invoice.objects.exists()
    response = client.get(reverse("admin:import_refused", args=[run.pk]))
    rows = list(csv.reader(io.StringIO(response.content.decode())))
    assert rows[0][:2] == ["account_number", "invoice_number"] and rows[1][3] == "31.02.2026" and rows[2][0] == "'=cmd()"
    assert "calendar" in rows[1][-1] and "attachment" in response["Content-Disposition"]
    assert "1 created" in texts(confirm(client, run, accept_partial="1"))
    assert list(Invoice.objects.values_list("number", flat=True)) == ["INV-1"]


def test_corrected_refused_rows_are_all_that_is_new(client, portfolio):
    person(client, portfolio)
    upload(client, portfolio, MIXED)
    confirm(client, ImportRun.objects.get(), accept_partial="1")
    upload(client, portfolio, MIXED.replace("31.02.2026", "2026-04-01").replace("=cmd()", "0007"))
    run = ImportRun.objects.first()
    assert (run.created, run.unchanged, run.refused_count) == (2, 1, 0)


def test_when_the_data_moved_since_the_check_it_is_checked_again(client, portfolio):
    person(client, portfolio)
    upload(client, portfolio, GOOD)
    run = ImportRun.objects.get()
    account = Account.objects.get(external_id="0007")
    Invoice.objects.create(portfolio=portfolio, account=account, number="INV-1", issued_on="2026-03-01", due_on="2026-03-31",
                           currency="EUR", amount_minor=999, balance_minor=999)  # fmt: skip
    response = confirm(client, run)
    run.refresh_from_db()
    assert "checked again" in texts(response) and run.state == "checked" and (run.created, run.updated) == (0, 1)
    assert Invoice.objects.get().amount_minor == 999
    assert b"amount: 9.99" in response.content and b"1234.56" in response.content
    assert "1 updated" in texts(confirm(client, run)) and Invoice.objects.get().amount_minor == 123456


def test_a_confirm_is_pinned_to_the_file_that_was_checked(client, portfolio):
    person(client, portfolio)
    upload(client, portfolio, GOOD)
    run = ImportRun.objects.get()
    with open(run.upload.path, "w") as stream:
        stream.write(GOOD.replace("1234.56", "1.00"))
    confirm(client, run)
    run.refresh_from_db()
    assert run.state == "checked" and not Invoice.objects.exists()
    client.post(reverse("admin:import_confirm", args=[run.pk]), {"sha256": "0" * 64})
    assert not Invoice.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.csv", b"%PDF-1.4", b"is a PDF"),
        ("x.csv", b"\x00\x01\x02", b"NUL"),
        ("x.xlsx", b"PK\x03\x04", b"damaged or cut off"),
        ("x.csv", b"foo,bar\n1,2\n", b"Known layouts"),
        ("x.csv", b"account_number,contract_number,starts_on\n0007,C,03/04/2026\n", b"choose date order under"),
    ],
)
def test_an_unreadable_upload_is_a_page_with_the_reason_never_an_error(client, portfolio, name, content, words):
    person(client, portfolio)
    response = upload(client, portfolio, content, name=name)
    assert response.status_code == 422 and b"There is a problem" in response.content and words in response.content
    assert not ImportRun.objects.exists()


def test_the_limits_of_an_upload_are_kept_and_shown(client, portfolio, monkeypatch):
    person(client, portfolio)
    assert b"20 MB" in client.get(reverse("admin:imports")).content
    monkeypatch.setattr("accounts.importing.staging.UPLOAD_ROWS", 2)
    rows = "".join(f"0007,N{n},2026-03-01,2026-03-31,EUR,1.00\n" for n in range(3))
    assert b"more than 2 rows" in upload(client, portfolio, f"{INVOICES}\n{rows}").content
    monkeypatch.setattr(files, "UPLOAD_BYTES", 50)
    monkeypatch.setattr("accounts.importing.uploads.UPLOAD_BYTES", 50)
    assert b"at most 20 MB" in upload(client, portfolio, GOOD).content


@pytest.mark.parametrize("role", ["reviewer", "account_owner", "legal_approver", "executive", "compliance_auditor", "leadership", "policy_admin"])
def test_only_finance_and_system_administrators_import(client, portfolio, role):
    person(client, portfolio, role)
    run = ImportRun.objects.create(portfolio=portfolio, state="checked", started_at="2026-05-12T08:00Z", file_sha256="0" * 64)
    assert client.get(reverse("admin:imports")).status_code == 403
    assert upload(client, portfolio, GOOD).status_code == 403
    assert client.get(reverse("admin:import_run", args=[run.pk])).status_code == 403
    assert client.get(reverse("admin:import_refused", args=[run.pk])).status_code == 403
    assert client.post(reverse("admin:import_confirm", args=[run.pk])).status_code == 403
    assert ImportRun.objects.count() == 1


def test_another_portfolio_is_neither_shown_nor_importable(client, portfolio):
    other = make_portfolio(name="Elsewhere")
    hidden = ImportRun.objects.create(portfolio=other, state="committed", file_name="secret.csv", started_at="2026-05-12T08:00Z",
                                      committed_at="2026-05-12T08:00Z")  # fmt: skip
    person(client, portfolio)
    page = client.get(reverse("admin:imports"))
    assert b"Elsewhere" not in page.content and b"secret.csv" not in page.content
    assert client.get(reverse("admin:import_run", args=[hidden.pk])).status_code == 404
    assert upload(client, other, GOOD).status_code == 422 and ImportRun.objects.count() == 1


def test_a_superuser_without_a_role_imports_nothing(client, portfolio):
    client.force_login(make_user(is_superuser=True, is_staff=True))
    assert upload(client, portfolio, GOOD).status_code == 403 and not ImportRun.objects.exists()


def test_a_system_administrators_upload_needs_a_second_person(client, portfolio):
    first = person(client, portfolio, "system_admin")
    upload(client, portfolio, GOOD)
    run = ImportRun.objects.get()
    assert b"a second person confirms it" in client.get(reverse("admin:import_run", args=[run.pk])).content
    refused = confirm(client, run)
    assert refused.status_code == 403 and b"second person" in refused.content and not Invoice.objects.exists()
    person(client, portfolio, "system_admin")
    confirm(client, run)
    assert Invoice.objects.count() == 1 and Event.objects.get(stream="import").actor_id != first.pk


def test_a_system_administrator_who_is_also_finance_confirms_alone(client, portfolio):
    grant(person(client, portfolio, "system_admin"), "finance_approver", portfolio)
    upload(client, portfolio, GOOD)
    confirm(client, ImportRun.objects.get())
    assert Invoice.objects.count() == 1


def test_reading_pages_never_changes_anything(client, portfolio):
    person(client, portfolio)
    upload(client, portfolio, GOOD)
    run = ImportRun.objects.get()
    assert client.get(reverse("admin:import_confirm", args=[run.pk])).status_code == 405 and not Invoice.objects.exists()


def test_customer_text_in_a_refused_row_is_escaped(client, portfolio):
    person(client, portfolio)
    response = upload(client, portfolio, f"{ACCOUNTS},tier\n0009,North,<script>alert(1)</script>\n", name="accounts.csv")
    page = client.get(response.url).content
    assert b"<script>alert(1)" not in page and b"&lt;script&gt;" in page


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx"])
def test_a_cell_a_spreadsheet_could_execute_is_safe_cell(cell):
    assert safe_cell(cell) == f"'{cell}"


def test_ordinary_cells_are_left_alone():
    assert [safe_cell(c) for c in ("a=b", "", None, 5, "'x")] == ["a=b", "", "", "5", "'x"]
