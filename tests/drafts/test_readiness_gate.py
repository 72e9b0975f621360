"""The gate of model drafting: shut until two people opened it on a portfolio that is ready, shut again while it is not; templates always write."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Account, Source
from collections_site.provider.recorded import answerer
from collections_site.provider.server import Provider
from drafts import sweeping
from drafts.generation import gate, runner
from drafts.models import Draft, Generation
from drafts.preparation import prepare_accounts
from drafts.readiness import look, look_due, switching
from drafts.readiness.switching import NotPossible
from governance.decisions import NotAllowed
from governance.models import Event, ModelSwitch, ReadinessLook
from tests.drafts.ready import ready_portfolio, switched_on
from tests.drafts.scene import stop_clock
from tests.factories import AS_OF, grant, make_user, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def model(settings):
    """A model is configured and the clock stands at ``AS_OF``."""
    stop_clock(settings)
    with Provider(answerer({})) as provider:
        settings.LLM_BASE_URL, settings.LLM_MODEL = provider.base_url, "recorded-1"
        yield provider


def prepared(portfolio):
    """What two rounds of preparation with the model between them leave of the portfolio's account."""
    account = Account.objects.get(portfolio=portfolio)
    prepare_accounts([account.pk], as_of=AS_OF)
    runner.run(lambda: AS_OF, concurrency=2)
    prepare_accounts([account.pk], as_of=AS_OF)
    return Draft.objects.get(follow_up__account=account)


def events(action):
    return list(Event.objects.filter(action=action).order_by("id"))


def fail_tickets(portfolio, status="failed"):
    Source.objects.filter(portfolio=portfolio, kind="tickets").update(status=status)


def test_without_the_recorded_act_the_model_is_told_nothing_and_the_draft_says_why_the_template_wrote(model):
    draft = prepared(ready_portfolio())
    assert draft.author_kind == "template" and "not switched on for this portfolio" in draft.note
    assert not Generation.objects.exists() and model.requests == []


def test_once_two_people_opened_the_gate_the_model_writes(model):
    portfolio = ready_portfolio()
    switched_on(portfolio)
    draft = prepared(portfolio)
    assert draft.author_kind == "model" and draft.generations.exists()


def test_a_portfolio_that_falls_below_its_limit_falls_back_to_templates_with_an_event_and_returns_by_itself(model):
    portfolio = ready_portfolio()
    switch = switched_on(portfolio)
    fail_tickets(portfolio)
    assert look_due(moment(0.1)) == 1
    switch.refresh_from_db()
    assert switch.state == "on" and "tickets system does not answer" in switch.fell_back_why
    draft = prepared(portfolio)
    assert draft.author_kind == "template" and "below its readiness limit" in draft.note and "does not answer" in draft.note
    (fell,) = events("model.fell_back")
    assert fell.actor_id is None and '"disputes"' in fell.data and f'"portfolio":{portfolio.pk}' in fell.data
    look([portfolio.pk], moment(0.2))
    assert len(events("model.fell_back")) == 1, "told once"
    fail_tickets(portfolio, "ok")
    look([portfolio.pk], moment(0.3))
    switch.refresh_from_db()
    assert switch.fell_back_at is None and len(events("model.resumed")) == 1


def test_what_the_model_prepares_for_people_goes_on_while_templates_write(model):
    portfolio = ready_portfolio()
    switched_on(portfolio)
    fail_tickets(portfolio)
    look([portfolio.pk], AS_OF)
    prepared(portfolio)
    assert set(Generation.objects.values_list("kind", flat=True)) == {"preparation"}


def test_an_attempt_queued_before_the_gate_shut_is_not_made(model):
    portfolio = ready_portfolio()
    switch = switched_on(portfolio)
    account = Account.objects.get(portfolio=portfolio)
    prepare_accounts([account.pk], as_of=AS_OF)
    assert Generation.objects.filter(kind="draft", state="queued").exists()
    switching.end(switch.pk, "the customers complained", by=make_user("finance_approver", portfolio), at=AS_OF)
    runner.run(lambda: AS_OF, concurrency=2)
    assert model.requests == [], "nothing was told to the provider"
    row = Generation.objects.get(kind="draft")
    assert (row.state, row.error_kind) == ("skipped", "gate")
    prepare_accounts([account.pk], as_of=AS_OF)
    assert Draft.objects.get().author_kind == "template"


def test_a_look_that_is_too_old_says_nothing_so_the_gate_looks_anew():
    portfolio = ready_portfolio()
    switched_on(portfolio)
    fail_tickets(portfolio)
    assert gate.shut([portfolio.pk], moment(0.1)) == {}, "the last look is six minutes old"
    assert "does not answer" in gate.shut([portfolio.pk], moment(1))[portfolio.pk]
    assert ReadinessLook.objects.filter(portfolio=portfolio).latest("pk").at == moment(1)


def test_the_gate_asks_two_queries_for_any_number_of_portfolios(django_assert_num_queries):
    portfolios = [ready_portfolio() for _ in range(4)]
    for portfolio in portfolios:
        switched_on(portfolio)
    with django_assert_num_queries(2):
        assert gate.shut([p.pk for p in portfolios], AS_OF) == {}


def test_who_asked_does_not_confirm_whatever_roles_they_hold_and_the_database_agrees():
    portfolio = ready_portfolio()
    both = make_user("policy_admin")
    grant(both, "finance_approver", portfolio)
    request = switching.ask(portfolio, "ready", by=both, at=AS_OF)
    with pytest.raises(NotAllowed, match="another person confirms"):
        switching.confirm(request.pk, by=both, at=AS_OF)
    with pytest.raises(IntegrityError), transaction.atomic():
        ModelSwitch.objects.filter(pk=request.pk).update(state="on", decided_by=both, decided_at=AS_OF)
    with pytest.raises(IntegrityError), transaction.atomic():
        ModelSwitch.objects.filter(pk=request.pk).update(state="on")
    assert gate.shut([portfolio.pk], AS_OF) == {portfolio.pk: gate.OFF}


@pytest.mark.parametrize("role", ["reviewer", "account_owner", "legal_approver", "executive", "compliance_auditor", "leadership", "system_admin"])
def test_other_roles_neither_ask_nor_confirm(role):
    portfolio = ready_portfolio()
    person = make_user(role, portfolio)
    with pytest.raises(NotAllowed):
        switching.ask(portfolio, "ready", by=person, at=AS_OF)
    request = switching.ask(portfolio, "ready", by=make_user("policy_admin"), at=AS_OF)
    with pytest.raises(NotAllowed):
        switching.confirm(request.pk, by=person, at=AS_OF)
    assert ModelSwitch.objects.get().state == "asked"


def test_finance_of_another_portfolio_does_not_confirm():
    portfolio, other = ready_portfolio(), ready_portfolio()
    request = switching.ask(portfolio, "ready", by=make_user("policy_admin"), at=AS_OF)
    with pytest.raises(NotAllowed):
        switching.confirm(request.pk, by=make_user("finance_approver", other), at=AS_OF)


def test_a_portfolio_that_is_not_ready_is_neither_asked_for_nor_confirmed():
    portfolio = ready_portfolio()
    request = switching.ask(portfolio, "ready", by=make_user("policy_admin"), at=AS_OF)
    fail_tickets(portfolio)
    with pytest.raises(NotPossible, match="does not answer"):
        switching.confirm(request.pk, by=make_user("finance_approver", portfolio), at=AS_OF)
    switching.end(request.pk, "later", by=make_user("system_admin"), at=AS_OF)
    with pytest.raises(NotPossible, match="Not possible yet"):
        switching.ask(portfolio, "ready", by=make_user("policy_admin"), at=AS_OF)
    assert not ModelSwitch.objects.filter(state="on").exists()


def test_each_act_is_on_record_with_the_score_and_a_refusal_with_its_reason():
    portfolio = ready_portfolio()
    asks, finance = make_user("policy_admin"), make_user("finance_approver", portfolio)
    request = switching.ask(portfolio, "ready", by=asks, at=AS_OF)
    with pytest.raises(NotPossible, match="Write a reason"):
        switching.refuse(request.pk, "  ", by=finance, at=AS_OF)
    switching.refuse(request.pk, "not before the audit", by=finance, at=AS_OF)
    with pytest.raises(NotPossible, match="answered already"):
        switching.confirm(request.pk, by=finance, at=AS_OF)
    again = switching.ask(portfolio, "audit is over", by=asks, at=AS_OF)
    with pytest.raises(NotPossible, match="asked for already"):
        switching.ask(portfolio, "twice", by=asks, at=AS_OF)
    switching.confirm(again.pk, by=finance, at=AS_OF)
    switching.end(again.pk, "enough", by=finance, at=AS_OF)
    told = [(e.action, e.actor_id) for e in Event.objects.filter(action__startswith="model.").order_by("id")]
    assert told == [
        ("model.asked_for", asks.pk), ("model.refused", finance.pk), ("model.asked_for", asks.pk), ("model.switched_on", finance.pk),
        ("model.switched_off", finance.pk),
    ]  # fmt: skip
    assert all('"score":100' in e.data for e in Event.objects.filter(action__startswith="model."))


def test_the_sweep_looks_every_five_minutes_and_old_looks_are_thinned():
    portfolio = ready_portfolio()
    assert sweeping.sweep(AS_OF)["readiness"] == 1
    assert sweeping.sweep(moment(0.05))["readiness"] == 0
    for hour in range(1, 100, 3):
        look_due(moment(hour))
    kept = list(ReadinessLook.objects.filter(portfolio=portfolio).order_by("pk").values_list("at", flat=True))
    assert len(kept) < 24 and kept[-1] == moment(97)
    assert len({at.date() for at in kept}) == 5, "one at least of every day"
    assert timezone.is_aware(kept[0])
