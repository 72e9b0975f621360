"""Health: measured by a job, shown with its moment, never green because nobody looked; dead workers are seen by who opens the page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Source
from collections_site import embedded
from collections_site.health import look as looks
from collections_site.health import machine
from collections_site.health.look import look, look_due, measure
from collections_site.provider.recorded import answerer
from collections_site.provider.server import Provider
from drafts import sweeping
from drafts.generation import runner
from drafts.models import Draft, Generation
from drafts.preparation import prepare_accounts
from governance import heartbeat
from governance.models import Beat, HealthDay, HealthLook, JobFailure
from governance.roles import ALL_ROLES
from tests.drafts.ready import ready_portfolio, switched_on
from tests.drafts.scene import AS_OF, routine_case
from tests.factories import make_portfolio, make_user, moment
from tests.policy import set_policy
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]


@pytest.fixture(autouse=True)
def unthrottled():
    """Each test leaves its own signs of life."""
    heartbeat._last.clear()


def lines(at=AS_OF):
    return {found.key: found for found in measure(at, timezone.now())}


def worker_stopped(seconds):
    """A worker that ran, and has been silent since."""
    heartbeat.beat()
    Beat.objects.update(at=timezone.now() - timedelta(seconds=seconds))


def test_a_stopped_worker_is_a_problem_within_a_minute_although_nobody_is_left_to_measure_it(signed_in):
    """R1."""
    desk = routine_case().desk
    client = signed_in(desk.reviewer)
    sweeping.sweep(AS_OF)
    look(AS_OF)
    assert "Drafts are not being prepared" not in text_of(client.get("/admin/drafts/followup/"))
    assert "1 alive" in text_of(client.get("/admin/health/"))
    Beat.objects.update(at=timezone.now() - timedelta(seconds=75))
    page = text_of(client.get("/admin/health/"))
    assert re.search(r"Workers Problem last beat 7\d s ago", page)
    queue = text_of(client.get("/admin/drafts/followup/"))
    assert "Drafts are not being prepared:" in queue and "no worker has given a sign of life for 7" in queue


def test_without_a_limit_nothing_is_green(signed_in):
    """R2."""
    portfolio = make_portfolio()
    client = signed_in(make_user("system_admin"))
    look(AS_OF)
    before = client.get("/admin/health/")
    assert lines()[f"source:{portfolio.pk}:payments"].state == "fine"
    set_policy(source_warn_hours={"invoices": 12, "contacts": 12})
    found = lines()[f"source:{portfolio.pk}:payments"]
    assert found.state == "not_set_up" and "no warning limit set" in found.limit and "Set a limit" in found.do
    look(AS_OF)
    after = client.get("/admin/health/")
    assert dict(after.context["tally"])["not_set_up"] == dict(before.context["tally"])["not_set_up"] + 1
    assert dict(after.context["tally"])["fine"] == dict(before.context["tally"])["fine"] - 1


def test_bad_json_of_the_provider_raises_the_rate_of_wrong_forms_and_no_draft_is_invented(settings, model_may_write):
    """R3."""
    case = routine_case()
    Generation.objects.all().delete()
    with Provider(answerer({}), fault="wrong_schema") as provider:
        settings.LLM_BASE_URL, settings.LLM_MODEL = provider.base_url, "recorded-1"
        assert lines()["wrong_form"].state == "unknown"
        other = routine_case(case.desk)
        for _ in range(3):
            prepare_accounts([other.account.pk], as_of=AS_OF)
            runner.run(lambda: AS_OF, concurrency=2)
        prepare_accounts([other.account.pk], as_of=AS_OF)
        found = lines()["wrong_form"]
    assert found.state in ("warning", "problem") and "100.0 %" in found.value
    draft = Draft.objects.filter(follow_up__account=other.account).latest("pk")
    assert draft.author_kind == "template" and "expected form" in draft.note


@pytest.mark.parametrize(("budget", "state"), [(1_000, "fine"), (100, "warning"), (85, "problem"), (0, "problem")])
def test_the_time_of_the_model_is_told_against_its_budget_calls_in_flight_at_their_longest(settings, budget, state):
    settings.LLM_BASE_URL, settings.LLM_MODEL = "http://127.0.0.1:9/v1", "m-1"
    set_policy(model_seconds_per_day=budget)
    draft = routine_case().draft
    follow_up = draft.follow_up
    about = {"follow_up": follow_up, "account": follow_up.account, "brief": follow_up.brief, "created_at": AS_OF}
    Generation.objects.create(**about, attempt=7, state="done", latency_ms=65_000, finished_at=AS_OF)
    Generation.objects.create(**about, attempt=8, state="claimed", kind="preparation")  # 20 seconds at most
    found = lines()["model_time"]
    assert (found.state, found.value) == (state, f"85 of {budget:,} seconds in 24 h, all calls added up")
    assert found.do == ("" if state == "fine" else "Raise the budget, or wait.")


def test_a_switch_without_a_model_is_not_said_to_be_fine(settings):
    switched_on(ready_portfolio())
    settings.LLM_MODEL, settings.LLM_BASE_URL = "recorded-1", "http://127.0.0.1:9/v1"
    assert lines()["gate"].state == "fine"
    settings.LLM_MODEL = ""
    found = lines()["gate"]
    assert (found.state, found.value) == ("not_set_up", "a model may write, but none is configured")


def test_sending_that_is_paused_or_refused_is_said_with_who_and_why(signed_in):
    """R4, the line; the bar and the refusal of a reviewer are tested with the pages of outgoing messages."""
    case = routine_case()
    assert lines()["sending"].state == "fine"
    reviewer = signed_in(case.desk.reviewer)
    reviewer.post("/admin/outgoing/pause/", {"reason": "ERP wrong balances"})
    found = lines(moment(0.1))["sending"]
    assert found.state == "warning" and "ERP wrong balances" in found.value
    assert "ERP wrong balances" in text_of(reviewer.get("/admin/health/")), "the bar is on this page too"
    reviewer.post("/admin/outgoing/resume/", {"reason": "x"})
    assert lines(moment(0.1))["sending"].state == "warning", "a reviewer pauses and does not resume"


def test_readyz_says_only_ok_without_signing_in():
    """R5."""
    response = Client().get("/readyz")
    assert (response.status_code, response.json()) == (200, {"ok": True})
    assert Client().get("/admin/health/").status_code == 302
    over = Client().post("/admin/health/check/")
    assert (over.status_code, over.template_name) == (403, "desk/visit_over.html")
    assert not HealthLook.objects.exists()


def test_every_state_is_a_word(signed_in):
    """R6: readable without colour, and in print."""
    make_portfolio()
    look(AS_OF)
    response = signed_in(make_user("system_admin")).get("/admin/health/")
    for group in response.context["groups"]:
        for row in group["lines"]:
            assert re.search(rf'id="line-{re.escape(row["line"].key)}".*?{row["line"].words}', response.content.decode(), re.DOTALL)


@pytest.mark.parametrize("role", ALL_ROLES)
def test_every_role_reads_it_and_sees_the_sources_of_its_own_portfolios_only(signed_in, role):
    own, foreign = make_portfolio(name="Own portfolio"), make_portfolio(name="Zzforeign portfolio")
    Source.objects.filter(portfolio=foreign).update(status="failed", error="password=hunter2 refused")
    look(AS_OF)
    page = text_of(signed_in(make_user(role, own)).get("/admin/health/"))
    assert "Own portfolio" in page and "Zzforeign" not in page and "hunter2" not in page


def test_reading_measures_nothing_and_writes_nothing_and_an_old_look_is_no_knowledge(signed_in):
    make_portfolio()
    client = signed_in(make_user("system_admin"))
    page = client.get("/admin/health/")
    assert not HealthLook.objects.exists() and "Nobody has looked yet" in text_of(page)
    look(AS_OF)
    assert {row["line"].state for group in client.get("/admin/health/").context["groups"] for row in group["lines"]} & {"fine"}
    HealthLook.objects.update(wall=timezone.now() - timedelta(minutes=6))
    page = client.get("/admin/health/")
    assert not {row["line"].state for group in page.context["groups"] for row in group["lines"]} & {"fine", "warning", "problem"}
    assert "too old to say anything" in text_of(page) and "not checked since" in text_of(page)


def test_a_check_that_raises_is_unknown_and_the_others_still_run(monkeypatch):
    def broken(found):
        raise RuntimeError("no")

    monkeypatch.setattr(looks, "CHECKS", (("Sources", broken), ("Sending", machine.sending)))
    states = {found.key: found.state for found in measure(AS_OF, timezone.now())}
    assert states["check:Sources"] == "unknown" and states["sending"] == "fine"


def test_the_job_looks_once_a_minute_and_keeps_the_worst_of_the_day(signed_in):
    portfolio = make_portfolio()
    assert look_due(AS_OF) == 1 and look_due(AS_OF) == 0
    Source.objects.filter(portfolio=portfolio, kind="invoices").update(status="failed")
    look(AS_OF)
    Source.objects.filter(portfolio=portfolio, kind="invoices").update(status="ok")
    look(AS_OF)
    assert HealthDay.objects.get(key="Sources").state == "problem"
    for _ in range(3):
        look(moment(24))
    page = signed_in(make_user("reviewer", portfolio)).get("/admin/health/")
    cells = next(row["cells"] for row in page.context["days"]["rows"] if row["title"] == "Sources")
    assert cells[-1] == "problem" and cells[:-1] == [""] * 13, "days nobody looked are gaps"


def test_a_step_that_fails_is_counted_by_name_and_kind_and_never_quoted(monkeypatch):
    def broken(at):
        raise ValueError("the customer wrote: secret")

    monkeypatch.setattr(sweeping, "STEPS", (("detected", broken),))
    assert sweeping.sweep(AS_OF) == {"detected": -1}
    found = lines()["failures"]
    assert found.state == "warning" and "step detected 1 times (ValueError)" in found.value and "secret" not in found.value
    assert JobFailure.objects.get().job == "step detected"


@pytest.mark.django_db(transaction=True)  # a round lets go of its connection
def test_the_embedded_worker_gives_signs_of_life_and_looks():
    worker = embedded.EmbeddedWorker()
    worker.round(0.0, ["collections_site.health"])
    assert HealthLook.objects.count() == 1 and not heartbeat.silence()
    assert set(Beat.objects.values_list("kind", "name")) == {("worker", heartbeat.worker_name()), ("job", "collections_site.health")}


def test_signs_of_life_cost_one_write_in_five_seconds(django_assert_num_queries):
    heartbeat.beat()
    with django_assert_num_queries(0):
        heartbeat.beat()


def test_nobody_ran_yet_is_not_set_up_and_never_fine():
    found = lines()
    assert found["workers"].state == "not_set_up" and found["failures"].state == "unknown"
    assert found["chain"].state == "unknown" and found["checkpoint"].state == "not_set_up"


def test_opening_the_page_costs_the_same_for_one_portfolio_and_ten(signed_in):
    def queries():
        look(AS_OF)
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/admin/health/").status_code == 200
        return len(seen)

    client = signed_in(make_user("reviewer"))
    make_portfolio()
    few = queries()
    for _ in range(9):
        make_portfolio()
    assert queries() == few <= 20
