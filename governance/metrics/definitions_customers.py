"""Measures of what customers did. Cohorts are messages by the day they were sent, so that open weeks cannot look like a drop."""

from __future__ import annotations

from governance.measuring import kinds
from governance.metrics.base import COUNT, RATE, SHARE, Metric
from governance.metrics.rows import Rows, rows

_SENT = rows(kinds.SENT)
_PROMISES = rows(kinds.PROMISE, outcome__in=("kept", "late", "broken"))
_GROUP = "customers"
REPLIES = (
    "paid", "needs_document", "in_customer_approval", "promise_with_date", "promise_without_date", "question", "remittance", "dispute",
    "complaint", "wrong_person", "opt_out", "unsure",
)  # fmt: skip
CONSTRUCTIVE = ("paid", "promise_with_date", "remittance", "question")
CAUSES = ("rule", "source", "reviewer")


def _replied(kind: str) -> Rows:
    return rows(kinds.REPLY, outcome=kind)


CUSTOMERS: tuple[Metric, ...] = (
    Metric(
        "messages_sent", "Messages sent",
        "Messages the mail server accepted in the window, by the first reply of a person within 14 days (\"\" for none yet).",
        COUNT, _GROUP, _SENT, unit="messages", parts=(("no reply", _SENT.but(outcome="")), *((k, _SENT.but(outcome=k)) for k in REPLIES)),
    ),
    Metric(
        "reply_rate", "Messages a person answered",
        "Messages with a reply of a person within 14 days, of all sent.",
        SHARE, _GROUP, _SENT, _SENT.but(outcome__not=""), good="high",
    ),
    Metric(
        "constructive_response_rate", "Constructive answers",
        "Messages whose first reply within 14 days says it is paid, promises a date, sends remittance advice or asks something we can answer, of "
        "all sent. The kind is the machine's unless a person confirmed it.",
        SHARE, _GROUP, _SENT, _SENT.but(outcome__in=CONSTRUCTIVE), good="high",
        parts=(("kind confirmed by a person", _SENT.but(outcome__in=CONSTRUCTIVE, confirmed=True)),),
    ),
    Metric(
        "avoidable_contact_rate", "Contacts we could have spared the customer",
        "Messages answered with something our brief or a connected source already held when they left, of all sent, by root cause: a rule that "
        "let it pass, a source that brought it late, a reviewer who set the sign aside.",
        SHARE, _GROUP, _SENT, _SENT.but(code__not=""), good="low", parts=tuple((cause, _SENT.but(code=cause)) for cause in CAUSES),
    ),
    *(
        Metric(f"{name}_rate", title, f"{what}, per message sent.", RATE, _GROUP, _SENT, counted, good="low")
        for name, title, what, counted in (
            ("complaint", "Complaints", "Replies that complain", _replied("complaint")),
            ("opt_out", "Asked not to be written to", "People who asked not to be written to", rows(kinds.OPT_OUT)),
            ("wrong_contact", "Wrong person", "Replies that say it is the wrong person", _replied("wrong_person")),
            ("bounce", "Refused by the mail server", "Messages refused for good", rows(kinds.BOUNCED)),
        )
    ),
    Metric(
        "replies", "Replies by kind",
        "Replies received in the window; the kind is the machine's unless a person confirmed it.",
        COUNT, _GROUP, rows(kinds.REPLY), unit="replies",
        parts=(
            ("confirmed by a person", rows(kinds.REPLY, confirmed=True)),
            *((kind, _replied(kind)) for kind in (*REPLIES, "out_of_office")),
        ),
    ),
    Metric(
        "promise_kept_rate", "Promises kept",
        "Promises with a date, made in the window and settled, that were kept in time with the grace of their payment method. "
        "By value, per currency, in the file.",
        SHARE, _GROUP, _PROMISES, _PROMISES.but(outcome="kept"), good="high", money=True, still_open=rows(kinds.PROMISE, outcome__in=("open", "undated")),
        parts=tuple((o, rows(kinds.PROMISE, outcome=o)) for o in ("kept", "late", "broken", "open", "undated")),
    ),
)  # fmt: skip
