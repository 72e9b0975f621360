"""Filters and orders of the queue: each leaves exactly the rows it says, and an empty list says which of four reasons it has."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from accounts.models import Source
from drafts import review, states
from drafts.admin.filters import AMOUNTS, SIGNALS, Filters, unknown
from drafts.admin.signals import LOOKS
from drafts.models import FollowUp
from tests.drafts.scene import AS_OF, Desk, exception_case, prepared, routine_case
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]
QUEUE = "/admin/drafts/followup/"


def names(response):
    return [item["f"].account.name for item in response.context["items"]]


def listed(client, **params):
    return names(client.get(QUEUE, {"tab": "all", **params}))


def test_each_filter_leaves_the_rows_it_names(signed_in):
    desk = Desk()
    small = prepared(desk, [{"days_overdue": 10, "amount_minor": 50_000}], name="Small")
    large = prepared(desk, [{"days_overdue": 70, "amount_minor": 3_000_000}], name="Large", tier="strategic")
    client = signed_in(desk.finance)
    assert listed(client, amount="25000") == ["Large"] and listed(client, amount="1000") == ["Large"] and len(listed(client)) == 2
    assert listed(client, age="60") == ["Large"] and listed(client, age="90") == []
    assert listed(client, signal="important") == ["Large"] and listed(client, signal="dispute") == []
    assert listed(client, writer="model") == [] and set(listed(client, writer="template")) == {"Small", "Large"}
    assert set(listed(client, owner="nobody")) == {c.account.name for c in (small, large) if c.follow_up.owner_id is None}
    review.route(small.follow_up.pk, by=desk.reviewer, at=AS_OF, note="please", user=desk.finance)
    assert listed(client, owner="me") == ["Small"] and "Small" in listed(signed_in(desk.reviewer), owner="others")
    FollowUp.objects.filter(pk=small.follow_up.pk).update(due_at=AS_OF.replace(year=2025))
    assert listed(client, due="late") == ["Small"]


def test_an_amount_band_is_that_of_the_largest_currency_and_amounts_are_ordered_within_each_currency(signed_in):
    desk = Desk()
    prepared(desk, [{"amount_minor": 90_000}], name="Dollar small", currency="USD")
    prepared(desk, [{"amount_minor": 200_000}], name="Euro large")
    prepared(desk, [{"amount_minor": 100_000}], name="Euro small")
    FollowUp.objects.filter(account__name="Dollar small").update(totals={"USD": 800_000})
    FollowUp.objects.filter(account__name="Euro small").update(totals={"EUR": 100_000, "JPY": 90_000_000})
    client = signed_in(desk.reviewer)
    assert listed(client, sort="amount") == ["Euro large", "Euro small", "Dollar small"]
    assert set(listed(client, amount="1000")) == {"Euro large", "Euro small"}  # a thousand is reached, of 900 it is not


def test_a_row_without_a_rank_is_no_large_amount(signed_in):
    case = routine_case()
    FollowUp.objects.filter(pk=case.follow_up.pk).update(work_rank=0)
    assert listed(signed_in(case.desk.reviewer), amount="250000") == []


def test_every_signal_rule_is_behind_some_filter_or_is_a_hold():
    behind = {rule for _, rules in SIGNALS.values() for rule in rules}
    assert set(LOOKS) - behind == {"hold_in_force", "never_automate"}


def test_the_address_of_a_list_is_the_same_however_it_was_asked_for_and_nonsense_is_named():
    assert Filters.of(QueryDict("sort=work&lane=exception&q=")).query == Filters.of(QueryDict("lane=exception&tab=mine")).query == "tab=mine&lane=exception"
    assert unknown(QueryDict("tab=mine&lane=foo&colour=red&p=2")) == ["lane=foo", "colour=red"]
    assert set(AMOUNTS) == {"1000", "5000", "25000", "50000", "100000", "250000"}


def test_nonsense_in_the_address_is_said_above_the_list(signed_in):
    client = signed_in(routine_case().desk.reviewer)
    assert "no filter of the queue is called lane=foo" in client.get(QUEUE, {"lane": "foo"}).content.decode()


def test_four_empty_lists_say_four_different_things(signed_in):
    case = exception_case()
    client = signed_in(case.desk.reviewer)
    filters, done = client.get(QUEUE, {"q": "zzz"}).content.decode(), client.get(QUEUE).content.decode()
    Source.objects.filter(portfolio=case.desk.portfolio, kind="payments").update(status="failed", failed_since=AS_OF)
    failed = client.get(QUEUE).content.decode()
    routed = signed_in(case.desk.legal).get(QUEUE).content.decode()
    texts = ("Nothing matches these filters", "Nothing waits for you", "Nothing is listed, and that may be wrong", "No account is routed to you")
    for said, page in zip(texts, (filters, done, failed, routed), strict=True):
        assert [words for words in texts if words in page] == [said]
    assert "At least" in failed and "At least" not in done
    refused = signed_in(make_user("leadership", case.desk.portfolio)).get(QUEUE)
    assert refused.status_code == 403 and "because" in refused.content.decode()


def test_a_source_that_fails_turns_none_found_into_unknown_at_once_on_the_page_and_in_the_file(signed_in):
    case, elsewhere = routine_case(), routine_case(Desk())
    client = signed_in(case.desk.reviewer)
    assert "none found" in client.get(QUEUE).content.decode()
    Source.objects.filter(portfolio=case.desk.portfolio, kind="payments").update(status="failed", failed_since=AS_OF)
    page = client.get(QUEUE).content.decode()
    assert "none found" not in page and "Unknown" in page
    assert "none found" not in client.get(QUEUE, {"tab": "mine", "format": "csv"}).content.decode()
    assert "none found" in signed_in(elsewhere.desk.reviewer).get(QUEUE).content.decode()


def test_the_leaving_list_says_when_each_message_leaves_and_where_to_stop_it(signed_in):
    case = routine_case()
    delivery = case.approve()
    page = signed_in(case.desk.reviewer).get(QUEUE, {"tab": "leaving"}).content.decode()
    assert f"/admin/outgoing/{delivery.pk}/#stop" in page and f"{delivery.leaves_at:%H:%M}" in page


def test_what_changed_since_the_page_was_opened_is_counted_and_no_row_moves(signed_in):
    desk = Desk()
    cases = [routine_case(desk) for _ in range(3)]
    client, url = signed_in(desk.reviewer), "/admin/queue/changes/"
    seen = client.get(QUEUE).context["seen"]
    assert client.get(url, {"tab": "mine", "seen": seen}).json() == {"changed": 0, "words": ""}
    review.open_for_review(cases[0].follow_up.pk, by=desk.owner, at=AS_OF)
    cases[1].approve()
    routine_case(desk)
    answer = client.get(url, {"tab": "mine", "seen": seen}).json()
    assert answer["changed"] == 2, "one was taken; one that left made room for one that came"
    assert answer["words"] == "2 rows changed since you opened this"
    assert client.get(url, {"seen": "x.y-..-é"}).status_code == 200
    assert signed_in(make_user("leadership")).get(url).status_code == 403


def test_the_total_is_that_of_the_list_and_pages_follow_one_another(signed_in):
    desk = Desk()
    routine_case(desk)
    from accounts.models import Account

    more = Account.objects.bulk_create([Account(portfolio=desk.portfolio, external_id=f"M{n}", name=f"More {n}", owner=desk.owner) for n in range(60)])
    FollowUp.objects.bulk_create([FollowUp(account=a, portfolio=desk.portfolio, status=states.READY, owner_role="reviewer", opened_at=AS_OF) for a in more])
    client = signed_in(desk.reviewer)
    first, second = client.get(QUEUE), client.get(QUEUE, {"p": "2"})
    assert (first.context["total"], len(names(first)), len(names(second))) == (61, 50, 11)
    assert "Next" in first.content.decode() and not set(names(first)) & set(names(second))
