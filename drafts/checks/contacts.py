"""E-mail addresses, links and telephone numbers of a text: their digits are no amounts, and they must be facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from .items import EDGE, Item
from .shapes import shape_of

_LOCAL = re.compile(r"[\w.+-]+\Z")
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_DOTTED = re.compile(r"[a-z]{2}\.[a-z]{2}")
_DIAL_WORDS = frozenset(
    "tel phone call ring mobile fax telefon durchwahl anruf anrufen telephone appel appelez appeler telefono llame llamar llamarnos "
    "llamenos movil whatsapp sms dial portable".split()
)
_LINK = re.compile(
    r"(?:https?|hxxps?|ftp)\s?:\s?//[^\s<>\")\]]+|(?<![\w@.])(?:www\.)[^\s<>\")\],]+|(?<![\w@.-])(?:[a-z0-9-]+\.)+"
    r"(?:com|net|org|io|co|example|info|biz|eu|de|fr|es|uk|ch|app|pay|shop|site|online|xyz|test|link|ly|me|ru|cn|top)"
    r"(?:/[^\s<>\")\],]*|(?![\w@.-]))",
    re.I,
)
_PHONE = re.compile(r"(?<![\w.,/-])(?<!\d )(?:\+\d|00[1-9]|\((?:\+|0)\d|0\d{2,4}[ /-])[\d ()/.-]{5,20}\d(?![\w,]*\d|:\d)")
# A number in groups without a country code: 02 61 91 30 08, 976 55 01 50, 312-555-0142, (312) 555-0142.
_GROUPS = re.compile(r"(?<![\w.,/+'-])(?<![\d,.] )(?:1[ .-])?\(?\d{2,4}\)?(?:[ .-]\d{2,4}){2,4}(?![\w'/]|[.,-]\w)")
_MONEY_SIGN = re.compile(r"[$€£¥₹%]|[A-Z]{3}\b|(?i:euro|franc|dollar|pound|peso|franken|dolar|kr\b|zl\b|lei\b)")
_DIALLED = re.compile(
    r"\b(?:tel|phone|call|ring|mobile|fax|telefon|durchwahl|anruf\w*|telephone|appel\w*|telefono|llam\w*|movil|whatsapp|sms)\b\W{0,3}"
    r"(?:\w+\W+){0,3}?(\d[\d ()/.-]{5,20}\d)"
)


def contacts_of(folded: str, plain: str, words: frozenset[str], ids: Mapping[str, object], phone: str) -> list[Item]:
    """E-mail addresses, links and telephone numbers: their digits are not amounts."""
    items: list[Item] = []
    if "@" in folded:
        items += _addresses(folded)
    bare = plain
    for item in items:
        bare = bare[: item.start] + " " * (item.end - item.start) + bare[item.end :]
    if "://" in folded or "www." in plain or _DOTTED.search(bare):
        items += [
            Item("link", m.start(), m.start() + len(m.group().rstrip(".,;!?")), word=m.group().rstrip(".,;!?"))
            for m in _LINK.finditer(folded)
            if not any(i.start <= m.start() < i.end for i in items)
        ]
    tries = [(_PHONE, 0, folded)] if "+" in folded or "(" in folded or " 0" in folded or "\n0" in folded or ":0" in folded else []
    if not words.isdisjoint(_DIAL_WORDS):
        tries.append((_DIALLED, 1, plain))
    for pattern, group, text in tries:
        for m in pattern.finditer(text):
            start, end = m.span(group)
            digits = re.sub(r"\D", "", text[start:end])
            if _names_fact(text[start:end], ids):
                continue
            if 7 <= len(digits) <= 15 and not any(i.start < end and start < i.end for i in items) and not _is_date(text[start:end]):
                items.append(Item("phone", start, end, word=digits))
    items += _grouped(folded, ids, phone, items)
    items += _own_phone(folded, phone, items)
    return items


def _grouped(folded: str, ids: Mapping[str, object], phone: str, items: list[Item]) -> list[Item]:
    """Telephone numbers told by their grouping alone; an amount is grouped by threes and has its currency beside it."""
    found: list[Item] = []
    for m in _GROUPS.finditer(folded):
        text = m.group()
        digits = re.sub(r"\D", "", text)
        groups = re.findall(r"\d+", text)
        if not 8 <= len(digits) <= 12 or _names_fact(text, ids) or _is_date(text) or any(i.start < m.end() and m.start() < i.end for i in items):
            continue
        threes = all(len(group) == 3 for group in groups[1:]) and not (phone and phone.endswith(digits))
        if threes or _MONEY_SIGN.match(folded[m.end() : m.end() + 8].lstrip()) or _MONEY_SIGN.search(folded[max(0, m.start() - 4) : m.start()].rpartition("\n")[2]):
            continue
        found.append(Item("phone", m.start(), m.end(), word=digits))
    return found


def _own_phone(folded: str, phone: str, items: list[Item]) -> list[Item]:
    """The sender's number in its national form ("96 055 01 44" for +34 96 055 01 44)."""
    if len(phone) < 8 or phone[-4:-2] not in folded or any(item.kind == "phone" and item.word.endswith(phone[-8:]) for item in items):
        return []
    match = _spaced(phone[-9:]).search(folded) or _spaced(phone[-8:]).search(folded)
    return [Item("phone", match.start(), match.end(), word=re.sub(r"\D", "", match.group()))] if match else []


@lru_cache(maxsize=512)
def _spaced(digits: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\d)[(+]?\d{0,3}" + r"[ ()/.-]{0,2}".join(digits) + r"(?!\d)")


_WRAP = "()+ .-/,;"


def _names_fact(text: str, ids: Mapping[str, object]) -> bool:
    """True when what looks like a telephone number holds an identifier of the facts (``0003-00012244``)."""
    return any(piece.upper() in ids for piece in (text.strip(_WRAP), *(word.strip(_WRAP) for word in text.split())))


def _addresses(folded: str) -> list[Item]:
    found: list[Item] = []
    at = folded.find("@")
    while at >= 0:
        local, domain = _LOCAL.search(folded, max(0, at - 64), at), _DOMAIN.match(folded, at + 1)
        if local and domain:
            found.append(Item("email", local.start(), domain.end(), word=folded[local.start() : domain.end()].lower()))
        at = folded.find("@", at + 1)
    return found


def _is_date(text: str) -> bool:
    return any(shape_of(piece.strip(EDGE + "() ")).kind == "date" for piece in text.split()) or (text.count(".") > 1 and "," in text)
