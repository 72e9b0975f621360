"""Texts and prompts on their pages: written by one policy administrator, put in force by another, refused with words."""

from __future__ import annotations

import pytest
from django.urls import reverse

from drafts.simulation import content_hash
from governance.models import EvaluationRun, Event, PromptVersion, TemplateVersion
from tests.drafts.scene import AS_OF
from tests.factories import make_user
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]


@pytest.fixture
def author():
    return make_user("policy_admin")


@pytest.fixture
def other():
    return make_user("policy_admin")


def template():
    return TemplateVersion.objects.get(key="demand-1", language="en", state="active")


def prompt():
    return PromptVersion.objects.get(key="draft", state="active")


def test_a_text_is_written_by_one_and_activated_by_another(signed_in, author, other):
    old = template()
    form = {"subject": old.subject, "body": old.body.replace("Kind regards", "With kind regards")}
    page = signed_in(author).post(reverse("admin:write_text", args=[old.pk]), form, follow=True)
    new = TemplateVersion.objects.get(key="demand-1", language="en", version=2)
    assert (new.state, new.author) == ("draft", author) and "not in force yet" in text_of(page)
    refused = signed_in(author).post(reverse("admin:activate_text", args=[new.pk]))
    assert refused.status_code == 403 and "you wrote this version" in text_of(refused)
    page = signed_in(other).post(reverse("admin:activate_text", args=[new.pk]), follow=True)
    assert "In force from now on" in text_of(page)
    old.refresh_from_db()
    assert old.state == "retired" and template() == new
    assert list(Event.objects.filter(stream="policy").order_by("number").values_list("action", flat=True)) == ["words.written", "words.activated"]


def test_what_the_checks_refuse_is_said_and_stays_out(signed_in, author, other):
    old = template()
    body = old.body.replace("Kind regards", "A late fee of EUR 40.00 will be added.\n\nKind regards")
    signed_in(author).post(reverse("admin:write_text", args=[old.pk]), {"subject": old.subject, "body": body})
    new = TemplateVersion.objects.get(key="demand-1", language="en", version=2)
    page = signed_in(other).post(reverse("admin:activate_text", args=[new.pk]))
    assert page.status_code == 409 and "G14" in text_of(page) and template() == old


def test_a_text_that_cannot_be_saved_keeps_what_was_typed(signed_in, author):
    old = template()
    page = signed_in(author).post(reverse("admin:write_text", args=[old.pk]), {"subject": "Open", "body": "Dear {customr}, pay. <b>now</b>"})
    assert page.status_code == 409 and "did you mean {customer}" in text_of(page)
    assert "Dear {customr}, pay. &lt;b&gt;now&lt;/b&gt;" in page.content.decode()
    assert TemplateVersion.objects.filter(key="demand-1", language="en").count() == 1


def test_a_prompt_shows_its_comparisons_and_comes_into_force_only_after_one(signed_in, author, other):
    old = prompt()
    form = {"system": old.system + "\nBe brief.", "user": old.user}
    signed_in(author).post(reverse("admin:write_prompt", args=[old.pk]), form)
    new = PromptVersion.objects.get(key="draft", version=2)
    client = signed_in(other)
    page = client.post(reverse("admin:activate_prompt", args=[new.pk]))
    assert page.status_code == 409 and "evaluate drafts --a draft/1 --b draft/2" in text_of(page) and prompt() == old
    EvaluationRun.objects.create(
        subject="draft/2", baseline="draft/1", model="m-1", accounts=50, figures={"why_not": []}, content_sha256=content_hash(new), passed=True,
        at=AS_OF,
    )
    assert "against draft/1 with m-1, 50 accounts" in text_of(client.get(reverse("admin:prompt_version", args=[new.pk])))
    client.post(reverse("admin:activate_prompt", args=[new.pk]))
    assert prompt() == new


def test_a_prompt_without_the_facts_cannot_be_saved(signed_in, author):
    page = signed_in(author).post(reverse("admin:write_prompt", args=[prompt().pk]), {"system": "Write.", "user": "Task: {task}"})
    assert page.status_code == 409 and "{facts}" in text_of(page) and PromptVersion.objects.filter(key="draft").count() == 1


def test_everybody_with_a_role_reads_and_only_who_may_propose_writes(signed_in):
    assert "Write a new version" in text_of(signed_in(make_user("reviewer")).get(reverse("admin:text_version", args=[template().pk])))
    reader = signed_in(make_user("finance_approver"))
    page = reader.get(reverse("admin:text_version", args=[template().pk]))
    assert page.status_code == 200 and "Write a new version" not in text_of(page)
    for name, row in (("write_text", template()), ("activate_text", template()), ("write_prompt", prompt()), ("activate_prompt", prompt())):
        assert reader.post(reverse(f"admin:{name}", args=[row.pk]), {"subject": "x", "body": "y"}).status_code == 403
        assert reader.get(reverse(f"admin:{name}", args=[row.pk])).status_code == 405
    assert not Event.objects.filter(stream="policy").exists()
    assert signed_in(make_user(None)).get(reverse("admin:text_version", args=[template().pk])).status_code in (302, 403)


def test_the_lists_lead_to_the_pages(signed_in, author):
    client = signed_in(author)
    for model, name, row in (("templateversion", "text_version", template()), ("promptversion", "prompt_version", prompt())):
        found = client.get(reverse(f"admin:governance_{model}_change", args=[row.pk]))
        assert found.status_code == 302 and found["Location"] == reverse(f"admin:{name}", args=[row.pk])
        assert client.get(reverse(f"admin:governance_{model}_changelist")).status_code == 200
    assert client.get(reverse("admin:governance_evaluationrun_changelist")).status_code == 200
