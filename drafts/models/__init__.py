"""Rows of the line: follow-up, brief, classification, draft, finding, delivery, reply."""

from drafts.models.brief import Brief
from drafts.models.classification import Classification
from drafts.models.delivery import Delivery
from drafts.models.draft import Draft, DraftAttachment
from drafts.models.finding import Finding
from drafts.models.follow_up import FollowUp
from drafts.models.generation import Generation
from drafts.models.outcome import DraftOutcome
from drafts.models.reply import Reply
from drafts.models.review_time import ReviewTime
from drafts.models.saved_view import SavedView
from drafts.models.simulation import LoosenedReading, SimulationChange, SimulationRun
from drafts.models.working_copy import WorkingCopy

__all__ = [
    "Brief",
    "Classification",
    "Delivery",
    "Draft",
    "DraftAttachment",
    "DraftOutcome",
    "Finding",
    "FollowUp",
    "Generation",
    "LoosenedReading",
    "Reply",
    "ReviewTime",
    "SavedView",
    "SimulationChange",
    "SimulationRun",
    "WorkingCopy",
]
