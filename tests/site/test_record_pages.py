"""The draft history, the outcomes and the packs as pages: what they say, who may open them, and that reading is on record."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from django.urls import reverse

from drafts.models import Draft, FollowUp, Generation
from drafts.packing import make
from drafts.record.events import generation_words
from governance.models import Event, PackRun, SampleDraw
from tests.drafts.packing.story import auditor, told
from tests.drafts.scene import routine_case
from tests.factories import make_portfolio, make_user, moment

pytestmark = pytest.mark.django_db
TABS = ("timeline", "versions", "evidence", "checks", "approvals", "sent", "raw")


@pytest.fixture
def case(settings, tmp_path):
    return told(settings, tmp_path, name="Northwind Bearings")


@pytest.fixture
def history(case, signed_in):
    """``history(tab)`` is the text of the page as an auditor sees it."""
    client = signed_in(auditor())

    def text(tab="timeline", **params):
        answer = client.get(reverse("admin:draft_history", args=[case.follow_up.pk]), {"tab": tab, **params})
        assert answer.status_code == 200, (tab, answer.status_code)
        return answer.content.decode()

    return text


def test_the_timeline_tells_every_act_in_words(history, case):
    page = history()
    for words in (
        "Prepared v1", "Opened v1", "Opened evidence [3] beside v1", "Edited v1 → v2", "1 change", "Approved: v2", "as reviewer",
        "Stopped by a person or by the last look", "wrong quarter", "The mail server has it", "checks: ",
    ):
        assert words in page, words
    events = Event.objects.filter(stream=f"account:{case.account.pk}")
    assert all(f'id="event-{e.number}"' in page for e in events)
    assert f"{events.count()} of {events.count()} events" in page


def test_every_tab_opens_and_answers_its_question(history, case):
    assert "Fingerprint" in history("versions") and "[deleted] </span>please accept our thanks" in history("versions")
    assert "No amount, date or invoice number changed" in history("versions")
    assert "Facts as of" in history("evidence")
    assert "Checks of v2" in history("checks")
    approvals = history("approvals")
    assert "granted for this portfolio" in approvals and "Approval of v2" in approvals
    assert "is byte for byte what was approved" in history("sent") and "Yes: the ledger named these bytes" in " ".join(history("sent").split()).replace("Yes</strong>", "Yes")
    raw = history("raw")
    assert Event.objects.filter(stream=f"account:{case.account.pk}").last().hash in raw


def test_the_time_looked_is_from_opening_to_approving_and_unknown_is_said(settings, tmp_path, signed_in):
    from datetime import timedelta

    from drafts.review.looking import looked
    from tests.drafts.scene import AS_OF, stop_clock

    stop_clock(settings)
    seen, unseen = routine_case(), routine_case()
    looked(seen.follow_up.pk, seen.draft.pk, by=seen.desk.reviewer, at=AS_OF - timedelta(seconds=192))
    looked(seen.follow_up.pk, seen.draft.pk, 3, by=seen.desk.reviewer, at=AS_OF - timedelta(seconds=20))
    client = signed_in(auditor())
    pages = []
    for case in (seen, unseen):
        case.approve()
        pages.append(client.get(reverse("admin:draft_history", args=[case.follow_up.pk]), {"tab": "approvals"}).content.decode())
    assert "3 min 12 s" in pages[0] and "[3]" in pages[0]
    assert "not recorded" in pages[1] and "none recorded" in pages[1]


def test_evidence_is_of_then_and_says_what_differs_from_now(history, case):
    invoice = case.invoices[0]
    invoice.balance_minor = 40_000
    invoice.save()
    page = history("evidence", version="1")
    assert "EUR 1,000.00" in page and "Differs from now" in page
    assert f"{invoice.number}: open was EUR 1,000.00, now EUR 400.00" in page
    assert "x" * 100 not in page  # the ticket's body came later than its history reaches: not shown as then's


def test_a_changed_event_is_named_in_red_words(history, case):
    from django.db import connection

    from governance import guards

    guards.drop(connection)
    Event.objects.filter(stream=f"account:{case.account.pk}", number=4).update(actor_id=999)
    guards.install(connection)
    page = history()
    assert "Chain broken at event 4" in page and "follow one another" not in page


def test_times_in_utc_change_every_time_on_the_page(case, signed_in):
    client = signed_in(make_user("compliance_auditor", time_zone="Europe/Berlin"))
    url = reverse("admin:draft_history", args=[case.follow_up.pk])
    mine, utc = client.get(url).content.decode(), client.get(url, {"times": "utc"}).content.decode()
    assert "CEST" in mine and "10:00:00 CEST" in mine
    assert "CEST" not in utc and "08:00:00 UTC" in utc


def test_what_a_model_prepared_for_people_is_no_refused_draft_and_its_settings_are_words(history, case):
    from drafts.models import Generation
    from governance.models import PromptVersion

    fields = {"follow_up": case.follow_up, "account": case.account, "brief": case.follow_up.brief, "prompt_version": PromptVersion.objects.first()}
    settings = {"task": {"invoice_ids": [7, 8]}, "max_tokens": 3500}
    Generation.objects.create(**fields, kind="preparation", state="done", attempt=1, created_at=moment(0), parameters=settings)
    Generation.objects.create(**fields, kind="draft", state="done", attempt=1, created_at=moment(0), findings=[{"why": "no such amount"}])
    page = history()
    assert "Attempt 1 of a model at “summary, lane and options for people” answered" in page
    assert page.count("and the checks refused it") == 1 and "no such amount" in page
    assert "task invoice ids 7 and 8, max tokens 3500" in history("versions")


def test_the_differences_applied_to_the_first_version_give_the_sent_text_byte_for_byte(case):
    from drafts.record.versions import steps

    text = None
    for step in steps(list(Draft.objects.filter(follow_up=case.follow_up))):
        if step.before is None:
            text = step.draft.body
            continue
        assert "".join(piece for op, piece in step.body if op != "insert") == text
        text = "".join(piece for op, piece in step.body if op != "delete")
    assert text == case.delivery.draft.body


def test_an_auditor_sees_addresses_masked_and_a_reviewer_sees_them(history, case, signed_in):
    address = case.delivery.draft.to_address
    for tab in TABS:
        assert address not in history(tab), tab
    mine = signed_in(case.desk.reviewer).get(reverse("admin:draft_history", args=[case.follow_up.pk]), {"tab": "sent"})
    assert address in mine.content.decode()


def test_reading_a_history_is_an_event_once_per_reading(history, case):
    before = Event.objects.filter(stream=f"account:{case.account.pk}").count()
    for tab in TABS:
        history(tab)
    read = Event.objects.filter(action="audit.read", subject_kind="follow_up", subject_id=case.follow_up.pk)
    assert read.count() == 1 and read.get().stream == "audit"
    assert Event.objects.filter(stream=f"account:{case.account.pk}").count() == before
    assert "Who read this history" in history("raw")


@pytest.mark.parametrize("role", ["reviewer", "account_owner", "finance_approver", "compliance_auditor"])
def test_people_of_another_portfolio_find_no_history_and_get_no_pack(case, signed_in, role):
    client = signed_in(make_user(role, make_portfolio()))
    assert client.get(reverse("admin:draft_history", args=[case.follow_up.pk])).status_code == 404
    assert client.get(reverse("admin:packs"), {"scope": "draft", "subject": case.follow_up.pk}).status_code == 404
    asked = client.post(reverse("admin:request_pack"), {"scope": "draft", "subject": case.follow_up.pk, "profile": "full"})
    assert asked.status_code == 404 and not PackRun.objects.exists()
    assert "Northwind" not in client.get(reverse("admin:outcomes")).content.decode()


@pytest.mark.parametrize("role", ["leadership", "policy_admin", "system_admin"])
def test_roles_that_read_no_texts_get_neither_history_nor_outcomes_nor_packs(case, signed_in, role):
    client = signed_in(make_user(role))
    assert client.get(reverse("admin:draft_history", args=[case.follow_up.pk])).status_code in (403, 404)
    for name in ("outcomes", "packs"):
        assert client.get(reverse(f"admin:{name}")).status_code == 403, name


def test_one_box_finds_by_account_invoice_message_id_and_words_of_the_text(case, signed_in):
    other = routine_case(name="Somebody Else")
    client = signed_in(auditor())
    for text in ("Northwind", case.account.external_id, case.invoices[0].number, case.delivery.message_id, "thank you, and"):
        page = client.get(reverse("admin:outcomes"), {"q": text}).content.decode()
        assert "Northwind Bearings" in page and other.account.name not in page, text


def test_each_outcome_is_a_filter_and_the_population_agrees_with_the_ledger(case, signed_in):
    routine_case(case.desk, name="Still Open Ltd")
    client = signed_in(auditor())
    for outcome, there in (("sent", True), ("stopped", True), ("rejected", False), ("expired", False), ("open", False)):
        page = client.get(reverse("admin:outcomes"), {"outcome": outcome}).content.decode()
        assert ("Northwind Bearings" in page) is there, outcome
    whole = client.get(reverse("admin:outcomes"), {"from": "2026-05-01", "to": "2026-05-31"})
    assert "Complete: the ledger began 2 in this period, and 2 are here" in whole.content.decode()


def test_drawing_records_seed_population_and_cases_before_the_sheet_opens_and_draws_the_same_again(case, signed_in):
    for n in range(30):
        FollowUp.objects.create(account=routine_case(case.desk).account, portfolio=case.desk.portfolio, status="expired", opened_at=moment(-n - 1))
    person = auditor()
    client = signed_in(person)
    answer = client.post(reverse("admin:draw_sample"), {"outcome": "expired"})
    sample = SampleDraw.objects.get()
    assert answer.url == reverse("admin:worksheet", args=[sample.pk])
    event = Event.objects.get(action="audit.sampled")
    data = json.loads(event.data)
    assert (data["seed"], data["ids"], data["population"], event.actor_id) == (sample.seed, sample.ids, 30, person.pk)
    assert len(set(sample.ids)) == 25
    assert "the same cases" in client.get(answer.url).content.decode()


def test_a_reviewer_draws_no_sample(case, signed_in):
    assert signed_in(case.desk.reviewer).post(reverse("admin:draw_sample")).status_code in (302, 403)
    assert not SampleDraw.objects.exists()


def test_a_pack_is_counted_asked_for_made_and_downloaded_and_each_step_is_an_event(case, signed_in):
    person = auditor()
    client = signed_in(person)
    counted = client.get(reverse("admin:packs"), {"scope": "draft", "subject": case.follow_up.pk}).content.decode()
    assert "1 case" in counted and "rows and events" in counted
    client.post(reverse("admin:request_pack"), {"scope": "draft", "subject": case.follow_up.pk, "profile": "full"})
    assert make.make_due(moment(1)) == 1
    run = PackRun.objects.get()
    answer = client.post(reverse("admin:download_pack", args=[run.pk]))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as pack:
        assert "index.html" in pack.namelist()
    events = Event.objects.filter(subject_kind="pack", subject_id=run.pk).order_by("id")
    assert [e.action for e in events] == ["audit.exported", "audit.pack_made", "audit.downloaded"]
    assert json.loads(events[0].data) | {"scope": "draft", "profile": "full", "cases": 1} == json.loads(events[0].data)


def test_a_pack_of_somebody_else_is_not_there_and_one_whose_reach_shrank_is_not_given(case, signed_in):
    reviewer = case.desk.reviewer
    client = signed_in(reviewer)
    client.post(reverse("admin:request_pack"), {"scope": "account", "subject": case.account.pk, "profile": "redacted"})
    make.make_due(moment(1))
    run = PackRun.objects.get()
    url = reverse("admin:download_pack", args=[run.pk])
    assert signed_in(case.desk.owner).post(url).status_code == 404
    assert client.get(url).status_code == 405
    reviewer.portfoliousergrant_set.update(ends_on="2026-01-01")
    assert client.post(url).status_code in (403, 404)
    assert not Event.objects.filter(action="audit.downloaded").exists()


def test_too_many_rows_are_refused_in_words_before_anything_is_made(case, signed_in, monkeypatch):
    from governance.packs import requests

    monkeypatch.setattr(requests, "MOST_ROWS", 10)
    client = signed_in(auditor())
    answer = client.post(reverse("admin:request_pack"), {"scope": "account", "subject": case.account.pk, "profile": "full"})
    assert answer.status_code == 409 and "a pack holds at most 10" in answer.content.decode()
    assert not PackRun.objects.exists()


def test_the_pages_ask_no_more_questions_for_many_cases_than_for_few(case, signed_in):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(auditor())
    asked = []
    for _ in range(2):
        client.get(reverse("admin:outcomes"))
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("admin:outcomes"))
        asked.append(len(found))
        FollowUp.objects.bulk_create(
            FollowUp(account=case.account, portfolio=case.desk.portfolio, status="expired", opened_at=moment(-n - 1)) for n in range(40)
        )
    assert asked[0] == asked[1] <= 45
    url = reverse("admin:draft_history", args=[case.follow_up.pk])
    client.get(url)
    with CaptureQueriesContext(connection) as found:
        client.get(url)
    assert len(found) <= 60


def test_an_event_is_shown_read_only_and_nothing_changes_or_deletes_it(signed_in):
    case = routine_case()
    client, event = signed_in(make_user("compliance_auditor")), Event.objects.filter(stream=f"account:{case.account.pk}").earliest("pk")
    before = Event.objects.filter(pk=event.pk).values().get()
    for part in ("change/", "history/"):
        answer = client.get(f"/admin/governance/event/{event.pk}/{part}")
        main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
        assert answer.status_code == 200 and "delete" not in main.replace("changed or deleted", ""), part
        assert not re.search(r"<(button|textarea|select)|<input(?![^>]*type=\"hidden\")", main), part
        assert ("Read only: nothing is changed or deleted on this page." in main) == (part == "change/")
    for part in ("change/", "delete/"):
        assert client.post(f"/admin/governance/event/{event.pk}/{part}", {"action": "account.routed", "post": "yes"}).status_code == 403, part
    assert client.get(f"/admin/governance/event/{event.pk}/delete/").status_code == 403
    assert Event.objects.filter(pk=event.pk).values().get() == before


def test_a_parameter_a_call_did_not_have_is_not_named():
    call = Generation(model="m-1", prompt_sha256="abcdef0123", parameters={"temperature": 0, "material": {}, "max_tokens": 3500}, tokens_in=4, tokens_out=2)
    assert generation_words(call) == "model m-1, prompt None (rendered abcdef01), max tokens 3500, temperature 0, 4 tokens in, 2 out"
