"""Rows of governance: people and rights, policy and words, approvals, holds, decisions, and the ledger."""

from governance.models.approval import Approval, ApprovalRequest, RequiredRole
from governance.models.compliance import AccessReview, Certification, ControlResult, Incident
from governance.models.decision import Decision
from governance.models.erasure import ErasedRow, Erasure, PreservationHold
from governance.models.event import Event, StreamHead
from governance.models.hold import Hold
from governance.models.installation import Installation
from governance.models.policy import PolicyVersion
from governance.models.portfolio import AllPortfoliosGrant, Portfolio, PortfolioGroupGrant, PortfolioUserGrant
from governance.models.prompt import EvaluationRun, PromptVersion
from governance.models.quarantine import LedgerState, Quarantine
from governance.models.run import PackRun, SampleDraw
from governance.models.share import AccountShare
from governance.models.user import User
from governance.models.words import ApprovedTerm, TemplateVersion

__all__ = [
    "AccessReview",
    "AccountShare",
    "AllPortfoliosGrant",
    "Approval",
    "ApprovalRequest",
    "ApprovedTerm",
    "Certification",
    "ControlResult",
    "Decision",
    "ErasedRow",
    "Erasure",
    "EvaluationRun",
    "Event",
    "Hold",
    "Incident",
    "Installation",
    "LedgerState",
    "PackRun",
    "PolicyVersion",
    "Portfolio",
    "PortfolioGroupGrant",
    "PortfolioUserGrant",
    "PreservationHold",
    "PromptVersion",
    "Quarantine",
    "RequiredRole",
    "SampleDraw",
    "StreamHead",
    "TemplateVersion",
    "User",
]
