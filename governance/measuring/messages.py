"""Measures of what left, what was stopped on the way, and what came back."""

from __future__ import annotations

from datetime import datetime, timedelta

from governance.measuring import kinds
from governance.measuring.drafts import drifted, gaps, mistake, rounds_sent_back
from governance.measuring.reading import Book, Told, text
from governance.measuring.rounds import minutes
from governance.models import Measure

ANSWERED_WITHIN = timedelta(days=14)
DISPUTED_WITHIN = timedelta(days=30)
NOT_A_PERSON = ("out_of_office",)


def stopped(told: Told, book: Book) -> None:
    """An approved message did not leave."""
    code = str(told.data.get("code", ""))
    by = str(told.data.get("caught", "last_look" if told.event.actor_id is None else "person"))
    book.write(told, kinds.STOPPED, outcome=by, code=code, ref=told.data.get("delivery"))
    if code in kinds.FACTS_CHANGED:
        drifted(told, book, "after approval", code)
    if code not in kinds.NO_MISTAKE:
        mistake(told, book, by, code, code in kinds.SURE)


def handing_over(told: Told, book: Book) -> None:
    """The last look let it pass; a second attempt of the same message is no second dispatch."""
    facts, ref = told.part("facts_now"), told.event.subject_id
    if ref is not None and (kinds.DISPATCH, ref) not in book.refs:
        book.write(told, kinds.DISPATCH, ref=ref, complete=bool(facts.get("complete")), outcome="known" if facts else "unknown")
        gaps(told, book, facts, kinds.AT_DISPATCH)
        for code, wrong in (("paid", facts.get("paid")), ("disputed", facts.get("disputed")), ("without_decision", facts.get("undecided"))):
            if wrong:
                book.write(told, kinds.VIOLATION, ref=ref, code=code)


def sent(told: Told, book: Book) -> None:
    """The mail server has it."""
    known = book.round(told.follow_up)
    last = known.draft
    spent = [row.seconds for row in known.of_kind(kinds.DECIDED) if row.seconds is not None]
    _never(told, book)
    book.write(
        told, kinds.SENT, ref=told.data.get("delivery"), reworked=rounds_sent_back(known), seconds=sum(spent) if spent else None,
        minutes=minutes(last.at, told.at) if last else None,
    )  # fmt: skip


def _never(told: Told, book: Book) -> None:
    """What must not be: sent without an approval, after a stop, or twice."""
    known = book.round(told.follow_up)
    approved = max((row.event_id for row in known.of_kind(kinds.DECIDED) if row.outcome in kinds.APPROVED), default=0)
    stopped_at = max((row.event_id for row in known.of_kind(kinds.STOPPED)), default=0)
    found = {"without_approval": not approved, "after_stop": stopped_at > approved, "twice": known.has(kinds.SENT)}
    for code, wrong in found.items():
        if wrong:
            book.write(told, kinds.VIOLATION, ref=told.data.get("delivery"), code=code)


def failed(told: Told, book: Book) -> None:
    """Refused for good."""
    if told.data.get("permanent"):
        book.write(told, kinds.BOUNCED, ref=told.event.subject_id)


def replied(told: Told, book: Book) -> None:
    """A reply, as the machine reads it, or as the person who recorded it."""
    message = _answered(told, book)
    late = message is not None and told.at - message.at > ANSWERED_WITHIN
    waited = minutes(message.at, told.at) if message else None
    book.write(
        told, kinds.REPLY, ref=told.event.subject_id, outcome=str(told.data.get("kind", "")), code=str(told.data.get("avoidable", "")),
        late=late, minutes=waited, portfolio_id=_portfolio(told, book), latent=_unknown_before(told, message, told.at),
    )  # fmt: skip
    _mark(told, book, message)


def relabelled(told: Told, book: Book) -> None:
    """A person said what a reply is."""
    old = book.refs.get((kinds.REPLY, told.event.subject_id or 0))
    if old is None:
        return
    code = str(told.data.get("avoidable", "")) if "avoidable" in told.data else old.code
    latent = _unknown_before(told, _answered(told, book), old.at)
    new = book.replace(told, old, outcome=str(told.data.get("confirmed", "")), confirmed=True, code=code, latent=latent)
    if new.follow_up_id is not None:
        _mark(told, book, _answered(told, book))


def _answered(told: Told, book: Book) -> Measure | None:
    """The message this is an answer to: the last one sent of its follow-up."""
    return max(book.round(told.follow_up).of_kind(kinds.SENT), key=lambda row: row.at, default=None)


def _unknown_before(told: Told, message: Measure | None, at: datetime) -> bool:
    """True for a dispute within 30 days of our message of which no source had known."""
    kind = told.data.get("confirmed") or told.data.get("kind")
    return kind == "dispute" and message is not None and at - message.at <= DISPUTED_WITHIN and told.data.get("knew") is False


def _mark(told: Told, book: Book, message: Measure | None) -> None:
    """What came back, on the row of the message: the first reply of a person within 14 days, and what we could have known."""
    if message is None:
        return
    replies = sorted((r for r in book.round(told.follow_up).of_kind(kinds.REPLY) if r.at >= message.at), key=lambda r: (r.at, r.ref or 0))
    human = [r for r in replies if r.outcome not in NOT_A_PERSON and not r.late]
    told_us = next((r.code for r in human if r.code), "")
    outcome, latent = human[0].outcome if human else "", any(r.latent for r in replies)
    if (message.outcome, message.code, message.latent) != (outcome, told_us, latent):
        confirmed = bool(human and human[0].confirmed)
        book.replace(told, message, outcome=outcome, code=told_us, latent=latent, confirmed=confirmed)


def signal_found(told: Told, book: Book) -> None:
    """Words that may be a dispute."""
    since = told.data.get("since")
    lead = minutes(datetime.fromisoformat(since), told.at) if since else None
    source = str(told.data.get("source", "")).partition(":")[0]
    book.write(
        told, kinds.SIGNAL, ref=told.event.subject_id, outcome=kinds.PENDING, code=source, minutes=lead, portfolio_id=_portfolio(told, book)
    )


def signal_judged(told: Told, book: Book) -> None:
    """A person said whether it is one."""
    old = book.refs.get((kinds.SIGNAL, told.event.subject_id or 0))
    if old is not None:
        book.replace(told, old, outcome=told.action.partition(".")[2], confirmed=True)


def dispute_opened(told: Told, book: Book) -> None:
    """A dispute of record."""
    category = str(told.data.get("category", ""))
    book.write(told, kinds.DISPUTE, ref=told.event.subject_id, outcome="open", code=category, portfolio_id=_portfolio(told, book))


def dispute_resolved(told: Told, book: Book) -> None:
    """How it ended, and how long it took."""
    old = book.refs.get((kinds.DISPUTE, told.event.subject_id or 0))
    if old is not None:
        took = minutes(old.at, told.at)
        book.replace(told, old, outcome=str(told.data.get("outcome", "")), minutes=took, confirmed=True)


def promised(told: Told, book: Book) -> None:
    """A promise to pay."""
    outcome = "open" if told.data.get("due_on") else "undated"
    money = told.part("amounts")
    book.write(
        told, kinds.PROMISE, ref=told.event.subject_id, outcome=outcome, portfolio_id=_portfolio(told, book),
        amounts={str(c): int(n) for c, n in money.items()}, currency=text(next(iter(money), "")),
    )  # fmt: skip


def promise_settled(told: Told, book: Book) -> None:
    """Kept, late or broken."""
    old = book.refs.get((kinds.PROMISE, told.event.subject_id or 0))
    if old is not None:
        book.replace(told, old, outcome=str(told.data.get("state", "")))


def opted_out(told: Told, book: Book) -> None:
    """Somebody asked not to be written to."""
    book.write(told, kinds.OPT_OUT, ref=told.event.subject_id, portfolio_id=_portfolio(told, book))


def routed(told: Told, book: Book) -> None:
    """A person gave it to somebody else; a lane that was raised or lowered says so."""
    book.write(told, kinds.ROUTED, outcome=str(told.data.get("lane_moved", "same")))


def _portfolio(told: Told, book: Book) -> int | None:
    return told.data.get("portfolio") or book.round(told.follow_up).slices().get("portfolio_id")
