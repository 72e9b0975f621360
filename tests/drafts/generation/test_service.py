"""Attempts: queued once, fed back once, then the approved template."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drafts import transitions
from drafts.fingerprint import sha256_hex
from drafts.generation import service
from drafts.generation.service import WAIT, Ask, ModelWords, NoWords
from drafts.models import Draft, Generation
from governance import policies
from governance.models import PromptVersion
from tests.drafts.generation.support import GOOD, ask, waiting
from tests.factories import AS_OF, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("model_may_write")]


@pytest.fixture(autouse=True)
def model(settings):
    settings.LLM_BASE_URL, settings.LLM_MODEL = "http://127.0.0.1:9/v1", "m-1"


def close(state="done", **fields):
    row = Generation.objects.latest("pk")
    for name, value in {"state": state, "finished_at": AS_OF, **fields}.items():
        setattr(row, name, value)
    row.save()
    return row


def test_the_first_question_queues_one_attempt_and_waits():
    item = waiting()
    assert ask(item) == Ask()
    assert ask(item) == WAIT
    row = Generation.objects.get()
    assert (row.state, row.attempt, row.account_id, row.prompt_version.key) == ("queued", 1, item.account_id, "draft")


def test_an_answer_that_passed_is_used_and_nothing_more_is_queued():
    item = waiting()
    ask(item)
    row = close(result=GOOD)
    words = ask(item)
    assert isinstance(words, ModelWords) and words.generation_id == row.pk and words.body == GOOD["body"]
    assert Generation.objects.count() == 1


def test_findings_are_fed_back_once_and_then_the_template_speaks():
    item = waiting()
    ask(item)
    service.refuse(close(result=GOOD).pk, [{"check": "G02", "why": "EUR 9,999.00 is no amount of this account", "quote": "EUR 9,999.00"}])
    assert isinstance(ask(item), Ask)
    second = Generation.objects.latest("pk")
    assert second.attempt == 2 and "EUR 9,999.00" in second.parameters["feedback"][0]
    service.refuse(close(result=GOOD).pk, [{"check": "G02", "why": "still wrong"}])
    answer = ask(item)
    assert isinstance(answer, NoWords) and "still wrong" in answer.why
    assert Generation.objects.count() == 2


def test_a_failure_is_tried_once_more_and_a_permanent_one_is_not():
    first, second = waiting(), waiting()
    ask(first)
    close("failed", error_kind="timeout", error="The model gave no draft: too slow.")
    assert isinstance(ask(first), Ask)
    close("failed", error_kind="timeout", error="The model gave no draft: too slow.")
    assert ask(first) == NoWords("The model gave no draft: too slow.")
    ask(second)
    close("failed", error_kind="permanent", error="The model gave no draft: no such model.")
    assert isinstance(ask(second), NoWords)


def test_an_answer_about_older_facts_is_not_used():
    item = waiting()
    ask(item)
    close(result=GOOD)
    moved = replace(item, material_hash="f" * 64)
    assert ask(moved) == Ask(2, 2)


def test_a_draft_that_was_sent_back_starts_a_new_round_with_the_reviewers_words():
    item = waiting()
    ask(item)
    row = close(result=GOOD)
    follow_up = row.follow_up
    draft = Draft.objects.create(
        follow_up=follow_up, brief=row.brief, language="en", author_kind="model", from_address="a@x.example", to_address="b@y.example",
        subject="S", body="B", canonical="{}", fingerprint=sha256_hex("{}"), created_at=AS_OF,
    )
    service.used({row.pk: draft.pk})
    transitions.perform([follow_up.pk], "draft_ready", by=None, at=AS_OF)
    transitions.perform([follow_up.pk], "request_changes", by=make_user(), at=AS_OF, reason="Tone: shorter, please")
    assert ask(item) == Ask(2, 2, ("The reviewer asked for changes: Tone: shorter, please",))


def test_without_a_model_or_an_active_prompt_the_template_speaks_at_once(settings):
    item = waiting()
    PromptVersion.objects.filter(key="draft").update(state="retired")
    assert ask(item) == NoWords("")
    settings.LLM_MODEL = ""
    assert ask(item) == NoWords("")
    assert not Generation.objects.exists()


def test_many_follow_ups_cost_as_many_queries_as_one(django_assert_max_num_queries):
    items = [waiting() for _ in range(8)]
    with django_assert_max_num_queries(6):
        answers = service.words_for(items, policies.active_parameters())
    assert list(answers.values()) == [Ask()] * 8
