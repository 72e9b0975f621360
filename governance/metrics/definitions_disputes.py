"""Measures of disputes: whether what was flagged was one, whether it was found in time, and how long it took."""

from __future__ import annotations

from governance.measuring import kinds
from governance.metrics.base import COUNT, OUTSIDE, QUANTILE, RATE, SHARE, Metric
from governance.metrics.rows import rows

_SIGNALS = rows(kinds.SIGNAL)
_JUDGED = _SIGNALS.but(outcome__in=("confirmed", "dismissed"))
_PENDING = _SIGNALS.but(outcome=kinds.PENDING)
_SENT = rows(kinds.SENT)
_DISPUTES = rows(kinds.DISPUTE)
_GROUP = "disputes"

DISPUTES: tuple[Metric, ...] = (
    Metric(
        "dispute_recall", "Disputes the detector finds (estimated)",
        "Of all disputed invoices at decision time, the share the detector had flagged: from the last random sample of unflagged ones that was "
        "labelled blind and locked in the window. Beta-binomial interval; below 30 labels there is no number. Beside it the known floor: what "
        "somebody noticed or the customer raised.",
        OUTSIDE, _GROUP, rows("sample:recall"), unit="%", good="high", least=30,
    ),
    Metric(
        "escaped_defect_rate", "Defects that left unnoticed (estimated)",
        "Messages with a defect among those a second person looked at without knowing who approved them: from the last random sample that was "
        "locked in the window. Where none was found, the upper end is the one-sided 95 % bound, 3/n.",
        OUTSIDE, "oversight", rows("sample:escape"), unit="%", good="low", least=30,
    ),
    Metric(
        "dispute_precision", "Signals that were disputes",
        "Dispute signals found in the window that a person confirmed, of those a person judged. Those nobody judged yet are told apart.",
        SHARE, _GROUP, _JUDGED, _JUDGED.but(outcome="confirmed"), good="high", still_open=_PENDING, parts=(("pending", _PENDING),),
    ),
    Metric(
        "latent_dispute_rate", "Disputes nobody could have known",
        "Messages sent that the customer disputed within 30 days while no source of ours knew of it, of all sent.",
        SHARE, _GROUP, _SENT, _SENT.but(latent=True), good="low",
    ),
    Metric(
        "disputes_opened", "Disputes opened",
        "Disputes of record opened in the window, by how they ended.",
        COUNT, _GROUP, _DISPUTES, unit="disputes",
        parts=tuple((o, _DISPUTES.but(outcome=o)) for o in ("open", "valid", "partly", "invalid", "withdrawn")),
    ),
    Metric(
        "dispute_lead_time", "From the first sign to the hold",
        "Minutes from the moment the words were said, in any source, to the signal with its hold.",
        QUANTILE, _GROUP, _SIGNALS, column="minutes", unit="minutes", good="low",
    ),
    Metric(
        "dispute_resolution_time", "How long disputes take",
        "Minutes from opening a dispute to its end; over disputes opened in the window and resolved. Open ones are counted apart.",
        QUANTILE, _GROUP, _DISPUTES.but(confirmed=True), column="minutes", unit="minutes", good="low", still_open=_DISPUTES.but(outcome="open"),
    ),
    Metric(
        "bad_sends_avoided", "Messages stopped for a dispute",
        "Mistakes stopped because of a dispute or a sign of one, per message sent.",
        RATE, _GROUP, _SENT, rows(kinds.MISTAKE, code__in=("disputed", "dispute_signal")), unit="%",
        parts=(
            ("confirmed", rows(kinds.MISTAKE, code__in=("disputed", "dispute_signal"), confirmed=True)),
            ("unconfirmed", rows(kinds.MISTAKE, code__in=("disputed", "dispute_signal"), confirmed=False)),
        ),
    ),
)  # fmt: skip
