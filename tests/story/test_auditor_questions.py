"""What an auditor asks, each answered by a page at most two clicks from the draft or the compliance home, and none of it writable.

Clicks are real: a link is looked for by its words on the page before, and its address is followed.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.urls import reverse

from drafts.admin.urls import FOLLOW_UP_ACTS
from drafts.models import Delivery, Draft, FollowUp
from drafts.packing import make
from drafts.review import dismiss_signal, reject
from governance import guards
from governance.models import Approval, Event, PackRun
from tests.drafts.labelling import WORDS, decided, label_all, sample
from tests.drafts.packing.story import auditor, told, verify
from tests.drafts.scene import routine_case
from tests.factories import make_signal, make_user, moment
from tests.site.conftest import client_of

pytestmark = pytest.mark.django_db
MOST_CLICKS = 2
# What an auditor may do from these pages: prove, draw, label, ask, fetch, and the safety stops everybody has. None of it changes a record.
HARMLESS = ("/admin/logout/", "/admin/record/verify/", "/admin/outcomes/", "/admin/packs/", "/admin/demo/", "/admin/compliance/", "/admin/outgoing/pause/",
            "/admin/samples/")  # fmt: skip


@pytest.fixture
def case(settings, tmp_path):
    return told(settings, tmp_path, name="Northwind Bearings")


class Reader:
    """An auditor who starts somewhere and clicks on words."""

    def __init__(self, client):
        self.client, self.pages = client, []

    def start(self, url):
        self.text, self.clicks, self.url = self._get(url), 0, url
        return self

    def click(self, words, part=""):
        links = re.findall(r'<a\b[^>]*href="([^"]+)"[^>]*>(.*?)</a>', self.text, re.DOTALL)
        named = [unescape(href) for href, inner in links if words == " ".join(unescape(re.sub(r"<[^>]+>", " ", inner)).split()) and part in href]
        assert named, f"no link “{words}” on {self.url}"
        self.url = named[0] if named[0].startswith("/") else self.url.split("?")[0] + named[0]
        self.text, self.clicks = self._get(self.url), self.clicks + 1
        assert self.clicks <= MOST_CLICKS, "too many clicks"
        return self

    def says(self, *words):
        plain = " ".join(unescape(re.sub(r"<[^>]+>", " ", self.text)).split())
        missing = [word for word in words if word not in plain]
        assert not missing, (self.url, missing)
        return self

    def _get(self, url):
        answer = self.client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
        self.pages.append((url, answer.content.decode()))
        return self.pages[-1][1]


@pytest.fixture
def reader(case):
    return Reader(client_of(auditor()))


def draft_page(case):
    return reverse("admin:review", args=[case.follow_up.pk])


def test_01_every_version_and_who_wrote_it(reader, case):
    reader.start(draft_page(case)).click("Full history").click("Versions").says("v1", "the approved template", "v2", str(case.desk.owner))
    assert all(draft.fingerprint in reader.text for draft in Draft.objects.all())


def test_02_what_the_reviewer_saw_then(reader, case):
    invoice = case.invoices[0]
    invoice.balance_minor = 1
    invoice.save()
    reader.start(draft_page(case)).click("Full history").click("Evidence").says("Facts as of 12 May 2026", "EUR 1,000.00", "differs from now".capitalize())


def test_03_who_approved_and_were_they_entitled_that_day(reader, case):
    reader.start(draft_page(case)).click("Full history").click("Approvals")
    reader.says(str(case.desk.reviewer), "approve as reviewer", "Role held then", "granted for this portfolio")
    case.desk.reviewer.portfoliousergrant_set.update(starts_on="2026-05-13")
    reader.start(draft_page(case)).click("Full history").click("Approvals").says("none on record")


def test_04_how_long_did_they_look_and_did_they_open_the_evidence(reader, case):
    seen = routine_case(case.desk, name="Read with care")
    client = client_of(case.desk.finance)
    url = reverse("admin:act_looked", args=[seen.follow_up.pk])
    for fields in ({}, {"evidence": "1"}, {"evidence": "1"}, {"evidence": "0"}, {"evidence": "x"}):
        assert client.post(url, {"draft": seen.draft.pk, **fields}).status_code == 204
    opened = Event.objects.get(action="draft.opened", actor_id=case.desk.finance.pk)
    seen.approve(case.desk.finance, at=opened.at + timedelta(seconds=75))
    reader.start(draft_page(seen)).click("Full history").click("Approvals").says("Time looked 1 min 15 s", "Evidence opened [1]")


def test_05_what_was_sent_is_byte_for_byte_what_was_approved(reader, case):
    reader.start(draft_page(case)).click("Full history").click("What was sent")
    reader.says("Identical: what was sent is byte for byte what was approved", "Yes: the ledger named these bytes when the message was scheduled")
    guards.drop(connection)
    row = case.delivery
    with connection.cursor() as cursor:
        mime = row.mime.replace("1,000.00", "9,000.00")
        cursor.execute("UPDATE drafts_delivery SET mime = %s, mime_sha256 = %s WHERE id = %s", [mime, hashlib.sha256(mime.encode()).hexdigest(), row.pk])
    guards.install(connection)
    reader.start(draft_page(case)).click("Full history").click("What was sent").says("Different from what was approved: body", "No : the ledger named")


def test_06_the_complete_population_of_a_quarter_and_that_it_is_complete(reader, case):
    routine_case(case.desk)
    reader.start("/admin/").click("All outcomes").click("Q2 2026").says("2 cases", "Complete: the ledger began 2 in this period, and 2 are here")
    reader.start("/admin/").click("All outcomes").click("Q1 2026").says("0 cases", "Complete: the ledger began 0")


def test_07_rejected_expired_and_blocked_drafts_too(reader, case):
    refused = routine_case(case.desk, name="Refused Ltd")
    reject(refused.follow_up.pk, "other", "not like this", by=case.desk.reviewer, at=moment(0.1))
    reader.start("/admin/").click("All outcomes").click("Rejected").says("Refused Ltd", "1 case")
    assert "Northwind" not in reader.text
    reader.start("/admin/").click("All outcomes").click("Expired").says("0 cases")
    reader.start("/admin/").click("All outcomes").click("Blocked by a check").says("0 cases")


def test_08_which_prompt_model_template_and_rule_was_live_and_who_changed_it(reader, case):
    reader.start(draft_page(case)).click("Full history").click("Versions")
    reader.says("Rules, words and prompts in force then", "Policy 1", "demand-1 en v1", "Written by", "in force since")


def test_09_exceptions_and_overrides(reader, case):
    other = routine_case(case.desk, name="Not a dispute Inc")
    signal = make_signal(other.account, invoice=other.invoices[0])
    dismiss_signal(signal.pk, "they meant another invoice", "the mail of 3 May", by=case.desk.reviewer, at=moment(2))
    reader.start("/admin/").says("Exceptions since your last visit", "Not a dispute", "Message stopped", str(case.desk.reviewer))
    reader.click("Not a dispute Inc")


def test_10_nobody_altered_the_record(reader, case):
    reader.start(draft_page(case)).click("Full history").says("follow one another, every hash computed again")
    done = reader.client.post(reverse("admin:verify_record"), follow=True).content.decode()
    assert "Verified" in done and "The record is broken" not in done
    guards.drop(connection)
    Event.objects.filter(stream=f"account:{case.account.pk}", number=4).update(actor_id=999)
    guards.install(connection)
    reader.start(draft_page(case)).click("Full history").says("Chain broken at event 4")


def test_11_it_is_known_that_reviewers_review(reader, case):
    reader.client.post(reverse("admin:look_at_controls"))
    reader.start("/admin/").click("Compliance").says("Oversight effectiveness", "evidence opened 1 times")


def test_12_a_number_of_the_dashboard_is_computed_again_from_raw_events(reader, case):
    """Figures of Home from the rows beside the same from the ledger's events; and the population, which the matrix counts from rows."""
    reader.start("/admin/").click("Figures counted twice").says("Both counts agree", "Messages sent 1 1 Same", "Stopped before sending 1 1 Same")
    guards.drop(connection)
    Event.objects.filter(action="delivery.accepted").delete()
    guards.install(connection)
    reader.start("/admin/").click("Figures counted twice").says("1 figure differs", "Messages sent 1 0 Different")
    reader.client.post(reverse("admin:look_at_controls"))
    reader.start("/admin/").click("Compliance").says("Metric integrity", "1 generated =")
    reader.start("/admin/").click("All outcomes").says("Complete: the ledger began 1 in this period, and 1 are here")


def test_13_how_misses_of_the_dispute_detector_are_known(reader, case, settings):
    """A random sample, labelled blind by two people: the miss stands in a list with its words, its sample, and what is done about it."""
    reader.start("/admin/").click("What was missed").says("No locked sample yet: nothing is known about what was missed")
    overlooked = decided(case.desk, 1, mail=f"Hello, {WORDS}.", name="Overlooked Ltd")
    frame = sample(auditor(), since=moment(-48), until=moment(100), at=moment(101))
    (unit,) = [item.unit for item in frame.items.all() if item.account_id == overlooked.account.pk]
    for person in (auditor(), make_user("finance_approver", case.desk.portfolio), make_user("compliance_auditor")):
        label_all(frame, person, yes=[unit], at=moment(102))
    reader.start("/admin/").click("What was missed").says("Overlooked Ltd", WORDS, "Incident", "detector", "of 30 labelled - no estimate yet")
    reader.click(f"Sample {frame.pk}").says("How it was drawn", frame.seed, "The same items")
    reader.start("/admin/").click("Compliance").click("What the dispute detector missed").says("Overlooked Ltd")


def test_14_one_accounts_history_as_a_pack_that_verifies_offline(reader, case, tmp_path):
    reader.start(draft_page(case)).click("Northwind Bearings", "/account/").click("Audit pack").says("Pack: Account Northwind Bearings")
    reader.client.post(reverse("admin:request_pack"), {"scope": "account", "subject": case.account.pk, "profile": "full"})
    make.make_due(moment(1))
    answer = reader.client.post(reverse("admin:download_pack", args=[PackRun.objects.get().pk]))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as pack:
        pack.extractall(tmp_path / "elsewhere")
    assert verify(tmp_path / "elsewhere").returncode == 0


def test_none_of_it_is_writable(reader, case):
    """Every form on every page of these answers, and every verb of the draft by its address, changes nothing for an auditor."""
    for tab in ("Timeline", "Versions", "Evidence", "Checks", "Approvals", "What was sent", "Raw events"):
        reader.start(draft_page(case)).click("Full history").click(tab)
    reader.start("/admin/").click("All outcomes")
    reader.start("/admin/").click("What was missed").click("Samples")
    before = (FollowUp.objects.get(pk=case.follow_up.pk).version, Draft.objects.count(), Approval.objects.count(), Delivery.objects.count())
    for url, text in reader.pages:
        forms = re.findall(r'<form\b[^>]*method="post"[^>]*>', text)
        actions = [unescape(m.group(1)) for form in forms for m in [re.search(r'action="([^"]+)"', form)] if m]
        assert not [action for action in actions if not action.startswith(HARMLESS)], (url, actions)
    for name in FOLLOW_UP_ACTS:
        address = reverse(f"admin:act_{name.replace('-', '_')}", args=[case.follow_up.pk])
        fields = {"version": "1", "draft": case.draft.pk, "subject": "x", "body": "x", "kind": "other", "text": "x", "reason": "x"}
        reader.client.post(address, fields)
        assert reader.client.get(address).status_code == 405, name
    after = (FollowUp.objects.get(pk=case.follow_up.pk).version, Draft.objects.count(), Approval.objects.count(), Delivery.objects.count())
    assert after == before
    for tab in ("timeline", "raw"):
        assert reader.client.post(reverse("admin:draft_history", args=[case.follow_up.pk]), {"tab": tab}).status_code == 405
