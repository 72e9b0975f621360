"""Packs under attack: who downloads which, what no longer belongs to them, and names that could lead out of the folder."""

from __future__ import annotations

import re
import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse

from drafts.packing import make
from governance.models import AllPortfoliosGrant, Event, PackRun, PortfolioUserGrant
from governance.packs import requests
from tests.drafts.packing.story import Wanted, ask
from tests.drafts.scene import AS_OF, prepared, routine_case
from tests.factories import grant, make_user, moment
from tests.security.packs import DAYS, fetch, pack_of

pytestmark = pytest.mark.django_db


def period(portfolio=None):
    return Wanted("period", None, AS_OF.date() - timedelta(days=9), AS_OF.date() + timedelta(days=90), portfolio)


def test_another_person_downloads_no_pack_and_a_download_is_on_record_each_time(browser, own):
    run = pack_of(Wanted("draft", own.follow_up.pk), own.desk.reviewer)
    for other in (own.desk.owner, own.desk.finance, make_user("compliance_auditor", own.desk.portfolio)):
        assert fetch(browser(other), run).status_code == 404
    client = browser(own.desk.reviewer)
    for _ in range(2):
        fetch(client, run)
    assert Event.objects.filter(action="audit.downloaded").count() == 2


def test_a_pack_with_a_case_out_of_reach_by_now_is_not_handed_out_however_many_cases_are(browser, own, foreign):
    person = make_user("reviewer", foreign.desk.portfolio)
    grant(person, "reviewer", own.desk.portfolio)
    run = pack_of(period(), person)
    assert run.cases == 2
    PortfolioUserGrant.objects.filter(user=person, content_object=foreign.desk.portfolio).update(ends_on=AS_OF.date() - timedelta(days=1))
    routine_case(own.desk)  # as many as before, but not the same
    answer = fetch(browser(person), run)
    assert answer.status_code == 404
    assert not Event.objects.filter(action="audit.downloaded").exists()


def test_rights_of_the_whole_installation_do_not_stay_with_a_former_auditor(browser, own, foreign):
    person = make_user("compliance_auditor")
    Event.objects.filter(stream="rights").exists() or _right_given()
    run = pack_of(Wanted("draft", own.follow_up.pk), person)
    with zipfile.ZipFile(requests.folder() / run.file) as pack:
        assert "events/rights.jsonl" in pack.namelist()
    AllPortfoliosGrant.objects.filter(user=person).update(ends_on=AS_OF.date() - timedelta(days=1))
    grant(person, "reviewer", own.desk.portfolio)
    assert fetch(browser(person), run).status_code in (403, 404)


def _right_given():
    from django.db import transaction

    from governance.audit import Entry, record

    with transaction.atomic():
        record([Entry("rights", "rights.person_added", "user", 1)], by=None, at=AS_OF)


def test_a_period_of_a_foreign_portfolio_is_not_quietly_a_period_of_everything(browser, own, foreign):
    client = browser(own.desk.reviewer)
    form = {"scope": "period", "portfolio": foreign.desk.portfolio.pk, "profile": "full", **DAYS}
    assert client.get(reverse("admin:packs"), form).status_code == 404
    assert client.act(reverse("admin:request_pack"), form).status_code == 404
    assert not PackRun.objects.exists()


def test_asking_again_and_again_is_refused_while_three_wait(browser, own):
    client = browser(own.desk.reviewer)
    form = {"scope": "draft", "subject": own.follow_up.pk, "profile": "full"}
    answers = [client.act(reverse("admin:request_pack"), form).status_code for _ in range(5)]
    assert answers == [302, 302, 302, 409, 409] and PackRun.objects.count() == 3


@pytest.mark.parametrize("profile", ["", "everything", "FULL", "full' OR 1=1"])
def test_a_profile_that_is_none_makes_no_pack(browser, own, profile):
    answer = browser(own.desk.reviewer).act(reverse("admin:request_pack"), {"scope": "draft", "subject": own.follow_up.pk, "profile": profile})
    assert answer.status_code == 409 and not PackRun.objects.exists()


SAFE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")


def test_no_name_in_a_pack_leads_anywhere(own):
    case = prepared(own.desk, [{"number": "../../etc/passwd"}], name="../../../evil\\..\\x\n", external_id="../e")
    with zipfile.ZipFile(requests.folder() / pack_of(Wanted("account", case.account.pk), own.desk.reviewer).file) as pack:
        names = pack.namelist()
    assert len(names) == len(set(names)) > 20
    assert not [name for name in names if not SAFE.fullmatch(name) or ".." in name]


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../b", "a\\b", "", "a/", "C:x", "a//b", ".x", "a\nb", "ä"])
def test_a_pack_takes_no_name_that_could_lead_out_of_its_folder(tmp_path, name):
    from governance.packs.archive import Archive

    with Archive(tmp_path / "x.zip", AS_OF) as archive, pytest.raises(ValueError, match="name"):
        archive.add(name, "x")


def test_a_maker_whose_pack_was_taken_by_another_leaves_no_file_and_changes_nothing(own, monkeypatch):
    run = ask(Wanted("draft", own.follow_up.pk), own.desk.reviewer)
    wrote = make.write

    def slow(row, path, at):
        """Another worker takes and ends it meanwhile."""
        monkeypatch.setattr(make, "write", wrote)
        assert make.make(run.pk, at=moment(2))
        wrote(row, path, at)

    monkeypatch.setattr(make, "write", slow)
    assert not make.make(run.pk, at=moment(1))
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("done", 2)
    assert [p.name for p in requests.folder().iterdir()] == [run.file]
    assert Event.objects.filter(action="audit.pack_made").count() == 1
