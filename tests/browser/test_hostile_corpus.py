"""The corpus of hostile texts in a real browser: every surface is opened, with its panels, and nothing of it ran or asked for anything."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from django.urls import reverse

from accounts.models import Dispute
from drafts.packing import make
from governance.packs import requests
from governance.packs.requests import Wanted
from tests.drafts.packing.story import ask
from tests.factories import make_user, moment
from tests.security.corpus import INVISIBLE
from tests.security.hostile import world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_desk")]
# Texts that try to leave the field they stand in; of the others every page is read in tests/security/test_hostile_corpus.py.
FIELDS = ("event handler", "end of a field")
# What a reader can see: the words of the page without the contents of fields.
SEEN = "(() => { const c = document.body.cloneNode(true); c.querySelectorAll('textarea,script').forEach(e => e.remove()); return c.textContent })()"


def looked_at(page, url):
    """Open a page with everything that folds, and say what ran or what nobody could see."""
    page.goto(url)
    page.wait_for_load_state("load")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.mouse.wheel(0, 4000)
    page.wait_for_timeout(50)
    ran, seen = page.evaluate("window.zzran === undefined ? '' : 'ran'"), page.evaluate(SEEN)
    return [f"{url}: {found}" for found in (ran, *sorted(f"U+{ord(c):04X}" for c in set(seen) & INVISIBLE)) if found]


def test_nothing_of_the_corpus_runs_anywhere(enter, settings, tmp_path, browser):
    settings.MEDIA_ROOT, settings.LEDGER_DIR, settings.LEDGER_KEY_FILE = tmp_path / "media", tmp_path / "ledger", tmp_path / "key.pem"
    desk = world(tmp_path / "book")
    page = enter(desk.desk.finance)  # a request to another host, a script error or a refused inline script fails the test
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    found = []
    for name, account in desk.accounts.items():
        review = reverse("admin:review", args=[desk.follow_up(name).pk])
        dispute = Dispute.objects.filter(account=account).latest("pk").pk
        further = (f"{review}?edit=1", reverse("admin:dispute", args=[dispute])) if name in FIELDS else ()
        for url in (review, reverse("admin:account_page", args=[account.pk]), *further):
            found += looked_at(page, url)
    for name in ("drafts_followup_changelist", "disputes", "replies", "outcomes", "imports", "index"):
        found += looked_at(page, reverse(f"admin:{name}"))
    run = ask(Wanted("account", desk.accounts["script"].pk), make_user("compliance_auditor"))
    assert make.make(run.pk, at=moment(1))
    run.refresh_from_db()
    with zipfile.ZipFile(requests.folder() / run.file) as pack:
        pack.extractall(tmp_path / "pack")
    opened = browser.new_page()
    opened.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for path in sorted((tmp_path / "pack").rglob("*.html")):
        found += looked_at(opened, Path(path).as_uri())
    opened.close()
    assert not dialogs
    assert not found, "\n".join(found)
