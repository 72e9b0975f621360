"""Everything a person may do with what was prepared. One verb per act; screens, commands and tests call these and nothing below.

All verbs take ``by`` (the person) and ``at``, and raise ``NotAllowed`` (this person may not), ``WrongState`` (it moved meanwhile),
``Conflict`` (somebody saved first; carries every text) or ``Blocked`` (not possible now, with the words for the screen).
"""

from drafts.review.addresses import confirm_address, propose_address, refuse_address
from drafts.review.answers import answer_dispute, correct
from drafts.review.approving import Approved, acknowledge, approve
from drafts.review.asking import ask_decision, request_draft
from drafts.review.base import Blocked, Conflict, Text
from drafts.review.calls import log_call
from drafts.review.claims import drop_working_copy, leave, open_for_review, release_claims, save_working_copy, take_over
from drafts.review.decisions import Term, decide, withdraw_term
from drafts.review.diff import Change, change_list, facts_changed, word_diff
from drafts.review.disputes import confirm_signal, dismiss_signal, mark_disputed, open_disputes, own_dispute, resolve_dispute
from drafts.review.editing import check_text, edit
from drafts.review.recompute import recompute
from drafts.review.restraint import lift_hold, put_hold
from drafts.review.routing import route
from drafts.review.snoozing import snooze, wake
from drafts.review.switches import pause_portfolio, pause_sending, resume, resume_sending, switch_off_model, switch_off_text
from drafts.review.unknown import propose_outcome, resolve_unknown
from drafts.review.verdicts import CHANGE_KINDS, REJECT_KINDS, reject, reopen, request_changes, stop
from drafts.transitions import WrongState
from governance.decisions import NotAllowed

__all__ = [
    "CHANGE_KINDS", "REJECT_KINDS", "Approved", "Blocked", "Change", "Conflict", "NotAllowed", "Term", "Text", "WrongState",
    "acknowledge", "answer_dispute", "approve", "ask_decision", "change_list", "check_text", "confirm_address", "confirm_signal", "correct", "decide", "dismiss_signal",
    "drop_working_copy", "edit", "facts_changed", "leave", "lift_hold", "log_call", "mark_disputed", "open_disputes", "open_for_review", "own_dispute",
    "pause_portfolio", "pause_sending", "propose_address", "propose_outcome", "put_hold", "recompute", "refuse_address", "reject", "release_claims", "reopen", "request_changes", "request_draft",
    "resolve_dispute", "resolve_unknown", "resume", "resume_sending", "route", "save_working_copy", "snooze", "stop", "switch_off_model", "switch_off_text", "take_over", "wake",
    "withdraw_term", "word_diff",
]  # fmt: skip
