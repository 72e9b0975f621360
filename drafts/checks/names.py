"""G05: the greeting is the contact on record; no other company or person is named; the sender signs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .base import BLOCK, CheckInput, Finding
from .facts import Facts, simple
from .greeting import greeting_findings
from .lexicon.basics import MONTHS, WEEKDAYS
from .lexicon.people import CAPITALISED, COMPANY_WORDS, GENERIC, ROLE_WORDS, TITLES
from .text import Draft, parsed
from .words import LANGUAGE_SHIFT, mask_of

_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Herrn?|Frau|Mme|Mlle|Madame|Monsieur|M|Sr|Sra|Srta|[Ss]eñora?|[Mm]adame|[Mm]onsieur|Don|"
    r"Doña)\.?[ \t]+((?:[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŐŒŔŘŚŞŠŢŤŪŮŰŹŻŽ][\w'’-]+[ \t]?){1,3})"
)
_LEGAL_FORM = re.compile(
    r" (?:Ltd|Limited|Inc|LLC|LLP|PLC|plc|Corp|Corporation|GmbH(?: & Co\.? KG)?|AG|KG|OHG|UG|SE|mbH|e\.K|SARL|S\.A\.R\.L|SAS|S\.A\.S|"
    r"SASU|EURL|SA|S\.A|SL|S\.L|SLU|S\.L\.U|BV|B\.V|NV|"
    r"N\.V|Oy|AB|ApS|A/S|AS|SpA|S\.p\.A|Srl|S\.r\.l|Pty)(?![\w]|[-/ ]?\d)"
)
_FORMS = frozenset(
    "ltd limited inc llc llp plc corp corporation gmbh ag kg ohg ug se mbh k sarl r sas s sasu eurl sa a sl l slu u bv b nv n oy ab aps "
    "as spa p srl pty".split()
)
_PAIR = re.compile(r" [A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŐŒŔŘŚŞŠŢŤŪŮŰŹŻŽ][a-zß-öø-ÿāăąćčďđēėęěğģīıķĺļľłńņňőœŕřśşšţťūůűźżž'’]+ (?:& |and |de |van |von )?[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŐŒŔŘŚŞŠŢŤŪŮŰŹŻŽ][a-zß-öø-ÿāăąćčďđēėęěğģīıķĺļľłńņňőœŕřśşšţťūůűźżž]")
_BEFORE_FORM = re.compile(r"((?:[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŐŒŔŘŚŞŠŢŤŪŮŰŹŻŽ0-9&][\w&'’.-]*[ \t]+){1,5})\Z")
_GROUP = re.compile(
    r"\b(?:Groupe|Grupo|Gruppe|Firma|Société|Sociedad|Compañía|Cabinet|Maison|Casa|Verlag|Klinik|Clínica|Clinique|Hotel|Hôtel|Spedition|"
    r"Messrs)[ \t]+((?:[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŐŒŔŘŚŞŠŢŤŪŮŰŹŻŽ][\w'’&-]+[ \t]?){1,3})"
)
_ABOUT = re.compile(
    r"\b(?:on behalf of|account of|accounts of|attention of|attn:?|for the attention of|your colleague|your colleagues at|spoke (?:with|"
    r"to)|speaking (?:with|to)|discussed with|agreed with|"
    r"copied to|cc:?|owed by|customer name:?|im Auftrag von|namens|z\. ?Hd\.|zu Händen(?: von)?|Ihr Kollege|Ihre Kollegin|Konto der "
    r"(?:Firma )?|Kunde:|pour le compte de|à l'attention de|"
    r"votre collègue|compte de|en nombre de|a la atención de|su colega|su compañer[oa]|cuenta de|hablado con)[ \t]+((?:(?:the|der|die|la|"
    r"el|Herrn?|Frau|Mr|Ms|M\.|Mme|Sr\.|Sra\.|Dr\.?)[ \t]+)?"
    r"(?:[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŐŒŔŘŚŞŠŢŤŪŮŰŹŻŽ][\w'’&-]+[ \t]?){1,4})"
)
_NAMES = re.compile(r"[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŐŒŔŘŚŞŠŢŤŪŮŰŹŻŽ][a-zß-öø-ÿāăąćčďđēėęěğģīıķĺļľłńņňőœŕřśşšţťūůűźżž'’]+(?: (?:& |and |de |van |von )?[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŐŒŔŘŚŞŠŢŤŪŮŰŹŻŽ][a-zß-öø-ÿāăąćčďđēėęěğģīıķĺļľłńņňőœŕřśşšţťūůűźżž'’]+)+")
_MONTH_DAY_WORDS = frozenset(MONTHS) | frozenset(WEEKDAYS)
_CLOSING = re.compile(
    r"^[ \t]*(?:(?:with )?(?:kind|best|warm|many|kindest|warmest)(?: (?:regards|wishes|thanks))?|regards|sincerely|yours (?:sincerely|"
    r"faithfully|truly)|many thanks|thank you|thanks|cheers|"
    r"mit (?:freundlichen|besten|herzlichen|vielen)[ \w]*grus+en|mit freundlichem grus+|(?:viele|beste|freundliche|herzliche|liebe) "
    r"grus+e|hochachtungsvoll|vielen dank|mfg|"
    r"(?:bien )?cordialement|(?:sinceres|meilleures|cordiales|respectueuses)? ?salutations[ \w]*|bien a vous|(?:un )?(?:cordial |atento "
    r")?saludos?(?: cordial(?:es)?)?|atentamente|cordialmente|"
    r"(?:muchas )?gracias|sinceramente)[ \t]*[,.!]?[ \t]*$",
    re.M,
)


_CONTEXTS: tuple[tuple[re.Pattern[str], tuple[str, ...] | frozenset[str] | None], ...] = (
    (_TITLED, frozenset("mr mrs ms miss mx dr herr herrn frau mme mlle madame monsieur m sr sra srta senor senora don dona".split())),
    (
        _ABOUT,
        (
            "behalf of",
            "account of",
            "accounts of",
            "attention",
            "attn",
            "fao",
            "colleague",
            "spoke ",
            "speaking ",
            "discussed with",
            "agreed with",
            "copied to",
            "cc:",
            "cc ",
            "owed by",
            "customer name",
            "im auftrag",
            "namens",
            "hd.",
            "handen",
            "kollege",
            "kollegin",
            "konto der",
            "kunde:",
            "pour le compte",
            "collegue",
            "compte de",
            "en nombre de",
            "a la atencion",
            "colega",
            "companer",
            "cuenta de",
            "hablado con",
        ),
    ),
    (
        _GROUP,
        frozenset(
            "groupe grupo gruppe firma societe sociedad compania cabinet maison casa verlag klinik clinica clinique hotel spedition messrs".split()
        ),
    ),
    (_NAMES, None),
)


def _unknown_tokens(name: str, facts: Facts, allowed: frozenset[str]) -> list[str]:
    tokens = re.findall(r"[^\W\d_]+", simple(re.sub(r"\S*\d\S*", " ", name)))
    return [token for token in tokens if token not in facts.name_tokens and token not in allowed and len(token) > 1]


class NameJudge:
    """Judges greeting, names and signature of the body."""

    def __init__(self, draft: Draft) -> None:
        self.text, self.facts, self.inp = draft.body, draft.facts, draft.inp

    def findings(self) -> Iterator[Finding]:
        yield from greeting_findings(self.text, self.facts)
        yield from self._other_names()
        seen: list[tuple[int, int]] = []
        folded = self.text.folded
        for form in _LEGAL_FORM.finditer(folded) if not self.text.vocabulary.isdisjoint(_FORMS) else ():
            before = _BEFORE_FORM.search(folded, max(0, form.start() - 60), form.start() + 1)
            if before:
                yield from self._name(before.start(1), form.end(), False, seen)
        for pattern, words in _CONTEXTS:
            if self._worth(words):
                for match in pattern.finditer(folded):
                    start, end = match.span(0 if pattern is _NAMES else 1)
                    if pattern is _NAMES and self._own_line(start):
                        later = _NAMES.match(folded, folded.find(" ", start) + 1)  # "For Oakridge Freight …"
                        if later is None or later.end() != end:
                            continue
                        start = later.start()
                    if not any(left < end and start < right for left, right in seen):
                        yield from self._name(start, end, pattern is _NAMES, seen)
        yield from self._signature()

    def _worth(self, signs: tuple[str, ...] | frozenset[str] | None) -> bool:
        """Cheap signs that a context can occur: a phrase, a word, or (None) two capitalised words in a row."""
        if signs is None:
            return "de" not in self.text.languages and bool(_PAIR.search(self.text.folded))
        if isinstance(signs, tuple):
            return any(sign in self.text.plain for sign in signs)
        return not self.text.vocabulary.isdisjoint(signs)

    def _other_names(self) -> Iterator[Finding]:
        for name in self.inp.facts.get("other_names") or ():
            for match in re.finditer(rf"(?<!\w){re.escape(simple(str(name)))}(?!\w)", self.text.plain):
                yield self.text.finding("G05", "wrong_recipient", BLOCK, match.start(), match.end(), "a name of another account of ours")

    def _name(self, start: int, end: int, pair: bool, seen: list[tuple[int, int]]) -> Iterator[Finding]:
        name = self.text.folded[start:end]
        allowed = GENERIC | ROLE_WORDS | COMPANY_WORDS | TITLES
        first = re.search(r"\w", name)
        unknown = _unknown_tokens(name, self.facts, allowed)
        if unknown and first and (not pair or self._stranger_pair(name, unknown)):
            seen.append((start, end))
            yield self.text.finding(
                "G05",
                "wrong_recipient",
                BLOCK,
                start,
                start + len(name.rstrip()),
                "a person or company that is not on record for this account",
            )

    def _own_line(self, start: int) -> bool:
        """A heading, a greeting or a signature: judged elsewhere. Two capitals at the beginning of a line are one word of a sentence."""
        return start == 0 or self.text.folded[start - 1] in "\n\t" or self.text.folded[max(0, start - 2) : start] == "- "

    def _stranger_pair(self, name: str, unknown: list[str]) -> bool:
        """Two or more capitalised words of which nothing is known: a name, outside German, where every noun has a capital."""
        known = _MONTH_DAY_WORDS | frozenset(CAPITALISED.split())
        left = [token for token in unknown if token not in known and not mask_of(token) >> LANGUAGE_SHIFT]
        return "de" not in self.text.languages and len(left) >= 2 and len(left) >= len(name.split()) - 1

    def _signature(self) -> Iterator[Finding]:
        """Who signs is the sender of the facts or a role, not somebody else."""
        closings = list(_CLOSING.finditer(self.text.plain, max(0, len(self.text.plain) - 600)))
        if not closings:
            return
        for match in re.compile(
            r"^[ \t]*((?:[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŐŒŔŘŚŞŠŢŤŪŮŰŹŻŽ][a-zß-öø-ÿāăąćčďđēėęěğģīıķĺļľłńņňőœŕřśşšţťūůűźżž'’-]+|[A-Z]\.)(?:[ \t]+(?:[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŐŒŔŘŚŞŠŢŤŪŮŰŹŻŽ][a-zß-öø-ÿāăąćčďđēėęěğģīıķĺļľłńņňőœŕřśşšţťūůűźżž'’-]+|[A-Z]\.)){1,2})[ \t]*,?[ \t]*$", re.M
        ).finditer(self.text.folded, closings[-1].end()):
            tokens = re.findall(r"[^\W\d_]+", simple(match.group(1)))
            if all(
                token not in self.facts.name_tokens and token not in ROLE_WORDS and token not in COMPANY_WORDS
                for token in tokens
                if len(token) > 1
            ):
                yield self.text.finding(
                    "G05",
                    "wrong_recipient",
                    BLOCK,
                    match.start(1),
                    match.end(1),
                    "the signature is not the sender on record",
                    fact=str((self.facts.raw.get("sender") or {}).get("name") or ""),
                )


def check_recipient(inp: CheckInput) -> Iterable[Finding]:
    """G05 over the body (a subject greets nobody)."""
    yield from NameJudge(parsed(inp)).findings()
