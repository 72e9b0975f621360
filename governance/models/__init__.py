"""Rows of governance: people and rights, policy and words, approvals, holds, decisions, and the ledger."""

from governance.models.approval import Approval, ApprovalRequest, RequiredRole
from governance.models.authenticator import Authenticator, RecoveryCode
from governance.models.break_glass import BreakGlass
from governance.models.compliance import AccessReview, Certification, ControlResult, Incident
from governance.models.correction import Correction, Rejection
from governance.models.decision import Decision
from governance.models.erasure import ErasedRow, Erasure, PreservationHold
from governance.models.event import Event, StreamHead
from governance.models.health import Beat, HealthDay, HealthLook, JobFailure
from governance.models.hold import Hold
from governance.models.installation import Installation
from governance.models.measure import Digest, Measure, MeasureSpread, MeasureState, MeasureSum
from governance.models.notice import Notice, NoticePreference, Posting, Told
from governance.models.policy import PolicyVersion
from governance.models.portfolio import AllPortfoliosGrant, Portfolio, PortfolioGroupGrant, PortfolioUserGrant
from governance.models.prompt import EvaluationRun, PromptVersion
from governance.models.quarantine import LedgerState, Quarantine
from governance.models.readiness import ModelSwitch, ReadinessLook
from governance.models.role_request import RoleRequest
from governance.models.run import PackRun, SampleDraw
from governance.models.sampling import Label, SampleFrame, SampleItem, SampleResult, SampleVerdict
from governance.models.share import AccountShare
from governance.models.standards import ReviewStandard, ToneRule
from governance.models.training import PracticeAnswer, TrainingRecord
from governance.models.user import User
from governance.models.words import ApprovedTerm, TemplateVersion

__all__ = [
    "AccessReview",
    "AccountShare",
    "AllPortfoliosGrant",
    "Approval",
    "ApprovalRequest",
    "ApprovedTerm",
    "Authenticator",
    "Beat",
    "BreakGlass",
    "Certification",
    "ControlResult",
    "Correction",
    "Decision",
    "Digest",
    "ErasedRow",
    "Erasure",
    "EvaluationRun",
    "Event",
    "HealthDay",
    "HealthLook",
    "Hold",
    "Incident",
    "Installation",
    "JobFailure",
    "Label",
    "LedgerState",
    "Measure",
    "MeasureSpread",
    "MeasureState",
    "MeasureSum",
    "ModelSwitch",
    "Notice",
    "NoticePreference",
    "PackRun",
    "PolicyVersion",
    "Portfolio",
    "PortfolioGroupGrant",
    "PortfolioUserGrant",
    "Posting",
    "PracticeAnswer",
    "PreservationHold",
    "PromptVersion",
    "Quarantine",
    "ReadinessLook",
    "RecoveryCode",
    "Rejection",
    "RequiredRole",
    "ReviewStandard",
    "RoleRequest",
    "SampleDraw",
    "SampleFrame",
    "SampleItem",
    "SampleResult",
    "SampleVerdict",
    "StreamHead",
    "TemplateVersion",
    "Told",
    "ToneRule",
    "TrainingRecord",
    "User",
]
