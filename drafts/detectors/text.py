"""Text as the rules read it: folded for matching, cut into parts and sentences by offsets.

Every piece is a span of the original, so that a quote is always an exact substring.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

MAX_CHARS = 20_000
"""Longer messages are read up to here: what matters stands above the small print."""

_LOOK_ALIKES = str.maketrans(
    "‘’‚´`“”„«»–—‑−аеорсухіѕјԁ\u00a0",
    "'''''\"\"\"\"\"----aeopcyxisjd ",
)
_TAG = re.compile(r"<[a-z/!][^<>]{0,300}>", re.IGNORECASE)
_BLANK = re.compile(r"\s+")
_NOT = re.compile(r"\b(do|does|did|is|are|was|were|have|has|had|would|could|should|must|wo|ca|ai)n(?:'|\s)?t\b")
_FULL = {"wo": "will", "ca": "can", "ai": "is"}
_HISTORY = re.compile(
    r"^[ \t]*(?:-{2,}[ \t]*(?:original message|ursprungliche nachricht|message d'origine|mensaje original)"
    r"|-{2,}[ \t]*(?:forwarded (?:by|message)|weitergeleitete nachricht|message transfere|mensaje reenviado)"
    r"|>{1,}[ \t]?\S|on .{6,120}wrote:[ \t]*$|am .{6,120}schrieb.{0,60}:[ \t]*$"
    r"|le .{6,120}a ecrit ?:[ \t]*$|el .{6,120}escribio:[ \t]*$"
    r"|_{20,}[ \t]*$|from:[ \t].{0,160}\n[ \t]*(?:sent|date|to):"
    r"|von:[ \t].{0,160}\n[ \t]*(?:gesendet|datum|an):"
    r"|de[ ]?:[ \t].{0,160}\n[ \t]*(?:envoye|enviado|date|fecha|para|a) ?:)",
    re.IGNORECASE | re.MULTILINE,
)
_FORWARD = re.compile(
    r"forwarded|weitergeleitet|transfere|reenviado|\b(?:see|e-?mail|message|note|comments?) (?:\w+ )?below"
    r"|(?:siehe|mail|nachricht) unten|ci-dessous|mas abajo|^\W*(?:fyi|zk|zur kenntnis|pvi)\b"
    r"|\b(?:can|could|would) (?:you|someone|anyone)|\bplease (?:help|look|check|handle|advise|take care|see|research|review)"
    r"|\b(?:any idea|what do you think|do you know|your thoughts|konnen sie|kannst du|bitte (?:prufen|klaren|ubernehmen)"
    r"|peux-tu|pouvez-vous|puedes|pueden ver|merci de voir)\b",
    re.IGNORECASE,
)
_FORWARDED = re.compile(r"^\W*(?:forwarded|weitergeleitete|message transfere|mensaje reenviado|begin forwarded)", re.IGNORECASE)
_FORWARD_SUBJECT = re.compile(r"^\s*(?:(?:re|aw|sv|antwort)\s*:\s*)*(?:fwd?|wg|tr|rv|i)\s*:", re.IGNORECASE)
_END = re.compile(r"(?<=[.!?;…])[\"')\]]*\s+|\n\s*\n\s*|\n(?=\s*(?:[-*•·]|\d{1,2}[.)])\s)|\n(?=\s*>)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:inc|co|corp|ltd|no|nr|nos|vs|approx|mr|mrs|ms|dr|st|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
    r"|inv|ref|art|qty|tel|bzw|ca|ggf|inkl|zzgl|lt|u\.a|z\.b|d\.h|num|fact|sr|sra|p\.ej|m|mme|env|e\.g|i\.e|acct"
    r"|stk|pos|str|rech|re|bspw|evtl|usw|nro|cia|ste|dept)|(?P<ordinal>\b\d{1,2}))\.$",
    re.IGNORECASE,
)
_AFTER_ORDINAL = re.compile(r"[a-z0-9]|(?:Jan|Jän|Feb|Mar|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|Quartal|Woche|KW)")
"""After "3." in "3. Mai"; a capital that begins no month begins a sentence."""
_SHORT_LINE = 45
_LONGEST = 600
"""A "sentence" longer than this is cut at a blank: nobody wrote it, and patterns must not walk through it."""


@dataclass(frozen=True)
class Piece:
    """A span of the original text and the same span folded for matching."""

    start: int
    end: int
    raw: str
    folded: str


def fold(text: str) -> str:
    """Lower case, single blanks, "not" in full; no accents, tags, invisible or look-alike letters."""
    if "<" in text:
        text = _TAG.sub(" ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_LOOK_ALIKES)).replace("ß", "ss")
        text = "".join(c for c in text if unicodedata.category(c) not in ("Mn", "Cf"))
    else:
        text = text.replace("`", "'")
    text = _BLANK.sub(" ", text.lower()).strip()
    return _NOT.sub(_spell_out, text) if "nt" in text or "n't" in text or "n t" in text else text


def _spell_out(found: re.Match[str]) -> str:
    return _FULL.get(found.group(1), found.group(1)) + " not"


def _comparable(text: str) -> str:
    """Accents off, length and offsets kept (one character stays one character)."""
    if text.isascii():
        return text
    return "".join((unicodedata.normalize("NFKD", c) or c)[0] for c in text.translate(_LOOK_ALIKES))


def split_history(text: str) -> tuple[str, str]:
    """The newest part of a mail and the quoted or forwarded rest ("" when there is none).

    The two parts put together are the text. A mail that begins with its quotation (answers written
    below or between the lines) is all newest: nobody can tell there who speaks.
    """
    found = _HISTORY.search(_comparable(text))
    if found is None:
        return text, ""
    return text[: found.start()], text[found.start() :]


def passes_on(newest: str, history: str, subject: str) -> bool:
    """Whether the newest part hands the message below it on (forwards it, asks somebody to look into it).

    Then what the older part reports counts; below a plain answer it does not: it was judged when it came.
    """
    if _FORWARD_SUBJECT.match(subject) or not newest.strip() or _FORWARDED.match(_comparable(history)):
        return True
    return _FORWARD.search(_comparable(newest)) is not None


def sentences(text: str) -> list[Piece]:
    """The sentences of a text as spans: cut at full stops, blank lines, list marks and short lines."""
    text = text[:MAX_CHARS]
    cuts = [0]
    for found in _END.finditer(text):
        same_paragraph = found.group().strip() == "" and "\n\n" not in found.group().replace(" ", "")
        short = _ABBREVIATION.search(text[max(0, found.start() - 8) : found.start()]) if same_paragraph else None
        if short and not (short["ordinal"] and not _AFTER_ORDINAL.match(text, found.end())):
            continue
        cuts.append(found.end())
    cuts.append(len(text))
    pieces: list[Piece] = []
    for start, end in pairwise(cuts):
        for first, last in _lines(text, start, end):
            _append(pieces, text, first, last)
    return pieces


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut further at the ends of short lines: mail is wrapped, but greetings and tables are not."""
    spans, begin, at = [], start, start
    while (stop := text.find("\n", at, end)) >= 0:
        follows = text[stop + 1 : end].lstrip()[:1]
        if stop - at < _SHORT_LINE and not follows.islower() and text[begin:stop].strip():
            spans.append((begin, stop))
            begin = stop + 1
        at = stop + 1
    spans.append((begin, end))
    return spans


def _append(pieces: list[Piece], text: str, start: int, end: int) -> None:
    while end - start > _LONGEST:
        cut = text.rfind(" ", start + 1, start + _LONGEST)
        cut = cut if cut > 0 else start + _LONGEST
        _append(pieces, text, start, cut)
        start = cut
    raw = text[start:end]
    stripped = raw.strip()
    if not stripped:
        return
    start += len(raw) - len(raw.lstrip())
    folded = fold(stripped)
    if folded:
        pieces.append(Piece(start, start + len(stripped), stripped, folded))
