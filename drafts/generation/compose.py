"""Facts, a verdict and an approved template become a message: one per account, pure, the same every time.

Code writes every amount, date and invoice number; each is a claim, a span of the body tied to the fact it
states. Disputed invoices are never named in a demand, whatever the verdict lists.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from accounts.fact_types import AccountFacts, InvoiceFact
from drafts import states
from drafts.classification.types import TermFact
from drafts.generation import formats
from drafts.generation.filling import FILL, Message
from drafts.generation.lines import VALUE, Fragment
from drafts.generation.phrases import PHRASES
from drafts.generation.statement import Attachment, statement_file
from governance.money import totals
from governance.words import PLACEHOLDER

# More invoices than this go into the attached statement; the body then carries the summary.
LINES_IN_BODY = 30


class HasPurpose(Protocol):
    """What the composer reads of a verdict."""

    @property
    def purpose(self) -> str: ...
    @property
    def chase_invoice_ids(self) -> Sequence[int]: ...


class HasText(Protocol):
    """What the composer reads of a template."""

    @property
    def subject(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def language(self) -> str: ...


class NothingToSay(ValueError):
    """No invoice is left that this message may name."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A message. ``claims`` are ``{"start", "end", "fact", "text"}`` over ``body``; ``attachments`` go with it.

    ``form`` is subject and body with every value blanked and equal lines told once: messages of one form say the same
    words about different values. ``plain`` is true when those values are ordinary names and numbers.
    """

    subject: str
    body: str
    claims: list[dict[str, object]]
    invoice_ids: list[int]
    language: str
    attachments: tuple[Attachment, ...] = ()
    form: str = ""
    plain: bool = False


def is_disputed(invoice: InvoiceFact) -> bool:
    """True when any part of it is in dispute or a signal on it is not yet judged."""
    return invoice.signalled or invoice.disputed_minor > 0 or bool(invoice.dispute_ids)


def named_invoices(facts: AccountFacts, verdict: HasPurpose) -> tuple[InvoiceFact, ...]:
    """The invoices a message names, oldest first; for a demand never a disputed one."""
    wanted = set(verdict.chase_invoice_ids)
    demand = verdict.purpose == states.DEMAND
    named = (i for i in facts.invoices if i.id in wanted and not (demand and is_disputed(i)))
    return tuple(sorted(named, key=lambda i: (i.due_on, i.number)))


def set_aside_count(facts: AccountFacts) -> int:
    """How many open invoices are under query and left out of a demand."""
    return sum(1 for invoice in facts.invoices if is_disputed(invoice))


def compose(
    facts: AccountFacts,
    verdict: HasPurpose,
    template: HasText,
    language: str = "",
    plans: Sequence[TermFact] = (),
) -> Composed:
    """The message of ``template`` about the invoices of ``verdict``, in ``language`` (default: the
    template's). ``plans`` are payment plans it may restate.

    Raises ``NothingToSay`` when no invoice may be named.
    """
    invoices = named_invoices(facts, verdict)
    if not invoices:
        raise NothingToSay(f"no invoice of account {facts.account_id} may be named in a {verdict.purpose}")
    tongue = formats.base_language(language or template.language)
    message = Message(
        facts,
        invoices,
        tongue,
        PHRASES[tongue],
        totals((i.currency, i.balance_minor) for i in invoices),
        set_aside_count(facts),
        len(invoices) > LINES_IN_BODY,
        tuple(plans),
    )
    lines = _line(_parse(template.subject)[0][0], message)
    subject = "".join(text for text, _ in lines)
    body, claims, form = _flatten(_paragraphs(template.body, message))
    files = (statement_file(facts, invoices, tongue),) if message.attached else ()
    named = [i.id for i in invoices]
    return Composed(
        subject,
        body,
        claims,
        named,
        tongue,
        files,
        _told_once(_blanked(lines) + "\n" + form),
        _is_plain(message),
    )


# What an ordinary name or number is made of; anything else is looked at as a whole, every time.
_NAME = re.compile(r"[^\W_][\w .,&'’()/-]{0,79}")
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]{0,39}")
_BLANK = "\x00"


def _is_plain(message: Message) -> bool:
    contact, facts = message.facts.recipient, message.facts
    names = [facts.name, *((contact.name, contact.salutation) if contact else ())]
    numbers = [number for i in message.invoices for number in (i.number, i.po_number)]
    return (
        all(_NAME.fullmatch(name) for name in names if name)
        and all(_NUMBER.fullmatch(number) for number in numbers if number)
        and not any(i.billed_name and i.billed_name != facts.name for i in message.invoices)
    )


def _blanked(line: list[Fragment]) -> str:
    return "".join(_BLANK if fact else text for text, fact in line)


def _told_once(form: str) -> str:
    return "\n".join(dict.fromkeys(line for line in _SPACES.sub(" ", form).split("\n")))


_SPACES = re.compile(r" {2,}")


Token = tuple[bool, str]  # (is a placeholder, its name or the literal text)


@lru_cache(maxsize=512)
def _parse(text: str) -> list[list[list[Token]]]:
    """Paragraphs of lines of tokens."""
    return [[_tokens(line) for line in part.split("\n")] for part in re.split(r"\n\s*\n", text.strip())]


def _tokens(line: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    for match in PLACEHOLDER.finditer(line):
        if match.start() > at:
            tokens.append((False, line[at : match.start()]))
        tokens.append((True, match.group(1) or match.group(2)))
        at = match.end()
    if at < len(line):
        tokens.append((False, line[at:]))
    return tokens


def _paragraphs(body: str, message: Message) -> list[list[list[Fragment]]]:
    """Rendered paragraphs; a line or paragraph whose placeholders came out empty is gone."""
    rendered = ([line for tokens in part if (line := _line(tokens, message))] for part in _parse(body))
    return [part for part in rendered if part]


def _line(tokens: list[Token], message: Message) -> list[Fragment]:
    out: list[Fragment] = []
    for is_name, value in tokens:
        if is_name:
            out.extend(FILL[value](message))
        elif out or value.strip():
            # After an empty placeholder at the start of a line the space that followed it goes too.
            out.append((value if out else value.lstrip(), ""))
    return out


def _flatten(paragraphs: list[list[list[Fragment]]]) -> tuple[str, list[dict[str, object]], str]:
    """The text, its claims, and its form."""
    parts: list[str] = []
    form: list[str] = []
    claims: list[dict[str, object]] = []
    at = 0
    for number, lines in enumerate(paragraphs):
        for position, fragments in enumerate(lines):
            if gap := "\n\n" if number and not position else "\n" if position else "":
                parts.append(gap)
                form.append(gap)
                at += len(gap)
            for text, fact in fragments:
                if fact and fact != VALUE:
                    claims.append({"start": at, "end": at + len(text), "fact": fact, "text": text})
                parts.append(text)
                form.append(_BLANK if fact else text)
                at += len(text)
    parts.append("\n")
    return "".join(parts), claims, "".join(form)
