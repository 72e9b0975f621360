"""No request puts one's own policy in force, and none loosens a locked rule: by button, by crafted form, by any of the addresses there are."""

from __future__ import annotations

import pytest
from django.urls import reverse

from governance.models import Event, PolicyVersion, User
from governance.policy_locks import LOCKS
from tests.drafts.simulation.policy_scene import Scene
from tests.factories import grant

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return Scene()


def addresses(version, run):
    """Every address below the policy, and the model pages of Django's admin."""
    urls = []
    names = ("write", "simulate", "ask", "withdraw", "activate", "roll_back")
    urls += [reverse(f"admin:policy_{name}", args=[version.pk]) for name in names]
    urls += [reverse("admin:read_simulated", args=[run.pk])]
    urls += [reverse(f"admin:governance_policyversion_{name}", args=[version.pk]) for name in ("change", "delete", "history")]
    urls += [reverse("admin:governance_policyversion_add"), reverse("admin:governance_policyversion_changelist")]
    return urls


FORMS = (
    {"in_flight": "keep"}, {"in_flight": "recheck", "activated_by": "2", "by": "2"}, {"state": "active", "_save": "Save"},
    {"action": "activate_selected", "_selected_action": "1"}, {"author": "", "author_id": "", "asked_by": "", "in_flight": "keep"},
    {"_method": "PUT", "in_flight": "keep", "user": "2"},
)  # fmt: skip


def test_the_author_cannot_activate_by_any_request(browser, scene):
    version = scene.asked()
    run = version_run(version)
    client, active = browser(scene.author), PolicyVersion.objects.get(state="active")
    for url in addresses(version, run):
        for form in FORMS:
            response = client.act(url, {**form, "pk": version.pk, "id": version.pk})
            assert response.status_code < 500, url
            assert PolicyVersion.objects.get(state="active") == active, url
    for method in ("put", "patch", "delete"):
        assert getattr(client, method)(reverse("admin:policy_activate", args=[version.pk])).status_code in (403, 405)
    version.refresh_from_db()
    assert version.author == scene.author and version.activated_by is None
    assert not Event.objects.filter(action="policy.activated").exists()


def version_run(version):
    from drafts.simulation.runs import newest

    return newest(version)


def test_more_roles_or_superuser_status_do_not_help_the_author(browser, scene):
    version = scene.asked()
    for role in ("system_admin", "executive", "finance_approver", "compliance_auditor"):
        grant(scene.author, role)
    User.objects.filter(pk=scene.author.pk).update(is_superuser=True, is_staff=True)
    response = browser(User.objects.get(pk=scene.author.pk)).act(reverse("admin:policy_activate", args=[version.pk]), {"in_flight": "keep"})
    assert response.status_code == 403 and PolicyVersion.objects.get(pk=version.pk).state == "draft"


def test_without_the_token_of_the_page_nothing_is_activated(browser, scene):
    version = scene.asked()
    assert browser(scene.other).post(reverse("admin:policy_activate", args=[version.pk]), {"in_flight": "keep"}).status_code == 403
    assert PolicyVersion.objects.get(pk=version.pk).state == "draft"


@pytest.mark.parametrize("lock", [lock.name for lock in LOCKS])
@pytest.mark.parametrize("value", ["off", "no", "false", "0", ""])
def test_a_crafted_field_for_a_locked_rule_is_refused_by_name(browser, scene, lock, value):
    active = PolicyVersion.objects.get(state="active")
    response = browser(scene.author).act(reverse("admin:policy_write", args=[active.pk]), {lock: value})
    assert response.status_code == 409 and "locked rule" in response.content.decode()
    assert PolicyVersion.objects.count() == 1 and not Event.objects.exists()


@pytest.mark.parametrize(
    "form",
    [
        {"fresh_hours": "100000"}, {"fresh_hours_payments": "169"}, {"required_sources": "invoices"}, {"required_sources": ""},
        {"required_once_configured": "contracts"}, {"required_once_configured": ""}, {"grace_days_by_method": "card=-1"},
        {"approval_business_days": "99"}, {"undated_promise_days": "-1"}, {"grace_days": "-3"}, {"steps": ""}, {"extra": "1"},
    ],
)  # fmt: skip
def test_values_that_would_loosen_a_locked_rule_in_effect_are_refused(browser, scene, form):
    active = PolicyVersion.objects.get(state="active")
    response = browser(scene.author).act(reverse("admin:policy_write", args=[active.pk]), form)
    assert response.status_code == 409 and "cannot be saved" in response.content.decode()
    assert PolicyVersion.objects.count() == 1 and PolicyVersion.objects.get().parameters == active.parameters


def test_whoever_asked_cannot_activate_either_and_a_third_person_can(browser, scene):
    version = scene.asked()
    response = browser(scene.other).act(reverse("admin:policy_activate", args=[version.pk]), {"in_flight": "keep"})
    assert response.status_code == 302 and PolicyVersion.objects.get(pk=version.pk).activated_by == scene.other
