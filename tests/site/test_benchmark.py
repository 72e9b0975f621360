"""The benchmark measures the real code in a database of its own."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.models import Account
from collections_site.benchmarks import book, preparing, queueing, yardsticks
from drafts.models import FollowUp
from tests.factories import make_account

KEYS = {
    "accounts", "invoices", "seconds", "python_cpu_seconds", "database_cpu_seconds", "cpu_seconds",
    "accounts_per_cpu_second", "queries_per_account", "peak_memory_mb", "yardstick_seconds", "ratio",
}  # fmt: skip


@pytest.mark.django_db
def test_preparation_is_measured_on_ten_invoices_an_account_with_the_keys_of_the_contract():
    result = preparing.run(30)
    assert set(result) == KEYS
    assert (result["accounts"], result["invoices"]) == (30, 300)
    assert result["cpu_seconds"] == pytest.approx(result["python_cpu_seconds"] + result["database_cpu_seconds"], abs=0.002)
    assert result["accounts_per_cpu_second"] > 0
    assert result["yardstick_seconds"] > 0
    assert FollowUp.objects.filter(status="ready").count() > 15


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_book():
    def shape():
        with transaction.atomic():
            made = book.build(8, seed=3)
            rows = made.portfolio.accounts.values_list("name", "tier", "invoices__number", "invoices__amount_minor")
            found = sorted(rows)
            transaction.set_rollback(True)
        return found

    assert shape() == shape()


@pytest.mark.django_db
def test_every_account_of_the_book_has_something_overdue():
    book.build(20)
    overdue = Account.objects.filter(invoices__status="open", invoices__due_on__lt=book.TODAY)
    assert overdue.distinct().count() == 20


@pytest.mark.django_db(transaction=True)
def test_the_command_uses_a_scratch_database_and_leaves_nothing_behind():
    before = connection.settings_dict["NAME"]
    kept = make_account()
    out = io.StringIO()
    call_command("benchmark", "prepare", "--accounts", "12", "--json", stdout=out)
    assert set(json.loads(out.getvalue())) == KEYS
    assert connection.settings_dict["NAME"] == before
    assert list(Account.objects.all()) == [kept]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_database_the_benchmark_did_not_make_is_refused():
    name = f"{connection.settings_dict['NAME']}_benchmark"
    quoted = connection.ops.quote_name(name)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {quoted}")
    try:
        with pytest.raises(CommandError, match="the benchmark did not make"):
            call_command("benchmark", "prepare", "--accounts", "5")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            assert cursor.fetchone()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {quoted}")


@pytest.mark.django_db
def test_the_yardsticks_do_their_work():
    book.build(5)
    edges = {f"d{n}": book.TODAY for n in (30, 60, 90)}
    assert yardsticks.ageing_seconds(book.TODAY, edges) > 0
    assert yardsticks.copy_seconds(100) > 0


@pytest.mark.django_db(transaction=True)
def test_the_ledger_is_written_by_several_and_verified_whole():
    out = io.StringIO()
    call_command("benchmark", "ledger", "--events", "1000", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["breaks"] == 0 and told["verified_events"] == told["events"] >= 990
    assert told["writers"] == (4 if connection.vendor == "postgresql" else 1)
    assert min(value for key, value in told.items() if "per_second" in key) > 0
    with pytest.raises(CommandError, match="--events must be at least 1"):
        call_command("benchmark", "ledger", "--events", "0")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_kept_database_is_taken_as_it_is_only_when_it_holds_what_is_asked_for():
    name = f"{connection.settings_dict['NAME']}_kept"
    quoted = connection.ops.quote_name(name)
    assert not yardsticks._stands(name, "3 drafts"), "there is none"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {quoted}")
    try:
        for comment, found in ((yardsticks.MARK, False), (f"{yardsticks.MARK}: 3 drafts", True)):
            with connection.cursor() as cursor:
                cursor.execute(f"COMMENT ON DATABASE {quoted} IS '{comment}'")
            assert yardsticks._stands(name, "3 drafts") is found
        with pytest.raises(yardsticks.Refused, match="holds 3 drafts, not 4 drafts"):
            yardsticks._stands(name, "4 drafts")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {quoted}")


@pytest.mark.django_db
def test_only_the_pages_of_measures_keep_a_database_and_only_on_postgresql():
    with pytest.raises(CommandError, match="--keep is for measures"):
        call_command("benchmark", "prepare", "--accounts", "5", "--keep", "somewhere")
    if connection.vendor != "postgresql":
        with pytest.raises(CommandError, match="Only a database of PostgreSQL is kept"):
            call_command("benchmark", "measures", "--drafts", "5", "--keep", "somewhere")


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_queue_is_measured_over_real_rows_and_their_copies_and_costs_the_same_statements():
    result = queueing.run(60)
    assert result["follow_ups"] >= 55 and result["p95_ms"] >= result["p50_ms"] > 0
    assert result["queries"] == result["queries_of_few"] <= 12


@pytest.mark.postgres
@pytest.mark.django_db
def test_copies_of_a_row_carry_their_own_account_brief_and_draft(monkeypatch):
    monkeypatch.setattr(queueing, "PREPARED", 20)
    queueing.run(50)
    rows = FollowUp.objects.select_related("account", "brief", "draft").order_by("pk")
    assert rows.count() >= 45 and len({row.account_id for row in rows}) == rows.count()
    copied = [row for row in rows if row.account.external_id.startswith("C")]
    assert len(copied) >= 25 and all(row.draft.follow_up_id == row.pk for row in copied if row.draft)
    assert all(row.brief.account_id == row.account_id for row in copied if row.brief)
