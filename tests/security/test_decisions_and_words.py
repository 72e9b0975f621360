"""Decisions, holds, routing, texts and disputes as ways round the gate: none of them lets one person send what takes two."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from drafts.models import Delivery
from drafts.review import confirm_signal, dismiss_signal, resolve_dispute
from governance.models import AccountShare, ApprovedTerm, Decision, Hold, TemplateVersion
from tests.drafts.scene import AS_OF, Desk, exception_case, moment, prepared, routine_case
from tests.factories import day, make_portfolio, make_signal, make_user

pytestmark = pytest.mark.django_db
ROLES = ["reviewer", "account_owner", "finance_approver", "legal_approver", "compliance_auditor", "leadership", "policy_admin", "system_admin"]


def executive_case():
    return prepared(Desk(), [{}], tier="enterprise")


def question(case, kind="relationship_path"):
    return Decision.objects.get(account_id=case.account.pk, kind=kind)


# --- decisions -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_nobody_but_the_deciding_role_decides_by_a_forged_post(browser, role):
    case = executive_case()
    row = question(case)
    client = browser(make_user(role, case.desk.portfolio, is_superuser=True))
    answer = client.act(reverse("admin:decide", args=[row.pk]), {"outcome": "proceed"})
    assert answer.status_code in (403, 404)
    row.refresh_from_db()
    assert (row.state, case.draft) == ("open", None)


def test_an_executive_of_another_portfolio_does_not_even_find_the_question(browser):
    case = executive_case()
    client = browser(make_user("executive", make_portfolio()))
    assert client.get(reverse("admin:decision", args=[question(case).pk])).status_code == 404
    assert client.act(reverse("admin:decide", args=[question(case).pk]), {"outcome": "proceed"}).status_code == 404


@pytest.mark.parametrize("outcome", ["proceed_anyway", "PROCEED", "proceed\n", "model-proceed", "free", "decided"])
def test_an_outcome_that_was_not_prepared_is_refused_or_grants_nothing(browser, outcome):
    case = executive_case()
    answer = browser(case.desk.executive).act(reverse("admin:decide", args=[question(case).pk]), {"outcome": outcome})
    row = question(case)
    assert row.state == "open" or not row.outcome.strip().startswith("proceed") or row.outcome == "proceed"
    assert answer.status_code in (302, 409)
    if outcome not in ("proceed\n",):
        assert case.draft is None


def test_a_term_of_another_kind_than_the_question_cannot_be_smuggled_in(browser):
    case = executive_case()
    form = {"outcome": "proceed", "kind": "suspension", "term_kind": "discount", "amount_1": "500.00", "date_1": str(day(20)), "currency": "EUR", "expires_on": str(day(30))}
    browser(case.desk.executive).act(reverse("admin:decide", args=[question(case).pk]), form)
    assert not ApprovedTerm.objects.exists()


def test_no_contact_stands_although_somebody_else_lifts_its_hold(browser):
    case = executive_case()
    row = question(case)
    browser(case.desk.executive).act(reverse("admin:decide", args=[row.pk]), {"outcome": "no_contact", "valid_until": str(day(30))})
    hold = Hold.objects.get(source=f"decision:{row.pk}")
    browser(case.desk.owner).act(reverse("admin:lift_hold", args=[hold.pk]), {"reason": "I want to write"})
    case.prepare(moment(1))
    assert case.draft is None
    assert case.follow_up.status != "ready"


# --- holds -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["reviewer", "compliance_auditor", "leadership", "policy_admin", "system_admin"])
def test_a_hold_is_lifted_only_by_who_may(browser, role):
    case = routine_case()
    form = {"kind": "other", "reason": "wait"}
    assert browser(case.desk.reviewer).act(reverse("admin:put_hold", args=[case.account.pk]), form).status_code == 302
    hold = Hold.objects.get()
    answer = browser(make_user(role, case.desk.portfolio)).act(reverse("admin:lift_hold", args=[hold.pk]), {"reason": "go"})
    assert answer.status_code in (403, 404)
    hold.refresh_from_db()
    assert hold.released_at is None


def test_a_disputes_hold_ends_with_it_and_wide_ones_are_lifted_by_who_may_alone(browser):
    case = routine_case()
    signal = make_signal(case.account, invoice=case.invoices[0])
    bound = Hold.objects.create(scope="invoice", scope_id=case.invoices[0].pk, account_id=case.account.pk, kind="dispute", reason="x", source=f"signal:{signal.pk}", created_at=AS_OF)
    wide = Hold.objects.create(scope="portfolio", scope_id=case.desk.portfolio.pk, kind="pause", reason="x", created_at=AS_OF)
    everything = Hold.objects.create(scope="global", scope_id=0, kind="pause", reason="x", created_at=AS_OF)

    def answers(person):
        client = browser(person)
        return [client.act(reverse("admin:lift_hold", args=[h.pk]), {"reason": "go"}).status_code for h in (bound, wide, everything)]

    assert answers(make_user("finance_approver", make_portfolio()))[:2] == [404, 404]
    Hold.objects.filter(pk=everything.pk).update(released_at=None)
    assert answers(case.desk.reviewer) == [409, 403, 403]
    assert not Hold.objects.filter(pk__in=(bound.pk, wide.pk), released_at__isnull=False).exists()
    assert answers(case.desk.owner) == [409, 302, 403]  # everything at once is finance's to resume, or a second administrator's
    assert Hold.objects.get(pk=bound.pk).released_at is None


@pytest.mark.parametrize("kind", ["dispute", "payment_claim", "nonsense", ""])
def test_a_hold_of_a_kind_the_form_does_not_offer_is_refused(browser, kind):
    case = routine_case()
    answer = browser(case.desk.reviewer).act(reverse("admin:put_hold", args=[case.account.pk]), {"kind": kind, "reason": "x"})
    assert answer.status_code == 409
    assert not Hold.objects.exists()


# --- routing ---------------------------------------------------------------------------------------------------------------


def test_routing_gives_nobody_a_role_they_do_not_hold_and_oneself_nothing(browser):
    case = exception_case()
    friend, own = make_user("reviewer", make_portfolio()), case.desk.reviewer
    client = browser(own)
    url = reverse("admin:act_route", args=[case.follow_up.pk])
    for target, role in ((friend, "finance_approver"), (friend, "executive"), (own, "finance_approver"), (friend, "system_admin")):
        assert client.act(url, {"person": target.pk, "role": role, "note": "please"}).status_code == 409
    assert not AccountShare.objects.exists()


def test_an_account_cannot_be_routed_by_somebody_it_was_only_shared_with_until_yesterday(browser):
    case = exception_case()
    person = make_user("reviewer", make_portfolio())
    AccountShare.objects.create(account_id=case.account.pk, user=person, role="reviewer", reason="x", starts_at=moment(-48), ends_at=moment(-24))
    answer = browser(person).act(reverse("admin:act_route", args=[case.follow_up.pk]), {"role": "reviewer", "person": person.pk, "note": "x"})
    assert answer.status_code == 404


# --- disputes --------------------------------------------------------------------------------------------------------------


def test_confirming_and_resolving_a_dispute_alone_does_not_let_the_same_person_send_the_demand(browser):
    """Dismissing a signal bars the person; confirming and resolving it must not be the way round that."""
    case = routine_case()
    signal = make_signal(case.account, invoice=case.invoices[0])
    case.prepare(moment(-0.4))
    (dispute,) = confirm_signal(signal.pk, by=case.desk.reviewer, at=moment(-0.3))
    resolve_dispute(dispute.pk, "invalid", "they are wrong", by=case.desk.reviewer, at=moment(-0.2))
    case.prepare(moment(-0.1))
    browser(case.desk.reviewer).approve(case)
    assert not Delivery.objects.exists()
    assert case.follow_up.status == "awaiting_approval"
    assert browser(case.desk.finance).approve(case).status_code == 302
    assert case.delivery.state == "scheduled"


def test_a_signal_of_another_account_cannot_be_dismissed_through_this_ones_address(browser):
    desk = Desk()
    case, other = routine_case(desk), routine_case(desk)
    signal = make_signal(other.account, invoice=other.invoices[0])
    answer = browser(desk.reviewer).act(reverse("admin:act_dismiss_signal", args=[case.follow_up.pk]), {"signal": signal.pk, "reason": "x", "evidence": "y"})
    assert answer.status_code == 409
    signal.refresh_from_db()
    assert signal.status == "pending"


def test_a_dismissal_by_a_colleague_leaves_the_approval_to_others_but_the_colleague(browser):
    case = routine_case()
    signal = make_signal(case.account, invoice=case.invoices[0])
    case.prepare(moment(0.1))
    dismiss_signal(signal.pk, "another order", "line 2", by=case.desk.finance, at=moment(0.2))
    case.prepare(moment(0.3))
    assert browser(case.desk.finance).approve(case).status_code == 403
    assert browser(case.desk.reviewer).approve(case).status_code == 302


# --- texts -----------------------------------------------------------------------------------------------------------------


def text():
    return TemplateVersion.objects.filter(key="demand-1", language="en", state="active").get()


PROPOSE = ("reviewer", "account_owner")


@pytest.mark.parametrize("role", [r for r in ROLES if r != "policy_admin"] + ["executive"])
def test_only_policy_administrators_put_texts_in_force_and_few_propose_them(browser, role):
    row = text()
    client = browser(make_user(role, is_superuser=True))
    written = client.act(reverse("admin:write_text", args=[row.pk]), {"subject": "x", "body": row.body})
    assert written.status_code == (302 if role in PROPOSE else 403)
    for version in TemplateVersion.objects.filter(key="demand-1", language="en"):
        assert client.act(reverse("admin:activate_text", args=[version.pk])).status_code == 403
    assert TemplateVersion.objects.filter(key="demand-1", language="en", state="active").get() == row
    assert TemplateVersion.objects.filter(key="demand-1", language="en").count() == (2 if role in PROPOSE else 1)


def test_the_author_of_a_text_cannot_put_it_in_force_and_another_may(browser):
    row, author, other = text(), make_user("policy_admin"), make_user("policy_admin")
    client = browser(author)
    assert client.act(reverse("admin:write_text", args=[row.pk]), {"subject": row.subject, "body": row.body}).status_code == 302
    new = TemplateVersion.objects.get(key="demand-1", language="en", state="draft")
    assert new.author == author
    assert client.act(reverse("admin:activate_text", args=[new.pk]), {"author": other.pk, "activated_by": other.pk}).status_code == 403
    assert TemplateVersion.objects.get(pk=new.pk).state == "draft"
    assert browser(other).act(reverse("admin:activate_text", args=[new.pk])).status_code == 302
    assert TemplateVersion.objects.get(pk=new.pk).activated_by == other


def test_a_text_that_threatens_or_changes_the_bank_is_not_put_in_force(browser):
    row, author, other = text(), make_user("policy_admin"), make_user("policy_admin")
    for words in ("Otherwise we will see you in court.", "Please note our new bank account: GB29NWBK60161331926819.", "http://evil.example/pay"):
        body = row.body.replace("{how_to_dispute}", f"{words}\n\n{{how_to_dispute}}")
        if browser(author).act(reverse("admin:write_text", args=[row.pk]), {"subject": row.subject, "body": body}).status_code == 302:
            new = TemplateVersion.objects.filter(key="demand-1", language="en", state="draft").latest("pk")
            assert browser(other).act(reverse("admin:activate_text", args=[new.pk])).status_code == 409, words
    assert text().pk == row.pk


def test_a_refused_text_names_no_customer_to_who_may_not_see_one(browser):
    prepared(Desk(), [{"number": "ZZ-SECRET-1"}], name="Zzsecret customer")
    row, author, other = text(), make_user("policy_admin"), make_user("policy_admin")
    body = row.body.replace("{how_to_dispute}", "Otherwise we will sue {customer} about {invoices}.\n\n{how_to_dispute}")
    if browser(author).act(reverse("admin:write_text", args=[row.pk]), {"subject": row.subject, "body": body}).status_code == 302:
        new = TemplateVersion.objects.filter(key="demand-1", language="en", state="draft").latest("pk")
        page = browser(other).act(reverse("admin:activate_text", args=[new.pk]))
        assert page.status_code == 409
        assert "ZZ-SECRET" not in page.content.decode() and "Zzsecret" not in page.content.decode()


def test_stopping_is_for_everybody_who_may_and_resuming_for_a_second_person(browser):
    case = routine_case()
    case.approve()
    admin = make_user("system_admin")
    assert browser(admin).act(reverse("admin:pause_sending"), {"reason": "wrong balances"}).status_code == 302
    browser(admin).act(reverse("admin:resume_sending"), {"reason": "fine again"})
    assert Hold.objects.get(scope="global").released_at is None
    browser(make_user("system_admin")).act(reverse("admin:resume_sending"), {"reason": "fine again"})
    assert Hold.objects.get(scope="global").released_at is not None
    assert case.delivery.leaves_at > AS_OF + timedelta(minutes=9)
