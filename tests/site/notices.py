"""What the tests of notices share: a stopped message, who was told, what the mail server took."""

from __future__ import annotations

import email
import email.policy
from datetime import time

from drafts.review import stop
from governance.models import NoticePreference, Told
from tests.drafts.scene import AS_OF, routine_case

CUSTOMER = "Zzcustomer Bearings GmbH"


def told(person):
    return sorted(Told.objects.filter(person=person).values_list("notice__kind", flat=True))


def taken(mail):
    """(to, subject, text) of what the mail server took."""
    found = []
    for _, to, raw in mail.box.taken:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert message["Auto-Submitted"] == "auto-generated"
        found.append((to[0], message["Subject"], message.get_content()))
    return found


def wants_no_quiet(*people):
    for person in people:
        NoticePreference.objects.create(person=person, quiet_from=time(0), quiet_until=time(0))


def stopped_message(desk):
    """An approved message to the customer, stopped by finance."""
    case = routine_case(desk, name=CUSTOMER)
    delivery = case.approve()
    stop(delivery.pk, "the customer telephoned", by=desk.finance, at=AS_OF)
    return case
