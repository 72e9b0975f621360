"""The embedded detector: rules and a small linear model, no network, no key, no numerical library."""

from collections.abc import Collection
from datetime import date

from drafts.detectors import disputes, replies
from drafts.detectors.base import DisputeVerdict, ReplyVerdict
from drafts.detectors.linear import Weights, load_weights


class EmbeddedDetector:
    """Judges by rule packs in English, German, French and Spanish and by weights learned beside them."""

    name = "embedded"

    def __init__(self, weights: Weights | None = None) -> None:
        """`weights` other than the installed ones are for training and tests."""
        self._weights = weights

    @property
    def weights(self) -> Weights:
        """The learned weights, read on first use."""
        return self._weights or load_weights()

    def judge_dispute(self, text: str, subject: str = "") -> DisputeVerdict:
        """See base.Detector. The newest part is judged first, what it passes on second, the subject last."""
        return disputes.judge(text, subject, self.weights)

    def judge_reply(
        self,
        text: str,
        subject: str = "",
        *,
        as_of: date | None = None,
        known_invoices: Collection[str] = (),
    ) -> ReplyVerdict:
        """See base.Detector. Quoted history is not the customer's answer and is left out."""
        newest = replies.newest_part(text)
        dispute = disputes.judge(newest, "", self.weights)
        return replies.judge(text, subject, dispute, self.weights, as_of=as_of, known_invoices=known_invoices)
