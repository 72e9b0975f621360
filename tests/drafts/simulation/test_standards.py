"""Tone rules and guidance: saved only when their examples hold, in force by a second person, named in every finding, rolled back as new versions."""

from __future__ import annotations

import json

import pytest

from drafts.checks import run_text_checks
from drafts.checks.base import CheckInput
from drafts.checks.context import check_facts
from drafts.models import Finding
from drafts.review import Blocked, NotAllowed, edit
from drafts.simulation import samples
from drafts.simulation.standards import (
    activate_standard,
    activate_tone_rule,
    restore_standard,
    restore_tone_rule,
    write_standard,
    write_tone_rule,
)
from governance.models import Event, ReviewStandard, ToneRule
from governance.standards import tone_rules_in_force
from tests.drafts.scene import AS_OF, routine_case, stop_clock
from tests.factories import make_user

pytestmark = pytest.mark.django_db
RULE = {
    "key": "no-sarcasm", "language": "en", "severity": "warn", "phrases": "how surprising\ncareless*", "why": "sounds sarcastic",
    "must_fail": "How  surprising that it is still open.\nThat was carelessly handled.", "must_pass": "We were surprised.\nTake care.",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _clock(settings):
    stop_clock(settings)


@pytest.fixture
def author():
    return make_user("policy_admin")


@pytest.fixture
def other():
    return make_user("policy_admin")


def test_a_rule_is_saved_with_its_examples_and_comes_into_force_by_another(author, other):
    rule = write_tone_rule(RULE, by=author, at=AS_OF)
    assert (str(rule), rule.state, rule.must_pass) == ("no-sarcasm/1", "draft", ["We were surprised.", "Take care."])
    assert tone_rules_in_force() == []
    with pytest.raises(NotAllowed, match="you wrote this version"):
        activate_tone_rule(rule.pk, by=author, at=AS_OF)
    activate_tone_rule(rule.pk, by=other, at=AS_OF)
    assert [r["name"] for r in tone_rules_in_force()] == ["no-sarcasm/1"]
    assert list(Event.objects.filter(stream="policy").order_by("number").values_list("action", flat=True)) == ["tone.written", "tone.activated"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"must_fail": "A friendly reminder."}, "must find “A friendly reminder.” and does not"),
        ({"must_pass": "How surprising!"}, "must leave “How surprising!” alone and does not"),
        ({"must_fail": ""}, "at least one example it must find"),
        ({"must_pass": ""}, "one it must leave alone"),
        ({"phrases": "(a+)+$"}, "is no phrase"),
        ({"phrases": "*"}, "is no phrase"),
        ({"phrases": "x" * 90}, "is no phrase"),
        ({"key": "No Sarcasm"}, "lower case letters"),
        ({"severity": "ignore"}, "warns or blocks"),
        ({"language": "xx"}, "the language is"),
        ({"why": " "}, "what a reviewer reads"),
    ],
)
def test_a_rule_whose_examples_do_not_hold_is_not_saved(author, changes, words):
    with pytest.raises(Blocked, match=words.replace("(", r"\(")):
        write_tone_rule({**RULE, **changes}, by=author, at=AS_OF)
    assert not ToneRule.objects.exists() and not Event.objects.exists()


def test_a_blocking_rule_that_would_stop_a_text_in_force_stays_out(author, other):
    rule = write_tone_rule({**RULE, "severity": "block", "phrases": "kind regards", "must_fail": "Kind regards", "must_pass": "Regards"}, by=author, at=AS_OF)
    with pytest.raises(Blocked, match="would block texts that are in force"):
        activate_tone_rule(rule.pk, by=other, at=AS_OF)
    assert tone_rules_in_force() == []


def found_in(body, rules, language="en"):
    facts = check_facts(samples.accounts(AS_OF)[0], [])
    told = CheckInput("Invoice", body, facts, language=language, as_of=AS_OF.date(), policy={"tone_rules": rules})
    return [f for f in run_text_checks(told) if "tone rule" in f.why]


def test_the_check_finds_it_where_it_stands_and_names_rule_and_version(author, other):
    activate_tone_rule(write_tone_rule(RULE, by=author, at=AS_OF).pk, by=other, at=AS_OF)
    body = "Dear Ms Keller,\n\nhow Surprising that the invoice is still open with us today.\n"
    (finding,) = found_in(body, tone_rules_in_force())
    assert (finding.check, finding.severity, finding.quote) == ("G20", "warn", "how Surprising")
    assert body[finding.start : finding.end] == finding.quote and finding.why == "sounds sarcastic (tone rule no-sarcasm/1)"
    assert found_in("How surprisingly well that went for all of us here today, thank you.", tone_rules_in_force()) == []
    assert found_in(body, []) == []


def test_a_rule_of_another_language_is_not_looked_for():
    rules = [{"name": "x/1", "language": "de", "severity": "warn", "phrases": ["please"], "why": "w"}]
    assert found_in("Could you please look at the invoice that is open with us?", rules) == []


def test_it_is_stored_with_the_finding_of_an_edited_draft(author, other):
    activate_tone_rule(write_tone_rule(RULE, by=author, at=AS_OF).pk, by=other, at=AS_OF)
    case = routine_case()
    body = case.draft.body.replace("Kind regards", "How surprising that nobody answered.\n\nKind regards")
    edit(case.follow_up.pk, case.draft.subject, body, case.draft.revision, by=case.desk.reviewer, at=AS_OF)
    found = Finding.objects.get(draft=case.draft, why__contains="tone rule")
    assert (found.check_id, found.severity, found.why) == ("G20", "warn", "sounds sarcastic (tone rule no-sarcasm/1)")
    event = Event.objects.filter(action="draft.edited").latest("pk")
    assert json.loads(Event.objects.filter(action="follow_up.edit").latest("pk").data)["tone"] == ["no-sarcasm/1"] and event
    prepared_event = json.loads(Event.objects.filter(action="follow_up.draft_ready").latest("pk").data)
    assert prepared_event["tone"] == ["no-sarcasm/1"]


def test_going_back_is_a_new_version_with_the_old_content(author, other):
    first = activate_tone_rule(write_tone_rule(RULE, by=author, at=AS_OF).pk, by=other, at=AS_OF)
    second = write_tone_rule({**RULE, "phrases": "", "must_fail": "", "must_pass": ""}, by=author, at=AS_OF)
    activate_tone_rule(second.pk, by=other, at=AS_OF)
    assert tone_rules_in_force() == [], "a rule without phrases is switched off"
    with pytest.raises(Blocked, match="nothing to go back to"):
        restore_tone_rule(second.pk, by=author, at=AS_OF)
    back = restore_tone_rule(first.pk, by=author, at=AS_OF)
    assert (back.version, back.phrases, back.state) == (3, first.phrases, "draft")
    with pytest.raises(NotAllowed):
        activate_tone_rule(back.pk, by=author, at=AS_OF)
    activate_tone_rule(back.pk, by=other, at=AS_OF)
    first.refresh_from_db()
    assert first.state == "retired" and first.version == 1


@pytest.mark.parametrize("role", ["reviewer", "finance_approver", "system_admin", None])
def test_nobody_but_a_policy_administrator_writes_or_activates(author, role):
    rule, person = write_tone_rule(RULE, by=author, at=AS_OF), make_user(role)
    for act in (
        lambda: write_tone_rule(RULE, by=person, at=AS_OF),
        lambda: activate_tone_rule(rule.pk, by=person, at=AS_OF),
        lambda: write_standard("routine", "Look at everything twice, always.", by=person, at=AS_OF),
        lambda: activate_standard(ReviewStandard.objects.first().pk, by=person, at=AS_OF),
    ):
        with pytest.raises(NotAllowed):
            act()


# --- guidance ---


def test_every_lane_has_delivered_guidance_and_another_version_needs_two_people(author, other):
    assert set(ReviewStandard.objects.filter(state="active").values_list("lane", flat=True)) == {"routine", "exception", "executive_review"}
    new = write_standard("routine", "Read the last message of the customer first.", by=author, at=AS_OF)
    with pytest.raises(NotAllowed):
        activate_standard(new.pk, by=author, at=AS_OF)
    activate_standard(new.pk, by=other, at=AS_OF)
    old = ReviewStandard.objects.get(lane="routine", version=1)
    assert (old.state, new.version) == ("retired", 2)
    back = restore_standard(old.pk, by=other, at=AS_OF)
    assert (back.version, back.text, back.state) == (3, old.text, "draft")


@pytest.mark.parametrize(("lane", "text"), [("fast", "Look at everything twice, always."), ("routine", "short"), ("routine", "x" * 4001)])
def test_guidance_without_a_lane_or_words_is_refused(author, lane, text):
    with pytest.raises(Blocked):
        write_standard(lane, text, by=author, at=AS_OF)


def test_the_database_refuses_to_change_what_was_in_force(author, other):
    from django.db import DatabaseError, IntegrityError, transaction

    rule = activate_tone_rule(write_tone_rule(RULE, by=author, at=AS_OF).pk, by=other, at=AS_OF)
    for change in (
        lambda: ToneRule.objects.filter(pk=rule.pk).update(phrases="x"),
        lambda: ToneRule.objects.filter(pk=rule.pk).update(activated_by=author),
        lambda: ToneRule.objects.filter(pk=rule.pk).delete(),
        lambda: ReviewStandard.objects.filter(lane="routine").update(text="x"),
        lambda: ReviewStandard.objects.filter(lane="routine").delete(),
    ):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            change()
