"""The screens of samples: what a labeller is shown and is not, what a refusal keeps, and who reaches what."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.urls import reverse

from drafts.labelling import judging
from drafts.models import Delivery
from governance import guards
from governance.models import Event, Incident, Label, SampleFrame, SampleItem, SampleResult
from tests.drafts.labelling import LATER, NO, WORDS, YES, decided, label_all, sample, send
from tests.drafts.scene import Desk, stop_clock
from tests.factories import make_message, make_signal, make_user, moment
from tests.site.conftest import client_of

pytestmark = pytest.mark.django_db
HOSTILE = f"Hello, {WORDS}. <script>alert(1)</script> \u202e please approve"


def plain(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def page_of(item):
    return reverse("admin:label_item", args=[item.pk])


def save(client, item, **fields):
    return client.post(reverse("admin:save_label", args=[item.pk]), fields, follow=True)


def test_the_labeller_sees_the_words_of_then_and_not_what_anybody_said_of_them(desk, auditor, second):
    case = decided(desk, 2, mail=HOSTILE)
    make_signal(case.account, invoice=case.invoices[0], quote="DETECTORWORDS", found_at=moment(-1))
    make_message(case.account, body="LATERWORDS", at=moment(2))
    frame = sample(auditor)
    first, other = frame.items.all()
    judging.label(first.pk, YES, by=second, at=LATER)
    for item in (first, other):
        text = client_of(auditor).get(page_of(item)).content.decode()
        assert WORDS in text and "<script>alert(1)" not in text and "U+202E" in text
        hidden = ("DETECTORWORDS", "LATERWORDS", str(desk.reviewer), str(second), "part of the goods never came", "flagged", "routine")
        assert not [words for words in hidden if words in text.split('id="workspace"')[1]]
        assert reverse("admin:draft_history", args=[item.follow_up_id]) not in text and reverse("admin:review", args=[item.follow_up_id]) not in text


def test_an_answer_is_saved_and_the_next_item_opens_until_none_is_left(desk, auditor):
    decided(desk, 3)
    frame = sample(auditor)
    client = client_of(auditor)
    for left in (2, 1, 0):
        answer = client.get(reverse("admin:label_next"))
        item = SampleItem.objects.get(pk=int(answer.url.rstrip("/").split("/")[-1]))
        assert f"{2 - left} labelled by you, {left + 1} left" in plain(client.get(answer.url))
        done = save(client, item, answer="no")
        assert done.status_code == 200 and "Saved." in plain(done)
    assert done.redirect_chain[-1][0] == reverse("admin:samples") and "Nothing waits for you" in plain(done)
    assert frame.items.filter(labels__by=auditor).count() == 3


def test_a_refused_answer_keeps_what_was_typed_and_says_what_is_missing(desk, auditor):
    decided(desk, 1, mail=WORDS)
    item = sample(auditor).items.get()
    answer = save(client_of(auditor), item, answer="yes", code="price", quote="never written", reason="my reason")
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "These words stand in none of the texts shown" in text and "never written" in text and "my reason" in text
    assert 'value="price" selected' in text and 'value="yes" data-key="y" required checked' in text
    assert not Label.objects.exists()


def test_who_acted_on_an_account_and_who_answered_already_get_no_form(desk, auditor):
    from tests.factories import grant

    decided(desk, 1, mail=WORDS)
    grant(desk.reviewer, "finance_approver", desk.portfolio)
    item = sample(auditor).items.get()
    assert "you acted on this account yourself" in plain(client_of(desk.reviewer).get(page_of(item)))
    save(client_of(auditor), item, answer="yes", code="quantity", quote=WORDS, reason="short")
    again = client_of(auditor).get(page_of(item))
    assert "another person gives the next answer" in plain(again) and "label-form" not in again.content.decode()
    assert save(client_of(auditor), item, answer="no").status_code == 403
    assert Label.objects.count() == 1


@pytest.mark.parametrize("role", ["reviewer", "account_owner", "legal_approver", "executive", "leadership", "policy_admin", "system_admin"])
def test_other_roles_reach_neither_samples_nor_misses_nor_items(desk, auditor, role):
    decided(desk, 1, mail=WORDS)
    frame = sample(auditor)
    client = client_of(make_user(role))
    for name, args in (("samples", []), ("label_next", []), ("misses", []), ("sample_frame", [frame.pk]), ("recount", [])):
        assert client.get(reverse(f"admin:{name}", args=args)).status_code == 403, name
    item = frame.items.get()
    assert client.get(page_of(item)).status_code == 404 and save(client, item, answer="no").status_code == 404
    assert client.post(reverse("admin:draw_items"), {"kind": "recall", "from": "2026-05-01", "to": "2026-05-11"}).status_code == 403
    assert not Label.objects.exists() and SampleFrame.objects.count() == 1


def test_people_of_another_portfolio_find_nothing_of_a_sample(desk, auditor, second):
    case = decided(desk, 1, mail=WORDS, name="Zzsecret customer")
    frame = sample(auditor)
    label_all(frame, auditor, second, yes=[frame.items.get().unit])
    for stranger in (Desk().finance, make_user("compliance_auditor", Desk().portfolio)):
        client = client_of(stranger)
        assert client.get(reverse("admin:sample_frame", args=[frame.pk])).status_code == 404
        assert client.get(page_of(frame.items.get())).status_code == 404
        for name in ("samples", "misses"):
            text = client.get(reverse(f"admin:{name}")).content.decode()
            assert "Zzsecret" not in text and WORDS not in text and f"/samples/{frame.pk}/" not in text
    assert case.account.name in client_of(second).get(reverse("admin:misses")).content.decode()


def test_a_running_sample_lists_no_item_and_no_answer_a_locked_one_both(desk, auditor, second):
    case = decided(desk, 2, mail=WORDS, name="Northwind Bearings")
    frame = sample(auditor)
    unit = frame.items.first().unit
    label_all(frame, auditor, yes=[unit])
    url = reverse("admin:sample_frame", args=[frame.pk])
    running = client_of(auditor).get(url).content.decode()
    assert "Northwind" not in running and "listed here once" in running and frame.seed in running
    label_all(frame, second, yes=[unit])
    locked = client_of(auditor).get(url)
    assert case.account.name in locked.content.decode()
    assert "2 of 30 labelled - no estimate yet" in plain(locked) and "%" not in plain(locked).split("How it was drawn")[0].split("Sample")[1]


def test_a_sample_is_drawn_by_post_alone(desk, auditor, settings):
    decided(desk, 2)
    stop_clock(settings, moment(30))
    client = client_of(auditor)
    url = reverse("admin:draw_items")
    assert client.get(url).status_code == 405
    refused = client.post(url, {"kind": "recall", "from": "2026-06-01", "to": "2026-06-02", "size": "5"}, follow=True)
    assert "a period that is over" in plain(refused).lower()
    for bad in ({"size": "9999"}, {"kind": "x"}, {"from": "soon"}):
        client.post(url, {"kind": "recall", "from": "2026-05-01", "to": "2026-05-12", "size": "5", **bad})
    assert not SampleFrame.objects.exists()
    done = client.post(url, {"kind": "recall", "from": "2026-05-01", "to": "2026-05-12", "size": "5"}, follow=True)
    assert "Frame and seed were recorded before it" in plain(done) and "The same items" in plain(done)
    assert SampleFrame.objects.get().items.count() == 2


def test_reading_writes_nothing(desk, auditor):
    decided(desk, 1, mail=WORDS)
    frame = sample(auditor)
    client = client_of(auditor)
    before = Event.objects.count()
    for name, args in (("samples", []), ("label_next", []), ("misses", []), ("sample_frame", [frame.pk]), ("label_item", [frame.items.get().pk]), ("recount", [])):
        client.get(reverse(f"admin:{name}", args=args))
    assert Event.objects.count() == before and not Label.objects.exists()


def test_home_says_how_many_samples_wait_and_the_list_has_as_many(desk, auditor):
    decided(desk, 5)
    sample(auditor)
    client = client_of(auditor)
    assert "5 samples to label" in plain(client.get("/admin/"))
    assert "5 samples to label wait for you" in plain(client.get(reverse("admin:samples")))
    assert len(judging.due_for(auditor)) == 5
    save(client, judging.due_for(auditor)[0], answer="no")
    assert "4 samples to label" in plain(client.get("/admin/"))


def test_a_message_is_judged_by_its_text_and_the_facts_of_then(desk, auditor, second, settings):
    case = decided(desk, 1, name="Northwind Bearings")
    send(settings, case)
    frame = sample(auditor, kind="escape")
    item = frame.items.get()
    text = client_of(auditor).get(page_of(item)).content.decode()
    assert case.draft.body.splitlines()[0] in unescape(text) and "It has a defect" in text and case.draft.to_address not in text
    assert str(desk.reviewer) not in text and "Approved template" not in text and "Checks" not in text.split('id="workspace"')[1].split("<footer")[0]
    quote = case.draft.body.strip().splitlines()[0]
    for person in (auditor, second):
        save(client_of(person), item, answer="yes", code="tone", quote=quote, reason="too curt", critical="1")
    assert Incident.objects.get().source == f"delivery:{case.delivery.pk}"
    found = plain(client_of(auditor).get(reverse("admin:misses"), {"tab": "escape"}))
    assert quote in found and "Incident" in found and "Northwind Bearings" in found


def test_figures_are_counted_twice_and_a_forged_row_shows(desk, auditor, settings):
    case = decided(desk, 1)
    send(settings, case)
    client, url = client_of(auditor), reverse("admin:recount")
    assert "Both counts agree" in plain(client.get(url))
    guards.drop(connection)
    Delivery.objects.filter(pk=case.delivery.pk).update(state="stopped", stopped_at=moment(0.01))
    guards.install(connection)
    text = plain(client.get(url))
    assert "2 figures differ" in text and "Both counts agree" not in text


def test_a_locked_result_is_told_with_its_floor(desk, auditor, second):
    decided(desk, 32)
    caught = decided(desk, 1)
    make_signal(caught.account, invoice=caught.invoices[0], status="confirmed", found_at=moment(-1), decided_by=desk.owner, decided_at=moment(2))
    frame = sample(auditor)
    label_all(frame, auditor, second)
    assert SampleResult.objects.get().share == 1.0
    text = plain(client_of(auditor).get(reverse("admin:sample_frame", args=[frame.pk])))
    assert "Recall 100 % (95 % interval" in text and "n=32" in text and "Known floor 100 %: 1 of 1 disputes somebody noticed" in text
    assert NO.answer == "no"
