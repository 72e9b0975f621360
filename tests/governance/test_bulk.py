"""Many rows in one statement: the same rows as one by one."""

import pytest
from django.db import IntegrityError, transaction

from drafts.models import FollowUp
from governance import bulk
from governance.models import Hold
from tests.factories import AS_OF, make_account, moment

pytestmark = pytest.mark.django_db

MANY = bulk.FEW + 2


def held(n):
    return Hold(
        scope="global", kind="pause", reason=f'quoted "text" \\ {{{n}}}\n\ttab', source=f"test:{n}", created_at=AS_OF
    )


@pytest.mark.parametrize("count", [1, MANY])
def test_inserted_rows_have_their_keys_and_read_back_unchanged(count):
    rows = bulk.insert(Hold, [held(n) for n in range(count)])
    assert len({row.pk for row in rows}) == count
    for row in rows:
        stored = Hold.objects.get(pk=row.pk)
        assert (stored.reason, stored.source, stored.created_at, stored.owner) == (row.reason, row.source, AS_OF, None)
        stored.reason = "saved again"
        stored.save()


def test_json_survives_the_bulk_insert_and_update():
    rows = []
    for n in range(MANY):
        account = make_account()
        reasons = [{"rule": "r", "words": f'“quoted” "{n}" \\n', "evidence": []}]
        rows.append(
            FollowUp(account=account, portfolio_id=account.portfolio_id, reasons=reasons, totals={"EUR": n}, opened_at=AS_OF)
        )
    rows = bulk.insert(FollowUp, rows)
    assert [FollowUp.objects.get(pk=row.pk).reasons for row in rows] == [row.reasons for row in rows]
    for n, row in enumerate(rows):
        row.reasons, row.totals, row.claimed_until, row.lane = [{"rule": f'"{n}"'}], {}, moment(n), "exception"
        row.why_first = "not written"
    bulk.update(FollowUp, rows, ["reasons", "totals", "claimed_until", "lane", "claimed_by"])
    for n, row in enumerate(rows):
        stored = FollowUp.objects.get(pk=row.pk)
        assert (stored.reasons, stored.totals, stored.lane) == ([{"rule": f'"{n}"'}], {}, "exception")
        assert (stored.claimed_until, stored.why_first) == (moment(n), "")


def test_a_constraint_refuses_the_whole_insert():
    rows = [held(n) for n in range(MANY)]
    rows[-1].reason = ""
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(Hold, rows)
    assert not Hold.objects.exists()


def test_no_rows_are_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert bulk.insert(Hold, []) == []
        bulk.update(Hold, [], ["reason"])
