"""How far a text is from what people approved: the word edit rate of the measures, as reviews count it."""

from drafts.review.distance import word_edit_rate

__all__ = ["word_edit_rate"]
