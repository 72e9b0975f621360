"""Every model page has a history: word differences, reason and actor, for the rows that never change too. Reading one is on record."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from drafts.models import Draft
from governance.models import ApprovalRequest, Event
from tests.drafts.packing.story import auditor, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(settings, tmp_path):
    return told(settings, tmp_path, name="Northwind Bearings")


def page(client, row):
    answer = client.get(reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_history", args=[row.pk]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_history_of_a_draft_is_its_versions_with_word_differences_actor_and_reason(case, signed_in):
    draft = Draft.objects.latest("revision")
    text = page(signed_in(auditor()), draft)
    assert "v2 written by" in text and str(case.desk.owner) in text and "v1 written by the machine" in text
    assert "[deleted] </span>please accept our thanks" in text and "[inserted] </span>thank you" in text
    assert draft.to_address not in text


def test_the_history_of_an_approval_request_says_who_answered_in_which_role_and_how_it_ended(case, signed_in):
    first, second = ApprovalRequest.objects.order_by("pk")
    text = page(signed_in(auditor()), first)
    for words in ("asked for by", "approve by", str(case.desk.reviewer), "reviewer", "approval void by"):
        assert words in text, words
    assert "approval void" not in page(signed_in(auditor()), second)


def test_reading_any_history_is_an_event_and_every_registered_model_has_one(case, signed_in):
    person = auditor()
    client = signed_in(person)
    seen = 0
    for model in admin.site._registry:
        row = model._default_manager.order_by("-pk").first()
        if row is None:
            continue
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_history", args=[row.pk])
        before = Event.objects.filter(action="audit.read", actor_id=person.pk).count()
        answer = client.get(url)
        assert answer.status_code in (200, 403) or model.__name__ == "Message", url  # messages of ours are shown as deliveries
        if answer.status_code == 200:
            assert "by the machine" in answer.content.decode() or " by " in answer.content.decode() or "No history" in answer.content.decode(), url
            assert Event.objects.filter(action="audit.read", actor_id=person.pk).count() == before + 1, url
            seen += 1
    assert seen >= 12


def test_nobody_changes_or_deletes_an_event_by_any_address(case, signed_in):
    event = Event.objects.filter(stream=f"account:{case.account.pk}").first()
    for client in (signed_in(auditor()), signed_in(case.desk.reviewer)):
        for view in ("change", "delete"):
            url = reverse(f"admin:governance_event_{view}", args=[event.pk])
            assert client.post(url, {"post": "yes", "action": "x"}).status_code == 403, (view, url)
        assert client.get(reverse("admin:governance_event_add")).status_code == 403
    assert Event.objects.get(pk=event.pk).hash == event.hash
