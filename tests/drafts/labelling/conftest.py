"""Who takes part in a sample, with the clock at ``AS_OF``."""

from __future__ import annotations

import pytest

from tests.drafts.scene import Desk, stop_clock
from tests.factories import make_user


@pytest.fixture(autouse=True)
def clock_stands(settings):
    stop_clock(settings)


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def auditor():
    return make_user("compliance_auditor")


@pytest.fixture
def second(desk):
    """A finance approver who decided nothing."""
    return make_user("finance_approver", desk.portfolio)
