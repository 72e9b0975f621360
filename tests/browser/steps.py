"""Steps that several tests of the workspace take."""

from __future__ import annotations

import re

from django.urls import reverse
from playwright.sync_api import expect


def review_of(case, query=""):
    return reverse("admin:review", args=[case.follow_up.pk]) + query


def post(page, case, act, fields):
    """What the button's form would send, sent without the button; answers the status."""
    return page.evaluate(
        """async ([url, fields]) => { const body = new URLSearchParams(fields);
        body.set('csrfmiddlewaretoken', document.querySelector('[name=csrfmiddlewaretoken]').value);
        const answer = await fetch(url, {method: 'POST', body});
        await answer.text();  // an answer nobody reads to its end keeps the network busy
        return answer.status; }""",
        [reverse(f"admin:{act}", args=[case.follow_up.pk]), fields],
    )


def type_over(page, old, new):
    """Change words in the editor and wait until they are kept and checked."""
    body = page.get_by_label("Text", exact=True)
    assert old in body.input_value()
    body.fill(body.input_value().replace(old, new, 1))
    page.get_by_label("Subject").focus()
    expect(page.locator("#kept")).to_contain_text("become a version when you save")
    expect(page.locator("#live")).to_have_text(re.compile("Checks finished|blocking"))


def awake(page):
    """Wait until the page takes decisions: a key held down from the page before is over by then."""
    page.wait_for_function(
        """() => { const loaded = performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd;
        return loaded && performance.now() - loaded > 450; }"""
    )
