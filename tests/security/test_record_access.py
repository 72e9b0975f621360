"""The record attacked from inside: histories, outcomes, packs, checkpoints and the quarantine, by every role, by nobody and by a superuser."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from urllib.parse import quote, quote_plus

import pytest
from django.apps import apps
from django.urls import reverse

from drafts.models import FollowUp
from drafts.packing import make
from drafts.record import outcomes
from governance import quarantine
from governance.models import AccountShare, AllPortfoliosGrant, Event, PackRun, PortfolioUserGrant, Quarantine, SampleDraw
from governance.packs import requests
from governance.roles import ALL_ROLES
from tests.drafts.packing.story import Wanted, ask
from tests.drafts.scene import AS_OF, Desk, prepared, routine_case
from tests.factories import grant, make_account, make_portfolio, make_settled_invoice, make_user, moment

pytestmark = pytest.mark.django_db
CANARY, NUMBER = "Zzcanary", "INV-9900555"
READERS = ("reviewer", "account_owner", "finance_approver", "legal_approver", "executive", "compliance_auditor")
BLIND = ("leadership", "policy_admin", "system_admin")
DAYS = {"from": "2026-05-01", "to": "2026-05-31"}


@pytest.fixture(autouse=True)
def outside(settings, tmp_path):
    settings.MEDIA_ROOT, settings.LEDGER_DIR, settings.LEDGER_KEY_FILE = tmp_path / "media", tmp_path / "ledger", tmp_path / "key.pem"


@pytest.fixture
def foreign():
    """A case of another portfolio whose every word is a canary."""
    desk = Desk(make_portfolio(name=f"{CANARY} portfolio", code="zz"))
    case = prepared(desk, [{"number": NUMBER}], name=f"{CANARY} customer", external_id=f"9{CANARY}")
    case.approve()
    return case


@pytest.fixture
def own():
    return routine_case(Desk(make_portfolio(name="Own portfolio")), name="Own customer")


def counts(*but):
    """Rows of every table but sessions and the ones named."""
    return {m._meta.label: m._base_manager.count() for m in apps.get_models() if m._meta.label not in ("sessions.Session", *but)}


def pack_of(wanted, by, profile="full"):
    run = ask(wanted, by, profile)
    assert make.make(run.pk, at=moment(1)), PackRun.objects.get(pk=run.pk).words
    run.refresh_from_db()
    return run


def period(portfolio=None):
    return Wanted("period", None, AS_OF.date() - timedelta(days=9), AS_OF.date() + timedelta(days=90), portfolio)


def fetch(client, run):
    return client.act(reverse("admin:download_pack", args=[run.pk]))


def attempts(case, run, sample):
    """(method, address, form) of everything the record offers, with the ids of one case."""
    url = reverse
    return [
        ("get", url("admin:draft_history", args=[case.follow_up.pk]), {"tab": "raw"}),
        ("get", url("admin:packs"), {"scope": "draft", "subject": case.follow_up.pk}),
        ("get", url("admin:packs"), {"scope": "account", "subject": case.account.pk}),
        ("get", url("admin:packs"), {"scope": "sample", "subject": sample.pk}),
        ("get", url("admin:worksheet", args=[sample.pk]), {}),
        ("act", url("admin:worksheet_csv", args=[sample.pk]), {}),
        ("act", url("admin:request_pack"), {"scope": "draft", "subject": case.follow_up.pk, "profile": "full"}),
        ("act", url("admin:request_pack"), {"scope": "account", "subject": case.account.pk, "profile": "full"}),
        ("act", url("admin:request_pack"), {"scope": "sample", "subject": sample.pk, "profile": "full"}),
        ("act", url("admin:download_pack", args=[run.pk]), {}),
        ("act", url("admin:act_looked", args=[case.follow_up.pk]), {"draft": case.draft.pk, "evidence": "3"}),
    ]


def drawn_by(person, *ids):
    return SampleDraw.objects.create(seed="0" * 32, filters={}, population=len(ids), population_sha256="0" * 64, size=25, ids=list(ids), by=person, at=AS_OF)


@pytest.mark.parametrize("role", READERS)
def test_every_address_with_a_foreign_id_is_as_if_it_were_not_there_and_writes_nothing(browser, own, foreign, role):
    theirs = make_user("compliance_auditor", foreign.desk.portfolio)
    run, sample = pack_of(Wanted("draft", foreign.follow_up.pk), theirs), drawn_by(theirs, foreign.follow_up.pk)
    client = browser(make_user(role, own.desk.portfolio))
    before = counts()
    for method, address, form in attempts(foreign, run, sample):
        answer = getattr(client, method)(address, form)
        assert answer.status_code in (403, 404), (address, form, answer.status_code)
        assert CANARY not in answer.content.decode() and NUMBER not in answer.content.decode(), address
    assert counts() == before


@pytest.mark.parametrize("role", [*BLIND, ""])
def test_who_reads_no_texts_and_a_superuser_without_a_role_reach_nothing_of_the_record(browser, foreign, role):
    theirs = make_user("compliance_auditor")
    run, sample = pack_of(Wanted("draft", foreign.follow_up.pk), theirs), drawn_by(theirs, foreign.follow_up.pk)
    client = browser(make_user(role or None, is_superuser=True, is_staff=True))
    before = counts()
    more = [("get", reverse("admin:outcomes"), {}), ("act", reverse("admin:outcomes_csv"), {}), ("act", reverse("admin:draw_sample"), {})]
    for method, address, form in [*attempts(foreign, run, sample), *more]:
        answer = getattr(client, method)(address, form)
        assert answer.status_code in (302, 403, 404), (address, answer.status_code)
        assert CANARY not in answer.content.decode(), address
    assert counts() == before


def test_nobody_reaches_nothing(browser, foreign):
    theirs = make_user("compliance_auditor")
    run, sample = pack_of(Wanted("draft", foreign.follow_up.pk), theirs), drawn_by(theirs, foreign.follow_up.pk)
    client = browser()
    token = client.token(reverse("admin:login"))
    before = counts()
    for method, address, form in [*attempts(foreign, run, sample), ("act", reverse("admin:lift_quarantine"), {"reason": "x"})]:
        answer = client.get(address, form) if method == "get" else client.post(address, {**form, "csrfmiddlewaretoken": token})
        # A form sent after the visit ended is answered with what was typed and nothing else; anything else leads to the sign-in.
        over = answer.status_code == 403 and answer.template_name == "desk/visit_over.html"
        assert over or (answer.status_code == 302 and "/login/" in answer["Location"]), (address, answer.status_code)
    assert counts() == before


def test_reading_changes_no_row_but_the_one_that_says_who_read(browser, own):
    person = make_user("compliance_auditor")
    run, sample = pack_of(Wanted("draft", own.follow_up.pk), person), drawn_by(person, own.follow_up.pk)
    client = browser(person)
    before, events = counts("governance.Event", "governance.StreamHead"), Event.objects.count()
    for tab in ("timeline", "versions", "evidence", "checks", "approvals", "sent", "raw"):
        assert client.get(reverse("admin:draft_history", args=[own.follow_up.pk]), {"tab": tab}).status_code == 200
    for scope, subject in (("draft", own.follow_up.pk), ("account", own.account.pk), ("sample", sample.pk), ("period", "")):
        assert client.get(reverse("admin:packs"), {"scope": scope, "subject": subject, **DAYS}).status_code == 200
    for name, args in (("outcomes", []), ("worksheet", [sample.pk])):
        assert client.get(reverse(f"admin:{name}", args=args), {"q": "x", **DAYS}).status_code == 200
    for name, args in (("outcomes_csv", []), ("draw_sample", []), ("worksheet_csv", [sample.pk]), ("request_pack", []), ("download_pack", [run.pk]), ("lift_quarantine", [])):
        assert client.get(reverse(f"admin:{name}", args=args)).status_code == 405, name
    assert counts("governance.Event", "governance.StreamHead") == before
    added = Event.objects.order_by("id")[events:]
    assert [(e.action, e.stream) for e in added] == [("audit.read", "audit")]


# --- What a search says ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", READERS)
def test_a_search_for_foreign_words_answers_exactly_as_one_for_nonsense(browser, own, foreign, role):
    client = browser(make_user(role, own.desk.portfolio))

    def answer(words):
        page = client.get(reverse("admin:outcomes"), {"q": words, **DAYS})
        text = re.sub(r'(name="csrfmiddlewaretoken" value|nonce)="[^"]+"', "", page.content.decode())
        for shape in (words, quote(words), quote_plus(words)):
            text = text.replace(shape, "…")
        return page.status_code, text

    for words in (f"{CANARY} customer", NUMBER, foreign.account.external_id, foreign.delivery.message_id.strip("<>"), f"9{CANARY}"):
        assert answer(words) == answer(re.sub(r"[A-Za-z0-9]", "q", words)), words


def test_an_outcome_page_of_one_portfolio_says_nothing_about_how_many_there_are_elsewhere(browser, own, foreign):
    client = browser(own.desk.reviewer)
    page = client.get(reverse("admin:outcomes"), DAYS)
    assert page.context["population"].total == 1 and page.context["population"].begun is None
    assert CANARY not in page.content.decode()


def test_numbers_of_foreign_invoices_do_not_push_own_ones_out_of_the_hits(own, monkeypatch):
    for _ in range(3):
        make_settled_invoice(make_account(), number="R-1")
    make_settled_invoice(own.account, number="R-1")
    monkeypatch.setattr(outcomes, "HITS", 1)
    found = outcomes.matching(FollowUp.objects.visible_to(own.desk.reviewer), outcomes.Filters(q="R-1"))
    assert list(found) == [own.follow_up]


def test_the_csv_and_a_sample_hold_own_cases_only(browser, own, foreign):
    client = browser(make_user("compliance_auditor", own.desk.portfolio))
    assert CANARY not in client.act(reverse("admin:outcomes_csv"), {"portfolio": foreign.desk.portfolio.pk}).content.decode()
    text = client.act(reverse("admin:outcomes_csv")).content.decode()
    assert "Own customer" in text and CANARY not in text
    client.act(reverse("admin:draw_sample"), DAYS)
    assert SampleDraw.objects.get().ids == [own.follow_up.pk]


# --- Routed --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["legal_approver", "executive"])
def test_a_routed_account_is_out_of_reach_once_the_routing_has_ended(browser, own, foreign, role):
    person = make_user()
    share = AccountShare.objects.create(user=person, account_id=foreign.account.pk, role=role, starts_at=AS_OF - timedelta(days=1), reason="routed")
    client = browser(person)
    history = reverse("admin:draft_history", args=[foreign.follow_up.pk])
    assert CANARY in client.get(history).content.decode()
    assert client.get(reverse("admin:draft_history", args=[own.follow_up.pk])).status_code == 404
    run = pack_of(Wanted("account", foreign.account.pk), person)
    waiting = ask(Wanted("account", foreign.account.pk), person)
    assert fetch(client, run).status_code == 200
    share.ends_at = AS_OF - timedelta(minutes=1)
    share.save()
    assert client.get(history).status_code in (403, 404)
    assert fetch(client, run).status_code in (403, 404)
    assert client.get(reverse("admin:outcomes")).status_code == 403
    assert not make.make(waiting.pk, at=moment(1))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.file) == ("refused", "")


# --- Packs ---------------------------------------------------------------------------------------------------------------------------


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


# --- Looks ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("evidence", ["12", "123456789", "0", "-1", "²", "9" * 30])
def test_evidence_that_there_is_not_is_not_on_record_as_looked_at(browser, own, evidence):
    answer = browser(own.desk.reviewer).act(reverse("admin:act_looked", args=[own.follow_up.pk]), {"draft": own.draft.pk, "evidence": evidence})
    assert answer.status_code == 204
    assert not Event.objects.filter(action="draft.viewed_evidence").exists()


def test_an_auditor_leaves_no_look_of_a_reviewer(browser, own):
    browser(make_user("compliance_auditor")).act(reverse("admin:act_looked", args=[own.follow_up.pk]), {"draft": own.draft.pk})
    assert not Event.objects.filter(action="draft.opened").exists()


# --- Quarantine and checkpoints ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [r for r in ALL_ROLES if r not in ("finance_approver", "system_admin")])
def test_only_finance_and_the_administrator_lift_the_quarantine(browser, role):
    quarantine.begin(Quarantine.Cause.MOVED, "moved", checkpoint=None, at=AS_OF)
    client = browser(make_user(role, is_superuser=True))
    client.act(reverse("admin:lift_quarantine"), {"reason": "I say so"})
    assert quarantine.standing()
    assert not Event.objects.filter(action="system.quarantine_lifted").exists()


def test_a_quarantine_is_not_lifted_without_a_reason_nor_by_a_person_demoted_since(browser):
    person = make_user("finance_approver")
    quarantine.begin(Quarantine.Cause.MOVED, "moved", checkpoint=None, at=AS_OF)
    client = browser(person)
    client.act(reverse("admin:lift_quarantine"), {"reason": " \n"})
    assert quarantine.standing()
    AllPortfoliosGrant.objects.filter(user=person).update(ends_on=AS_OF.date() - timedelta(days=1))
    client.act(reverse("admin:lift_quarantine"), {"reason": "checked"})
    assert quarantine.standing()


def against(path, *more):
    from django.core.management import call_command

    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_ledger", "--against", str(path), *more, stdout=out, stderr=err)
    return ended.value.code, out.getvalue() + err.getvalue()


def statement(tmp_path, **changes):
    from governance.checkpoints import writing

    made = writing.write(AS_OF)
    return {**json.loads(made.raw), **changes}


HOSTILE = {
    "empty": b"", "no json": b"\xff\xfe{", "deep": b"[" * 200_000, "a list": b"[]", "a number": b"1e999", "other fields": b'{"x":1}',
    "huge number": b"9" * 100_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_checkpoint_cannot_be_verified_and_says_so(own, tmp_path, name):
    path = tmp_path / "00000001.json"
    path.write_bytes(HOSTILE[name])
    code, words = against(path)
    assert code == 2 and "Cannot be verified" in words and "Traceback" not in words


@pytest.mark.parametrize("change", [{"at": "2026-05-04T00:00:00"}, {"at": "x"}, {"since": -(10**9)}, {"since": 10**9}, {"number": 7}, {"streams": -1}])
def test_a_statement_with_impossible_fields_ends_in_words(own, tmp_path, change):
    path = tmp_path / "kept" / "00000001.json"
    content = statement(tmp_path, **change)
    path.parent.mkdir()
    path.write_text(json.dumps(content))
    path.with_suffix(".sig").write_bytes(b"x" * 64)
    path.with_suffix(".heads").write_bytes(b"[]\n")
    assert against(path)[0] in (1, 2)
    assert against(path, "--since", "2099-01-01")[0] in (1, 2)


@pytest.mark.parametrize("suffix", [".json", ".sig", ".heads"])
def test_an_endless_file_is_not_read_to_its_end(own, tmp_path, suffix):
    """A link to a device that never ends, a pipe nobody writes to, and a file of gigabytes."""
    import os
    import subprocess
    import sys

    path = tmp_path / "kept" / "00000001.json"
    path.parent.mkdir()
    path.write_text(json.dumps(statement(tmp_path)))
    path.with_suffix(".sig").write_bytes(b"x" * 64)
    path.with_suffix(".heads").write_bytes(b"")
    target = path.with_suffix(suffix)
    code = "import resource,sys,pathlib;resource.setrlimit(resource.RLIMIT_AS,(2**31,2**31))\nfrom governance.checkpoints.files import Checkpoint,Unreadable\n" \
        "c=Checkpoint(pathlib.Path(sys.argv[1]))\ntry:\n c.statement; c.is_signed_by([]); c.heads_as_stated()\nexcept Unreadable as e: print('unreadable', e)\n"
    for kind in ("device", "pipe", "huge"):
        target.unlink()
        if kind == "device":
            target.symlink_to("/dev/zero")
        elif kind == "pipe":
            os.mkfifo(target)
        else:
            with target.open("wb") as file:
                file.truncate(2**33)
        if kind == "huge" and suffix == ".heads":
            continue
        done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=20, check=False)
        assert done.returncode == 0 and "unreadable" in done.stdout, (kind, done.stdout, done.stderr[-300:])


@pytest.mark.parametrize("line", [b"5\n", b"null\n", b"[1]\n", b'["account:1",{},[]]\n', b'["account:1","x","y"]\n', b"\xff\xfe\n", b"[" * 5000 + b"\n", b'["a",' + b"9" * 40 + b',"b"]\n'])
def test_a_spoilt_line_of_hand_overs_stops_sending_in_words(own, line):
    from governance.checkpoints import files, handed, watching, writing

    writing.write(AS_OF)
    (files.folder_of(quarantine.ledger_id()) / handed.NAME).write_bytes(line)
    assert watching.refusal(AS_OF)


def test_a_folder_of_checkpoints_that_cannot_be_written_stops_sending_in_words_and_a_pack_says_why(own, settings, tmp_path):
    from governance.checkpoints import watching, writing

    writing.write(AS_OF)
    broken = tmp_path / "a-file"
    broken.write_text("")
    settings.LEDGER_DIR = broken
    assert watching.refusal(AS_OF)
    with zipfile.ZipFile(requests.folder() / pack_of(Wanted("draft", own.follow_up.pk), own.desk.reviewer).file) as pack:
        assert "no checkpoint could be written" in json.loads(pack.read("manifest.json"))["ledger"]["why"]
