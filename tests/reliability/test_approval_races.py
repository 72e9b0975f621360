"""The races of ``benchmark races``, smaller: many people answer for one draft at once, and nothing happens twice or unseen."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from collections_site.benchmarks import racing, yardsticks

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.postgres
@pytest.mark.parametrize("kind", list(racing.KINDS))
def test_twelve_people_at_once_leave_one_answer_per_role_and_no_unseen_text(kind):
    told = racing.run(12, 2, kind)
    assert (told["faults"], told["broken_invariants"], told["ledger_breaks"]) == (0, 0, 0), told["wrong"]
    assert (told[f"{kind}_acts"], told[f"{kind}_races"]) == (24, 2)
    if kind == "approvers":
        assert told["approvers_approvals"] == 2 + 3  # one race takes two roles, the other three


@pytest.mark.postgres
def test_a_fault_would_be_counted():
    races = racing.Races(racing.racing_cast.gather(2), 2)
    (row,) = racing.racing_cast.drafts(races.cast, 1)

    def wrong():
        raise RuntimeError("deadlock detected")

    races.at_once([wrong, lambda: None])
    racing.one_each(races, row)  # two people cannot fill it: an owner and a finance approver can
    races.demand(False, "one person filled two roles")
    races.close()
    assert races.counts["faults"] >= 2
    assert "RuntimeError: deadlock detected" in races.wrong


def test_it_says_how_far_it_is_and_ends_when_its_time_is_over(monkeypatch):
    told, now = [], [0.0]
    monkeypatch.setattr(racing.time, "perf_counter", lambda: now[0])
    clock = racing._Clock("edit", 200, 60, told.append)
    for done in range(100):
        now[0] = done * 1.0
        if clock.over(done, 0):
            break
    assert done == 61, "the race that begins after its time is not begun"
    assert told[0] == "edit: 10 of 200 races, 0 faults, 10 s" and told[-1].endswith("61 s, its time is over") and len(told) == 7
    assert not racing._Clock("edit", 2, 0, told.append).over(1, 0), "without a limit it goes on"


def test_races_are_refused_where_one_writer_at_a_time_is_all_there_is():
    if connection.vendor == "postgresql":
        with pytest.raises(yardsticks.Refused, match="unknown kind of race"):
            racing.run(2, 1, "swimming")
        return
    with pytest.raises(CommandError, match="need PostgreSQL"):
        call_command("benchmark", "races", "--rounds", "1", "--parallel", "2")
