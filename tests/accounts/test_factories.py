"""The shared rows of the tests hold what they promise."""

import pytest

from governance.rights import can
from tests import factories as f

pytestmark = pytest.mark.django_db


def test_a_role_granted_on_one_portfolio_does_not_reach_another():
    here, there = f.make_portfolio(), f.make_portfolio()
    user = f.make_user("reviewer", here)
    assert can(user, "see_account", f.make_account(here))
    assert not can(user, "see_account", f.make_account(there))


def test_every_factory_makes_a_row_the_database_accepts():
    account = f.make_account()
    invoice = f.make_invoice(account)
    rows = [
        f.make_settled_invoice(account),
        f.make_payment(account, invoice=invoice),
        f.make_credit_note(account),
        f.make_promised_credit(account),
        f.make_promise(account),
        f.make_dispute(account, invoice=invoice),
        f.make_signal(account),
        f.make_ticket(account),
        f.make_contract(account),
        f.make_message(account),
        f.make_hold(account),
        f.make_hold(),
        f.make_call(account, f.make_user()),
        f.make_source_state(account, "payments", "failed"),
    ]
    assert all(row.pk for row in rows)
