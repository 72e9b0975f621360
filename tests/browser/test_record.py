"""The record in a real browser: axe, 320 px, what a look at a draft leaves behind, and a pack opened from the disk without a network."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from drafts.models import FollowUp
from drafts.packing import sampling
from drafts.record.outcomes import Filters
from governance.models import Event
from tests.browser.test_accessibility import RULES
from tests.drafts.packing.story import Wanted, ask, auditor, made, told
from tests.drafts.scene import routine_case, stop_clock
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


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 320), ("dark", 320)])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(enter, case, scheme, width):
    person = auditor()
    ask(Wanted("draft", case.follow_up.pk), person)
    page = enter(person, scheme=scheme, width=width)
    found = []
    for name, url in addresses(case, person).items():
        page.goto(url)
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/{name}-{scheme}-{width}.png", full_page=True)
        found += [f"{name}: {v['id']} {v['nodes'][0]['html'][:140]}" for v in Axe().run(page, options=RULES).response["violations"]]
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


def test_a_pack_opens_from_the_disk_without_network_or_script_and_is_styled(browser, case, tmp_path):
    folder = made(Wanted("draft", case.follow_up.pk), auditor(), tmp_path / "unpacked")
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
