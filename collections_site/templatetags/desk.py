"""How the desk shows money, time, states, customer text and differences: one place, so that a thing looks the same everywhere."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.template.base import Node, NodeList
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from collections_site.hidden import shown, shown_page
from drafts import states
from drafts.record import events
from drafts.review.diff import change_list, word_diff
from governance.admin import wording
from governance.audit import ACTIONS
from governance.language import said as in_language
from governance.language import speaks_english
from governance.measured import WORDS as MEASURED_WORDS
from governance.money import Money
from governance.roles import label_of

register = template.Library()

# state → (tone, icon); the word comes from the choices. Colour never stands alone.
LOOKS: dict[str, tuple[str, str]] = {
    states.PREPARING: ("", "clock"), states.AWAITING_DECISION: ("exec", "question"), states.READY: ("info", "doc"),
    states.IN_REVIEW: ("info", "pen"), states.AWAITING_APPROVAL: ("warn", "people"), states.APPROVED: ("good", "clock"),
    states.STOPPED: ("bad", "stop"), states.ON_HOLD: ("warn", "pause"), states.SENT: ("good", "check"),
    states.ANSWERED: ("good", "reply"), states.CLOSED: ("", "check"), states.REJECTED: ("", "block"),
    states.SUPERSEDED: ("", "next"), states.EXPIRED: ("", "clock"),
    states.ROUTINE: ("good", "check"), states.EXCEPTION: ("warn", "alert"), states.EXECUTIVE_REVIEW: ("exec", "crown"),
    "present": ("good", "check"), "checked_empty": ("good", "check"), "stale": ("warn", "clock"), "unavailable": ("bad", "alert"),
    "not_permitted": ("warn", "lock"), "not_configured": ("", "plug"),
    "block": ("bad", "block"), "higher": ("warn", "up"), "warn": ("warn", "alert"), "passed": ("good", "check"),
    "not_run": ("notrun", "unknown"),
    states.SCHEDULED: ("good", "clock"), states.CLAIMED: ("info", "send"), states.HANDING_OVER: ("info", "send"),
    states.ACCEPTED: ("good", "check"), states.FAILED_TEMPORARY: ("warn", "clock"), states.FAILED_PERMANENT: ("bad", "block"),
    states.OUTCOME_UNKNOWN: ("bad", "unknown"),
    "open": ("warn", "scale"), "pending": ("warn", "question"), "answered_dispute": ("info", "reply"), "resolved": ("good", "check"),
    "confirmed": ("warn", "scale"), "dismissed": ("", "check"), "decided": ("good", "check"), "lapsed": ("", "clock"),
    "kept": ("good", "check"), "broken": ("bad", "alert"), "in_grace": ("warn", "clock"), "undated": ("warn", "unknown"),
    "tier_strategic": ("exec", "crown"), "tier_enterprise": ("exec", "crown"),
}
SOURCE_WORDS = {
    "present": "present", "checked_empty": "checked, empty", "stale": "stale", "unavailable": "unavailable",
    "not_permitted": "not permitted", "not_configured": "not connected",
}
WORDS = {
    **dict(states.STATUS_CHOICES), **dict(states.LANE_CHOICES), **dict(states.DELIVERY_CHOICES), **SOURCE_WORDS,
    "block": "Blocking", "higher": "Higher approver", "warn": "Warning", "passed": "Passed", "not_run": "Not run",
}


@register.filter
def said(value: Any) -> Any:
    """What the desk itself says, in the reader's language (``governance.language``): never for names and what people wrote."""
    return in_language(value)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon of the sprite."""
    return format_html('<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>', static("desk/icons.svg"), name)


@register.simple_tag
def badge(words: Any, tone: str = "", sign: str = "info") -> SafeString:
    """Icon, word and colour."""
    return format_html('<span class="badge {}">{}{}</span>', tone, icon(sign), words)


@register.simple_tag
def state(code: str, words: str = "") -> SafeString:
    """The badge of any state, lane, source state or severity."""
    tone, sign = LOOKS.get(code, ("", "info"))
    return badge(words or in_language(WORDS.get(code, code.replace("_", " ").capitalize())), tone, sign)


@register.filter
def state_words(code: str) -> str:
    """A code of a row in words: a lane, a state, a reason. Empty stays empty."""
    return str(in_language(WORDS.get(code) or code.replace("_", " ")))


MEASURED = {"fine": ("good", "check"), "warning": ("warn", "alert"), "problem": ("bad", "block"), "not_set_up": ("", "plug"), "unknown": ("notrun", "unknown")}


@register.simple_tag
def measured(code: str, count: int | None = None) -> SafeString:
    """The badge of a measured line, or of how many lines are in a state: never colour alone."""
    words = MEASURED_WORDS.get(code, code)
    many = "s" if count is not None and count > 1 and code in ("warning", "problem") else ""
    return badge(in_language(words if count is None else f"{count} {words.lower()}{many}"), *MEASURED.get(code, ("notrun", "unknown")))


@register.filter
def measured_words(code: str) -> str:
    """The state of a measured line in words."""
    return str(in_language(MEASURED_WORDS.get(code, code)))


@register.filter
def money(minor: int | None, currency: str) -> str:
    """ "EUR 1,234.50"; "amount not stated" when unknown."""
    return str(in_language("amount not stated" if minor is None else str(Money(int(minor), currency))))


@register.filter
def totals(amounts: dict[str, int] | None) -> list[str]:
    """One line per currency; they are never summed."""
    return [in_language(str(Money(int(minor), currency))) for currency, minor in sorted((amounts or {}).items())]


@register.filter
def role_name(role: str) -> str:
    """ "finance approver"."""
    return str(in_language(label_of(role)))


def _now(context: Any) -> datetime:
    now: datetime = context["now"]
    return now


@register.simple_tag(takes_context=True)
def age(context: Any, moment: datetime | None) -> SafeString:
    """ "22 min", with the absolute time in ``datetime`` and ``title``."""
    if moment is None:
        return format_html("{}", in_language("unknown"))
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(), in_language(f"{local:%d %b %Y %H:%M}"), in_language(wording.age(moment, _now(context)))
    )


@register.simple_tag(takes_context=True)
def ago(context: Any, moment: datetime | None) -> SafeString:
    """ "22 min ago", "just now"; as ``age`` for the end of a sentence."""
    words = age(context, moment)
    said_age = wording.age(moment, _now(context))
    if moment is None or said_age == "just now":
        return words
    if speaks_english():
        return format_html("{} ago", words)
    local = timezone.localtime(moment)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), in_language(f"{said_age} ago"))


@register.simple_tag(takes_context=True)
def due(context: Any, moment: datetime | None) -> SafeString:
    """A deadline in words, with an icon when it presses."""
    words, tone = wording.due(moment, _now(context))
    words = in_language(words)
    if moment is None:
        return format_html('<span class="quiet">{}</span>', words)
    sign = icon("clock") if tone else ""
    return format_html('<time datetime="{}" class="t {}">{} {}</time>', moment.isoformat(), tone, sign, words)


@register.simple_tag(takes_context=True)
def when(context: Any, moment: datetime | None) -> SafeString:
    """ "13:51", "tomorrow 09:00"."""
    if moment is None:
        return format_html("{}", "")
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), in_language(wording.clock_time(moment, _now(context))))


@register.filter
def stamp(moment: datetime | None) -> SafeString:
    """ "21 Nov 2026 14:21:07 CET": a moment to the second with its zone, for the record."""
    if moment is None:
        return format_html("{}", in_language("not recorded"))
    return format_html('<time datetime="{}">{}</time>', timezone.localtime(moment).isoformat(), in_language(events.stamped(moment)))


@register.filter
def moment(value: datetime, length: str = "") -> str:
    """ "Mon 24 Nov 2026 09:00", with "short" "24 Nov 09:00", in the zone the value is in for a template."""
    local = timezone.template_localtime(value)
    day = f"{local.day} {local:%b}" if length == "short" else f"{local:%a} {local.day} {local:%b} {local.year}"
    return str(in_language(f"{day} {local:%H:%M}"))


@register.filter
def plain(value: Any) -> str:
    """A value of the record in words, not as a program writes it."""
    return events.plain(value)


@register.filter
def day(value: date | None) -> str:
    """ "3 Nov 2026"."""
    return str(in_language(wording.day(value)))


@register.filter
def customer(text: str | None) -> SafeString:
    """Text of a customer, inert: escaped, links as plain text, invisible and bidirectional characters made visible."""
    return shown((text or "").replace("\r\n", "\n"))


class _Shown(Node):
    def __init__(self, nodes: NodeList) -> None:
        self.nodes = nodes

    def render(self, context: Any) -> Any:
        return shown_page(self.nodes.render(context))


@register.tag("shown")
def shown_block(parser: Any, token: Any) -> _Shown:
    """``{% shown %}…{% endshown %}``: a whole page in which nothing stays invisible, for pages that leave without the middleware."""
    nodes = parser.parse(("endshown",))
    parser.delete_first_token()
    return _Shown(nodes)


@register.simple_tag
def worddiff(old: str, new: str) -> SafeString:
    """Both texts in one, marked in colour and, for readers without it, in words."""
    both: SafeString = marked(word_diff(old or "", new or ""))
    return both


@register.simple_tag
def marked(pieces: Any) -> SafeString:
    """Pieces of a difference as ``worddiff`` shows them; hidden characters made visible."""
    look, words = "<{0}><span class=visually-hidden>[{1}] </span>{2}</{0}>", {"delete": ("del", "deleted"), "insert": ("ins", "inserted")}
    shown_pieces = ((words[op][0], in_language(words[op][1]), customer(text)) if op in words else ("", "", customer(text)) for op, text in pieces)
    return format_html_join("", "{}", ((format_html(look, *piece) if piece[0] else piece[2],) for piece in shown_pieces))


@register.simple_tag
def changes(old: str, new: str) -> SafeString:
    """The list of changes in words, facts first."""
    found = sorted(change_list(old or "", new or ""), key=lambda change: change.kind == "text")
    if not found:
        return format_html("<p class=quiet>{}</p>", in_language("No difference."))
    items = format_html_join("", "<li>{}</li>", ((customer(in_language(change.words)),) for change in found))
    head = "1 change" if len(found) == 1 else f"{len(found)} changes"
    return format_html("<p class=strong>{}</p><ul class=small>{}</ul>", in_language(head), items)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """A value of a mapping by a key held in a variable."""
    return mapping.get(key) if mapping else None


@register.simple_tag(takes_context=True)
def query(context: Any, **changes_: Any) -> str:
    """The current address with some parameters set or (empty) removed; the page number is dropped."""
    params = context["request"].GET.copy()
    params.pop("p", None)
    for key, value in changes_.items():
        if value in ("", None):
            params.pop(key, None)
        else:
            params[key] = value
    return "?" + params.urlencode()


@register.filter
def event_words(action: str) -> str:
    """An action of the record in words; moves of a follow-up by their own name."""
    return str(in_language(ACTIONS.get(action) or action.removeprefix("follow_up.").replace("_", " ")))


@register.filter
def sentence(text: str | None) -> str:
    """What somebody typed, ended like a sentence, so that the next one can follow."""
    words = (text or "").strip()
    return words if not words or words[-1] in ".!?…" else f"{words}."


@register.filter
def in_words(refs: list[str], names: dict[str, str]) -> str:
    """Fact ids as words, each once: "INV-1, the message of 19 Nov 2026"."""
    return ", ".join(dict.fromkeys(in_language(names.get(ref, "a fact on record")) for ref in refs))


@register.filter
def stream_account(stream: str) -> str:
    """The account id a stream belongs to, or nothing."""
    return stream.removeprefix("account:") if stream.startswith("account:") else ""


@register.filter
def unlocalised(value: float) -> str:
    """A number for an SVG attribute, with a point whatever the language."""
    return f"{value:g}"
