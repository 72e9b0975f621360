"""The import as a person does it: a file with faults, two tabs, a message it stops, a browser that is closed. One test per point of the screens."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Account, ImportRun, Invoice
from drafts import states, sweeping
from tests.drafts.scene import AS_OF, Desk, routine_case
from tests.factories import make_account, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_desk")]
HEADER = "account_number,invoice_number,issued_on,due_on,currency,amount"
IMPORT = "/admin/imports/"


@pytest.fixture(autouse=True)
def uploads_here(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def desk():
    found = Desk()
    make_account(found.portfolio, external_id="0007", name="Northwind")
    return found


def file(folder: Path, *rows: str, header: str = HEADER, name: str = "open_items.csv") -> Path:
    path = folder / name
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


def upload(page, path, **fields):
    page.goto(IMPORT)
    page.locator("input[type=file]").set_input_files(path)
    page.locator("#id_as_of").fill("2026-05-12")
    for name, value in fields.items():
        page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        page.locator(f"#id_{name}").select_option(value)
    page.get_by_role("button", name="Check the file").click()
    page.wait_for_load_state("networkidle")


def tiles(page):
    return {t.locator(".label").inner_text().lower(): int(t.locator(".big").inner_text()) for t in page.locator(".tile").all()}


def test_i1_i2_i3_faulty_rows_are_counted_mended_and_imported_once(desk, enter, tmp_path):
    good = [f"0007,INV-{n},2026-03-01,2026-03-31,EUR,{n}.00" for n in range(1, 6)]
    faulty = [f"0099,INV-{n},2026-03-01,2026-03-31,EUR,1.00" for n in range(20, 32)] + [f"0007,INV-{n},2026-03-01,31.02.2026,EUR,1.00" for n in range(40, 45)]
    page = enter(desk.finance)
    upload(page, file(tmp_path, *good, *faulty))
    assert {name: tiles(page)[name] for name in ("new", "changed", "same", "refused")} == {"new": 5, "changed": 0, "same": 0, "refused": 17}
    expect(page.get_by_text("Nothing has been written.")).to_be_visible()
    assert not Invoice.objects.exists(), "I1: nothing before Confirm"
    page.get_by_role("button", name="Go on with 5 rows").click()
    expect(page.get_by_text("Imported: 5 created")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the refused rows").click()
    rows = list(csv.reader(Path(download.value.path()).read_text().splitlines()))
    assert len(rows) == 18, "I2: your columns and why"
    mended = [",".join(["0007", row[1], row[2], "2026-04-01", *row[4:6]]) for row in rows[1:]]
    upload(page, file(tmp_path, *mended, name="mended.csv"))
    assert tiles(page)["new"] == 17 and tiles(page)["refused"] == 0
    page.get_by_role("button", name="Import 17 rows").click()
    expect(page.get_by_text("Imported: 17 created")).to_be_visible()
    upload(page, tmp_path / "mended.csv")
    assert (tiles(page)["new"], tiles(page)["changed"], tiles(page)["same"]) == (0, 0, 17), "I3"
    expect(page.get_by_text("The very same file was imported")).to_be_visible()


def test_i4_i8_zeros_and_commas_keep_their_meaning_an_open_date_asks_and_a_formula_stays_text(desk, enter, tmp_path):
    page = enter(desk.finance)
    comma = HEADER.replace(",", ";") + ";description"
    upload(page, file(tmp_path, "0007;0004711;13.03.2026;31.03.2026;EUR;1.234,56;=cmd()", header=comma))
    page.get_by_role("button", name="Import 1 row").click()
    expect(page.get_by_text("Imported: 1 created")).to_be_visible()
    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.amount_minor, invoice.due_on.isoformat(), invoice.description) == ("0004711", 123456, "2026-03-31", "=cmd()")
    open_date = file(tmp_path, "0007,C-1,03/04/2026", header="account_number,contract_number,starts_on", name="contracts.csv")
    upload(page, open_date)
    expect(page.get_by_role("alert")).to_contain_text("choose date order")
    upload(page, open_date, date_order="dmy")
    page.get_by_role("button", name="Import 1 row").click()
    assert Account.objects.get(external_id="0007").contracts.get().starts_on.isoformat() == "2026-04-03"
    upload(page, file(tmp_path, "=cmd(),INV-9,2026-03-01,2026-03-31,EUR,1.00", name="formula.csv"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the refused rows").click()
    assert next(csv.reader(Path(download.value.path()).read_text().splitlines()[1:]))[0] == "'=cmd()", "I8: exported escaped"


def test_i5_i7_confirmed_in_two_tabs_it_is_imported_once_and_the_result_is_there_later(desk, enter, tmp_path):
    first, second = enter(desk.finance), enter(desk.finance)
    upload(first, file(tmp_path, "0007,INV-1,2026-03-01,2026-03-31,EUR,5.00"))
    second.goto(first.url)
    first.get_by_role("button", name="Import 1 row").click()
    expect(first.get_by_text("Imported: 1 created")).to_be_visible()
    second.get_by_role("button", name="Import 1 row").click()
    expect(second.get_by_text(f"Already imported by {desk.finance}")).to_be_visible()
    assert Invoice.objects.count() == 1
    first.context.close()
    later = enter(desk.finance)
    later.goto(IMPORT)
    later.get_by_role("link", name="open_items.csv").first.click()
    expect(later.get_by_role("heading", name="Imported: open_items.csv")).to_be_visible()


def test_i7_home_says_what_ended_while_its_author_was_away_until_the_result_was_seen(desk, enter, tmp_path):
    page = enter(desk.finance)
    upload(page, file(tmp_path, "0007,INV-1,2026-03-01,2026-03-31,EUR,5.00"))
    run = ImportRun.objects.get()
    # The browser is closed before the answer: it is never followed to the result.
    page.evaluate(
        """() => { const form = [...document.forms].find((f) => f.action.includes("confirm"));
        return fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" }).then(() => {}); }"""
    )
    page.context.close()
    run.refresh_from_db()
    assert run.state == ImportRun.State.COMMITTED
    other, later = enter(make_user("finance_approver", desk.portfolio)), enter(desk.finance)
    for _ in range(2):  # it stays until the result was seen, by who brought the file
        other.goto("/admin/")
        expect(other.get_by_text("Imported while you were away")).to_have_count(0)
        other.goto(reverse("admin:import_run", args=[run.pk]))
        later.goto("/admin/")
        expect(later.locator(".notice", has_text="Imported while you were away")).to_contain_text("1 new, 0 changed, 0 refused")
    later.get_by_role("link", name="See the result").click()
    expect(later.get_by_role("heading", level=1)).to_have_text("Imported: open_items.csv")
    later.goto("/admin/")
    expect(later.get_by_text("Imported while you were away")).to_have_count(0)


def test_i6_a_row_that_marks_an_invoice_paid_stops_the_message_that_names_it(desk, enter, tmp_path):
    case = routine_case(desk, external_id="0008")
    delivery, invoice = case.approve(), case.invoices[0]
    page = enter(desk.finance)
    row = f"0008,{invoice.number},{invoice.issued_on},{invoice.due_on},EUR,{invoice.amount_minor / 100:.2f},0.00,paid,2026-05-11"
    upload(page, file(tmp_path, row, header=f"{HEADER},balance,status,settled_on"))
    page.get_by_role("button", name="Import 1 row").click()
    expect(page.get_by_text("Imported: 0 created, 1 updated")).to_be_visible()
    sweeping.sweep(delivery.leaves_at)
    delivery.refresh_from_db()
    assert delivery.state == states.DELIVERY_STOPPED
    page.goto(reverse("admin:outgoing") + "?tab=stopped")
    expect(page.get_by_role("link", name=case.account.name, exact=True)).to_be_visible()
    assert ImportRun.objects.get().state == "committed" and delivery.leaves_at > AS_OF
