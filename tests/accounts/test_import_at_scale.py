"""The bulk path: COPY on PostgreSQL, batches on SQLite; the same answers, bounded statements, locks in order."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from accounts.importing import service
from accounts.importing.context import Options
from accounts.models import Account, ImportRun, Invoice
from governance import clock
from governance.models import Portfolio
from tests.accounts.importing.files import ACCOUNTS, INVOICES, run, write
from tests.factories import make_portfolio

AS_OF = ("--as-of", "2026-05-12")


def book(folder, accounts, invoices=2, amount="10.00"):
    write(folder, "accounts.csv", ACCOUNTS, *(f"{n:05d},Customer {n}" for n in range(accounts)))
    rows = (f"{n:05d},I{n:05d}-{k},2026-03-01,2026-03-31,EUR,{amount}" for n in range(accounts) for k in range(invoices))
    write(folder, "invoices.csv", INVOICES + ",balance", *(f"{row},{amount}" for row in rows))
    return folder


@pytest.mark.django_db
def test_the_number_of_statements_does_not_grow_with_the_rows(tmp_path):
    def statements(name, accounts):
        portfolio = make_portfolio(name=name)
        with CaptureQueriesContext(connection, ) as seen:
            service.commit(book(tmp_path / name, accounts), portfolio, Options(), at=clock.now())
        return [q for q in seen.captured_queries if "executemany" not in q["sql"] and not q["sql"].startswith("INSERT INTO stage_")]

    assert len(statements("small", 5)) == len(statements("large", 50))


@pytest.mark.django_db
def test_text_that_looks_like_copy_syntax_arrives_as_it_stands(tmp_path):
    name = 'back\\slash \\N "quoted" \\. tab\\t 50%s {braces} \u2028 end'
    path = write(tmp_path, "accounts.csv", ACCOUNTS, "\\N,\"" + name.replace('"', '""') + "\"", "a\\tb,'; DROP TABLE accounts_account; --")
    assert run(path, "--portfolio", "North").code == 0
    assert dict(Account.objects.values_list("external_id", "name")) == {"\\N": name, "a\\tb": "'; DROP TABLE accounts_account; --"}


@pytest.mark.django_db
def test_no_temporary_table_is_left_on_the_connection(tmp_path):
    run(book(tmp_path / "a", 3), "--portfolio", "North", *AS_OF)
    run(book(tmp_path / "b", 3), *AS_OF, "--dry-run")
    listing = "SELECT relname FROM pg_class WHERE relpersistence = 't'" if connection.vendor == "postgresql" else "SELECT name FROM sqlite_temp_master"
    with connection.cursor() as cursor:
        cursor.execute(listing)
        assert not [name for (name,) in cursor.fetchall() if name.startswith(("stage_", "plan_"))]


@pytest.mark.postgres
@pytest.mark.django_db
def test_postgresql_takes_the_rows_by_copy(tmp_path):
    with CaptureQueriesContext(connection) as seen:
        run(book(tmp_path / "a", 3), "--portfolio", "North", *AS_OF)
    copies = [q["sql"] for q in seen.captured_queries if "COPY stage_" in q["sql"]]
    assert len(copies) == 2 and not [q for q in seen.captured_queries if q["sql"].startswith("INSERT INTO stage_")]


def _in_thread(work):
    found = []

    def target():
        try:
            found.append(work())
        except Exception as error:
            found.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=target)
    thread.start()
    return thread, found


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_book_take_turns_and_the_second_finds_nothing_to_do(tmp_path):
    portfolio = make_portfolio(name="North")
    folder = book(tmp_path / "a", 20)
    work = lambda: service.commit(folder, Portfolio.objects.get(pk=portfolio.pk), Options(), at=clock.now())  # noqa: E731
    threads = [_in_thread(work) for _ in range(2)]
    for thread, _ in threads:
        thread.join(30)
    outcomes = [found[0] for _, found in threads]
    assert sorted(o.created for o in outcomes) == [0, 60] and Invoice.objects.count() == 40
    assert Invoice.history.count() == 40 and ImportRun.objects.count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_import_waits_for_the_account_whose_message_is_leaving(tmp_path):
    portfolio = make_portfolio(name="North")
    service.commit(book(tmp_path / "a", 3), portfolio, Options(), at=clock.now())
    changed = book(tmp_path / "b", 3, amount="9.00")
    with transaction.atomic():
        Account.objects.select_for_update().get(external_id="00001")
        thread, found = _in_thread(lambda: service.commit(changed, portfolio, Options(), at=clock.now()))
        thread.join(1.0)
        assert thread.is_alive() and not found  # it waits, with nothing written
        assert set(Invoice.objects.values_list("amount_minor", flat=True)) == {1000}
    thread.join(30)
    assert found[0].updated == 6 and set(Invoice.objects.values_list("amount_minor", flat=True)) == {900}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_import_that_changes_nothing_waits_for_nobody(tmp_path):
    portfolio = make_portfolio(name="North")
    folder = book(tmp_path / "a", 3)
    service.commit(folder, portfolio, Options(), at=clock.now())
    with transaction.atomic():
        Account.objects.select_for_update().get(external_id="00001")
        thread, found = _in_thread(lambda: service.commit(folder, portfolio, Options(), at=clock.now()))
        thread.join(20)
        assert found and found[0].unchanged == 9
