"""Who reads drafts without the right to personal data sees no address, telephone number or full name on any page (a letter greets)."""

from __future__ import annotations

import pytest

from tests.drafts.scene import Desk, prepared
from tests.factories import make_contact, make_user
from tests.site.test_reach import pages_of

pytestmark = pytest.mark.django_db
EMAIL, PHONE, NAME = "zz.secretperson@customer.example", "+49 30 777 8881", "Zerlina"


def filled():
    case = prepared(Desk(), [{}], contact=False)
    make_contact(case.account, name=f"{NAME} Zettmann", salutation="Ms Zettmann", email=EMAIL, phone=PHONE)
    case.prepare()
    case.approve()
    return case


@pytest.mark.crawl
@pytest.mark.parametrize(("role", "reads"), [("finance_approver", True), ("compliance_auditor", False), ("leadership", False), ("policy_admin", False), ("system_admin", False)])
def test_personal_data_of_contacts_reaches_only_roles_with_the_right(browser, role, reads):
    case = filled()
    client = browser(make_user(role))
    seen = pages_of(client, "/admin/", limit=160)
    for kind in ("brief", "draft", "delivery"):
        rows = {"brief": case.follow_up.brief, "draft": case.draft, "delivery": case.delivery}
        for view in ("change", "history"):
            url = f"/admin/drafts/{kind}/{rows[kind].pk}/{view}/"
            seen[url] = client.get(url)
    found = {url: word for url, page in seen.items() for word in (EMAIL, PHONE, NAME) if word in page.content.decode(errors="replace")}
    assert bool(found) == reads, found


def test_searching_an_address_confirms_nothing_to_who_may_not_see_it(browser):
    filled()
    client = browser(make_user("compliance_auditor"))
    for url in ("/admin/search/", "/admin/drafts/delivery/", "/admin/drafts/draft/", "/admin/accounts/contact/", "/admin/accounts/message/"):
        for text in (EMAIL, NAME):
            page = client.get(url, {"q": text})
            assert page.status_code in (200, 403), url
            body = page.content.decode().replace(f'value="{text}"', "").replace(f"“{text}”", "")
            assert "1 " not in body.partition('class="paginator"')[2][:40], url
