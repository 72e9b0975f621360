"""``verify_invariants`` as a command: its answer in words, as JSON and as an exit code, and that looking changes nothing."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from drafts.invariants import INVARIANTS, NOT_FROM_ROWS, broken, verify
from drafts.models import Delivery
from governance.models import Event
from tests.drafts.scene import routine_case
from tests.security.broken_rows import run, sent, tamper

pytestmark = pytest.mark.django_db


def test_the_command_ends_with_0_and_one_line_per_invariant_when_all_hold():
    sent(routine_case())
    code, text = run()
    assert code == 0
    assert text.count("holds ") == len(INVARIANTS)
    assert "broken" not in text


def test_the_command_ends_with_1_and_names_the_rows_in_words_and_as_json():
    case = sent(routine_case())
    tamper("UPDATE drafts_delivery SET server_answer = ''")
    code, text = run()
    assert (code, f"delivery {case.delivery.pk}: " in text) == (1, True)
    code, text = run("--json")
    found = json.loads(text)
    assert (code, found["ok"]) == (1, False)
    by_id = {row["id"]: row for row in found["invariants"]}
    assert by_id["I5"]["violations"] == [
        {"kind": "delivery", "id": case.delivery.pk, "words": "it is accepted without an answer of the mail server"}
    ]
    assert by_id["I1"]["ok"] is True
    assert found["not_from_rows"] == list(NOT_FROM_ROWS)


def test_the_command_looks_at_the_invariants_named_and_shows_as_many_rows_as_asked():
    for _ in range(3):
        sent(routine_case())
    tamper("UPDATE drafts_delivery SET server_answer = ''")
    assert run("--only", "I1", "I2")[0] == 0
    code, text = run("--only", "I5", "--limit", "1", "--json")
    (found,) = json.loads(text)["invariants"]
    assert (code, found["count"], len(found["violations"])) == (1, 3, 1)


def test_every_invariant_of_the_design_is_either_looked_at_or_said_not_to_be():
    known = {invariant.id for invariant in INVARIANTS} | set(NOT_FROM_ROWS)
    assert known == {f"I{n}" for n in range(1, 30)} - {"I19"}


def test_looking_changes_nothing():
    sent(routine_case())
    before = (Delivery.objects.count(), Event.objects.count(), Event.objects.latest("pk").hash)
    verify()
    assert before == (Delivery.objects.count(), Event.objects.count(), Event.objects.latest("pk").hash)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_reads_one_picture_and_leaves_nothing_open():
    sent(routine_case())
    assert broken() == []
    assert not connection.in_atomic_block
    assert broken() == []
