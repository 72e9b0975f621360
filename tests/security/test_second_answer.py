"""Who answers second does not see what the first answered: not on any page, list, history, export or feed, until they have answered."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from drafts.packing import make
from drafts.review import approve, open_for_review
from governance import blind
from governance.models import ApprovalRequest, Event, PackRun
from governance.rights import scope_of
from tests.drafts.scene import AS_OF, Desk, prepared, stop_clock
from tests.factories import grant, make_user

pytestmark = pytest.mark.django_db
FIRST, SAID = "Zebulon Firstsign", "canary-comment"
LATER = AS_OF + timedelta(minutes=40)


@pytest.fixture
def case(settings):
    """A strategic account: a second account owner approved it, with a comment and a warning read; finance has not answered."""
    stop_clock(settings, LATER)
    desk = Desk()
    first = make_user("account_owner", desk.portfolio, first_name="Zebulon", last_name="Firstsign", username="zebulon")
    case = prepared(desk, [{}], tier="strategic")
    case.draft.findings.create(check_id="G27", label="repetition", severity="warn", why="much like the last message")
    open_for_review(case.follow_up.pk, by=first, at=AS_OF + timedelta(minutes=1))
    given = approve(case.follow_up.pk, case.draft.fingerprint, by=first, at=AS_OF + timedelta(minutes=2), acknowledged=case.warnings(),
                    reason="asked_colleague", comment=SAID)  # fmt: skip
    assert not given.complete
    case.first = first
    return case


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def told(response) -> str:
    """What a page tells, without the choices of its forms: colleagues may be named to be routed to."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = body.decode(errors="replace")
    return re.sub(r"<option.*?</option>", "", text, flags=re.DOTALL)


def addresses(case) -> list[str]:
    """Every address of the admin that takes no argument or the id of something of this case, with the parts of its pages."""
    request = ApprovalRequest.objects.get()
    ids = {case.follow_up.pk, case.draft.pk, case.account.pk, request.pk, case.draft.findings.get(check_id="G27").pk, case.first.pk, case.draft.brief_id}
    found: set[str] = set()

    def walk(patterns, prefix=""):
        for entry in patterns:
            route = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                walk(entry.url_patterns, route)
            elif isinstance(entry, URLPattern):
                found.update(_filled(route, ids))

    walk(get_resolver().url_patterns)
    history = reverse("admin:draft_history", args=[case.follow_up.pk])
    found |= {f"{history}?tab={tab}" for tab in ("timeline", "versions", "evidence", "checks", "approvals", "sent", "raw")}
    found |= {f"{reverse('admin:drafts_followup_changelist')}?tab={tab}{more}" for tab in ("mine", "second", "all", "done") for more in ("", "&format=csv")}
    found |= {f"{reverse('admin:account_page', args=[case.account.pk])}?show={show}" for show in ("all", "us", "messages")}
    return sorted(found)


def _filled(route: str, ids) -> list[str]:
    if not route.startswith("admin/") or ("(?P" in route and "object_id" not in route):
        return []
    parts = re.findall(r"<[^>]+>", route)
    if not parts:
        return [f"/{route}"] if not re.search(r"[\\^$()]", route) else []
    if len(parts) > 1:
        return []
    return [f"/{route.replace(parts[0], str(pk))}" for pk in ids]


def tellers(client, wanted) -> list[str]:
    """Those of the addresses whose answer names the first approver, or their words."""
    canaries = (FIRST, SAID)
    out = []
    for address in wanted:
        response = client.get(address)
        if response.status_code == 200 and any(canary in told(response) for canary in canaries):
            out.append(address)
    return out


def telling(case) -> list[str]:
    """Pages that do tell it to people who are not asked."""
    history, request = reverse("admin:draft_history", args=[case.follow_up.pk]), ApprovalRequest.objects.get()
    return [
        *(f"{history}?tab={tab}" for tab in ("timeline", "checks", "approvals", "raw")),
        reverse("admin:drafts_followup_history", args=[case.follow_up.pk]),
        reverse("admin:governance_approvalrequest_history", args=[request.pk]),
        reverse("admin:drafts_finding_changelist"),
        reverse("admin:drafts_finding_change", args=[case.draft.findings.get(check_id="G27").pk]),
        f"{reverse('admin:account_page', args=[case.account.pk])}?show=us",
    ]


def test_people_who_are_not_asked_see_the_first_answer_where_the_record_shows_it(case):
    wanted = telling(case)
    assert tellers(signed_in(make_user("compliance_auditor")), wanted) == wanted


@pytest.mark.crawl
def test_no_page_at_all_tells_the_second_approver_before_they_answered(case):
    walked = addresses(case)
    assert len(walked) > 150 and set(telling(case)) <= set(walked)
    assert tellers(signed_in(case.desk.finance), walked) == []


def test_once_they_answered_the_record_shows_them_everything(case):
    approve(case.follow_up.pk, case.draft.fingerprint, by=case.desk.finance, at=LATER, acknowledged=case.warnings(), reason="customer_knows")
    wanted = telling(case)
    assert tellers(signed_in(case.desk.finance), wanted) == wanted


def test_an_auditor_of_everything_who_may_answer_too_does_not_read_it_in_the_ledger(case):
    both = make_user("compliance_auditor")
    grant(both, "finance_approver", case.desk.portfolio)
    client = signed_in(both)
    assert tellers(client, telling(case)) == []
    listed = told(client.get(reverse("admin:governance_event_changelist")))
    assert ">approval.given<" not in listed and "approve_partly" not in listed
    assert "follow_up.prepare" in listed  # the rest of the ledger is there
    events = list(Event.objects.filter(actor_id=case.first.pk))
    assert {"approval.given", "finding.acknowledged", "follow_up.open", "follow_up.approve_partly"} <= {e.action for e in events}
    for event in events:
        assert client.get(reverse("admin:governance_event_change", args=[event.pk])).status_code in (302, 404)


def test_a_pack_is_not_made_for_somebody_who_has_not_answered(case, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    client = signed_in(case.desk.finance)
    form = {"scope": "draft", "subject": case.follow_up.pk, "profile": PackRun.Profile.values[0]}
    page = client.post(reverse("admin:request_pack"), form)
    assert page.status_code == 409 and "still waits for your own answer" in told(page)
    assert not PackRun.objects.exists()
    PackRun.objects.create(scope="draft", subject_id=case.follow_up.pk, profile=form["profile"], requested_by=case.desk.finance, requested_at=LATER, rows=1, cases=1)
    assert make.make_due(LATER) == 0
    row = PackRun.objects.get()
    assert (row.state, row.file) == (PackRun.State.REFUSED, "")


def test_the_approver_who_answered_and_people_who_cannot_answer_see_it(case):
    for person in (case.first, make_user("reviewer", case.desk.portfolio), make_user("compliance_auditor")):
        assert blind.withheld(person, scope_of(person)) == []
    (one,) = blind.withheld(case.desk.finance, scope_of(case.desk.finance))
    assert one.people == {case.first.pk} and one.since == AS_OF + timedelta(minutes=2)


def test_a_request_that_ended_hides_nothing(case):
    ApprovalRequest.objects.update(state="void")
    assert blind.withheld(case.desk.finance, scope_of(case.desk.finance)) == []


def test_the_page_says_that_an_own_answer_is_asked_for_and_asks_for_the_warning_again(case):
    page = told(signed_in(case.desk.finance).get(reverse("admin:review", args=[case.follow_up.pk])))
    assert "each for themselves" in page and 'name="acknowledged"' in page and 'name="reason"' in page
    history = told(signed_in(case.desk.finance).get(reverse("admin:draft_history", args=[case.follow_up.pk])))
    assert "in spite of the warnings" not in history and "Your own answer is asked for" in history and "approved by nobody" in history.lower()
