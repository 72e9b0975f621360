"""The access review: every grant is certified by another person, in its quarter, on record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from governance import access
from governance.decisions import NotAllowed
from governance.models import Certification, Event, PortfolioUserGrant
from governance.rights import scope_of
from tests.drafts.scene import AS_OF, Desk, routine_case
from tests.factories import grant, make_user

pytestmark = pytest.mark.django_db


def of(review, user):
    return next(c for c in review.certifications.all() if c.kind == "person" and PortfolioUserGrant.objects.get(pk=c.grant_id).user == user)


def test_opening_takes_every_grant_in_force_once_and_later_ones_join():
    desk = Desk()
    grant(desk.reviewer, "finance_approver", Desk().portfolio, ends_on=(AS_OF - timedelta(days=1)).date())
    make_user("compliance_auditor")
    review = access.open_due(AS_OF)
    assert sorted(review.certifications.values_list("kind", flat=True)) == ["everywhere", "person"]
    assert access.open_due(AS_OF) == review and review.certifications.count() == 2
    assert desk.owner  # made at first use
    assert access.open_due(AS_OF + timedelta(days=1)).certifications.count() == 3
    assert (review.quarter, access.quarter_of(AS_OF.date())) == ("2026Q2", "2026Q2")
    assert Event.objects.filter(action="review.opened").count() == 1


def test_kept_and_ended_with_a_reason_and_an_ended_one_acts_at_once():
    desk, admin = Desk(), make_user("system_admin")
    kept, ended = desk.reviewer, desk.finance
    review = access.open_due(AS_OF)
    with pytest.raises(ValueError, match="reason"):
        access.certify(of(review, kept).pk, "keep", " ", by=admin, at=AS_OF)
    with pytest.raises(ValueError, match="kept or ended"):
        access.certify(of(review, kept).pk, "maybe", "x", by=admin, at=AS_OF)
    access.certify(of(review, kept).pk, "keep", "works there", by=admin, at=AS_OF)
    access.certify(of(review, ended).pk, "end", "left the team", by=admin, at=AS_OF)
    assert scope_of(kept, AS_OF.date()).all_roles and not scope_of(ended, AS_OF.date()).all_roles
    with pytest.raises(ValueError, match="already"):
        access.certify(of(review, kept).pk, "end", "x", by=admin, at=AS_OF)
    row = PortfolioUserGrant.objects.get(user=ended)
    assert row.history.get(ends_on__isnull=False).history_user == admin
    assert list(Event.objects.filter(action__startswith="review.").order_by("id").values_list("action", flat=True)) == ["review.opened", "review.kept", "review.ended"]


def test_never_ones_own_and_never_outside_ones_portfolios():
    desk = Desk()
    other = Desk().finance
    review = access.open_due(AS_OF + timedelta(0)) if desk.finance else None
    with pytest.raises(NotAllowed, match="your own"):
        access.certify(of(review, desk.finance).pk, "keep", "I need it", by=desk.finance, at=AS_OF)
    with pytest.raises(NotAllowed, match="outside"):
        access.certify(of(review, desk.finance).pk, "end", "x", by=other, at=AS_OF)
    with pytest.raises(NotAllowed):
        access.certify(of(review, desk.finance).pk, "end", "x", by=desk.reviewer, at=AS_OF)
    auditor = make_user("compliance_auditor")
    everywhere = access.open_due(AS_OF).certifications.get(kind="everywhere")
    with pytest.raises(NotAllowed):
        access.certify(everywhere.pk, "keep", "x", by=desk.finance, at=AS_OF)
    with pytest.raises(NotAllowed):
        access.certify(everywhere.pk, "keep", "x", by=auditor, at=AS_OF)


def test_the_worklist_says_who_what_where_since_and_the_last_act(browser):
    case = routine_case()
    case.approve()
    idle = case.desk.owner
    review = access.open_due(AS_OF)
    client = browser(make_user("system_admin"))
    page = client.get("/admin/access-review/").content.decode()
    assert str(case.desk.reviewer) in page and str(idle) in page and case.desk.portfolio.name in page
    items = {item.holder: item for item in access.items(review, make_user("system_admin"))}
    assert items[str(case.desk.reviewer)].last_use == AS_OF and items[str(idle)].last_use is None
    answer = client.act(f"/admin/access-review/{of(review, idle).pk}/", {"verdict": "keep", "reason": "owner of two accounts"})
    assert answer.status_code == 302 and Certification.objects.get(pk=of(review, idle).pk).verdict == "keep"
    assert "owner of two accounts" in client.get("/admin/access-review/").content.decode()


def test_what_nobody_certified_in_time_is_overdue_on_both_screens(browser, settings):
    from tests.drafts.scene import stop_clock

    desk = Desk()
    assert desk.reviewer
    access.open_due(AS_OF)
    late = AS_OF + timedelta(days=31)
    assert access.review_state(late).overdue == 1 and access.review_state(AS_OF).overdue == 0
    stop_clock(settings, late)
    auditor = browser(make_user("compliance_auditor"))
    assert "Overdue since" in auditor.get("/admin/access-review/").content.decode()
    assert "overdue" in auditor.get("/admin/compliance/").content.decode()
    assert browser(desk.reviewer).get("/admin/access-review/").status_code == 403
