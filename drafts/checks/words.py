"""What a single word can mean, memoised: one integer of flags per word, shared by all drafts of a process.

Number and currency words, then one bit per language whose small words include it.
"""

from __future__ import annotations

from .lexicon.basics import CURRENCY_WORDS, NUMBER_WORDS, STOPWORDS

NUMBER_SHIFT = 0
LANGUAGE_SHIFT = 2
NUMBER_BIT = 1 << NUMBER_SHIFT
CURRENCY_BIT = 1 << (NUMBER_SHIFT + 1)
_LIMIT = 100_000

_SMALL: dict[str, int] = {}
for _index, _words in enumerate(STOPWORDS.values()):
    for _word in _words.split():
        _SMALL[_word] = _SMALL.get(_word, 0) | (1 << (LANGUAGE_SHIFT + _index))

# Number words that matter outside dates and small talk; "one", "un", "die Eins" alone never start a search.
_PLAIN_NUMBERS = frozenset("one un une uno una ein eine einen einem einer a first second third und y et and".split())
_NUMBERS = frozenset(word for table in NUMBER_WORDS.values() for word in table) - _PLAIN_NUMBERS
_memo: dict[str, int] = {}


def _is_number_word(word: str) -> bool:
    return word in _NUMBERS or (len(word) > 8 and ("hundert" in word or "tausend" in word or word.endswith(("zig", "zehn", "sig"))))


def _flags(word: str) -> int:
    flags = _SMALL.get(word, 0)
    if _is_number_word(word):
        flags |= NUMBER_BIT
    if word in CURRENCY_WORDS:
        flags |= CURRENCY_BIT
    return flags


def mask_of(word: str) -> int:
    """The flags of one plain word (lower case, no accents)."""
    found = _memo.get(word)
    if found is None:
        if len(_memo) > _LIMIT:
            _memo.clear()
        found = _memo[word] = _flags(word)
    return found
