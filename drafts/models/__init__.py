"""Rows of the line: follow-up, brief, classification, draft, finding, delivery, reply."""

from drafts.models.brief import Brief
from drafts.models.classification import Classification
from drafts.models.delivery import Delivery
from drafts.models.draft import Draft, DraftAttachment
from drafts.models.finding import Finding
from drafts.models.follow_up import FollowUp
from drafts.models.generation import Generation
from drafts.models.reply import Reply
from drafts.models.working_copy import WorkingCopy

__all__ = [
    "Brief",
    "Classification",
    "Delivery",
    "Draft",
    "DraftAttachment",
    "Finding",
    "FollowUp",
    "Generation",
    "Reply",
    "WorkingCopy",
]
