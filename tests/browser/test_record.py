"""The record in a real browser: axe, 320 px, what a look at a draft leaves behind, and a pack opened from the disk without a network."""

from __future__ import annotations

import json
import os
import re
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import expect

from drafts import sweeping
from drafts.models import FollowUp, Generation
from drafts.packing import make, sampling
from drafts.record.outcomes import Filters
from governance import guards
from governance.models import Event, PromptVersion
from tests.browser.accessible import violations
from tests.drafts.packing.story import Wanted, ask, auditor, told
from tests.drafts.scene import AS_OF, exception_case, routine_case, stop_clock
from tests.factories import moment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def case(settings, tmp_path):
    return told(settings, tmp_path, name="Northwind Bearings")


def addresses(case, person):
    history = reverse("admin:draft_history", args=[case.follow_up.pk])
    sample = sampling.draw(FollowUp.objects.all(), Filters(), by=person, at=moment(1))
    pages = {f"history-{tab}": f"{history}?tab={tab}" for tab in ("timeline", "versions", "evidence", "checks", "approvals", "sent", "raw")}
    return {
        **pages, "outcomes": reverse("admin:outcomes"), "worksheet": reverse("admin:worksheet", args=[sample.pk]),
        "packs": reverse("admin:packs") + f"?scope=draft&subject={case.follow_up.pk}",
        "draft-history": reverse("admin:drafts_draft_history", args=[case.draft.pk]),
    }  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(enter, case, scheme):
    person = auditor()
    ask(Wanted("draft", case.follow_up.pk), person)
    page = enter(person, scheme=scheme)
    found = []
    for name, url in addresses(case, person).items():
        page.goto(url)
        found += [f"{name}: {line}" for line in violations(page)]
        for width in (320, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            if PICTURES:
                page.screenshot(path=f"{PICTURES}/{name}-{scheme}-{width}.png", full_page=True)
            if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
                found.append(f"{name}: {wide} px wide")
    assert not found, "\n".join(found)


def test_what_the_reviewer_looked_at_is_on_record_and_an_auditors_look_is_not(enter, settings):
    stop_clock(settings)
    case = routine_case()
    for person in (case.desk.reviewer, auditor()):
        page = enter(person)
        page.goto(reverse("admin:review", args=[case.follow_up.pk]))
        page.wait_for_load_state("networkidle")
        page.keyboard.press("1")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)
    acts = list(Event.objects.filter(subject_kind="draft", subject_id=case.draft.pk).order_by("id"))
    assert [(e.action, e.actor_id) for e in acts] == [("draft.opened", case.desk.reviewer.pk), ("draft.viewed_evidence", case.desk.reviewer.pk)]
    assert json.loads(acts[1].data)["evidence"] == 1


def history_of(case, tab="timeline"):
    return reverse("admin:draft_history", args=[case.follow_up.pk]) + f"?tab={tab}"


def test_t1_from_sent_to_model_prompt_evidence_and_both_approvals_in_two_clicks(enter, settings, tmp_path):
    settings.LEDGER_DIR, settings.LEDGER_KEY_FILE = tmp_path / "ledger", tmp_path / "key.pem"
    stop_clock(settings)
    case = exception_case()
    prompt = PromptVersion.objects.order_by("pk").first()
    Generation.objects.create(
        follow_up=case.follow_up, account=case.account, brief=case.follow_up.brief, prompt_version=prompt, draft=case.draft, state="done",
        kind="draft", attempt=1, model="recorded-1", raw_answer='{"subject": "exactly this"}', created_at=AS_OF,
    )
    delivery = case.approve(case.desk.owner, case.desk.finance)
    stop_clock(settings, delivery.leaves_at + timedelta(seconds=5))
    sweeping.sweep(delivery.leaves_at + timedelta(seconds=5))
    page = enter(case.desk.finance)
    page.goto(history_of(case, "sent"))
    expect(page.get_by_text("Identical: what was sent")).to_be_visible()
    expect(page.get_by_text(f"first written by the model recorded-1 with prompt {prompt}, not edited by a person")).to_be_visible()
    tabs = page.get_by_label("Parts of the history")
    tabs.get_by_role("link", name="Versions").click()
    expect(page.get_by_text(f"Prompt {prompt}", exact=True)).to_be_visible()
    page.get_by_text("Exact answer").click()
    expect(page.get_by_text('{"subject": "exactly this"}')).to_be_visible()
    page.goto(history_of(case, "sent"))
    tabs.get_by_role("link", name="Evidence").click()
    expect(page.get_by_role("heading", name=re.compile(r"Facts as of"))).to_be_visible()
    page.goto(history_of(case, "sent"))
    tabs.get_by_role("link", name="Approvals").click()
    for person in (case.desk.owner, case.desk.finance):
        expect(page.get_by_role("heading", name=re.compile(f"{person}: approve"))).to_be_visible()


def test_t2_t3_a_changed_byte_is_named_here_and_at_home_and_nothing_edits_or_deletes_an_event(enter, case):
    person = auditor()
    page = enter(person)
    page.goto(history_of(case, "raw"))
    event = Event.objects.get(stream=f"account:{case.account.pk}", number=4)
    assert page.get_by_role("button", name=re.compile("delete|save|edit", re.IGNORECASE)).count() == 0
    address = f"/admin/governance/event/{event.pk}/"
    assert page.request.get(address + "delete/").status == 403
    for act in ("change", "delete"):
        assert page.request.post(f"{address}{act}/", form={"post": "yes"}).status == 403, act
    page.goto(address + "change/")  # the event itself, to be read
    assert page.locator("main :is(input, textarea, select, [type=submit]):visible").count() == 0
    event.refresh_from_db()
    guards.drop(connection)
    Event.objects.filter(pk=event.pk).update(data=event.data.replace("{", "{ ", 1))
    guards.install(connection)
    page.goto(history_of(case))
    broken = page.get_by_text("Chain broken at event 4", exact=True)
    expect(broken).to_be_visible()
    assert broken.evaluate("e => !!e.closest('.notice.bad')")
    page.goto("/admin/")
    page.get_by_role("button", name="Verify the record now").click()
    expect(page.get_by_text(re.compile(rf"The record is broken in 1 places?: account:{case.account.pk} at event 4"))).to_be_visible()


def test_t4_t6_a_pack_asked_for_here_proves_itself_on_the_disk_and_the_asking_is_on_record(enter, browser, case, tmp_path):
    page = enter(auditor())
    page.goto(history_of(case))
    page.get_by_role("link", name="Export pack").click()
    counted = int(re.search(r"([\d,]+) rows and events", page.locator("#ask").inner_text()).group(1).replace(",", ""))
    page.locator("#ask [name=profile][value=full]").check()
    page.get_by_role("button", name="Make the pack").click()
    expect(page.get_by_role("row", name=re.compile("queued|waiting|asked", re.IGNORECASE)).first).to_be_visible()
    asked = json.loads(Event.objects.get(action="audit.exported").data)
    assert (asked["scope"], asked["profile"], asked["cases"], asked["rows"]) == ("draft", "full", 1, counted)
    assert make.make_due(moment(1)) == 1
    page.get_by_role("link", name="Look again").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("Download pack")).click()
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(download.value.path()) as pack:
        pack.extractall(folder)
    proof = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert proof.returncode == 0, proof.stdout + proof.stderr
    open_offline(browser, folder, case)


def open_offline(browser, folder, case):
    """Complete without network or script, and styled."""
    context = browser.new_context(offline=True, java_script_enabled=False, viewport={"width": 1440, "height": 900})
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    for name, path in {"index": folder / "index.html", "case": folder / "cases" / f"case-{case.follow_up.pk}.html"}.items():
        page.goto(Path(path).as_uri())
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/pack-{name}.png", full_page=True)
            page.pdf(path=f"{PICTURES}/pack-{name}.pdf")
    page.goto((folder / "index.html").as_uri())
    page.get_by_role("link", name=str(case.follow_up.pk)).click()
    assert page.get_by_role("heading", name="What happened").is_visible()
    context.close()
    styled = browser.new_page()
    styled.goto((folder / "index.html").as_uri())
    assert styled.evaluate("getComputedStyle(document.querySelector('.mark')).borderTopStyle") == "solid"
    styled.close()
    assert all(url.startswith("file:") for url in asked)


def test_t5_t7_the_differences_give_the_sent_text_and_are_told_in_words_without_css(enter, case):
    page = enter(case.desk.reviewer)
    page.goto(history_of(case, "versions"))
    texts = page.locator(".diff.letter .txt").first.evaluate(
        """e => ['del', 'ins'].map((gone) => { const copy = e.cloneNode(true);
        copy.querySelectorAll(gone + ', .visually-hidden').forEach((x) => x.remove()); return copy.textContent; })"""
    )
    assert texts == [case.delivery.draft.body, case.follow_up.drafts.get(revision=1).body] and texts[0] != texts[1]
    page.goto(history_of(case, "sent"))
    expect(page.get_by_text("byte for byte what was approved").first).to_be_visible()
    page.route("**/*.css", lambda route: route.abort())
    page.goto(history_of(case, "versions"))
    words = page.locator(".diff.letter .txt").first.inner_text()
    assert "[deleted] please accept our thanks" in words and "[inserted]" in words, words


def test_t8_times_are_mine_or_utc_with_their_zone_and_right_on_the_day_the_clock_changes(enter, case):
    guards.drop(connection)
    for number, hour in ((1, 0), (2, 1)):
        Event.objects.filter(stream=f"account:{case.account.pk}", number=number).update(at=datetime(2026, 3, 29, hour, 30, tzinfo=UTC))
    guards.install(connection)
    case.desk.reviewer.time_zone = "Europe/Berlin"
    case.desk.reviewer.save()
    page = enter(case.desk.reviewer)
    page.goto(history_of(case))
    expect(page.get_by_text("mine (Europe/Berlin)")).to_be_visible()
    times = page.locator("ol.list time")
    assert times.all_inner_texts()[:2] == ["29 Mar 2026 01:30:00 CET", "29 Mar 2026 03:30:00 CEST"]
    page.get_by_role("link", name="UTC", exact=True).click()
    assert times.all_inner_texts()[:2] == ["29 Mar 2026 00:30:00 UTC", "29 Mar 2026 01:30:00 UTC"]
    assert all(text.endswith(" UTC") for text in page.locator("main time").all_inner_texts())
    expect(page.get_by_text(re.compile(r"leaves at: \d+ May 2026 \d\d:\d\d:\d\d UTC")).first).to_be_visible()
