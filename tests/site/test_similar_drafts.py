"""Similar past drafts in the workspace: the last decided ones of the same kind, the own account first, never another team's."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from drafts import review
from drafts.models import FollowUp
from drafts.responses import Incoming, record_reply
from tests.drafts.scene import AS_OF, Desk, exception_case, routine_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]


def url_of(case, name="review"):
    return reverse(f"admin:{name}", args=[case.follow_up.pk])


def rejected(desk, **fields):
    case = routine_case(desk, **fields)
    review.reject(case.follow_up.pk, "wrong_time", "not this week", by=desk.reviewer, at=AS_OF)
    return case


def listed(client, case):
    """Ids behind the links and the words of each row."""
    section = client.get(url_of(case)).content.decode().partition('id="similar"')[2].partition("</section>")[0]
    rows = re.findall(r'<li><a class="strong" href="[^"]*/(\d+)/review/">(.*?)</li>', section, re.S)
    return {int(pk): " ".join(re.sub(r"<[^>]+>", " ", words).split()) for pk, words in rows}


def test_the_last_ones_of_the_same_kind_the_own_account_first_with_outcome_and_link(signed_in):
    desk = Desk()
    old = rejected(desk).follow_up
    own = routine_case(desk)
    FollowUp.objects.filter(pk=old.pk).update(account=own.account)
    others = [rejected(desk, name=f"Customer {n}") for n in range(6)]
    exception_case(desk)
    client = signed_in(desk.reviewer)
    found = listed(client, own)
    assert list(found) == [old.pk, *[case.follow_up.pk for case in reversed(others)][:4]]
    assert found[old.pk].startswith("This account Rejected as prepared")
    assert found[others[-1].follow_up.pk].startswith("Customer 5 Rejected as prepared")
    assert all(client.get(reverse("admin:review", args=[pk])).status_code == 200 for pk in found)


def test_what_the_customer_answered_and_that_a_person_edited_it_is_told(signed_in):
    desk = Desk()
    case, past = routine_case(desk), routine_case(desk)
    review.edit(past.follow_up.pk, past.draft.subject, past.draft.body.replace("Kind", "Very kind"), 1, by=desk.reviewer, at=AS_OF)
    FollowUp.objects.filter(pk=past.follow_up.pk).update(status="sent", sent_at=AS_OF)
    incoming = Incoming(past.account.pk, past.account.contacts.get().email, "Re: invoice", "We paid this last Friday.", AS_OF)
    record_reply(incoming, by=desk.reviewer, at=AS_OF)
    words = listed(signed_in(desk.reviewer), case)[past.follow_up.pk]
    assert "edited by a person" in words and "answer: Says it is paid" in words


def test_never_another_teams_lane_or_step_and_nothing_once_it_is_decided(signed_in):
    desk = Desk()
    case, elsewhere = routine_case(desk), rejected(Desk())
    review.reject((exception := exception_case(desk)).follow_up.pk, "wrong_time", "later", by=desk.owner, at=AS_OF)
    step = rejected(desk)
    FollowUp.objects.filter(pk=step.follow_up.pk).update(step=4)
    client = signed_in(desk.reviewer)
    page = client.get(url_of(case)).content.decode()
    assert listed(client, case) == {} and "None in your portfolios yet." in page
    assert elsewhere.account.name not in page and exception.account.name not in page
    review.reject(case.follow_up.pk, "wrong_time", "later", by=desk.reviewer, at=AS_OF)
    assert 'id="similar"' not in client.get(url_of(case)).content.decode()


def test_they_cost_one_query_however_many_there_are(signed_in):
    desk = Desk()
    case = routine_case(desk)
    client = signed_in(desk.reviewer)
    client.get(url_of(case))

    def asked():
        with CaptureQueriesContext(connection) as seen:
            client.get(url_of(case))
        return len(seen), sum('"reply"' in query["sql"] and '"same"' in query["sql"] for query in seen)

    few = asked()
    for _ in range(7):
        rejected(desk)
    assert asked() == few and few[1] == 1
