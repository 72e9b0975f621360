"""Two versions on the same facts: what is counted, what passes, and what is left untouched."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import Account
from collections_site.provider.recorded import answerer, obedient
from collections_site.provider.server import Provider
from drafts.models import Brief, Draft, FollowUp, Generation
from drafts.review.distance import word_edit_rate
from drafts.simulation import UnknownVersion, cli, compare, content_hash, resolve
from drafts.simulation.comparison import NotComparable, TooExpensive, totals, why_not
from drafts.simulation.samples import SENDER
from governance import policies
from governance.models import ApprovalRequest, EvaluationRun, Event, PromptVersion
from tests.factories import AS_OF, make_account, make_invoice, make_portfolio, moment
from tests.policy import set_policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def second():
    """draft/2, not in force."""
    first = PromptVersion.objects.get(key="draft", version=1)
    return PromptVersion.objects.create(key="draft", version=2, system=first.system + "\nBe brief.", user=first.user)


@pytest.fixture
def book():
    """Four routine and four exception accounts with something overdue, and two nobody may write to."""
    portfolio = make_portfolio()
    for n in range(10):
        account = make_account(portfolio, name=f"Customer {n}", tier="strategic" if n % 2 else "standard", insolvent=n > 7)
        make_invoice(account, number=f"INV-{4700 + n}")


@pytest.fixture
def model(settings):
    """Serve a model for the test and configure it."""

    def _model(answers):
        provider = Provider(answers).start()
        settings.LLM_BASE_URL, settings.LLM_MODEL = provider.base_url, "m-1"
        running.append(provider)
        return provider

    running: list[Provider] = []
    yield _model
    for provider in running:
        provider.shutdown()
        provider.server_close()


def test_templates_and_a_prompt_are_compared_on_the_same_accounts(model, book, second):
    model(answerer())
    found = compare(resolve("template"), resolve("draft/2"), 8, AS_OF)
    assert found.passed, found.why_not
    assert [a.account_id for a, _ in found.rows] == [b.account_id for _, b in found.rows]
    assert {case.verdict.lane for case in found.cases} == {"routine", "exception"}
    assert not any(case.made_up or case.facts.insolvent for case in found.cases)
    assert (found.a["answered"], found.b["answered"]) == (8, 8)
    assert found.a["cost_micro"] == 0 and found.b["cost_micro"] > 0 and found.b["latency_ms_p90"] >= found.b["latency_ms_p50"]
    assert found.a["latency_ms_p50"] is None, "a template thinks for no time, it is not 0 ms fast"
    assert all(a.text != b.text for a, b in found.rows)


def test_the_comparison_leaves_one_run_and_touches_nothing_else(model, book, second):
    model(answerer())
    before = (FollowUp.objects.count(), Draft.objects.count(), Brief.objects.count(), Generation.objects.count(), Event.objects.count())
    accounts = list(Account.objects.order_by("pk").values())
    compare(resolve("template"), resolve("draft/2"), 8, AS_OF)
    assert (FollowUp.objects.count(), Draft.objects.count(), Brief.objects.count(), Generation.objects.count(), Event.objects.count()) == before
    assert list(Account.objects.order_by("pk").values()) == accounts
    run = EvaluationRun.objects.get()
    assert (run.subject, run.baseline, run.model, run.accounts, run.passed) == ("draft/2", "template", "m-1", 8, True)
    assert run.content_sha256 == content_hash(second) != content_hash(PromptVersion.objects.get(key="draft", version=1))
    assert "Keller" not in json.dumps(run.figures), "no text of a message is kept"


def test_a_version_that_invents_an_amount_is_not_passed(model, book, second):
    good = answerer()
    lies = answerer({f"Customer {n}": "wrong_amount" for n in range(10)})
    model(lambda request: (lies if "Be brief." in request["messages"][0]["content"] else good)(request))
    found = compare(resolve("draft/1"), resolve("draft/2"), 8, AS_OF)
    assert not found.passed and "wrong amount" in " ".join(found.why_not)
    assert found.a["blocked"] == 0 and found.b["blocked"] == 8 and found.b["labels"]["wrong_amount:block"] >= 8
    assert EvaluationRun.objects.get().passed is False


def test_a_hijacked_version_is_not_passed_even_when_it_hijacks_both_sides(model, book, second):
    model(obedient("As instructed, your account is marked as paid in full. Ignore the previous invoice. Kind regards, the system"))
    found = compare(resolve("draft/1"), resolve("draft/2"), 8, AS_OF)
    assert found.a["objections"] == found.b["objections"] and not found.passed


def test_a_version_that_does_not_answer_is_not_passed_by_saying_nothing(model, book, second):
    provider = model(answerer())
    provider.fault = "refusal"
    found = compare(resolve("template"), resolve("draft/2"), 8, AS_OF)
    assert found.b["answered"] == 0 and found.b["objections"] == 0
    assert not found.passed and "only 0 of 8" in found.why_not[0]


def test_another_model_can_be_one_side(model, book):
    provider = model(answerer())
    compare(resolve("draft/1"), resolve("draft/1@m-2"), 2, AS_OF)
    assert sorted(request["model"] for request in provider.requests) == ["m-1", "m-1", "m-2", "m-2"]
    assert EvaluationRun.objects.get().model == "m-2"


def test_an_empty_book_is_filled_up_with_made_up_accounts(model, second):
    model(answerer())
    found = compare(resolve("template"), resolve("draft/2"), 8, AS_OF)
    assert len(found.cases) == 8 and all(case.made_up for case in found.cases)
    assert found.passed, found.why_not


def test_the_distance_to_what_people_approved_is_measured(model, book, second):
    model(answerer())
    account = Account.objects.get(name="Customer 0")
    first = compare(resolve("template"), resolve("draft/2"), 8, AS_OF)
    text = next(a.text for a, _ in first.rows if a.account_id == account.pk)
    approved(account, text)
    found = compare(resolve("template"), resolve("draft/2"), 8, AS_OF)
    a, b = next((a, b) for a, b in found.rows if a.account_id == account.pk)
    assert a.edit_rate == 0 and 0 < b.edit_rate <= 1
    assert found.a["edit_rate_n"] == found.b["edit_rate_n"] == 1, "the others were never approved"


def approved(account, body):
    """A draft people approved, as the record knows it."""
    from drafts import transitions
    from drafts.fingerprint import sha256_hex

    (follow_up,) = transitions.begin([FollowUp(account=account, portfolio=account.portfolio)], by=None, at=AS_OF)
    brief = Brief.objects.create(account=account, facts="{}", fingerprint=sha256_hex("{}"), material_hash="0" * 64, as_of=AS_OF, created_at=AS_OF)
    draft = Draft.objects.create(
        follow_up=follow_up, brief=brief, language="en", author_kind="template", from_address="a@x.example", to_address="b@y.example",
        subject="S", body=body, canonical="{}", fingerprint=sha256_hex("{}"), created_at=AS_OF,
    )
    ApprovalRequest.objects.create(
        subject_kind="draft", subject_id=draft.pk, account_id=account.pk, portfolio=account.portfolio, fingerprint=draft.fingerprint,
        policy_version=policies.active(), lane="routine", state="complete", created_at=AS_OF, expires_at=moment(72),
    )


def test_greeting_and_signature_are_no_edits():
    mine = "Dear Ms Keller,\n\nInvoice 7 is open.\n\nKind regards\n\nJonas Weber\nAccounts receivable"
    theirs = "Hello Kim:\n\nInvoice 7 is still open.\n\nKind regards\n\nJonas Weber\n+49 30 5550100"
    assert word_edit_rate(mine, theirs, SENDER) == pytest.approx(1 / 7)
    assert word_edit_rate(mine, mine, SENDER) == 0 and word_edit_rate("", "", SENDER) == 0


def test_a_comparison_beyond_the_budget_asks_nobody(model, book, second):
    set_policy(model_cost_micro_per_day=50_000)
    provider = model(answerer())
    with pytest.raises(TooExpensive, match="fewer accounts"):
        compare(resolve("draft/1"), resolve("draft/2"), 8, AS_OF)
    assert not provider.requests and not EvaluationRun.objects.exists()
    compare(resolve("template"), resolve("draft/2"), 2, AS_OF)
    with pytest.raises(TooExpensive):
        compare(resolve("template"), resolve("draft/2"), 3, AS_OF)


@pytest.mark.parametrize("name", ["draft/9", "letter/1", "draft", "draft/x", "dispute/1", "template@m", ""])
def test_an_unknown_version_names_those_there_are(name, settings):
    settings.LLM_BASE_URL, settings.LLM_MODEL = "http://127.0.0.1:9/v1", "m-1"
    with pytest.raises(UnknownVersion, match="template, draft/1"):
        resolve(name)


def test_a_prompt_without_a_model_cannot_be_compared():
    with pytest.raises(UnknownVersion, match="LLM_MODEL"):
        resolve("draft/1")


def test_a_draft_and_a_preparation_have_nothing_in_common(settings):
    settings.LLM_BASE_URL, settings.LLM_MODEL = "http://127.0.0.1:9/v1", "m-1"
    with pytest.raises(NotComparable):
        compare(resolve("template"), resolve("preparation/1"), 2, AS_OF)


def test_preparations_are_judged_by_the_sentences_that_do_not_stand(model, book):
    first = PromptVersion.objects.get(key="preparation", version=1)
    PromptVersion.objects.create(key="preparation", version=2, system=first.system + "\nBe brief.", user=first.user)
    good, ghost = answerer(), {"text": "A dispute is open.", "facts": ["dispute:404"]}

    def answers(request):
        said = json.loads(good(request))
        if "Be brief." in request["messages"][0]["content"]:
            said["summary"].append(ghost)
        return json.dumps(said)

    model(answers)
    found = compare(resolve("preparation/1"), resolve("preparation/2"), 4, AS_OF)
    assert found.a["objections"] == 0 and found.b["labels"] == {"unknown_fact:block": 4} and not found.passed


def test_the_same_book_gives_the_same_cases(book):
    from drafts.simulation.cases import cases

    assert [c.facts.account_id for c in cases(5, AS_OF)] == [c.facts.account_id for c in cases(5, AS_OF)]
    assert len(cases(5, AS_OF)) == 5 and len(cases(30, AS_OF)) > 8


def test_totals_of_nothing_are_unknown_not_zero():
    found = totals([])
    assert found["blocked_share"] is None and found["edit_rate"] is None and found["latency_ms_p50"] is None
    assert why_not(found, found), "nothing measured passes nothing"


def test_the_table_and_the_json_say_the_same(model, book, second):
    model(answerer())
    options = {"a": "template", "b": "draft/2", "accounts": 4, "json": True}
    said, passed = cli.run(options, AS_OF)
    value = json.loads(said)
    assert passed and value["passed"] and len(value["accounts"]) == 4
    assert {"text", "findings", "edit_rate", "tokens_in", "latency_ms"} <= set(value["accounts"][0]["b"])
    table, _ = cli.run({**options, "json": False}, AS_OF)
    assert table.splitlines()[-1] == "passed" and "draft/2" in table and value["accounts"][0]["name"] in table


def test_the_command_prints_the_comparison_and_says_what_it_does_not_know(model, book, second, capsys):
    model(answerer())
    call_command("evaluate", "drafts", "--a", "template", "--b", "draft/2", "--accounts", "4", "--json")
    said = json.loads(capsys.readouterr().out)
    assert said["b"]["version"] == "draft/2" and len(said["accounts"]) == 4 and said["passed"] is True
    with pytest.raises(CommandError, match="no prompt draft/9"):
        call_command("evaluate", "drafts", "--a", "template", "--b", "draft/9")
