"""What came back: replies recorded and judged, follow-ups answered, settled or overtaken by the next step, promises that ended."""

from drafts.responses.bounces import Failure, Returned, mark_bounced, read_notice, record_notice
from drafts.responses.closing import close_overtaken, close_paid, resolve
from drafts.responses.promises import settle_promises
from drafts.responses.recording import Incoming, confirm_kind, judge, record_reply

__all__ = [
    "Failure", "Incoming", "Returned", "close_overtaken", "close_paid", "confirm_kind", "judge", "mark_bounced", "read_notice",
    "record_notice", "record_reply", "resolve", "settle_promises",
]  # fmt: skip
