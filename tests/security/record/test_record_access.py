"""The record attacked from inside: histories, outcomes, packs, checkpoints and the quarantine, by every role, by nobody and by a superuser."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote, quote_plus

import pytest
from django.apps import apps
from django.urls import reverse

from drafts.models import FollowUp
from drafts.packing import make
from drafts.record import outcomes
from governance.models import AccountShare, Event, SampleDraw
from tests.drafts.packing.story import Wanted, ask
from tests.drafts.scene import AS_OF
from tests.factories import make_account, make_settled_invoice, make_user, moment
from tests.security.packs import DAYS, fetch, pack_of
from tests.security.record import CANARY, NUMBER

pytestmark = pytest.mark.django_db
READERS = ("reviewer", "account_owner", "finance_approver", "legal_approver", "executive", "compliance_auditor")
BLIND = ("leadership", "policy_admin", "system_admin")


def counts(*but):
    """Rows of every table but sessions and the ones named."""
    return {m._meta.label: m._base_manager.count() for m in apps.get_models() if m._meta.label not in ("sessions.Session", *but)}


def attempts(case, run, sample):
    """(method, address, form) of everything the record offers, with the ids of one case."""
    url = reverse
    return [
        ("get", url("admin:draft_history", args=[case.follow_up.pk]), {"tab": "raw"}),
        ("get", url("admin:packs"), {"scope": "draft", "subject": case.follow_up.pk}),
        ("get", url("admin:packs"), {"scope": "account", "subject": case.account.pk}),
        ("get", url("admin:packs"), {"scope": "sample", "subject": sample.pk}),
        ("get", url("admin:worksheet", args=[sample.pk]), {}),
        ("act", url("admin:worksheet_csv", args=[sample.pk]), {}),
        ("act", url("admin:request_pack"), {"scope": "draft", "subject": case.follow_up.pk, "profile": "full"}),
        ("act", url("admin:request_pack"), {"scope": "account", "subject": case.account.pk, "profile": "full"}),
        ("act", url("admin:request_pack"), {"scope": "sample", "subject": sample.pk, "profile": "full"}),
        ("act", url("admin:download_pack", args=[run.pk]), {}),
        ("act", url("admin:act_looked", args=[case.follow_up.pk]), {"draft": case.draft.pk, "evidence": "3"}),
    ]


def drawn_by(person, *ids):
    return SampleDraw.objects.create(seed="0" * 32, filters={}, population=len(ids), population_sha256="0" * 64, size=25, ids=list(ids), by=person, at=AS_OF)


@pytest.mark.parametrize("role", READERS)
def test_every_address_with_a_foreign_id_is_as_if_it_were_not_there_and_writes_nothing(browser, own, foreign, role):
    theirs = make_user("compliance_auditor", foreign.desk.portfolio)
    run, sample = pack_of(Wanted("draft", foreign.follow_up.pk), theirs), drawn_by(theirs, foreign.follow_up.pk)
    client = browser(make_user(role, own.desk.portfolio))
    before = counts()
    for method, address, form in attempts(foreign, run, sample):
        answer = getattr(client, method)(address, form)
        assert answer.status_code in (403, 404), (address, form, answer.status_code)
        assert CANARY not in answer.content.decode() and NUMBER not in answer.content.decode(), address
    assert counts() == before


@pytest.mark.parametrize("role", [*BLIND, ""])
def test_who_reads_no_texts_and_a_superuser_without_a_role_reach_nothing_of_the_record(browser, foreign, role):
    theirs = make_user("compliance_auditor")
    run, sample = pack_of(Wanted("draft", foreign.follow_up.pk), theirs), drawn_by(theirs, foreign.follow_up.pk)
    client = browser(make_user(role or None, is_superuser=True, is_staff=True))
    before = counts()
    more = [("get", reverse("admin:outcomes"), {}), ("act", reverse("admin:outcomes_csv"), {}), ("act", reverse("admin:draw_sample"), {})]
    for method, address, form in [*attempts(foreign, run, sample), *more]:
        answer = getattr(client, method)(address, form)
        assert answer.status_code in (302, 403, 404), (address, answer.status_code)
        assert CANARY not in answer.content.decode(), address
    assert counts() == before


def test_nobody_reaches_nothing(browser, foreign):
    theirs = make_user("compliance_auditor")
    run, sample = pack_of(Wanted("draft", foreign.follow_up.pk), theirs), drawn_by(theirs, foreign.follow_up.pk)
    client = browser()
    token = client.token(reverse("admin:login"))
    before = counts()
    for method, address, form in [*attempts(foreign, run, sample), ("act", reverse("admin:lift_quarantine"), {"reason": "x"})]:
        answer = client.get(address, form) if method == "get" else client.post(address, {**form, "csrfmiddlewaretoken": token})
        # A form sent after the visit ended is answered with what was typed and nothing else; anything else leads to the sign-in.
        over = answer.status_code == 403 and answer.template_name == "desk/visit_over.html"
        assert over or (answer.status_code == 302 and "/login/" in answer["Location"]), (address, answer.status_code)
    assert counts() == before


def test_reading_changes_no_row_but_the_one_that_says_who_read(browser, own):
    person = make_user("compliance_auditor")
    run, sample = pack_of(Wanted("draft", own.follow_up.pk), person), drawn_by(person, own.follow_up.pk)
    client = browser(person)
    before, events = counts("governance.Event", "governance.StreamHead"), Event.objects.count()
    for tab in ("timeline", "versions", "evidence", "checks", "approvals", "sent", "raw"):
        assert client.get(reverse("admin:draft_history", args=[own.follow_up.pk]), {"tab": tab}).status_code == 200
    for scope, subject in (("draft", own.follow_up.pk), ("account", own.account.pk), ("sample", sample.pk), ("period", "")):
        assert client.get(reverse("admin:packs"), {"scope": scope, "subject": subject, **DAYS}).status_code == 200
    for name, args in (("outcomes", []), ("worksheet", [sample.pk])):
        assert client.get(reverse(f"admin:{name}", args=args), {"q": "x", **DAYS}).status_code == 200
    for name, args in (("outcomes_csv", []), ("draw_sample", []), ("worksheet_csv", [sample.pk]), ("request_pack", []), ("download_pack", [run.pk]), ("lift_quarantine", [])):
        assert client.get(reverse(f"admin:{name}", args=args)).status_code == 405, name
    assert counts("governance.Event", "governance.StreamHead") == before
    added = Event.objects.order_by("id")[events:]
    assert [(e.action, e.stream) for e in added] == [("audit.read", "audit")]


# --- What a search says ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", READERS)
def test_a_search_for_foreign_words_answers_exactly_as_one_for_nonsense(browser, own, foreign, role):
    client = browser(make_user(role, own.desk.portfolio))

    def answer(words):
        page = client.get(reverse("admin:outcomes"), {"q": words, **DAYS})
        text = re.sub(r'(name="csrfmiddlewaretoken" value|nonce)="[^"]+"', "", page.content.decode())
        for shape in (words, quote(words), quote_plus(words)):
            text = text.replace(shape, "…")
        return page.status_code, text

    for words in (f"{CANARY} customer", NUMBER, foreign.account.external_id, foreign.delivery.message_id.strip("<>"), f"9{CANARY}"):
        assert answer(words) == answer(re.sub(r"[A-Za-z0-9]", "q", words)), words


def test_an_outcome_page_of_one_portfolio_says_nothing_about_how_many_there_are_elsewhere(browser, own, foreign):
    client = browser(own.desk.reviewer)
    page = client.get(reverse("admin:outcomes"), DAYS)
    assert page.context["population"].total == 1 and page.context["population"].begun is None
    assert CANARY not in page.content.decode()


def test_numbers_of_foreign_invoices_do_not_push_own_ones_out_of_the_hits(own, monkeypatch):
    for _ in range(3):
        make_settled_invoice(make_account(), number="R-1")
    make_settled_invoice(own.account, number="R-1")
    monkeypatch.setattr(outcomes, "HITS", 1)
    found = outcomes.matching(FollowUp.objects.visible_to(own.desk.reviewer), outcomes.Filters(q="R-1"))
    assert list(found) == [own.follow_up]


def test_the_csv_and_a_sample_hold_own_cases_only(browser, own, foreign):
    client = browser(make_user("compliance_auditor", own.desk.portfolio))
    assert CANARY not in client.act(reverse("admin:outcomes_csv"), {"portfolio": foreign.desk.portfolio.pk}).content.decode()
    text = client.act(reverse("admin:outcomes_csv")).content.decode()
    assert "Own customer" in text and CANARY not in text
    client.act(reverse("admin:draw_sample"), DAYS)
    assert SampleDraw.objects.get().ids == [own.follow_up.pk]


# --- Routed --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["legal_approver", "executive"])
def test_a_routed_account_is_out_of_reach_once_the_routing_has_ended(browser, own, foreign, role):
    person = make_user()
    share = AccountShare.objects.create(user=person, account_id=foreign.account.pk, role=role, starts_at=AS_OF - timedelta(days=1), reason="routed")
    client = browser(person)
    history = reverse("admin:draft_history", args=[foreign.follow_up.pk])
    assert CANARY in client.get(history).content.decode()
    assert client.get(reverse("admin:draft_history", args=[own.follow_up.pk])).status_code == 404
    run = pack_of(Wanted("account", foreign.account.pk), person)
    waiting = ask(Wanted("account", foreign.account.pk), person)
    assert fetch(client, run).status_code == 200
    share.ends_at = AS_OF - timedelta(minutes=1)
    share.save()
    assert client.get(history).status_code in (403, 404)
    assert fetch(client, run).status_code in (403, 404)
    assert client.get(reverse("admin:outcomes")).status_code == 403
    assert not make.make(waiting.pk, at=moment(1))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.file) == ("refused", "")


# --- Looks ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("evidence", ["12", "123456789", "0", "-1", "²", "9" * 30])
def test_evidence_that_there_is_not_is_not_on_record_as_looked_at(browser, own, evidence):
    answer = browser(own.desk.reviewer).act(reverse("admin:act_looked", args=[own.follow_up.pk]), {"draft": own.draft.pk, "evidence": evidence})
    assert answer.status_code == 204
    assert not Event.objects.filter(action="draft.viewed_evidence").exists()


def test_an_auditor_leaves_no_look_of_a_reviewer(browser, own):
    browser(make_user("compliance_auditor")).act(reverse("admin:act_looked", args=[own.follow_up.pk]), {"draft": own.draft.pk})
    assert not Event.objects.filter(action="draft.opened").exists()
