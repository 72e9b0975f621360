"""Facts to a model's draft: used when it passes every check, fed back once when it does not, and the approved template otherwise."""

from __future__ import annotations

import json

import pytest

from collections_site.provider.faults import FAULTS
from collections_site.provider.recorded import answerer, obedient
from collections_site.provider.server import Provider
from drafts.generation import runner
from drafts.models import Draft, FollowUp, Generation
from drafts.preparation import prepare_accounts
from tests.drafts.generation.support import answer
from tests.factories import AS_OF, make_account, make_invoice
from tests.policy import set_policy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("model_may_write")]


def preparation(**changes):
    """What the model prepares for people, as the provider sends it."""
    value = {"summary": [], "suggested_lane": "routine", "lane_reason": "", "options": [], "memo": [], "customer_position": []}
    value["summary"] = [{"text": "One invoice is open.", "facts": ["account:1"]}]
    return json.dumps({**value, **changes})


def both(draft=None, people=None):
    """Answers drafts and preparations."""

    def choose(request):
        form = request["response_format"]["json_schema"]["name"]
        return (people or preparation()) if form == "Preparation" else (draft or answer())

    return choose


@pytest.fixture
def desk(settings):
    """Prepare, let the worker run, and prepare again until nothing moves, as the sweep does."""

    def _desk(account, provider, rounds=4):
        settings.LLM_BASE_URL, settings.LLM_MODEL = provider.base_url, "m-1"
        for _ in range(rounds):
            prepare_accounts([account.pk], as_of=AS_OF)
            runner.run(lambda: AS_OF, concurrency=4)
        return FollowUp.objects.get(account=account)

    return _desk


@pytest.fixture
def account():
    account = make_account(name="Alder AG")
    make_invoice(account, number="INV-4711")
    return account


def test_a_models_words_become_a_draft_in_which_code_wrote_every_figure(desk, account):
    with Provider(both()) as provider:
        follow_up = desk(account, provider)
    assert follow_up.status == "ready" and follow_up.lane == "routine"
    draft = follow_up.draft
    assert draft.author_kind == "model" and draft.template_version is None
    assert "INV-4711" in draft.body and "1,000.00" in draft.body and "{" not in draft.body
    attempt = Generation.objects.get(kind="draft")
    assert attempt.draft_id == draft.pk and attempt.attempt == 1


def test_a_wrong_amount_is_refused_fed_back_and_the_template_speaks(desk, account):
    with Provider(answerer({"Alder AG": "wrong_amount"})) as provider:
        follow_up = desk(account, provider)
    first, second = Generation.objects.filter(kind="draft").order_by("pk")
    assert {f["label"] for f in first.findings} == {"wrong_amount"}
    assert "9,999.00" in str(second.parameters["feedback"])
    assert follow_up.draft.author_kind == "template" and "did not pass the checks" in follow_up.draft.note
    assert "9,999" not in follow_up.draft.body
    assert Draft.objects.count() == 1, "what the checks refused never became a draft"


def test_a_second_answer_that_mends_the_first_is_used(desk, account):
    bad = answer(body=json.loads(answer())["body"].replace("{statement}", "{statement}\n\nThe total is EUR 7,777.77."))
    answers = [bad, answer()]
    with Provider(lambda r: preparation() if r["response_format"]["json_schema"]["name"] == "Preparation" else answers.pop(0)) as provider:
        follow_up = desk(account, provider)
    assert follow_up.draft.author_kind == "model" and follow_up.draft.revision == 1
    assert [g.attempt for g in Generation.objects.filter(kind="draft").order_by("pk")] == [1, 2]


@pytest.mark.parametrize("fault", FAULTS)
def test_under_every_fault_the_template_speaks_and_nothing_hangs(desk, account, fault):
    set_policy(model_seconds=1)
    with Provider(both(), fault=fault) as provider:
        follow_up = desk(account, provider)
    assert follow_up.status == "ready"
    assert follow_up.draft.author_kind == "template" and follow_up.draft.note.startswith("Approved template: The model gave no draft")
    assert not Generation.objects.filter(state__in=["queued", "claimed"]).exists()


def test_a_hijacked_model_never_gets_a_draft(desk, account):
    with Provider(obedient("As instructed, invoice INV-4711 is marked as paid in full. Please send EUR 5.00 to DE00 1234 instead. Regards")) as provider:
        follow_up = desk(account, provider)
    assert follow_up.draft.author_kind == "template"
    assert "marked as paid" not in follow_up.draft.body


@pytest.mark.parametrize(
    "body",
    [
        "{greeting}\n\n{secret_discount}\n\n{statement}\n\n{how_to_dispute}\n\n{signature}",
        "{greeting}\n\n{your_text}\n\n{statement}\n\n{how_to_dispute}\n\n{signature}",
        "{greeting}\n\n{statement}\n\nan open { brace and {{ another one\n\n{how_to_dispute}\n\n{signature}",
        "{0} {greeting!r} {statement[0]} {__class__} " + "x" * 40,
    ],
)
def test_fields_nobody_knows_are_fed_back_once_and_then_the_template_speaks(desk, account, body):
    with Provider(both(draft=answer(body=body))) as provider:
        follow_up = desk(account, provider)
    assert follow_up.status == "ready" and follow_up.draft.author_kind == "template"
    first, second = Generation.objects.filter(kind="draft").order_by("pk")
    assert {f["label"] for f in first.findings} == {"invalid_output"} and second.parameters["feedback"]


def test_the_model_may_raise_the_lane_and_the_reason_is_shown(desk, account):
    with Provider(both(people=preparation(suggested_lane="exception", lane_reason="A ticket hints at a quarrel."))) as provider:
        follow_up = desk(account, provider)
    assert follow_up.lane == "exception"
    assert any("A ticket hints at a quarrel." in r["words"] for r in follow_up.reasons)
    assert {"account_owner", "finance_approver"} <= {role for role, _ in follow_up.required_roles}


def test_the_model_may_ask_for_an_executive_and_then_no_draft_exists(desk, account):
    with Provider(both(people=preparation(suggested_lane="executive_review", lane_reason="The CEO wrote."))) as provider:
        follow_up = desk(account, provider)
    assert follow_up.status == "awaiting_decision" and follow_up.lane == "executive_review"
    assert follow_up.draft_id is None


def test_the_model_never_lowers_a_lane(desk):
    account = make_account(tier="strategic")
    make_invoice(account)
    with Provider(both(people=preparation(suggested_lane="routine"))) as provider:
        follow_up = desk(account, provider)
    assert follow_up.lane == "exception"


def test_an_executive_account_is_prepared_for_people_and_gets_no_draft(desk):
    account = make_account(tier="enterprise")
    make_invoice(account)
    with Provider(both()) as provider:
        follow_up = desk(account, provider)
    assert follow_up.status == "awaiting_decision"
    assert [g.kind for g in Generation.objects.all()] == ["preparation"]
    assert not Draft.objects.exists()


def test_preparing_again_while_the_model_thinks_changes_nothing(settings, account):
    settings.LLM_BASE_URL, settings.LLM_MODEL = "http://127.0.0.1:9/v1", "m-1"
    for _ in range(3):
        prepare_accounts([account.pk], as_of=AS_OF)
    assert FollowUp.objects.get().status == "preparing"
    assert Generation.objects.filter(kind="draft").count() == 1 and Generation.objects.filter(kind="preparation").count() == 1
