"""G01 (text rules), G07 and G22: length and language of the text, what every message must hold, nothing left unfilled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .amount_words import STRICT_TOTAL
from .attach import invoice_number
from .base import BLOCK, HIGHER, CheckInput, Finding
from .clauses import all_matches
from .facts import simple
from .languages import weigh
from .lexicon.basics import LANGUAGES
from .name_patterns import LEGAL_FORM
from .text import WORD, Draft, Text, parsed
from .words import mask_of

SHORTEST, LONGEST = 40, 2500
_TABLE_LINE = re.compile(r"[|\t]|\S {2,}\S.*\d")
_KEYS = frozenset("body subject betreff objet asunto citations".split())
_JSON = re.compile(
    r"^\s*[{\[]|[}\]]\s*$|\"(?:subject|body|citations|text)\"\s*:|^```|^[\s*_>]*(?:subject|body|betreff|objet|asunto)[*_]*\s*:", re.M | re.I
)
_FIELD = re.compile(r"^[\s*_>]*\"?(?:subject|body|text|message|to|from|betreff|nachricht|objet|corps|asunto|cuerpo|citations|language|purpose)\"?[*_]*\s*:", re.M | re.I)
_HEADING_WORDS = frozenset("subject betreff objet asunto".split())
_HEADING_LENGTH, _HEADING_ABOVE = 100, 6
_PLACEHOLDER = re.compile(
    r"\{\{?[^{}\n]{0,60}\}?\}|\$\{[^}\n]*\}|%\(\w+\)s|%[A-Z_]{3,}%|<<[^<>\n]{1,60}>>|\[\[[^\]\n]*\]\]|<(?!https?|/?(?:p|br|b|i|a|div|"
    r"span|script|img|table|html)\b)[A-Za-zÀ-ž][\w À-ž/.'-]{1,40}>|"
    r"\[(?!\d{1,2}\])[^\]\n]{1,60}\]|_{3,}|\.{4,}|\?{3,}|\.{3}\s?[,;:)]|\((?:PENDIENTE|OFFEN|NOTE?|NOTA|HINWEIS|A FAIRE|À FAIRE|INTERN|"
    r"TODO|PRÜFEN|CHECK)\b[^)\n]*\)?|\b(?:PENDIENTE|À COMPLÉTER|AUSFÜLLEN|COMPLETAR|ERGÄNZEN|COMPLÉTER|FILL IN|INSÉRER|EINFÜGEN)\b|"
    r"\b(?:X{2,}|x{3,}|TODO|TBD|TBC|FIXME|N/A|YYYY|DD[./-]MM|MM[./-]DD|JJJJ|AAAA|TT\.MM|JJ/MM|DD/MM/AAAA|lorem|ipsum|LOREM|Lorem|INSERT|"
    r"PLACEHOLDER|"
    r"undefined|NaN|NULL|None|null)\b|(?<!\w)(?:#{2,}\w*#*|@@\w*@@|\$[A-Z_]{3,}\b|\$[a-z]+_[a-z_]+)|"
    r"\b(?:your|sender|customer|contact|company|invoice|recipient|first|last|due|amount|account)_(?:name|number|no|date|amount|company|"
    r"id|email|title)\b"
)
# Cheap signs that the long expressions below are worth running.
_PLACEHOLDER_MARKS = ("{", "[", "<", "%(", "##", "@@", "_", "...", "??", "N/A", "%%")
_VARIABLE = re.compile(r"[$%#][A-Za-z{(]|\([A-ZÀ-Ž]{4}")
_PLACEHOLDER_TOKENS = frozenset(
    "todo tbd tbc fixme yyyy dd mm jjjj aaaa tt jj lorem ipsum insert placeholder undefined nan null none xx xxx xxxx xxxxx xxxxxx "
    "pendiente ausfullen "
    "fill inserer einfugen".split()
)
_FILL_WORDS = frozenset(
    "insert sending versand absenden versenden inserted einfugen einsetzen erganzen auszufullen nachgereicht renseigner inserer insertar "
    "rellenar platzhalter mustermann musterfrau "
    "musterfirma musterkunde doe mustertext remplacer marcador dummy ejemplo here hier ici aqui completar completer".split()
)
_PLACEHOLDER_WORDS = re.compile(
    r"\b(?:(?:before|prior to) sending|vor (?:dem )?(?:versand|absenden|versenden)|avant (?:l')?envoi|antes de enviar|insert (?:\w+ "
    r"){0,3}here|(?:name|amount|date|number|betrag|datum|nombre|montant) (?:here|hier|ici|aqui)|(?:is|are|:|-|\(|amount|date|number|sum|price|name|tbc) to be (?:filled|completed|added|inserted|"
    r"confirmed)(?! by (?:you|your))|hier (?:\w+ ){0,3}(?:einfugen|einsetzen|erganzen)|"
    r"(?:name|betrag|datum|nummer|text|hier|noch|bitte) (?:einfugen|erganzen|eintragen|einsetzen)\b(?! (?:sie|wir|ich)\b)|\bauszufullen\b|wird nachgereicht|folgt noch|a completer|a renseigner|inserer (?:\w+ ){0,3}ici|a "
    r"inserer|insertar (?:\w+ ){0,4}aqui|(?:importe|fecha|nombre|numero|dato|cantidad|a|aqui)\W{1,3}(?:\w+ )?(?:por )?(?:completar|definir|rellenar)|"
    r"(?:completar|rellenar) (?:importe|fecha|nombre|numero|dato|aqui|antes)|pendiente de completar|platzhalter|muster(?:mann|frau|firma|kunde)|john doe|jane doe|mustertext|texte a remplacer|marcador de "
    r"posicion|zu erganzen|dummy|example company|ejemplo s\.?l|\[?name\]? einfugen)\b"
)
_NO_REPLY = re.compile(
    r"(?:do not|don't|please don't|cannot|never|not) (?:\w+ )?(?:reply|respond|answer)|(?:mailbox|inbox|address|account|postfach|adresse|"
    r"boite|buzon)\b[^.\n]{0,25}(?:not (?:\w+ )?(?:monitored|read|checked)|unmonitored|nicht (?:gelesen|uberwacht|betreut))|no-?reply|"
    r"noreply|"
    r"nicht (?:auf diese|antworten)|ne (?:pas|repondez pas) (?:\w+ )*repondre|ne repondez pas|no responda|no conteste|merci de ne pas "
    r"repondre"
)


_UNREAD = (
    "not reply",
    "not respond",
    "not answer",
    "n't reply",
    "n't respond",
    "never reply",
    "cannot reply",
    "not directly",
    "monitored",
    "not read",
    "not checked",
    "noreply",
    "no-reply",
    "nicht gelesen",
    "nicht uberwacht",
    "nicht betreut",
    "nicht auf diese",
    "nicht antworten",
    "pas repondre",
    "repondez pas",
    "no responda",
    "no conteste",
    "not be read",
    "not be monitored",
)


def _written(body: str) -> int:
    """Characters written, rows of the code-made invoice table not counted."""
    if len(body) <= LONGEST:
        return len(body.strip())
    return sum(len(line) + 1 for line in body.splitlines() if not _TABLE_LINE.search(line))


def check_text_rules(inp: CheckInput) -> Iterable[Finding]:
    """G01 over the written text: 40–2,500 characters, prose and not data, one language."""
    draft = parsed(inp)
    body = draft.body
    written = _written(inp.body)
    if not SHORTEST <= written <= LONGEST:
        yield body.finding(
            "G01", "invalid_output", BLOCK, 0, 0, f"the written text has {written} characters, allowed are {SHORTEST}-{LONGEST}"
        )
    suspect = "{" in body.folded or "}" in body.folded or "[" in body.folded or "```" in body.raw or not body.vocabulary.isdisjoint(_KEYS)
    match = next((found for found in _JSON.finditer(body.folded) if not _heading(body, found)), None) if suspect else None
    if match:
        yield body.finding("G01", "invalid_output", BLOCK, match.start(), match.end(), "data or field names instead of prose")
    yield from _repeats(body)
    yield from _mixed(body)


def _heading(text: Text, match: re.Match[str]) -> bool:
    """True for the one line "Objet : facture 12" of a printed letter: near its top, words behind it on the line, no other field of a form."""
    label = match.group().strip(" \t\n:*_>").lower()
    if label not in _HEADING_WORDS or len(_FIELD.findall(text.folded)) > 1:
        return False
    line_end = text.folded.find("\n", match.end())
    line = text.folded[match.end() : line_end if line_end >= 0 else len(text.folded)].strip()
    above = [line for line in text.folded[: match.start() + 1].splitlines() if line.strip()]
    return 3 <= len(line) <= _HEADING_LENGTH and line_end >= 0 and len(above) <= _HEADING_ABOVE and "{" not in line and not line.startswith('"')


def _repeats(text: Text) -> Iterator[Finding]:
    """A model stuck in a loop says the same sentence three times."""
    seen: dict[str, int] = {}
    for start, end in text.segments:
        if end - start > 25:
            sentence = text.plain[start:end].strip(" -*•.")
            seen[sentence] = seen.get(sentence, 0) + 1
            if seen[sentence] == 3 and not any(c.isdigit() for c in sentence):
                yield text.finding("G01", "invalid_output", BLOCK, start, end, "the same sentence three times")


def _mixed(text: Text) -> Iterator[Finding]:
    """Sentences clearly in another language than the rest."""
    evidence = text.evidence
    if not any(own >= 2 for code, own in evidence.own.items() if code != evidence.main):
        return
    for start, end in text.segments:
        words = WORD.findall(text.plain, start, end)
        if len(words) < 5:
            continue
        here = weigh(words, [mask_of(word) for word in words])
        rival = evidence.main or "en"
        if (
            here.main
            and here.main != rival
            and here.scores[here.main] >= 3
            and here.own[here.main] >= 2
            and here.own[here.main] > 2 * here.own[rival]
        ):
            yield text.finding("G01", "invalid_output", BLOCK, start, end, "a sentence in another language than the rest of the text")
            return


def check_language(inp: CheckInput) -> Iterable[Finding]:
    """G22: a rule pack exists for the language found, and the letters are of one script."""
    body = parsed(inp).body
    foreign = [
        char for char in body.fold.odd if char.isalpha() and ord(char) > 0x24F and not 0x1E00 <= ord(char) <= 0x1EFF and ord(char) < 0xFF00
    ]
    if foreign:
        first = min(body.raw.index(char) for char in foreign)
        yield Finding(
            "G22",
            "unsupported_language",
            HIGHER,
            body.raw[first : first + 1],
            "letters of another script",
            "owner who reads it",
            first,
            first + 1,
        )
    evidence = body.evidence
    known = len(body.words) >= 8
    if known and (evidence.main not in LANGUAGES or evidence.share < 0.08):
        yield body.finding(
            "G22", "unsupported_language", HIGHER, 0, min(60, len(body.folded)), "no rule pack for this language", role="owner who reads it"
        )


def _placeholders(text: Text) -> Iterator[Finding]:
    tries = []
    if (
        any(mark in text.folded for mark in _PLACEHOLDER_MARKS)
        or _VARIABLE.search(text.folded)
        or not text.vocabulary.isdisjoint(_PLACEHOLDER_TOKENS)
    ):
        tries.append((_PLACEHOLDER, text.folded))
    if (
        not text.vocabulary.isdisjoint(_FILL_WORDS)
        or "to be " in text.plain
        or "folgt noch" in text.plain
        or "por definir" in text.plain
        or "de enviar" in text.plain
        or "envoi" in text.vocabulary
    ):
        tries.append((_PLACEHOLDER_WORDS, text.plain))
    for pattern, view in tries:
        for match in pattern.finditer(view):
            if not _innocent(text, match):
                yield text.finding("G07", "placeholder", BLOCK, match.start(), match.end(), "a placeholder was never filled")


_LEADERS = re.compile(r"[^\n]*\w[ \t]*[.·_]{3,}[^\n]*?\d[\d.,' ]*[ \t]?[A-Za-z€$£]{0,4}[ \t|]*")
_NONE = re.compile(r" (?:of|has|have|is|are|was|were|will|can|could|yet|so|remains?|came|other)\b")


def _innocent(text: Text, match: re.Match[str]) -> bool:
    """Dots that lead the eye to an amount, "None of it …" as a word of a sentence, and the number of an invoice ("XX-1000")."""
    said = match.group()
    if any(item.kind == "ref" and item.start <= match.start() < item.end for item in text.items):
        return True
    if said == "None":
        return bool(_NONE.match(text.folded, match.end()))
    if not said.strip("._"):
        start = text.folded.rfind("\n", 0, match.start()) + 1
        end = text.folded.find("\n", match.end())
        line = text.folded[start : end if end >= 0 else len(text.folded)]
        lead = text.folded[start : match.start()]
        filled = any(char.isdigit() for char in lead) or STRICT_TOTAL.search(text.plain, start, match.start()) is not None
        return filled and bool(_LEADERS.fullmatch(line))
    return False


def _missing(draft: Draft) -> Iterator[Finding]:
    body, facts = draft.body, draft.facts

    def absent(why: str, fact: str = "") -> Finding:
        return body.finding("G07", "missing_required", BLOCK, -1, -1, why, fact=fact)

    if not any(invoice_number(item) for item in body.items) and len(facts.rows) <= 30 and not _named_above(draft):
        yield absent("no invoice is named", ", ".join(str(row["number"]) for row in facts.rows[:3]))
    if draft.purpose == "demand" and not any(
        item.kind == "money" or (item.kind == "number" and (item.value or 0) >= 100_000) for item in body.items
    ):
        yield absent("no amount is named")
    if not _sender_named(draft):
        yield absent("the sender is not named", str((facts.raw.get("sender") or {}).get("company") or ""))
    if not _reply_path(draft):
        yield absent("no way to reply is given")


_ABOVE = re.compile(
    r"\b(?:subject line|(?:in|by) (?:the|this) subject|(?:above|above-mentioned|aforementioned|referenced|captioned|subject) (?:invoice|bill)|(?:invoice|bill)s? (?:\w+ ){0,3}(?:above|subject line|heading)|"
    r"im betreff|im betreff genannte\w*|oben ?genannte\w*|obige\w*|o\. ?g\.|betreffzeile|rubrizierte\w*|(?:en|dans l'|ci-dessus en) ?objet|sous rubrique|citee? ci-dessus|mentionnee? ci-dessus|"
    r"(?:en el|del) asunto|arriba (?:indicada|mencionada|citada|referenciada)|de referencia|en referencia|citada arriba)(?!\w)"
)


def _named_above(draft: Draft) -> bool:
    """The subject names the invoice, and the letter speaks of the one in its subject."""
    subject = draft.subject
    return subject is not None and any(invoice_number(item) for item in subject.items) and bool(_ABOVE.search(draft.body.plain))


def _sender_named(draft: Draft) -> bool:
    sender = draft.facts.raw.get("sender") or {}
    body = draft.body.plain
    names = [simple(str(sender[key])).strip() for key in ("company", "name", "email") if sender.get(key)]
    short = LEGAL_FORM.sub("", " " + str(sender.get("company") or "")).strip(" ,.")  # "Deposito Dental Levante" without its SA
    return any(name in body for name in names) or (len(short.split()) > 1 and simple(short) in body)


def _reply_path(draft: Draft) -> bool:
    """An address or number of the sender, a question, or a request to the reader; not when replies are said to be unread."""
    body = draft.body
    sender = draft.facts.raw.get("sender") or {}
    reachable = any(simple(str(sender[key])) in body.plain for key in ("email", "phone") if sender.get(key))
    if any(sign in body.plain for sign in _UNREAD) and _NO_REPLY.search(body.plain):
        return reachable
    if reachable or "?" in body.folded or any(item.kind in {"email", "phone"} for item in body.items):
        return True
    return bool(all_matches(body).get("reply_path")) or _sender_named(draft)


def check_required(inp: CheckInput) -> Iterable[Finding]:
    """G07: an invoice, an amount, the sender, a way to reply; no placeholder."""
    draft = parsed(inp)
    for text in draft.texts:
        yield from _placeholders(text)
    yield from _missing(draft)
