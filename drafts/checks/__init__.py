"""Guardrails on outgoing text: every check, and the two ways to run them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .amounts import check_amounts
from .base import BLOCK, Check, CheckInput, Finding
from .calendar import check_dates
from .commitments import (
    check_admission,
    check_credit,
    check_discount,
    check_legal,
    check_penalty,
    check_plan,
    check_promise,
    check_suspension,
    check_threat,
)
from .identity import check_ids
from .live import (
    check_approvers,
    check_citations,
    check_contact_policy,
    check_evidence,
    check_freshness,
    check_repetition,
    check_second_opinion,
)
from .names import check_recipient
from .required import check_language, check_required, check_text_rules
from .routes import check_hidden, check_payment_route, check_personal
from .state import check_state
from .tone import check_echo, check_tone

TEXT_CHECKS: tuple[tuple[str, Check], ...] = (
    ("G01", check_text_rules),
    ("G03", check_ids),
    ("G02", check_amounts),
    ("G04", check_dates),
    ("G05", check_recipient),
    ("G06", check_state),
    ("G07", check_required),
    ("G08", check_payment_route),
    ("G09", check_hidden),
    ("G10", check_echo),
    ("G11", check_credit),
    ("G12", check_plan),
    ("G13", check_discount),
    ("G14", check_penalty),
    ("G15", check_legal),
    ("G16", check_suspension),
    ("G17", check_threat),
    ("G18", check_admission),
    ("G19", check_promise),
    ("G20", check_tone),
    ("G21", check_personal),
    ("G22", check_language),
)
LIVE_CHECKS: tuple[tuple[str, Check], ...] = (
    ("G23", check_citations),
    ("G24", check_contact_policy),
    ("G25", check_approvers),
    ("G26", check_evidence),
    ("G27", check_repetition),
    ("G28", check_freshness),
    ("G30", check_second_opinion),
)
CHECKS = TEXT_CHECKS + LIVE_CHECKS
TEXT_IDS = frozenset(name for name, _ in TEXT_CHECKS)


def _run(checks: Iterable[tuple[str, Check]], inp: CheckInput) -> tuple[Finding, ...]:
    found: list[Finding] = []
    for name, check in checks:
        try:
            found.extend(check(inp))
        except Exception as error:
            found.append(Finding(name, "check_failed", BLOCK, "", f"the check itself failed ({type(error).__name__}): {error}"))
    return tuple(found)


def run_text_checks(inp: CheckInput) -> tuple[Finding, ...]:
    """G01 text rules and G02–G22: what the text says, judged against the facts alone."""
    return _run(TEXT_CHECKS, inp)


def run_checks(inp: CheckInput) -> tuple[Finding, ...]:
    """All guardrails. A check that raises yields a blocking ``check_failed`` finding: fail closed."""
    return _run(CHECKS, inp)


def run_live_checks(make: Callable[[], CheckInput]) -> tuple[Finding, ...]:
    """Only the checks that read the moment rather than the text (G23 on)."""
    return _run(LIVE_CHECKS, make())
