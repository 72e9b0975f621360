"""What came back: replies recorded and judged, follow-ups answered, settled or overtaken by the next step."""

from drafts.responses.closing import close_overtaken, close_paid, resolve
from drafts.responses.recording import Incoming, confirm_kind, judge, record_reply

__all__ = ["Incoming", "close_overtaken", "close_paid", "confirm_kind", "judge", "record_reply", "resolve"]
