"""A case of one's own and one of another portfolio; files lie in a folder of the test."""

from __future__ import annotations

import pytest

from tests.drafts.scene import Desk, prepared, routine_case
from tests.factories import make_portfolio
from tests.security.record import CANARY, NUMBER


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
