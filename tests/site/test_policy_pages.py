"""The policy pages: written in fields, simulated as a task, loosened cases read one by one, activated by a second person, locked rules closed."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from drafts.models import LoosenedReading, SimulationRun
from drafts.simulation import runs
from governance.models import PolicyVersion
from tests.drafts.simulation.policy_scene import AS_OF, Scene
from tests.factories import make_user
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]


@pytest.fixture
def scene():
    return Scene()


def form_of(response):
    """The edit form of a page as a browser would post it."""
    page = response.content.decode()
    form = page[page.index('action="/admin/policy/') :]
    form = next(part for part in re.findall(r'<form method="post" action="[^"]+/write/">.*?</form>', page, re.S))
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name is None or "disabled" in tag or ('type="checkbox"' in tag and " checked" not in tag):
            continue
        found.setdefault(name[1], []).append(value[1] if value else "")
    for name, inside in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        found[name] = re.findall(r'value="([^"]+)" selected', inside)
    found.pop("csrfmiddlewaretoken")
    return {**found, "note": [""]}


def url(name, pk):
    return reverse(f"admin:{name}", args=[pk])


def active():
    return PolicyVersion.objects.get(state="active")


def test_a_draft_is_written_simulated_asked_for_and_activated_on_the_pages(signed_in, scene):
    scene.book()
    first, client = active(), signed_in(scene.author)
    form = form_of(client.get(url("policy", first.pk)))
    page = client.post(url("policy_write", first.pk), {**form, "renewal_days": "90", "note": "Look earlier"}, follow=True)
    draft = PolicyVersion.objects.get(number=2)
    assert draft.typed.renewal_days == 90 and draft.typed == first.typed.model_copy(update={"renewal_days": 90})
    said = text_of(page)
    assert "was 60" in said and "Executive review when a renewal is within 60 90 days Not looser" in said and "never simulated" in said

    page = client.post(url("policy_simulate", draft.pk), follow=True)
    assert "running" in text_of(page) and "You can leave this page" in text_of(page)
    assert runs.run_due(AS_OF) == 1
    page = client.get(url("policy", draft.pk))
    assert "2 accounts : 2 tightened, 0 loosened" in text_of(page) and "Loosened. Nothing." in text_of(page)
    cell = re.search(r'href="([^"]+from=routine&amp;to=executive_review)" aria-label="2 accounts from routine to executive review">2</a>', page.content.decode())
    assert cell, "the number of the matrix opens the list of exactly these accounts"
    listed = text_of(client.get(cell[1].replace("&amp;", "&")))
    assert listed.count("renewal near (60 → 90 days)") == 2 and "2 accounts, data as of" in listed

    page = client.post(url("policy_ask", draft.pk), {"reason": "Renewals need more care."}, follow=True)
    assert "Another policy administrator can put it in force now" in text_of(page)
    refused = client.post(url("policy_activate", draft.pk), {"in_flight": "recheck"})
    assert refused.status_code == 403 and "you wrote this policy" in text_of(refused) and active() == first
    second = signed_in(scene.other)
    page = second.get(url("policy", draft.pk))
    assert "Renewals need more care." in text_of(page) and "Judge them again now" in text_of(page)
    sha = re.search(r'name="sha256" value="([0-9a-f]{64})"', page.content.decode())[1]
    page = second.post(url("policy_activate", draft.pk), {"in_flight": "recheck", "sha256": sha}, follow=True)
    assert "In force from now on" in text_of(page) and active() == draft
    assert str(scene.author) in text_of(page) and str(scene.other) in text_of(page), "the history names both"


def test_the_matrix_adds_up_and_has_headers_of_rows_and_columns(signed_in, scene):
    scene.book()
    draft = scene.draft()
    found = scene.simulated(draft)
    assert sum(n for row in found.figures["matrix"].values() for n in row.values()) == found.accounts == 7
    page = signed_in(scene.author).get(url("policy", draft.pk)).content.decode()
    table = page[page.index("From lane to lane") :]
    table = table[: table.index("</table>")]
    assert table.count('scope="col"') == 6 and table.count('scope="row"') == 5 and "<caption" in table


def test_loosened_cases_are_ticked_one_by_one_and_only_the_author_may(signed_in, scene):
    for days in (40, 50):
        scene.renewing(days)
    draft = scene.draft(renewal_days=30)
    found = scene.simulated(draft)
    client = signed_in(scene.author)
    refused = client.post(url("policy_ask", draft.pk), {"reason": "because"})
    assert refused.status_code == 409 and "3 loosened cases have not been read" in text_of(refused)
    page = client.get(url("simulated_accounts", found.pk) + "?direction=loosened")
    keys = re.findall(r'name="read" value="([0-9a-f]{64})"', page.content.decode())
    assert len(keys) == 3 and "select all" not in page.content.decode().lower()
    other = signed_in(scene.other)
    assert 'name="read"' not in other.get(url("simulated_accounts", found.pk) + "?direction=loosened").content.decode()
    other.post(url("read_simulated", found.pk), {"read": keys})
    assert not LoosenedReading.objects.exists()
    page = client.post(url("read_simulated", found.pk), {"read": keys[:1]}, follow=True)
    assert "1 case is on record as read by you" in text_of(page)
    client.post(url("read_simulated", found.pk), {"read": keys})
    assert client.post(url("policy_ask", draft.pk), {"reason": "because"}).status_code == 302


def test_a_policy_administrator_sees_no_name_of_an_account_out_of_reach(signed_in, scene):
    account = scene.renewing(75)
    account.name = "Zzyzx Canary GmbH"
    account.save()
    found = scene.simulated(scene.draft())
    for who, sees in ((scene.author, False), (make_user("compliance_auditor"), True)):
        for tail in ("", "?format=csv"):
            said = signed_in(who).get(url("simulated_accounts", found.pk) + tail).content.decode()
            assert ("Zzyzx" in said) is sees and str(account.pk) in said


@pytest.mark.parametrize("role", ["reviewer", "finance_approver", "executive", "leadership", "system_admin", None])
def test_nobody_else_sees_the_simulated_accounts(signed_in, scene, role):
    scene.renewing(75)
    found = scene.simulated(scene.draft())
    client = signed_in(make_user(role))
    assert client.get(url("simulated_accounts", found.pk)).status_code in (302, 403)
    page = client.get(url("policy", found.policy_version_id))
    assert page.status_code in ((200,) if role else (302, 403))
    assert "From lane to lane" not in page.content.decode() and "Save the draft" not in page.content.decode()


def test_locked_rules_have_no_field_and_sources_of_disputes_cannot_be_unticked(signed_in, scene):
    page = signed_in(scene.author).get(url("policy", active().pk)).content.decode()
    assert page.count("locked: cannot be loosened") == 4
    for name in ("human_approval", "dispute_hold", "last_look", "do_not_contact"):
        assert f'name="{name}"' not in page
    for kind in ("invoices", "payments", "contacts", "tickets", "messages"):
        assert re.search(rf'value="{kind}"( checked)? disabled', page), kind


def test_a_field_that_is_wrong_is_named_and_what_was_typed_stays(signed_in, scene):
    client, first = signed_in(scene.author), active()
    form = form_of(client.get(url("policy", first.pk)))
    bad = {**form, "renewal_days": "ninety", "fresh_hours": "9999"}
    page = client.post(url("policy_write", first.pk), bad)
    assert page.status_code == 409 and "expected a whole number, not “ninety”" in text_of(page) and 'value="ninety"' in page.content.decode()
    page = client.post(url("policy_write", first.pk), {**form, "fresh_hours": "9999"})
    assert "fresh hours: at most 168" in text_of(page) and PolicyVersion.objects.count() == 1


def test_the_time_budgets_of_the_model_are_fields_with_words_bounds_and_a_difference(signed_in, scene):
    client, first = signed_in(scene.author), active()
    form = form_of(client.get(url("policy", first.pk)))
    assert form["model_seconds_per_account_day"] == ["600"] and form["model_seconds_per_day"] == ["250000"]
    page = client.post(url("policy_write", first.pk), {**form, "model_seconds_per_account_day": "90000", "model_seconds_per_day": "-1"})
    assert page.status_code == 409 and PolicyVersion.objects.count() == 1
    page = client.post(url("policy_write", first.pk), {**form, "model_seconds_per_account_day": "90000"})
    assert "model seconds per account day: at most 86,400" in text_of(page) and PolicyVersion.objects.count() == 1
    page = client.post(url("policy_write", first.pk), {**form, "model_seconds_per_account_day": "300", "model_seconds_per_day": "300000"}, follow=True)
    said = text_of(page)
    assert "Model time per account and day 600 300 seconds Not looser" in said, said
    assert "Model time per day, all calls added up 250,000 300,000 seconds Looser" in said, said


def test_rolling_back_takes_one_click_to_prepare(signed_in, scene):
    first = active()
    draft = scene.asked()
    form = {"in_flight": "keep"}
    signed_in(scene.other).post(url("policy_activate", draft.pk), form)
    client = signed_in(scene.author)
    page = client.get(url("policy", first.pk))
    assert "Prepare a roll back to 1" in text_of(page) and "Begin a draft" not in text_of(page)
    page = client.post(url("policy_roll_back", first.pk), follow=True)
    back = PolicyVersion.objects.get(number=3)
    assert back.parameters == first.parameters and "back to 1" in text_of(page)


def test_the_lists_lead_to_the_pages_and_get_changes_nothing(signed_in, scene):
    draft = scene.draft()
    client = signed_in(scene.author)
    found = client.get(reverse("admin:governance_policyversion_change", args=[draft.pk]))
    assert found.status_code == 302 and found["Location"] == url("policy", draft.pk)
    assert client.get(reverse("admin:governance_policyversion_changelist")).status_code == 200
    for name in ("policy_write", "policy_simulate", "policy_ask", "policy_withdraw", "policy_discard", "policy_activate", "policy_roll_back"):
        assert client.get(url(name, draft.pk)).status_code == 405, name
        assert client.post(url(name, 999_999)).status_code == 404, name
    assert not SimulationRun.objects.exists()
    assert client.get(url("simulated_accounts", 999)).status_code == 404


def test_a_failed_run_says_so_and_can_be_run_again(signed_in, scene, monkeypatch):
    draft = scene.draft()
    client = signed_in(scene.author)
    client.post(url("policy_simulate", draft.pk))
    monkeypatch.setattr(runs, "simulate", lambda *a: 1 / 0)
    assert runs.run_due(AS_OF) == 0
    assert "Something went wrong while it ran" in text_of(client.get(url("policy", draft.pk)))
    monkeypatch.undo()
    client.post(url("policy_simulate", draft.pk))
    assert runs.run_due(AS_OF) == 1
