"""Typed policy parameters. Every number of the default policy is a parameter; the rules that read them live in ``drafts.classification``.

Locked rules (human approval, dispute hold, last look, do-not-contact) have no parameter that could loosen them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from governance.canonical import canonical_json


class _Typed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


TrainingSubject = Literal[
    "routine", "exception", "executive_review", "credit", "payment_plan", "discount", "fee", "legal", "suspension"
]  # fmt: skip


class StepRule(_Typed):
    """From ``days_after_due`` days after the due date of the oldest debt the dunning step is ``step``."""

    step: int = Field(ge=1, le=9)
    days_after_due: int = Field(ge=1, le=720)


class PolicyParameters(_Typed):
    """The default policy, version 1. Amounts are in major units of the account's own currency; days are calendar days unless named."""

    # lanes
    routine_total_limit: int = Field(25_000, ge=0, description="total overdue up to which a standard account is routine")
    executive_total_limit: int = Field(250_000, ge=0, description="total overdue above which an executive decides")
    renewal_days: int = Field(60, ge=0, description="renewal within this many days is executive review")
    # facts
    required_sources: tuple[str, ...] = ("invoices", "payments", "contacts")
    required_once_configured: tuple[str, ...] = ("tickets", "contracts", "messages")
    fresh_hours: int = Field(24, ge=1, description="facts older than this are stale")
    fresh_hours_payments: int = Field(12, ge=1, description="payment facts older than this are stale")
    source_warn_hours: dict[str, int] = Field(
        default_factory=lambda: {
            "invoices": 12, "payments": 6, "contacts": 12, "credits": 12, "disputes": 12, "promises": 12, "tickets": 4, "contracts": 18,
            "messages": 4,
        },
        description="facts of this kind of source older than this are warned about; a kind without a number has no limit and is never shown as fine",
    )  # fmt: skip
    terms_tolerance_days: int = Field(0, ge=0)
    # money
    minimum_amount: int = Field(1, ge=0, description="accounts overdue by less are not chased")
    short_payment_tolerance_minor: int = Field(0, ge=0)
    # dunning ladder
    steps: tuple[StepRule, ...] = (
        StepRule(step=1, days_after_due=1),
        StepRule(step=2, days_after_due=15),
        StepRule(step=3, days_after_due=30),
        StepRule(step=4, days_after_due=60),
    )
    days_between_steps: int = Field(7, ge=1)
    # contact
    business_start_hour: int = Field(9, ge=0, le=23)
    business_end_hour: int = Field(17, ge=1, le=24)
    # Facts carry the messages of the last 45 days: a longer look back would count too few.
    cap_business_days: int = Field(3, ge=0, le=30, description="at most one message per account in this many business days")
    cap_messages: int = Field(3, ge=1, description="at most this many messages per account in 30 days")
    cap_window_days: int = Field(30, ge=1, le=45)
    cap_contact_messages: int = Field(3, ge=1, description="at most this many messages to one address within its window, all accounts together")
    cap_contact_days: int = Field(7, ge=1, le=45, description="the window of the cap per address, in days")
    quiet_business_days: int = Field(1, ge=0, le=20, description="business days without a reminder after the customer was spoken to or wrote")
    # sending
    send_delay_minutes_routine: int = Field(10, ge=0)
    send_delay_minutes_exception: int = Field(30, ge=0)
    send_delay_minutes_legal: int = Field(60, ge=0)
    approval_business_days: int = Field(3, ge=1, le=10)
    draft_business_days: int = Field(5, ge=1, le=60, description="a draft not decided within this many business days expires")
    # decisions
    due_hours_routine: int = Field(24, ge=1)
    due_hours_exception: int = Field(8, ge=1)
    due_hours_executive: int = Field(24, ge=1)
    # promises
    grace_days: int = Field(2, ge=0, description="business days after the promised date, any other method")
    grace_days_by_method: dict[str, int] = Field(default_factory=lambda: {"cheque": 5, "transfer": 2, "direct_debit": 3, "card": 1})
    bank_processing_days: int = Field(1, ge=0)
    undated_promise_days: int = Field(3, ge=0, description="business days a promise without a date is waited for before asking for one")
    # kill switch: a text version or the model is switched off when people had to correct it critically this often
    trip_window_drafts: int = Field(50, ge=5, le=500, description="the last decided drafts of one text version, or of one model and prompt, that are looked at")
    trip_minimum_drafts: int = Field(10, ge=1, le=500, description="with fewer decided drafts the switch never trips")
    trip_critical_drafts: int = Field(5, ge=1, le=500, description="critically corrected drafts among them that trip the switch")
    # disputes
    chase_undisputed_rest: bool = Field(True, description="once a dispute is confirmed, the undisputed rest may be chased, saying so")
    # segregation of duties
    routine_editor_may_approve: bool = Field(True, description="in the routine lane the editor of a text may approve it")
    discount_executive_limit: int = Field(5_000, ge=0, description="a discount above this is an executive's decision")
    due_hours_decision: int = Field(24, ge=1, le=720, description="a question asked by a person should be decided within these hours")
    training_required_for: tuple[TrainingSubject, ...] = Field((), description="lanes and topics whose approvers need a training on record; empty: none")
    # model (prices in millionths of one unit of the installation's accounting currency, per token)
    model_seconds: int = Field(20, ge=1, le=120, description="a model that takes longer is given up")
    model_attempts: int = Field(2, ge=1, le=3)
    model_tokens_per_draft: int = Field(6_000, ge=100)
    model_tokens_per_account_day: int = Field(20_000, ge=100)
    model_cost_micro_per_day: int = Field(20_000_000, ge=0, description="spend of all drafts of one day")
    model_seconds_per_account_day: int = Field(600, ge=1, description="seconds of model time for one account in one day")
    model_seconds_per_day: int = Field(250_000, ge=0, description="seconds of model time of one day, all calls added up")
    model_price_micro_in: int = Field(1, ge=0)
    model_price_micro_out: int = Field(4, ge=0)
    model_breaker_failures: int = Field(5, ge=1, description="so many failures in a row pause the model")
    model_breaker_minutes: int = Field(5, ge=1)
    model_readiness_minimum: int = Field(80, ge=50, le=100, description="a portfolio whose readiness is lower gets no draft of a model")
    # retention (a preservation hold beats all of them; the ledger, approvals, drafts and sent messages are the record and are kept)
    retention_days_contacts: int = Field(1_095, ge=30, description="people of an account with nothing open, this long after the last contact or payment, are erased")
    retention_days_uploads: int = Field(90, ge=1, description="uploaded import files")
    retention_days_working_copies: int = Field(30, ge=1, description="typed text that was never saved as a version")
    # review
    claim_minutes: int = Field(30, ge=5, le=240)
    evidence_first_percent: int = Field(0, ge=0, le=100, description="of this share of the drafts a reviewer sees the evidence before the text")
    quick_approvals_in_a_row: int = Field(
        10, ge=1, le=1000, description="after more approvals in a row, unedited and faster than they can be read, the next draft begins with the evidence"
    )

    def send_delay(self, lane: str, legal: bool = False) -> int:
        """Minutes between the last approval and leaving."""
        if legal:
            return self.send_delay_minutes_legal
        return self.send_delay_minutes_routine if lane == "routine" else self.send_delay_minutes_exception


DEFAULT = PolicyParameters()


@lru_cache(maxsize=64)
def _parse(text: str) -> PolicyParameters:
    return PolicyParameters.model_validate_json(text)


def typed(parameters: dict[str, Any]) -> PolicyParameters:
    """Stored parameters as the typed object; raises ``pydantic.ValidationError`` naming the field."""
    return _parse(canonical_json(parameters))
