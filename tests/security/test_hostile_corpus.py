"""The corpus of hostile texts on every surface it can reach: shown as text, what nobody sees written out, nothing that could run.

One world holds all texts; each test is one surface and looks at every text. That nothing runs in a real browser is tried in
tests/browser/test_hostile_corpus.py. There is no PDF: the pack's own pages are what is handed out.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import Dispute, ImportRun
from drafts.packing import make, scope
from governance import hidden
from governance.models import PackRun
from governance.packs import requests
from governance.packs.requests import Wanted
from tests.drafts.scene import AS_OF, moment, stop_clock
from tests.factories import make_user
from tests.security.corpus import CONTROL, INVISIBLE, LINE, NUL, TEXTS
from tests.security.hostile import Hostile, world

pytestmark = pytest.mark.django_db
ALL = TEXTS | {"control": CONTROL, "line": LINE}
ACTIVE_TAGS = {"iframe", "object", "embed", "base", "form-action", "frame", "applet", "portal"}
FORMULA = re.compile(r"^[\s\u00a0\u200b\ufeff]*[=+\-@\t\r]")


@pytest.fixture(scope="module")
def desk(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Hostile]:
    """The world, once for all surfaces, and the clock at its moment."""
    folder = tmp_path_factory.mktemp("hostile")
    places = {"MEDIA_ROOT": folder / "media", "LEDGER_DIR": folder / "ledger", "LEDGER_KEY_FILE": folder / "key.pem"}
    with override_settings(**places, DEMO_MODE=True, MAIL_TRANSPORT="outbox"), django_db_blocker.unblock(), transaction.atomic():
        from django.conf import settings

        stop_clock(settings)
        yield world(folder / "book")
        transaction.set_rollback(True)


class Page(HTMLParser):
    """What a page says and what in it could run."""

    def __init__(self, content: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.active: list[str] = []
        self._inside: list[str] = []
        self.feed(content)
        self.text = squeezed("".join(self.words))

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag in ACTIVE_TAGS or (tag == "script" and not given.get("src", "").startswith("/static/") and given.get("type") != "application/json"):
            self.active.append(f"<{tag} {given}>")
        for name, value in given.items():
            leads = name in ("src", "href", "action", "formaction", "data", "poster", "srcset", "background", "xlink:href")
            outside = leads and re.match(r"\s*(javascript:|data:text|vbscript:|(https?:)?//(?!testserver))", value, re.IGNORECASE)
            if name.startswith("on") or name == "style" or outside:
                self.active.append(f"<{tag} {name}={value[:60]!r}>")
        self._inside.append(tag)

    def handle_endtag(self, tag):
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data):
        if not {"script", "textarea"} & set(self._inside[-2:]):
            self.words.append(data)


def squeezed(text):
    return " ".join(text.split())


def expected(text, size=120):
    """How a reader must find the beginning of a text: every character nobody sees as its number."""
    found = hidden.of(text)
    return squeezed(found.sub(lambda m: hidden.written(m[0]), text) if found else text)[:size].strip()


def faults(name, page, *, says=""):
    """What is wrong with one page that shows one text, in words."""
    found = [f"{name}: could run {one}" for one in page.active]
    unseen = {f"U+{ord(char):04X}" for char in set(page.text) & INVISIBLE}
    found += [f"{name}: nobody sees {sorted(unseen)}"] if unseen else []
    if says and says not in page.text.replace("⟨", "").replace("⟩", ""):
        found.append(f"{name}: does not say {says[:60]!r}")
    return found


@pytest.fixture
def browse(desk):
    """``browse(url)`` as finance reads it, who may see most."""
    client = Client()
    client.force_login(desk.desk.finance, backend="django.contrib.auth.backends.ModelBackend")

    def get(url, **query):
        answer = client.get(url, query, follow=True)
        assert answer.status_code == 200, (url, answer.status_code)
        return answer

    get.client = client
    return get


def page_of(answer):
    return Page(answer.content.decode())


def test_the_import_takes_every_text_as_it_is(desk):
    assert desk.refused == []
    for name, text in TEXTS.items():
        ticket = desk.accounts[name].tickets.get()
        assert ticket.body == text.strip(), name


@pytest.mark.parametrize("text", [CONTROL, NUL, LINE], ids=["control", "nul", "line"])
def test_what_no_ledger_holds_is_refused_in_words_and_shown_harmlessly(desk, browse, text):
    file = f"account_number,ticket_number,opened_at,subject,body\nEVIL-0,T-9,2026-05-10T08:00:00Z,=zz,{text}\n".encode()
    answer = browse.client.post(reverse("admin:imports"), {"portfolio": desk.desk.portfolio.pk, "file": SimpleUploadedFile("tickets.csv", file), "as_of": "2026-05-12"}, follow=True)
    page = page_of(answer)
    assert faults("upload", page) == []
    if "There is a problem" in page.text:  # a file with a NUL is no text at all, one with such a line no table
        assert not ImportRun.objects.filter(file_name="tickets.csv").exists()
        return
    assert "refused" in page.text
    run = ImportRun.objects.latest("pk")
    rows = list(csv.reader(io.StringIO(browse(reverse("admin:import_refused", args=[run.pk])).content.decode())))
    assert [cell for row in rows for cell in row if FORMULA.match(cell)] == []
    assert len(answer.content) < 300_000


def surfaces(desk, name):
    """(surface, address, does it show the text itself?) for one text."""
    follow_up, account = desk.follow_up(name), desk.accounts[name]
    return {
        "brief, draft and evidence": (reverse("admin:review", args=[follow_up.pk]), True),
        "edit": (reverse("admin:review", args=[follow_up.pk]) + "?edit=1", True),
        "history and diff": (reverse("admin:draft_history", args=[follow_up.pk]), follow_up.draft is not None),
        "timeline": (reverse("admin:account_page", args=[account.pk]), True),
        "dispute": (reverse("admin:dispute", args=[Dispute.objects.filter(account=account).latest("pk").pk]), True),
        "search": (reverse("admin:search") + f"?q={account.external_id}", False),
    }


@pytest.mark.parametrize("surface", ["brief, draft and evidence", "edit", "history and diff", "timeline", "dispute", "search"])
def test_every_text_is_text_on_the_pages_of_its_account(desk, browse, surface):
    found = []
    for name, text in ALL.items():
        url, shows = surfaces(desk, name)[surface]
        found += faults(name, page_of(browse(url)), says=expected(text, 60) if shows else "")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["drafts_followup_changelist", "disputes", "replies", "outgoing", "decisions", "holds", "outcomes", "accounts_account_changelist", "accounts_ticket_changelist", "index"])
def test_lists_show_every_text_as_text(desk, browse, name):
    page = page_of(browse(reverse(f"admin:{name}"), **({"tab": "all"} if name == "drafts_followup_changelist" else {})))
    assert not faults(name, page)
    if name in ("disputes", "replies"):
        missing = [text for text in TEXTS.values() if expected(text, 40) not in page.text]
        assert not missing


def test_no_cell_of_a_file_is_a_formula_or_hides_a_character(desk, browse):
    rows = []
    queue, outcomes = reverse("admin:drafts_followup_changelist") + "?tab=all&format=csv", reverse("admin:outcomes_csv")
    for url, answer in ((queue, browse(queue)), (outcomes, browse.client.post(outcomes))):
        assert answer["Content-Type"].startswith("text/csv"), url
        rows += list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    cells = [cell for row in rows for cell in row]
    assert len(rows) > 2 * len(ALL)
    assert [cell for cell in cells if FORMULA.match(cell)] == []
    assert [cell for cell in cells if set(cell) & INVISIBLE] == []
    assert any("⟨U+202E⟩" in cell for cell in cells)


def test_the_pack_shows_every_text_as_text_in_its_pages_and_tables(desk):
    auditor = make_user("compliance_auditor")
    wanted = Wanted("period", None, AS_OF.date().replace(day=1), AS_OF.date().replace(day=28), desk.desk.portfolio)
    size = scope.measure(wanted, auditor)
    run = requests.request(wanted, profile="full", rows=size.rows, cases=size.cases, by=auditor, at=moment(1))
    assert make.make(run.pk, at=moment(1)), PackRun.objects.get(pk=run.pk).words
    run.refresh_from_db()
    found, said, cells = [], "", []
    with zipfile.ZipFile(requests.folder() / run.file) as pack:
        for file in pack.namelist():
            if file.endswith(".html"):
                page = Page(pack.read(file).decode())
                found += faults(file, page)
                said += page.text
            elif file.endswith(".csv"):
                cells += [(file, cell) for row in csv.reader(io.StringIO(pack.read(file).decode("utf-8-sig"))) for cell in row]
    assert not found, "\n".join(found)
    assert [name for name, text in ALL.items() if expected(text, 60) not in said] == []
    assert [one for one in cells if FORMULA.match(one[1]) and not re.fullmatch(r"-?\d+(\.\d+)?", one[1])] == []
    assert [one for one in cells if set(one[1]) & INVISIBLE] == []


def test_a_page_writes_out_what_a_template_forgot_and_leaves_fields_alone():
    from collections_site.hidden import shown_page

    page = '<title>a\u202eb</title><p title="c\u200bd">e\u202ef</p><textarea>g\u200bh</textarea><option value="i\u200b">j\u200b</option>'
    assert shown_page(page) == (
        '<title>a⟨U+202E⟩b</title><p title="c\u200bd">e<mark class="inv" title="right-to-left override">U+202E</mark>f</p>'
        '<textarea>g\u200bh</textarea><option value="i\u200b">j⟨U+200B⟩</option>'
    )
    assert shown_page("plain – é ✓ ❤\ufe0f") == "plain – é ✓ ❤\ufe0f"
