"""Who runs a simulation: the queue and its workers, the command, and two processes that find what one finds."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from drafts.models import SimulationChange, SimulationRun
from drafts.simulation import runs, shards
from drafts.simulation.result import simulate
from governance import policies
from governance.models import PolicyVersion
from tests.drafts.simulation.policy_scene import AS_OF, what_if

pytestmark = pytest.mark.django_db


def test_a_run_is_made_once_and_its_rows_say_what_it_found(scene):
    scene.book()
    draft = scene.draft()
    queued = runs.ask_for_run(draft.pk, by=scene.author, at=AS_OF)
    assert runs.ask_for_run(draft.pk, by=scene.other, at=AS_OF) == queued, "one under way is enough"
    assert runs.run(queued.pk, at=AS_OF) and not runs.run(queued.pk, at=AS_OF)
    queued.refresh_from_db()
    assert (queued.state, queued.accounts, queued.changed) == ("done", 7, 2)
    assert [c.rules for c in queued.changes.all()] == [["renewal_near"]] * 2
    assert set(queued.changes.values_list("direction", flat=True)) == {"tightened"}


def test_a_run_of_a_text_that_changed_meanwhile_is_given_up(scene):
    from drafts.simulation.policy_writing import edit_policy

    draft = scene.draft()
    first = runs.ask_for_run(draft.pk, by=scene.author, at=AS_OF)
    edit_policy(draft.pk, {"renewal_days": 91}, by=scene.author, at=AS_OF)
    second = runs.ask_for_run(draft.pk, by=scene.author, at=AS_OF)
    first.refresh_from_db()
    assert first.state == "failed" and second.pk != first.pk and not runs.run(first.pk, at=AS_OF)


def test_a_worker_that_fell_silent_is_followed_by_another_and_a_poison_run_is_given_up(scene):
    draft = scene.draft()
    run = runs.ask_for_run(draft.pk, by=scene.author, at=AS_OF)
    for attempt in range(runs.ATTEMPTS):
        claimed = runs._claim(run.pk, AS_OF + attempt * 2 * runs.LEASE)
        assert claimed is not None and runs._claim(run.pk, AS_OF + attempt * 2 * runs.LEASE) is None
    assert runs._claim(run.pk, AS_OF + 9 * runs.LEASE) is None
    run.refresh_from_db()
    assert run.state == "failed" and "three times" in run.words


def test_the_result_of_a_worker_that_lost_its_run_is_thrown_away(scene):
    scene.book()
    run = runs.ask_for_run(scene.draft().pk, by=scene.author, at=AS_OF)
    late = runs._claim(run.pk, AS_OF)
    runs._claim(run.pk, AS_OF + 2 * runs.LEASE)
    assert not runs.finish(late, what_if(renewal_days=90), by=None, at=AS_OF)
    assert not SimulationChange.objects.exists()


def say(capsys, *args):
    call_command("simulate_policy", *args)
    return capsys.readouterr().out


def test_the_command_simulates_a_file_and_writes_nothing(scene, capsys, tmp_path):
    scene.book()
    path = tmp_path / "policy.json"
    path.write_text(json.dumps({"renewal_days": 90}))
    found = json.loads(say(capsys, str(path), "--json"))
    assert {"accounts", "matrix", "changed", "tightened", "loosened", "seconds"} <= set(found)
    assert (found["accounts"], found["changed"], found["tightened"], found["loosened"]) == (7, 2, 2, 0)
    assert not SimulationRun.objects.exists() and PolicyVersion.objects.count() == 1
    assert "7 accounts, 2 in another lane: 2 tightened, 0 loosened." in say(capsys, str(path))


def test_the_command_keeps_the_result_of_a_policy_by_number(scene, capsys):
    scene.book()
    draft = scene.draft()
    found = json.loads(say(capsys, str(draft.number), "--json"))
    kept = runs.newest(draft)
    assert kept is not None and found["simulation"] == kept.pk and kept.changed == found["changed"] == 2
    from drafts.simulation.policy_asking import ask_for_activation

    assert ask_for_activation(draft.pk, "because", by=scene.author, at=AS_OF + timedelta(minutes=5)).asked_at


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "this is no JSON"), ("[1]", "expected one JSON object"), ('{"renewal_days": NaN}', "NaN is no number"),
        ('{"renewal_days": 1, "renewal_days": 2}', "renewal_days: given twice"), ('{"renewal_dys": 1}', "did you mean renewal_days"),
        ('{"renewal_days": "90"}', "renewal_days: a valid integer"), ('{"last_look": false}', "locked rule"), ('{"fresh_hours": 1000}', "at most 168"),
        ('{"required_sources": ["invoices", "payments", "contacts", "moon"]}', "no kind of source"), ('{"renewal_days": -1}', "greater than or equal to 0"),
    ],
)  # fmt: skip
def test_the_command_refuses_what_is_no_policy_by_field(scene, tmp_path, content, words):
    path = tmp_path / "policy.json"
    path.write_text(content)
    with pytest.raises(CommandError) as caught:
        call_command("simulate_policy", str(path), "--json")
    assert words in str(caught.value)


def test_the_command_names_the_policies_there_are(scene):
    with pytest.raises(CommandError, match="There is no policy 77; there are: 1"):
        call_command("simulate_policy", "77")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("simulate_policy", "nowhere.json")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_processes_find_what_one_finds(scene, settings, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")
    scene.book()
    active = policies.active()
    other = PolicyVersion(number=0, parameters={**active.parameters, "renewal_days": 90})
    one = simulate(active, other, AS_OF)
    monkeypatch.setattr(shards, "SHARED_FROM", 1)
    monkeypatch.setattr(shards, "BATCH", 2)
    two = simulate(active, other, AS_OF)
    assert (one.processes, two.processes) == (1, 2)
    assert one.book.tally == two.book.tally and sorted(f.case_key for f in one.found()) == sorted(f.case_key for f in two.found())
    monkeypatch.setattr(shards, "COMMAND", "no_such_command")
    alone = simulate(active, other, AS_OF)
    assert alone.processes == 1 and alone.book.tally == one.book.tally, "a helper that fails costs time, nothing else"


def test_the_other_process_speaks_the_same_language(scene):
    scene.book()
    found = list(what_if(renewal_days=90).found())
    assert [shards.found_of(json.loads(shards.line_of(f))) for f in found] == found and len(found) == 2
