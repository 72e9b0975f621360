"""The control matrix: every control asks something, its tests exist, its evidence query runs, and nothing is good without evidence."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest

from drafts.compliance import nightly
from governance import control_looks
from governance.control_looks import Found, Round, look, query_of, standings
from governance.controls import BY_ID, CONTROLS, FRAMEWORKS, in_framework
from governance.models import ControlResult, Event, Incident
from tests.drafts.scene import AS_OF, Desk, routine_case
from tests.factories import make_user
from tests.security.broken_rows import sent, tamper

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent
MINIMUM = (
    "named_approval segregation facts_first completeness reverification holds routing commitments contact_policy change_control kill_switch "
    "iteration_history ledger generation_record oversight independent_qa untrusted_text least_privilege access_review incidents recourse "
    "retention provider_contingency metric_integrity training"
).split()
RMF = (
    "GOVERN 1.3,GOVERN 2.1,GOVERN 3.2,GOVERN 4.3,GOVERN 6.2,MAP 1.5,MAP 2.2,MAP 3.5,MEASURE 1.1,MEASURE 1.3,MEASURE 2.3,MEASURE 2.5,MEASURE 2.6,"
    "MEASURE 2.7,MEASURE 2.8,MEASURE 2.13,MEASURE 3.3,MANAGE 1.1,MANAGE 2.1,MANAGE 2.4,MANAGE 4.1,MANAGE 4.3"
).split(",")


def test_the_rows_the_design_asks_for_are_there_once():
    assert sorted(control.id for control in CONTROLS) == sorted(MINIMUM)
    assert all(control.title and control.asks.endswith(".") for control in CONTROLS)


@pytest.mark.parametrize("test", sorted({test for control in CONTROLS for test in control.tests}))
def test_every_test_a_control_names_exists(test):
    path, _, name = test.partition("::")
    tree = ast.parse((ROOT / path).read_text())
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert name in names if name else any(known.startswith("test_") for known in names), test


def test_only_what_is_not_recorded_yet_has_neither_test_nor_query():
    assert [control.id for control in CONTROLS if query_of(control.id) is None] == ["training"]
    assert [control.id for control in CONTROLS if not control.tests] == ["training"]


def test_the_frameworks_have_their_references_and_only_known_ones():
    assert {ref for ref, _ in in_framework("nist_ai_rmf")} == set(RMF)
    assert {ref[:3] for ref, _ in in_framework("soc2")} >= {"CC6", "CC7", "CC8"}
    assert all(set(control.refs) <= set(FRAMEWORKS) for control in CONTROLS)
    with pytest.raises(KeyError):
        in_framework("unheard of")


@pytest.mark.parametrize("control", [control.id for control in CONTROLS if control.id != "training"])
def test_every_evidence_query_runs_on_an_empty_desk_and_after_a_message(control):
    before = query_of(control)(Round(AS_OF))
    sent(routine_case())
    after = query_of(control)(Round(AS_OF + timedelta(hours=1)))
    assert isinstance(before, Found) and isinstance(after, Found) and after.words
    assert before.bad == after.bad == 0, (before, after)


def test_nothing_is_good_before_somebody_looked_nor_without_rows_nor_when_the_look_is_old():
    assert not any(standing.good for standing in standings(AS_OF))
    assert {standing.words for standing in standings(AS_OF)} == {"Never looked at"}
    look(AS_OF)
    found = {s.control.id: s for s in standings(AS_OF)}
    assert found["named_approval"].result.state == ControlResult.State.NONE and not found["named_approval"].good
    assert found["training"].result.state == ControlResult.State.NONE
    sent(routine_case())
    look(AS_OF + timedelta(hours=3))
    found = {s.control.id: s for s in standings(AS_OF + timedelta(hours=3))}
    assert found["named_approval"].good and found["named_approval"].result.count == 1
    old = {s.control.id: s for s in standings(AS_OF + timedelta(days=3))}
    assert not old["named_approval"].good and old["named_approval"].words == "Was: evidence"


def test_a_row_against_a_control_and_a_query_that_fails_are_said(monkeypatch):
    case = sent(routine_case())
    tamper("UPDATE drafts_delivery SET server_answer = ''")
    monkeypatch.setitem(control_looks._QUERIES, "holds", lambda around: 1 / 0)
    rows = {row.control: row for row in look(AS_OF)}
    assert (rows["named_approval"].state, rows["named_approval"].bad) == ("failing", 1), case
    assert rows["holds"].state == "error" and "nothing is known" in rows["holds"].words
    assert not any(s.good for s in standings(AS_OF) if s.control.id in ("named_approval", "holds"))


def test_the_night_opens_one_incident_for_a_broken_invariant_and_is_quiet_otherwise():
    sent(routine_case())
    assert nightly.run(AS_OF) == 0 and not Incident.objects.exists()
    tamper("UPDATE drafts_delivery SET server_answer = ''")
    assert nightly.run_due(AS_OF + timedelta(hours=1)) == 0  # done already this night
    assert nightly.run_due(AS_OF + timedelta(hours=25)) == 1
    assert nightly.run_due(AS_OF + timedelta(hours=50)) == 1
    row = Incident.objects.get()
    assert (row.source, row.severity, row.state, row.noticed_by) == ("invariant:I5", "high", "open", None)
    assert "without an answer of the mail server" in row.what
    told = Event.objects.filter(action=nightly.DONE).latest("id")
    assert '"broken":{"I5":1}' in told.data


def test_the_night_is_in_the_schedule_of_both_workers():
    from collections_site.beat import JOBS
    from collections_site.embedded import ROUNDS

    assert {job.task for job in JOBS} == set(ROUNDS) and ROUNDS["drafts.nightly"] is nightly.run_due


def test_the_screen_says_what_is_known_and_shows_the_views(browser):
    auditor = make_user("compliance_auditor")
    client = browser(auditor)
    page = client.get("/admin/compliance/").content.decode()
    assert page.count("Never looked at") == len(CONTROLS) and 'badge good' not in page
    sent(routine_case(Desk()))
    assert client.act("/admin/compliance/look/").status_code == 302
    page = client.get("/admin/compliance/").content.decode()
    assert 'badge good' in page and "1 message sent" in page and "Nothing here records this yet." in page
    for view, ref in (("nist_ai_rmf", "MEASURE 2.13"), ("soc2", "CC8.1"), ("eu_ai_act", "benchmark")):
        assert ref in client.get("/admin/compliance/", {"view": view}).content.decode()
    assert client.get("/admin/compliance/", {"view": "nonsense"}).status_code == 200


@pytest.mark.parametrize(("role", "status"), [("reviewer", 403), ("leadership", 200), ("policy_admin", 200), ("system_admin", 200)])
def test_who_reads_the_controls_and_who_may_look(browser, role, status):
    client = browser(make_user(role))
    assert client.get("/admin/compliance/").status_code == status
    assert client.act("/admin/compliance/look/").status_code == 403
    assert not ControlResult.objects.exists()


def test_every_control_is_known_by_its_id():
    assert BY_ID["ledger"].title == "Tamper-evident ledger"
