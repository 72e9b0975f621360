"""Is a text a dispute? The most disputing sentence decides, and it is the quote."""

from dataclasses import dataclass

from drafts.detectors.base import DisputeVerdict
from drafts.detectors.features import category_features, dispute_features, is_business
from drafts.detectors.linear import BinaryModel, KindModel, Weights
from drafts.detectors.rules import Reading, languages_of, read
from drafts.detectors.text import Piece, fold, passes_on, sentences, split_history

_RESOLVED_LATER = 0.3
"""What a challenge is still worth when a later sentence says that the matter is settled."""
_TAKEN_BACK = 0.5
"""What the words of a sentence are still worth when its rules take everything back ("no issue with the bill")."""
_PLAIN, _PLAIN_WEIGHT = 0.5, 45
"""Two or more rules together are a dispute even in words the model never saw (business mail only)."""
_SUBJECT_WEIGHT = 20
"""A subject line counts only when a rule sees the challenge: "RE: invoice 12" is not a sentence to weigh."""
_MAIL_SENTENCES = 3
_MAIL_CHARS = 280
_QUOTE_CHARS = 400
_TELLING = 0.2
"""A sentence from this probability on helps to say what is challenged."""
_NO_DISPUTE = ("", "")


@dataclass(frozen=True)
class Judged:
    """One sentence with what the rules and the model make of it."""

    piece: Piece
    reading: Reading
    probability: float


def is_mail(pieces: list[Piece]) -> bool:
    """Whether a text is a mail of several sentences rather than a line of chat (it meets another threshold)."""
    return len(pieces) >= _MAIL_SENTENCES or sum(len(piece.raw) for piece in pieces) > _MAIL_CHARS


def read_sentences(text: str) -> list[tuple[Piece, Reading]]:
    """The sentences of a text and what the rules of its languages say about each."""
    languages = languages_of(fold(text[:2000]))
    return [(piece, read(piece.folded, languages)) for piece in sentences(text)]


def judge_sentences(text: str, model: BinaryModel) -> list[Judged]:
    """Every sentence judged; a challenge that a later sentence declares settled counts little."""
    judged = [Judged(piece, reading, _probability(piece, reading, model)) for piece, reading in read_sentences(text)]
    settled = [i for i, item in enumerate(judged) if item.reading.resolved and item.reading.weight == 0]
    if not settled:
        return judged
    return [
        Judged(item.piece, item.reading, item.probability * _RESOLVED_LATER) if i < settled[-1] else item for i, item in enumerate(judged)
    ]


def _probability(piece: Piece, reading: Reading, model: BinaryModel) -> float:
    probability = model.probability(dispute_features(piece.folded, reading))
    if reading.taken_back:
        return probability * _TAKEN_BACK
    return max(probability, _PLAIN) if reading.weight >= _PLAIN_WEIGHT and is_business(piece.folded) else probability


def judge(text: str, subject: str, weights: Weights) -> DisputeVerdict:
    """The newest part first, then what it passes on, then the subject line."""
    newest, history = split_history(text)
    verdict = _judge_part(newest, weights)
    if not verdict.is_dispute and history and passes_on(newest, history, subject):
        verdict = max(verdict, _judge_part(history, weights), key=_rank)
    if not verdict.is_dispute and any(reading.weight >= _SUBJECT_WEIGHT for _, reading in read_sentences(subject)):
        verdict = max(verdict, _judge_part(subject, weights), key=_rank)
    return verdict


def _rank(verdict: DisputeVerdict) -> tuple[bool, float]:
    return verdict.is_dispute, verdict.score


def _judge_part(text: str, weights: Weights) -> DisputeVerdict:
    judged = judge_sentences(text, weights.dispute)
    if not judged:
        return DisputeVerdict(False, 0.0, *_NO_DISPUTE)
    best = max(judged, key=lambda item: item.probability)
    mail = is_mail([item.piece for item in judged])
    score = round(best.probability, 4)
    if score < (weights.mail_threshold if mail else weights.short_threshold):
        return DisputeVerdict(False, score, *_NO_DISPUTE)
    return DisputeVerdict(True, score, _quote(best.piece.raw), _category(best, judged, weights.category))


def _quote(sentence: str) -> str:
    """The sentence, or its first lines when somebody wrote without full stops."""
    if len(sentence) <= _QUOTE_CHARS:
        return sentence
    cut = sentence.rfind(" ", 0, _QUOTE_CHARS)
    return sentence[: cut if cut > 0 else _QUOTE_CHARS]


def _category(best: Judged, judged: list[Judged], model: KindModel) -> str:
    """What the quoted sentence and the other disputing ones challenge, together."""
    telling = [item for item in judged if item is best or item.probability >= _TELLING]
    chances = model.probabilities(category_features([(item.piece.folded, item.reading) for item in telling]))
    named = {hit.rule.code for item in telling for hit in item.reading.hits if hit.rule.weight > 0} - {"other"}
    if named:
        chances.pop("other", None)
    return max(chances, key=lambda name: chances[name], default="other")
