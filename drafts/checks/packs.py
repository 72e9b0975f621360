"""The rule packs: a small language for meanings, compiled to regular expressions on first use.

A pack is a text file in ``lexicon``: classes name sets of words, rules and passes hold one pattern per line:

    @we .. !suspend* .. account*|service*      we, up to six words, an anchor, up to six words, an object
    word*   any ending        *word*  inside a compound     a_b  two words running      a|b  either      ?x  optional
    ..  up to six words between      .  up to two      ...  up to twelve      #  a number      %  a percentage
    $  an identifier      *  any one word
    ~ at the start: also when negated      !  the anchor, the words that make a text worth looking at (default: the first element)

Words are matched against text in lower case without accents, and so are the patterns: ä in a pattern meets ä, ae and a; ß meets ss and s.
"""

from __future__ import annotations

import re
from functools import cache

from .lexicon.basics import LANGUAGES
from .pack_files import Pack, read_pack

PACKS: dict[str, Pack] = {language: read_pack(language) for language in LANGUAGES}


_GAPS = {".": 2, "..": 6, "...": 12}
# Between words: short gaps stay inside one stretch of commas, long ones may cross a comma; none crosses a colon, bracket or full stop.
_NEAR = r"[^\w,;:()!?]+"
_FAR = r"[^\w;:!?]+"
_ONE_WORD = r"(?:\d[\d.,']*|\w+)"
NUMBER = (
    r"(?<![\w-])(?:\d[\d.,']*|two|three|four|five|six|seven|eight|ten|twelve|zwei|drei|vier|funf|sechs|sieben|acht|zehn|zwolf|deux|trois|"
    r"quatre|cinq|sept|huit|"
    r"dix|douze|dos|tres|cuatro|cinco|seis|siete|ocho|diez|doce|quince|quinze|fourteen|thirty|dreissig|trente|treinta|half|several|many|"
    r"few)"
)
PERCENT = (
    r"\d+(?:[.,]\d+)?\s?(?:%|percent\b|per cent\b|prozent\b|pour cent\b|por ciento\b)|(?:five|ten|twenty|fifty|half a) (?:percent|per cent)"
)
_ACCENTS = str.maketrans("áàâãéèêëíìîïóòôõúùûñçœ", "aaaaeeeeiiiioooouuunco")


# Words that open a clause: a pattern that names one means to reach into the clause behind it.
_JOINERS = frozenset(
    "wenn sobald solange bis bevor ehe damit dass until till unless before if once so_that que tant_que avant jusqu' afin hasta mientras cuando que_no".split()
)
_SPLIT = re.compile(r"[\s|!?]+")


class Pattern:
    """One line of a pack. ``always`` = applies under negation too; ``needs`` = elements of which a sentence must hold a word each."""

    __slots__ = ("_regex", "always", "crosses", "language", "needs", "rule", "source")

    def __init__(self, language: str, rule: str, source: str) -> None:
        self.language, self.rule, self.source = language, rule, source
        self.always = _elements(source)[0]
        self.crosses = not _JOINERS.isdisjoint(_SPLIT.split(source))
        self.needs: frozenset[int] = frozenset()
        self._regex: re.Pattern[str] | None = None

    @property
    def regex(self) -> re.Pattern[str]:
        """The compiled expression, made when first needed."""
        if self._regex is None:
            self._regex = compile_line(self.source, PACKS[self.language].classes, mark=True, commas=self.language == "de")
        return self._regex


def plain_forms(word: str) -> list[str]:
    """The spellings of a word without accents: "über" is also typed "ueber" and "uber"."""
    forms = [word.translate(_ACCENTS)]
    for accented, choices in (("ä", ("a", "ae")), ("ö", ("o", "oe")), ("ü", ("u", "ue")), ("ß", ("s", "ss"))):
        forms = [form.replace(accented, choice) for form in forms for choice in choices] if accented in word else forms
    return list(dict.fromkeys(forms))


def expand(element: str, classes: dict[str, str]) -> list[str]:
    """Alternatives of an element with its classes resolved."""
    found: list[str] = []
    for part in element.split("|"):
        if part.startswith("@"):
            for inner in classes[part[1:]].split():
                found += expand(inner, classes)
        elif part:
            found.append(part)
    return found


def _word_regex(word: str) -> str:
    if word == "#":
        return NUMBER
    if word == "%":
        return PERCENT
    if word == "*":
        return r"\w+"
    if word == "$":
        return r"(?:[a-z]{1,6}[-/ ]?)?\d[\w/.-]*"
    body = re.escape(word.strip("*").rstrip("'")).replace("_", r"[\s-]+").replace(r"\-", "-")
    for accented, choice in (("ä", "(?:ae?)"), ("ö", "(?:oe?)"), ("ü", "(?:ue?)"), ("ß", "(?:ss?)")):
        body = body.replace(accented, choice)
    body = body.translate(_ACCENTS)
    return (r"\w*" if word.startswith("*") else "") + body + (r"\w*" if word.endswith("*") else "")


def element_regex(element: str, classes: dict[str, str]) -> str:
    """The regular expression of one element, with word borders."""
    if not expand(element, classes):
        raise ValueError(f"an empty element: {element!r}")
    return r"(?<!\w)(?:" + "|".join(dict.fromkeys(map(_word_regex, expand(element, classes)))) + r")(?![\w%])"


def _elements(line: str) -> tuple[bool, list[str]]:
    parts = line.split()
    always = parts[0] == "~"
    parts = parts[1:] if always else parts
    while parts[-1] in _GAPS:
        parts.pop()
    parts[-1] = parts[-1].removeprefix("?")  # an optional last element would demand nothing
    return always, parts


def compile_line(line: str, classes: dict[str, str], mark: bool = False, commas: bool = False) -> re.Pattern[str]:
    """Compile one pattern line, its anchor as a group when ``mark``; raises ``KeyError`` for an unknown class.

    ``commas`` lets short gaps cross a comma: German sets one before every subordinate clause ("das Konto, das …").
    """
    _, parts = _elements(line)
    solid = [part for part in parts if part not in _GAPS and not part.startswith("?")]
    anchor = next((part for part in solid if part.startswith("!")), solid[0]) if mark else None
    out, gap = "", ""
    for part in parts:
        if part in _GAPS:
            space = _NEAR if part == "." and not commas else _FAR
            gap = rf"(?:{space}{_ONE_WORD}){{0,{_GAPS[part]}}}?{space}"
            continue
        optional, body = part.startswith("?"), element_regex(part.lstrip("?!"), classes)
        if part is anchor:
            body = f"(?P<anchor>{body})"
        join = gap or _NEAR
        if not out:
            out = rf"(?:{body}{_NEAR})?" if optional else body
            gap = "" if not optional else r"\b"
            continue
        out += rf"(?:{join}{body})?" if optional else join + body
        gap = gap if optional and gap != r"\b" else ""
    return re.compile(out)


def elements_of_line(line: str) -> list[str]:
    """The elements of a line with their marks, gaps left out."""
    return [part for part in _elements(line)[1] if part not in _GAPS]


@cache
def joined(language: str, table: str) -> re.Pattern[str]:
    """All patterns of a plain table (negation, negation_void, condition …) as one regular expression."""
    pack = PACKS[language]
    return re.compile("|".join(f"(?:{compile_line(line, pack.classes).pattern})" for line in pack.tables[table]))
