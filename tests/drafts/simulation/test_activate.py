"""Words come into force by a policy administrator who did not write them, after they passed; everything else is refused with words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drafts.review import Blocked, NotAllowed
from drafts.simulation import activate_prompt, activate_template, content_hash
from governance.models import EvaluationRun, Event, PromptVersion, TemplateVersion
from governance.words import seed_texts
from tests.factories import AS_OF, make_user

pytestmark = pytest.mark.django_db

GOOD = "{greeting}\n\nThese are open with us:\n\n{statement}\n\n{how_to_dispute}\n\nKind regards\n\n{signature}\n"


@pytest.fixture
def author():
    return make_user("policy_admin")


@pytest.fixture
def by():
    return make_user("policy_admin")


@pytest.fixture
def prompt(author):
    first = PromptVersion.objects.get(key="draft", version=1)
    return PromptVersion.objects.create(key="draft", version=2, system=first.system + "\nBe brief.", user=first.user, author=author)


@pytest.fixture
def template(author):
    def _template(**fields):
        values = {"key": "demand-1", "language": "en", "version": 2, "subject": "Open: {invoices}", "body": GOOD, "author": author}
        return TemplateVersion.objects.create(**{**values, **fields})

    return _template


def passed(version, **fields):
    """A comparison that opens the gate, unless a field says otherwise."""
    values = {
        "subject": str(version), "baseline": "draft/1", "model": "m-1", "accounts": 50, "figures": {"why_not": []},
        "content_sha256": content_hash(version), "passed": True, "at": AS_OF - timedelta(hours=1),
    }  # fmt: skip
    return EvaluationRun.objects.create(**{**values, **fields})


def state(row):
    row.refresh_from_db()
    return row.state


def test_a_version_that_passed_comes_into_force_and_the_old_one_retires(prompt, by):
    run = passed(prompt)
    old = PromptVersion.objects.get(key="draft", version=1)
    activate_prompt(prompt.pk, by=by, at=AS_OF)
    assert (state(prompt), state(old)) == ("active", "retired")
    assert prompt.activated_by == by and prompt.activated_at == AS_OF
    event = Event.objects.get(action="prompt.activated")
    assert event.stream == "policy" and event.actor_id == by.pk and f'"evaluation":{run.pk}' in event.data.replace(" ", "")
    assert [row.history.order_by("history_id").last().history_user for row in (old, prompt)] == [by, by]
    assert PromptVersion.objects.get(key="preparation", version=1).state == "active", "other prompts stay"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"at": AS_OF - timedelta(hours=25)}, "last 24 hours"),
        ({"at": AS_OF + timedelta(hours=1)}, "last 24 hours"),
        ({"content_sha256": "0" * 64}, "exactly this text"),
        ({"passed": False, "figures": {"why_not": ["found in its texts: wrong amount"]}}, "wrong amount"),
        ({"baseline": "draft/2"}, "not against what is in force"),
        ({"baseline": "draft/2@m-1"}, "not against what is in force"),
        ({"accounts": 3}, "on 3 accounts"),
        ({"model": "another"}, "another"),
    ],
)
def test_without_a_fresh_passing_comparison_of_this_text_it_stays_out(prompt, by, settings, fields, words):
    settings.LLM_MODEL = "m-1"
    passed(prompt, **fields)
    with pytest.raises(Blocked, match=words) as caught:
        activate_prompt(prompt.pk, by=by, at=AS_OF)
    assert "evaluate drafts --a draft/1 --b draft/2" in caught.value.words
    assert state(prompt) == "draft" and not Event.objects.exists()


def test_the_newest_comparison_counts(prompt, by):
    passed(prompt, at=AS_OF - timedelta(hours=3))
    passed(prompt, passed=False, figures={"why_not": ["it got worse"]})
    with pytest.raises(Blocked, match="it got worse"):
        activate_prompt(prompt.pk, by=by, at=AS_OF)


def test_a_change_of_one_letter_needs_a_new_comparison(prompt, by):
    passed(prompt)
    prompt.system += "."
    prompt.save()
    with pytest.raises(Blocked, match="exactly this text"):
        activate_prompt(prompt.pk, by=by, at=AS_OF)


def test_the_author_never_activates(prompt, author):
    passed(prompt)
    with pytest.raises(NotAllowed, match="you wrote this version"):
        activate_prompt(prompt.pk, by=author, at=AS_OF)
    assert state(prompt) == "draft"


@pytest.mark.parametrize("role", ["reviewer", "finance_approver", "executive", "system_admin", "auditor", None])
def test_nobody_but_a_policy_administrator_activates(prompt, template, role):
    passed(prompt)
    person = make_user(role)
    with pytest.raises(NotAllowed):
        activate_prompt(prompt.pk, by=person, at=AS_OF)
    with pytest.raises(NotAllowed):
        activate_template(template().pk, by=person, at=AS_OF)
    assert not Event.objects.exists()


def test_what_was_active_once_is_not_activated_again(prompt, by):
    passed(prompt)
    activate_prompt(prompt.pk, by=by, at=AS_OF)
    for version in (1, 2):
        with pytest.raises(Blocked, match="already"):
            activate_prompt(PromptVersion.objects.get(key="draft", version=version).pk, by=by, at=AS_OF)


def test_a_prompt_no_comparison_can_judge_is_refused(by):
    row = PromptVersion.objects.create(key="dispute", version=2, system="Say no.", user="{material}")
    passed(row)
    with pytest.raises(Blocked, match="cannot be replaced here"):
        activate_prompt(row.pk, by=by, at=AS_OF)


# --- templates ---


def test_a_template_that_passes_every_check_comes_into_force(template, by):
    new = template()
    old = TemplateVersion.objects.get(key="demand-1", language="en", state="active")
    activate_template(new.pk, by=by, at=AS_OF)
    assert (state(new), state(old)) == ("active", "retired")
    assert TemplateVersion.objects.filter(key="demand-1", language="de", state="active").exists(), "other languages stay"
    assert Event.objects.get(action="words.activated").actor_id == by.pk


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("A late fee of EUR 40.00 will be added.", "G14"),
        ("We will take you to court next week.", "G15"),
        ("Please use our new bank account from now on.", "G08"),
        ("You may pay in three instalments.", "G12"),
        ("Your overdue total is EUR 12.34.", "G02"),
        ("TODO: say something nice.", "placeholder"),
    ],
)
def test_a_template_the_checks_refuse_stays_out_and_says_why(template, by, sentence, words):
    new = template(body=GOOD.replace("Kind regards", f"{sentence}\n\nKind regards"))
    with pytest.raises(Blocked, match=words):
        activate_template(new.pk, by=by, at=AS_OF)
    assert state(new) == "draft" and not Event.objects.exists()
    assert TemplateVersion.objects.get(key="demand-1", language="en", state="active").version == 1


def test_a_template_with_an_unknown_placeholder_is_refused_by_name(template, by):
    new = template(body=GOOD.replace("{statement}", "{statement}\n\n{discount}"))
    with pytest.raises(Blocked, match="discount"):
        activate_template(new.pk, by=by, at=AS_OF)


def test_its_author_never_activates_a_template(template, author):
    with pytest.raises(NotAllowed, match="you wrote"):
        activate_template(template().pk, by=author, at=AS_OF)


def test_every_delivered_text_would_pass_the_gate(template, by):
    for n, text in enumerate(seed_texts()):
        new = template(
            key=text.key, language=text.language, lane=text.lane, step=text.step, purpose=text.purpose, subject=text.subject, body=text.body,
            version=100 + n,
        )  # fmt: skip
        assert activate_template(new.pk, by=by, at=AS_OF).state == "active"
