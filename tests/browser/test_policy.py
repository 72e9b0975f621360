"""P1 to P8: a change of policy in a browser, from the first field to the second person, at both ends of the screen's width."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from drafts.delivery.handover import deliver_due
from drafts.simulation import runs
from governance import clock
from governance.models import PolicyVersion
from tests.browser.accessible import violations
from tests.browser.test_matrix import SUBMIT
from tests.drafts.scene import routine_case
from tests.drafts.simulation.policy_scene import Scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_desk")]


@pytest.fixture
def scene():
    made = Scene()
    made.book()
    return made


def path(name, pk):
    return reverse(f"admin:{name}", args=[pk])


def said(page):
    return re.sub(r"\s+", " ", page.locator("#main, main, body").first.inner_text())


def posted(page, address, fields):
    """What a form nobody was offered is answered."""
    token = page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value")
    with page.expect_navigation() as moved:
        page.evaluate(SUBMIT, [address, list(fields.items()), token])
    return moved.value.status


def no_sideways_scroll(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1")


def test_p1_to_p7_a_policy_travels_from_the_first_field_to_the_second_person(scene, enter):
    case = routine_case(scene.desk)
    delivery = case.approve()
    deliver_due(delivery.leaves_at)
    first = PolicyVersion.objects.get(state="active")
    mara = enter(scene.author)
    # P4: a locked rule has no edit control
    mara.goto(path("policy", first.pk))
    assert mara.locator("#locked li").count() == 4 and mara.locator('#locked input, #locked select, #locked button').count() == 0
    # P4: and a crafted POST that would loosen one is refused
    assert posted(mara, path("policy_write", first.pk), {"fresh_hours": "9999", "note": "looser"}) in (409, 422)
    assert PolicyVersion.objects.count() == 1
    mara.goto(path("policy", first.pk))
    mara.locator("#rules summary").click()
    mara.get_by_label("Executive review when a renewal is within").fill("90")
    mara.get_by_role("button", name="Save as a draft").click()
    draft = PolicyVersion.objects.get(number=2)
    assert "was 60" in said(mara) and "never simulated" in said(mara)
    # P1: the matrix adds up, the list has exactly the changed ones, each names its rule
    mara.get_by_role("button", name="Run the what-if").click()
    assert "You can leave this page" in said(mara)
    assert runs.run_due(clock.now()) == 1
    mara.get_by_role("button", name="Look again").click()
    expect(mara.locator("#what-if tbody td").first).to_be_visible()
    cells = [int(t.replace(",", "")) for t in mara.locator("#what-if tbody td").all_inner_texts()]
    assert sum(cells) == runs.newest(draft).accounts
    # P6: cells are links, reachable by keyboard, under headers of rows and columns
    link = mara.locator("#what-if tbody td a").first
    link.focus()
    assert mara.evaluate("document.activeElement.matches('#what-if tbody td a')")
    assert mara.locator("#what-if thead th[scope=col]").count() == 6 and mara.locator("#what-if tbody th[scope=row]").count() == 5
    mara.keyboard.press("Enter")
    mara.wait_for_url("**/simulation/**")
    assert mara.locator("tbody tr").count() == 2 and said(mara).count("renewal near (60 → 90 days)") == 2
    # P2: asked for after another edit, it is older than the text
    mara.goto(path("policy", draft.pk))
    mara.get_by_label("Executive review when a renewal is within").fill("91")
    mara.get_by_role("button", name="Save the draft").click()
    mara.get_by_label("Why should it come into force?").fill("Renewals need more care.")
    mara.get_by_role("button", name="Ask for activation").click()
    assert "simulation is older than the text" in said(mara).lower()
    assert mara.get_by_label("Why should it come into force?").input_value() == "Renewals need more care."
    mara.get_by_role("button", name="Run it again").click()
    assert runs.run_due(clock.now()) == 1
    mara.goto(path("policy", draft.pk))
    mara.get_by_label("Why should it come into force?").fill("Renewals need more care.")
    mara.get_by_role("button", name="Ask for activation").click()
    # P3: the author has no button, and a POST is refused; another administrator has one, and the page names both
    assert mara.get_by_role("button", name=re.compile("Activate policy")).count() == 0
    assert posted(mara, path("policy_activate", draft.pk), {"in_flight": "recheck"}) in (403, 409)
    draft.refresh_from_db()
    assert draft.state == "draft"
    noor = enter(scene.other)
    noor.goto(path("policy", draft.pk))
    assert noor.get_by_label("Judge them again now; what needs more goes back to its people").is_checked()
    noor.get_by_role("button", name="Activate policy 2").click()
    assert "In force from now on" in said(noor) and str(scene.author) in said(noor) and str(scene.other) in said(noor)
    # P5: what was decided before still shows policy 1
    auditor = enter(scene.desk.finance)
    auditor.goto(reverse("admin:draft_history", args=[case.follow_up.pk]) + "?tab=versions")
    assert "Policy 1" in said(auditor) and "Policy 2" not in said(auditor)
    # P7: rolling back is a new version with identical rules
    noor.goto(path("policy", first.pk))
    noor.get_by_role("button", name="Prepare a roll back to 1").click()
    back = PolicyVersion.objects.get(number=3)
    first.refresh_from_db()
    assert back.parameters == first.parameters and first.state == "retired" and PolicyVersion.objects.get(number=2).state == "active"


def test_p8_a_text_with_an_unknown_placeholder_is_refused_and_the_nearest_is_offered(scene, enter):
    from governance.models import TemplateVersion

    text = TemplateVersion.objects.get(key="demand-1", language="en", state="active")
    page = enter(scene.author)
    page.goto(path("text_version", text.pk))
    page.locator("#write summary").click()
    page.locator("#w-body").fill("{{ greeting }}\n\n{{ invoce_total }}\n\n{{ statement }}\n\n{{ how_to_dispute }}\n\n{{ signature }}")
    page.get_by_role("button", name="Save version").click()
    assert "unknown placeholder {invoce_total}" in said(page) and "did you mean {invoice_total}" in said(page)
    assert TemplateVersion.objects.filter(key="demand-1", language="en").count() == 1


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (320, "light"), (320, "dark")])
def test_the_pages_are_clean_and_never_scroll_sideways(scene, enter, width, scheme, tmp_path):
    scene.renewing(40)
    version = scene.asked(renewal_days=30)
    run = runs.newest(version)
    page = enter(scene.author, width=width, scheme=scheme)
    for url in (
        path("policy", version.pk), path("policy", version.based_on_id), f"{path('simulated_accounts', run.pk)}?direction=loosened",
        reverse("admin:governance_policyversion_changelist"),
    ):  # fmt: skip
        page.goto(url)
        assert no_sideways_scroll(page), url
        assert not violations(page), url


