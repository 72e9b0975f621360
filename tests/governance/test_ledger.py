"""The chained record."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from governance import clock, guards, ledger
from governance.audit import Entry, UnknownAction, account_stream, event_hash, record
from governance.canonical import canonical_json, sha256_hex
from governance.models import Event, StreamHead
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def write(*streams, by=None):
    with transaction.atomic():
        return record([Entry(s, "hold.put", "hold", n, {"n": n}) for n, s in enumerate(streams)], by=by, at=clock.now())


def test_each_stream_is_numbered_without_gaps_and_chained():
    write("account:1", "account:2", "account:1")
    write("account:1")
    numbers = list(Event.objects.filter(stream="account:1").order_by("number").values_list("number", flat=True))
    assert numbers == [1, 2, 3]
    assert ledger.verify() == []


def test_the_actor_is_recorded_and_the_machine_is_null():
    person = make_user()
    (by_person,) = write("system", by=person)
    (by_machine,) = write("system")
    assert by_person.actor_id == person.pk
    assert by_machine.actor_id is None


def test_a_changed_event_is_found_where_it_was_changed():
    write("account:9", "account:9", "account:9")
    guards.drop(connection)
    Event.objects.filter(stream="account:9", number=2).update(data='{"n":99}')
    guards.install(connection)
    assert [(b.number, b.why) for b in ledger.verify("account:9")] == [(2, "was changed after it was written")]


def test_events_cut_off_at_the_end_are_missed():
    write("account:9", "account:9")
    guards.drop(connection)
    Event.objects.filter(stream="account:9", number=2).delete()
    guards.install(connection)
    (found,) = ledger.verify("account:9")
    assert "missing at the end" in found.why


def test_an_unknown_action_is_refused_and_nothing_is_written():
    with pytest.raises(UnknownAction), transaction.atomic():
        record([Entry("system", "hold.putt", "hold", 1)], by=None, at=clock.now())
    assert not Event.objects.filter(action="hold.putt").exists()


@pytest.mark.django_db(transaction=True)
def test_the_ledger_is_only_written_inside_a_transaction():
    with pytest.raises(RuntimeError):
        record([Entry("system", "hold.put", "hold", 1)], by=None, at=clock.now())
    assert StreamHead.objects.filter(stream="system").count() == 0


def test_the_number_of_statements_does_not_grow_with_the_number_of_events(django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        write(*[account_stream(n) for n in range(300)])


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")]))


@given(TEXTS, st.integers(1, 2**62), st.none() | st.integers(1, 2**62), TEXTS, MOMENTS, TEXTS)
def test_the_hash_of_an_event_is_that_of_its_canonical_json(stream, number, actor, subject, at, data):
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    listed = canonical_json(["0" * 64, stream, number, "hold.put", actor, subject, moment, data])
    assert event_hash("0" * 64, stream, number, "hold.put", actor, subject, at, data) == sha256_hex(listed)
    second = canonical_json([2, "0" * 64, stream, number, "hold.put", actor, subject, moment, data, "reviewer"])
    assert event_hash("0" * 64, stream, number, "hold.put", actor, subject, at, data, "reviewer") == sha256_hex(second)
