"""What a customer's answer is: the kinds its rules saw, weighed with its words by the learned model."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from drafts.detectors.base import UNSURE, DisputeVerdict, ReplyVerdict
from drafts.detectors.dates import NamedDay, named_days
from drafts.detectors.features import reply_features
from drafts.detectors.linear import Weights
from drafts.detectors.rulepack import load
from drafts.detectors.rules import languages_of
from drafts.detectors.text import Piece, fold, sentences, split_history

PROMISE = "promise"
"""One kind to the model; whether it names a day is read by `dates`, not learned."""
_GREETING = re.compile(
    r"^(?:hi|hello|dear|hallo|liebe[rs]?|sehr geehrte\w*|bonjour|bonsoir|hola|buenos|buenas|estimad\w+|guten"
    r"|good (?:morning|afternoon|day)|regards|best|kind|mit freundlich\w+|cordialement|saludos|un saludo|viele grusse"
    r"|cher|chere)\b.{0,40}$"
)
_SURE_DISPUTE = 0.9
_OWN_SENTENCE_DISPUTE = 0.5
"""From this score on a message is a dispute whatever else it is; the lower one when the dispute has its own sentence."""
_SEEN_BY_RULE = 0.85
"""Share of the threshold that is enough for a kind whose wording a rule knows."""
_BEHIND_A_DISPUTE = (PROMISE, "question", "complaint", "paid", "remittance", "needs_document", UNSURE)
"""What a message is besides a sure dispute does not change what must be done first."""
_DISPUTE_STEPS = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Answer:
    """The newest part of a message, read: its sentences and, for each kind, the sentence its rules matched."""

    pieces: list[Piece]
    languages: tuple[str, ...]
    evidence: dict[str, str]

    @property
    def kinds(self) -> list[str]:
        """The kinds the rules saw, as the model names them."""
        return [PROMISE if kind.startswith(PROMISE) else kind for kind in self.evidence]


def newest_part(text: str) -> str:
    """The message without its quoted history; all of it when there is nothing else."""
    newest = split_history(text)[0]
    return newest if newest.strip() else text


def read_answer(text: str, subject: str = "") -> Answer:
    """Read the newest part (quoted history is not the customer's answer) and, after it, the subject."""
    newest = newest_part(text)
    pieces = [piece for piece in sentences(newest) if not _GREETING.match(piece.folded)]
    languages = languages_of(fold(newest[:2000]))
    evidence: dict[str, str] = {}
    for piece in [*pieces, *sentences(subject)]:
        for language in languages:
            for rule in load("replies", language):
                if rule.code not in evidence and rule.pattern.search(piece.folded):
                    evidence[rule.code] = piece.raw
    return Answer(pieces, languages, evidence)


def answer_features(answer: Answer, dispute: DisputeVerdict) -> set[str]:
    """What the reply model sees: words, kinds matched by rules, and how much it is a dispute."""
    kinds = answer.kinds
    steps = [f"dispute{step}" for step in _DISPUTE_STEPS if dispute.score >= step]
    if dispute.is_dispute:
        steps.append("dispute")
    short = ["brief"] if sum(len(piece.folded) for piece in answer.pieces) < 25 else []
    return reply_features((piece.folded for piece in answer.pieces), [*kinds, *steps, *short])


def judge(
    text: str,
    subject: str,
    dispute: DisputeVerdict,
    weights: Weights,
    *,
    as_of: date | None,
    known_invoices: Collection[str],
) -> ReplyVerdict:
    """The kind of an answer, UNSURE below the threshold. `dispute` is the verdict on the same text."""
    answer = read_answer(text, subject)
    invoices = mentioned(f"{subject}\n{text}", known_invoices)
    chances = weights.reply.probabilities(answer_features(answer, dispute))
    kind = max(chances, key=lambda name: chances[name])
    if kind == UNSURE and answer.evidence:
        kind = max(answer.kinds, key=lambda name: chances.get(name, 0.0))
    if kind in _BEHIND_A_DISPUTE and _goes_first(dispute, answer, kind):
        kind, chances["dispute"] = "dispute", dispute.score
    score = round(chances[kind], 4)
    threshold = weights.reply_threshold * (_SEEN_BY_RULE if kind in answer.kinds else 1.0)
    if kind == UNSURE or score < threshold or not answer.pieces:
        return ReplyVerdict(UNSURE, score, "", None, invoices)
    quote = _quote(kind, answer, dispute)
    if kind != PROMISE:
        return ReplyVerdict(kind, score, quote, None, invoices)
    named = promised_days(answer, as_of)
    day = None
    if named and all(item.day is not None for _, item in named):
        day = min(item.day for _, item in named if item.day is not None)
    if named:
        return ReplyVerdict("promise_with_date", score, named[0][0], day, invoices)
    return ReplyVerdict("promise_without_date", score, quote, None, invoices)


def _goes_first(dispute: DisputeVerdict, answer: Answer, kind: str) -> bool:
    """Whether the dispute in a message of another kind is sure enough to name the message."""
    if not dispute.is_dispute:
        return False
    apart = dispute.quote != _quote(kind, answer, dispute)
    return dispute.score >= (_OWN_SENTENCE_DISPUTE if apart else _SURE_DISPUTE)


def promised_days(answer: Answer, as_of: date | None) -> list[tuple[str, NamedDay]]:
    """The days named in the sentences that promise; in all sentences when no rule saw which one promises."""
    promising = [piece for piece in answer.pieces if _promises(piece, answer.languages)] or answer.pieces
    day_first = answer.languages[0] != "en"
    return [(piece.raw, named) for piece in promising for named in named_days(piece.folded, as_of, day_first=day_first)]


def _promises(piece: Piece, languages: tuple[str, ...]) -> bool:
    return any(
        rule.pattern.search(piece.folded) for language in languages for rule in load("replies", language) if rule.code.startswith(PROMISE)
    )


def _quote(kind: str, answer: Answer, dispute: DisputeVerdict) -> str:
    if kind == "dispute" and dispute.quote:
        return dispute.quote
    code = "promise_without_date" if kind == PROMISE else kind
    return answer.evidence.get(code) or max(answer.pieces, key=lambda piece: len(piece.raw)).raw


def mentioned(text: str, known: Collection[str]) -> tuple[str, ...]:
    """Those of the known invoice numbers that stand in the text as whole numbers, in text order."""
    found = []
    for number in known:
        pattern = rf"(?<![\w-]){re.escape(number)}(?![\w-]|[.,]\d)"
        at = re.search(pattern, text, re.IGNORECASE) if number else None
        if at is not None:
            found.append((at.start(), number))
    return tuple(number for _, number in sorted(found))
