"""G08, G09, G21: where the reader is sent to pay or click, what is hidden in the text, whose data it gives away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from governance.hidden import is_invisible

from .bank_words import ASTRAY, SAME, THEIRS, UNCHANGED, answers_asked, asked_and_denied, diversions, papers_sent
from .base import BLOCK, HIGHER, CheckInput, Finding
from .clauses import LEARNED, Match, condition_before, matches
from .facts import simple
from .text import Draft, Text, parsed

_ACCOUNT = re.compile(
    r"(?:\b(?:(?:account|compte|konto|cuenta)(?= \d{5})|sort code|sortcode|bankleitzahl|blz|routing(?: number| no\.?)?|aba|bsb|account "
    r"(?:number|no\.?)|acct|kontonummer|konto-nr\.?|kontonr\.?|numero de compte|compte n[o°]|code banque|code guichet|"
    r"numero de cuenta|cuenta n[o°]|clabe|rib)\W{0,4}(?:is |lautet |est |es |:)?\s?(?P<a>[\d][\d -]{3,20}\d)|\b(?:bic|"
    r"swift)(?:[ -]?code)?\W{0,3}(?P<b>[a-z]{6}[a-z0-9]{2}(?:[a-z0-9]{3})?)\b)"
)
_CHANGE = re.compile(
    r"new|chang|updat|different|replac|no longer|old|former|previous|neu|ander|aktualis|gewechsel|bisherig|alte|nouve|modifi|actualis|"
    r"ancien|autre|desormais|nuev|cambi|otra|anterior|antigu"
)
_ACCOUNT_WORDS = frozenset(
    "account compte konto cuenta sort sortcode bankleitzahl blz routing aba bsb acct kontonummer kontonr code numero clabe rib bic swift".split()
)
_SORT_CODE = re.compile(r"(?<![\d/.-])\d{2}-\d{2}-\d{2}(?![\d/.-])")
_MARKUP = re.compile(
    r"<\s*/?\s*(?:html|body|head|div|span|p|br|a|b|i|u|em|strong|img|script|style|iframe|table|tr|td|th|ul|ol|li|h[1-6]|form|input|"
    r"button|svg|object|embed|meta|link|font|center|hr|title|xml|marquee|video|audio|details)\b[^>]{0,300}>?|"
    r"<!--|-->|<!doctype|&(?:lt|gt|amp|nbsp|quot|#\d{2,6}|#x[0-9a-f]{2,6});|javascript:|data:\w+/|vbscript:|on(?:click|load|error|"
    r"mouseover)\s*=|!\[[^\]\n]{0,80}\]\([^)\n]*\)|\[[^\]\n]{1,80}\]\((?:https?|www|javascript)[^)\n]*\)|"
    r"\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|%3c[a-z/]|```|display\s*:\s*none",
    re.I,
)
_MARK_CHARS = ("<", "&", "\\", "`", "![", "](", "-->", "%3c", "script:", "data:", "onclick", "onload", "onerror", "onmouse", "display")
_BASE64 = re.compile(
    r"(?<![\w/+=-])(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*[\d+/])[A-Za-z0-9+/]{28,}={0,2}(?![\w/+=])|"
    r"(?<![\w/+])[A-Za-z0-9+/]{18,}={1,2}(?![\w/+=])|(?<!\w)[0-9a-fA-F]{32,}(?!\w)"
)
_CARD = re.compile(r"(?<![\d.,-])(?:\d[ -]?){13,19}(?![\d])")
_CARD_GROUPS = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{5}")
_EIGHT = re.compile(r"\d{4}[ -]?\d{4}")
_BIRTH_WORDS = frozenset("born birth dob geboren geburtsdatum ne nee naissance nacido nacida nacimiento".split())
_BIRTH = re.compile(
    r"\b(?:born(?: on)?|date of birth|dob|geboren(?: am)?|geburtsdatum|nee? le|date de naissance|nacid[oa](?: el)?|fecha de nacimiento)\b"
)


def _links(draft: Draft, text: Text) -> Iterator[Finding]:
    facts = draft.facts.raw
    sender = facts.get("sender") or {}
    allowed = {_bare(link) for link in facts.get("links") or ()} | {
        _bare(str(sender.get(key))) for key in ("website", "url", "web") if sender.get(key)
    }
    names = simple(
        " ".join(str((facts.get(key) or {}).get(field) or "") for key in ("customer", "sender") for field in ("name", "company"))
    )
    for item in text.items:
        if item.kind == "link" and _bare(item.word) not in allowed and simple(item.word) not in names:
            yield text.finding("G08", "bank_change", BLOCK, item.start, item.end, "a link that is no fact: payment could be diverted")


def _bare(link: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", link.strip().lower()).rstrip("/")


def _accounts(draft: Draft, text: Text) -> Iterator[Finding]:
    known = {re.sub(r"[^0-9A-Z]", "", str(value).upper()) for value in _known_accounts(draft)}
    for item in text.items:
        if item.kind == "iban" and item.word not in known:
            yield text.finding("G08", "bank_change", BLOCK, item.start, item.end, "a bank account that is no fact")
    for match in _ACCOUNT.finditer(text.plain) if _account_like(text) else ():
        group = "a" if match.group("a") else "b"
        said = re.sub(r"[^0-9A-Z]", "", match.group(group).upper())
        if said not in known and said not in draft.facts.ids and said not in draft.facts.digit_runs:
            yield text.finding("G08", "bank_change", BLOCK, *match.span(), "bank details that are no fact")
    for match in _SORT_CODE.finditer(text.folded) if "sort" in text.vocabulary else ():
        if match.group().replace("-", "") not in known:
            yield text.finding("G08", "bank_change", BLOCK, *match.span(), "bank details that are no fact")


def _account_like(text: Text) -> bool:
    """True when a long number stands near bank words, or a BIC can be meant."""
    if not text.vocabulary.isdisjoint(("bic", "swift", "iban", "rib", "clabe")):
        return True
    long_number = any(
        item.kind in {"number", "id", "range", "phone", "other", "money"} and item.end - item.start >= 5 and item.currency is None
        for item in text.items
    )
    return long_number and not text.vocabulary.isdisjoint(_ACCOUNT_WORDS)


def _known_accounts(draft: Draft) -> list[str]:
    rows = draft.facts.raw.get("bank_accounts") or ()
    found = [str(value) for row in rows for value in (row.values() if isinstance(row, dict) else [row])]
    sender = draft.facts.raw.get("sender") or {}
    return found + [str(sender[key]) for key in ("iban", "bic", "account_number", "sort_code", "bank") if sender.get(key)]


def check_payment_route(inp: CheckInput) -> Iterable[Finding]:
    """G08: links and accounts are facts; wording of a change of bank details needs a registered change (fact ``bank_change``)."""
    draft = parsed(inp)
    change = draft.facts.raw.get("bank_change")
    known = {re.sub(r"[^0-9A-Z]", "", value.upper()) for value in _known_accounts(draft)}
    for text in draft.texts:
        yield from _links(draft, text)
        yield from _accounts(draft, text)
        own = [item for item in text.items if item.kind == "iban"]
        told = bool(own) and all(item.word in known for item in own)
        spans: list[tuple[int, int]] = []
        for match in matches(text, "bank_change"):
            if (match.source == LEARNED and UNCHANGED.search(text.plain, *match.sentence)) or SAME.search(text.plain, *match.sentence):
                continue  # "nothing in our bank details has changed"
            if papers_sent(text, *match.sentence) or asked_and_denied(text, *match.sentence):
                continue
            if match.source == LEARNED and answers_asked(text, *match.sentence, draft.facts.addresses):
                continue
            if ASTRAY.search(text.plain, *match.sentence) and not own:
                continue
            if text.asks(*match.sentence) and THEIRS.search(text.plain, *match.sentence):
                continue  # "has your bank …?"
            if told and not _CHANGE.search(text.plain, *match.clause):
                continue  # "please pay to the following account", and the account is ours
            spans.append((match.start, match.end))
        severity, role = (HIGHER, "finance") if change else (BLOCK, None)
        for start, end in spans or ([] if told else diversions(text)):
            yield text.finding("G08", "bank_change", severity, start, end, "wording of changed bank details", role=role)


def check_hidden(inp: CheckInput) -> Iterable[Finding]:
    """G09: markup, scripts, images, invisible or reordering characters, long base64."""
    draft = parsed(inp)
    for text in draft.texts:
        if text.fold.odd:
            for char in text.fold.odd:
                if is_invisible(char) and not (char == "\ufe0f" and _emoji(text.raw)):
                    at = text.raw.index(char)
                    yield Finding(
                        "G09",
                        "hidden_content",
                        BLOCK,
                        char,
                        f"invisible character U+{ord(char):04X}",
                        None,
                        at,
                        at + 1,
                        "",
                        False,
                        text.where,
                    )
            yield from _lookalikes(text)
        if any(mark in text.plain for mark in _MARK_CHARS):
            for match in _MARKUP.finditer(text.folded):
                yield text.finding("G09", "hidden_content", BLOCK, *match.span(), "markup in a plain text")
        for match in _BASE64.finditer(text.folded) if any(len(word) >= 18 and "@" not in word for word in text.folded.split()) else ():
            if not any(i.kind in {"link", "email", "iban"} and i.start <= match.start() < i.end for i in text.items):
                yield text.finding("G09", "hidden_content", BLOCK, *match.span(), "an encoded block")


def _emoji(raw: str) -> bool:
    return any(ord(raw[i - 1]) > 0x2190 for i, char in enumerate(raw) if char == "\ufe0f" and i)


def _lookalikes(text: Text) -> Iterator[Finding]:
    """A word that mixes Latin letters with look-alikes of another script."""
    strange = [
        char
        for char in text.fold.odd
        if (char.isalpha() and 0x370 <= ord(char) < 0x600) or 0xFF00 <= ord(char) <= 0xFFEF or 0x1D400 <= ord(char) <= 0x1D7FF
    ]
    if strange:
        pattern = re.compile(rf"\w*[{re.escape(''.join(strange))}]\w*")
        for match in pattern.finditer(text.raw):
            if re.search(r"[A-Za-z0-9]", match.group()) or ord(match.group()[0]) >= 0xFF00:
                yield Finding(
                    "G09",
                    "hidden_content",
                    BLOCK,
                    match.group(),
                    "letters of another script inside a word",
                    None,
                    match.start(),
                    match.end(),
                    "",
                    False,
                    text.where,
                )
                return


def check_personal(inp: CheckInput) -> Iterable[Finding]:
    """G21: phone numbers, addresses, cards, birth dates, scores, internal notes and other customers are not for this reader."""
    draft = parsed(inp)
    facts = draft.facts.raw
    sender = facts.get("sender") or {}
    phones = {*draft.facts.phones, *(re.sub(r"\D", "", _TRUNK.sub("", str(sender.get(key) or ""))) for key in ("fax", "mobile"))} - {""}
    for text in draft.texts:
        for item in text.items:
            said = text.folded[item.start : item.end]
            if item.kind == "phone" and not _same_phone(said, phones) and not _CARD.fullmatch(said):
                yield text.finding("G21", "personal_data", BLOCK, item.start, item.end, "a telephone number that is not the sender's")
            elif item.kind == "email" and item.word not in draft.facts.addresses:
                yield text.finding(
                    "G21", "personal_data", BLOCK, item.start, item.end, "an e-mail address that is not on record for this message"
                )
        for match in _CARD.finditer(text.folded) if _long_digits(text) else ():
            if any(item.kind == "iban" and item.start < match.end() and match.start() < item.end for item in text.items):
                continue  # an account: G08 asks whose
            if _luhn(re.sub(r"\D", "", match.group())) or _CARD_GROUPS.search(match.group()):
                yield text.finding("G21", "personal_data", BLOCK, *match.span(), "a card number")
        for match in _BIRTH.finditer(text.plain) if not text.vocabulary.isdisjoint(_BIRTH_WORDS) else ():
            if not match.group().endswith(" le") or "né" in text.folded[match.start() : match.end()].lower():  # "aucune ne le sera"
                yield text.finding("G21", "personal_data", BLOCK, *match.span(), "a birth date")
        for found in matches(text, "personal"):
            if _names_no_datum(text, found):
                continue
            if not condition_before(text, found) and not _own_total(draft, text, found):
                yield text.finding("G21", "personal_data", BLOCK, found.start, found.end, "personal or internal data")


# "Our tax number has not changed": the name of a datum, and no figure of it in the sentence.
_OUR_DATUM = re.compile(r"\b(?:our|unser\w*|notre|nos|nuestr\w+)\b|\b(?:konto und steuernummer|steuernummer und konto)\b")
_TAX = re.compile(r"(?:steuernummer|ust-?id\w*|umsatzsteuer\w*|tax (?:id|number)|vat\b|nif\b|cif\b|rfc\b|tva\b|numero (?:fiscal|de tva)|siret)")


def _names_no_datum(text: Text, match: Match) -> bool:
    seg = text.segment_at(match.start)
    figures = any(item.kind in {"number", "id", "range", "phone"} for item in text.by_segment.get(seg, ()))
    return not figures and bool(_TAX.match(text.plain, match.start)) and bool(_OUR_DATUM.search(text.plain, *match.sentence))


def _own_total(draft: Draft, text: Text, match: Match) -> bool:
    """ "Encours total : 82.030,00" beside what the account owes is its own statement, no internal figure."""
    totals = draft.facts.totals.values()
    return any(item.kind == "money" and item.value in totals and match.start < item.end and item.start < match.end + 12 for item in text.items)


def _long_digits(text: Text) -> bool:
    """True when eight digits in a row stand outside the sender's telephone number."""
    found = _EIGHT.search(text.folded)
    return found is not None and not any(
        i.kind == "phone" and i.start <= found.start() < i.end and i.end > len(text.folded) - 200 for i in text.items
    )


_TRUNK = re.compile(r"\(0\)")
# The longest country code, and the digits of the shortest number that names a subscriber.
_COUNTRY_CODE, _SUBSCRIBER = 3, 7


def _same_phone(said: str, known: set[str]) -> bool:
    """Same subscriber, in national or international form ("020 7946 0901" = "+44 (0)20 7946 0901"); one other digit is another number."""
    digits = re.sub(r"\D", "", _TRUNK.sub("", said))
    foreign = said.lstrip(" (").startswith(("+", "00"))
    digits = digits.removeprefix("00") if foreign else digits
    short = digits.lstrip("0")
    for phone in known:
        full = phone.removeprefix("00")
        if digits == full:
            return True
        longer, shorter = (digits, full.lstrip("0")) if foreign else (full, short)
        if len(shorter) >= _SUBSCRIBER and longer.endswith(shorter) and 0 <= len(longer) - len(shorter) <= _COUNTRY_CODE + 1:
            return True
    return False


def _luhn(digits: str) -> bool:
    total = sum(int(d) if i % 2 == 0 else sum(divmod(2 * int(d), 10)) for i, d in enumerate(reversed(digits)))
    return 13 <= len(digits) <= 19 and total % 10 == 0
