"""Finding a person in text by salted hashes: the same matcher erases now and, with nothing but the hashes, after a restore. Pure.

A term is a sequence of words, compared without case, white space and punctuation: "Kim Keller", "kim.keller@customer.example" and
"+49 30 1234" are found however they are set. A part of a name alone counts only where it is written like a name.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_WORD = re.compile(r"[^\W_]+")
_HEX = 16
# Words that stand in the names of mailboxes and greetings; alone they name nobody.
COMMON = frozenset(
    "accounts account payable payables accounting finance team office billing invoices invoice department dept ap ar the mr ms mrs dr herr frau "
    "madame monsieur señor señora sr sra buchhaltung kreditoren kreditorenbuchhaltung rechnungswesen einkauf comptabilité contabilidad cuentas pagar".split()
)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a term, folded."""
    return tuple(match.group().casefold() for match in _WORD.finditer(text))


def compact(phone: str) -> str:
    """A telephone number as one word of digits."""
    return "".join(char for char in phone if char.isdigit())


def _sequences(terms: Iterable[str]) -> set[tuple[str, ...]]:
    """The words of each term; two words also the other way round."""
    found = {words for term in terms if (words := words_of(term)) and (len(words) > 1 or len(words[0]) > 2)}
    return found | {words[::-1] for words in found if len(words) == 2}


@dataclass(frozen=True)
class Terms:
    """Salted hashes of whole terms and of parts of names, with the numbers of words they have. What the record outside keeps.

    ``own`` are whole terms that count only where parts do, in rows of the person's own account: somebody chose these words freely.
    """

    salt: str
    whole: frozenset[str]
    parts: frozenset[str]
    lengths: tuple[int, ...]
    own: frozenset[str] = frozenset()
    _memo: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, salt: str, whole: Iterable[str], parts: Iterable[str] = (), own: Iterable[str] = ()) -> Terms:
        """From plain text. Terms of one short word (under three letters) are left out: they would match anything."""
        found, besides = _sequences(whole), _sequences(own)
        alone = {word for part in parts for word in words_of(part) if len(word) > 2 and word not in COMMON}
        made = cls(salt, frozenset(), frozenset(), ())
        hashes, more = (frozenset(made.hash(" ".join(words)) for words in some) for some in (found, besides))
        lengths = tuple(sorted({len(words) for words in found | besides}, reverse=True))
        return cls(salt, hashes, frozenset(made.hash(word) for word in alone), lengths, more)

    def hash(self, words: str) -> str:
        """Salted hash of folded words."""
        known = self._memo.get(words)
        if known is None:
            known = self._memo[words] = hmac.new(self.salt.encode(), words.encode(), hashlib.sha256).hexdigest()[: 2 * _HEX]
        return known

    def spans(self, text: str, *, parts: bool = True) -> Iterator[tuple[int, int]]:
        """Where the person is named, from left to right, without overlap."""
        found = list(_WORD.finditer(text))
        folded = [match.group().casefold() for match in found]
        at, whole = 0, self.whole | self.own if parts else self.whole
        while at < len(found):
            taken = next((n for n in self.lengths if at + n <= len(found) and self.hash(" ".join(folded[at : at + n])) in whole), 0)
            if not taken and parts and found[at].group()[0].isupper() and self.hash(folded[at]) in self.parts:
                taken = 1
            if taken:
                yield found[at].start(), found[at + taken - 1].end()
            at += taken or 1

    def names(self, text: str, *, parts: bool = True) -> bool:
        """Whether the person is named at all."""
        return next(self.spans(text, parts=parts), None) is not None

    def scrub(self, text: str, *, parts: bool = True) -> str:
        """The text with every naming replaced, character by character, so that places in it stay where they are."""
        out, last = [], 0
        for start, end in self.spans(text, parts=parts):
            out += [text[last:start], self._instead(text[start:end])]
            last = end
        return "".join([*out, text[last:]])

    def _instead(self, found: str) -> str:
        """Dots for words; a mail address becomes one that nobody has, the same for the same address."""
        if "@" not in found:
            return "".join("•" if char.isalnum() else char for char in found)
        digest = hmac.new(self.salt.encode(), found.casefold().encode(), hashlib.sha256).hexdigest() * 8
        letters = iter(digest.translate(str.maketrans("0123456789", "ghijklmnop")))
        return "".join(next(letters) if char.isalnum() else char for char in found)
