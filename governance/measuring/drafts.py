"""Measures of a draft from being offered to its decision, read from the events of its follow-up."""

from __future__ import annotations

from typing import Any

from governance.measuring import kinds
from governance.measuring.reading import Book, Told, amounts_of, first, text
from governance.measuring.rounds import Round, minutes
from governance.models import Measure

UNDER_REVIEW = ("ready", "in_review", "awaiting_approval")


def offered(told: Told, book: Book) -> None:
    """A draft is put before people: prepared, written by somebody, or brought back after a stop."""
    about, known = told.part("about"), book.round(told.follow_up)
    _lapse(told, book, kinds.SUPERSEDED)
    again = known.slices() if not about else {}
    slices = again or {
        "portfolio_id": about.get("portfolio"), "purpose": about.get("purpose", ""), "template": text(told.data.get("template")),
        "prompt": text(about.get("prompt")), "model": about.get("model", ""), "band": about.get("band", ""),
        "renewal": bool(about.get("renewal")), "words": about.get("words"), **amounts_of(about.get("amounts")),
        "machine": about.get("model", "") not in ("", "person"),
    }  # fmt: skip
    slices |= {"lane": told.data.get("lane", ""), "case_id": told.event.pk, "draft_id": told.data.get("draft")}
    last = known.draft
    complete = bool(about.get("complete")) if about else bool(last and last.complete)
    book.write(told, kinds.DRAFT, outcome=kinds.PENDING, complete=complete, **slices)
    gaps(told, book, about, kinds.AT_DRAFT)


def gaps(told: Told, book: Book, part: dict[str, Any], stage: str) -> None:
    """One row per required source that was not fine at this stage: its state, and the stage beside it."""
    for source, state in sorted((part.get("gaps") or {}).items()):
        book.write(told, kinds.GAP, code=f"{source}:{stage}", outcome=str(state)[:24])


def opened(told: Told, book: Book) -> None:
    """The first look at a draft."""
    pending = book.round(told.follow_up).pending
    if pending is None:
        return
    mine = [row for row in book.round(told.follow_up).of_case(kinds.OPENED) if row.actor_id == told.event.actor_id]
    if not mine:
        wait = minutes(pending.at, told.at)
        code = "again" if book.round(told.follow_up).has(kinds.OPENED) else "first"
        book.write(told, kinds.OPENED, code=code, minutes=wait, business=inside(told.data.get("business"), wait))


def evidence(told: Told, book: Book) -> None:
    """Evidence was opened; once per person and draft."""
    known = book.round(told.follow_up)
    if known.pending is not None and told.event.actor_id not in {row.actor_id for row in known.of_case(kinds.EVIDENCE)}:
        book.write(told, kinds.EVIDENCE)


def answered_first(told: Told, book: Book) -> None:
    """Asked for a reason not to write before the text was shown; the first answer of each person counts."""
    known, said = book.round(told.follow_up), told.data.get("answer")
    mine = [row for row in known.of_kind(kinds.FIRST) if row.actor_id == told.event.actor_id]
    if known.pending is not None and said in (kinds.FIRST_YES, kinds.FIRST_NO) and not mine:
        book.write(told, kinds.FIRST, outcome=said, code=str(told.data.get("why", "")))


def edited(told: Told, book: Book) -> None:
    """A revision of a draft that waits. What an answer begins with is no edit."""
    if book.round(told.follow_up).pending is not None and told.data.get("parent"):
        book.write(told, kinds.EDITED, draft_id=told.event.subject_id)


def resumed(told: Told, book: Book) -> None:
    """Edited after a stop: the text waits for a decision again."""
    if told.data.get("from") == "stopped":
        offered(told, book)


def partly(told: Told, book: Book) -> None:
    """One of several people approved."""
    if book.round(told.follow_up).pending is not None:
        answer(told, book, "approved")


def approved(told: Told, book: Book) -> None:
    """The last of the required people approved: unchanged, or after edits."""
    known = book.round(told.follow_up)
    if known.pending is None:
        return
    review = told.part("review")
    changed = review.get("changed", known.has(kinds.EDITED))
    corrections = [(str(k), str(s)) for k, s in review.get("corrections") or ()] if changed else []
    answer(told, book, "approved")
    gaps(told, book, review, kinds.AT_APPROVAL)
    graves = {severity for _, severity in corrections}
    row = decide(
        told, book, kinds.CHANGED if changed else kinds.UNCHANGED, substantive=bool(graves - {"cosmetic"}), critical="critical" in graves,
        confirmed=bool(review.get("confirmed")), permille=review.get("permille", 0 if not changed else None),
    )  # fmt: skip
    for kind, severity in corrections:
        book.write(told, kinds.CORRECTION, code=kind, outcome=severity, confirmed=row.confirmed)
    if row.critical:
        mistake(told, book, "correction", next(k for k, s in corrections if s == "critical"), row.confirmed)


def rejected(told: Told, book: Book) -> None:
    """Not to be sent."""
    code, cause = str(told.data.get("kind", "")), told.data.get("cause")
    if book.round(told.follow_up).pending is not None:
        answer(told, book, kinds.REJECTED)
        defect = cause == "draft" if cause else code not in kinds.NOT_A_DEFECT
        decide(told, book, kinds.REJECTED, code=code, substantive=defect, critical=defect and code in kinds.HARMFUL)
    if code in kinds.WOULD_HAVE_GONE_WRONG:
        mistake(told, book, "reviewer", code, code in kinds.SURE)


def sent_back(told: Told, book: Book) -> None:
    """Another draft is wanted."""
    codes = [str(code) for code in told.data.get("kinds") or ()]
    code = next((c for c in codes if c in kinds.HARMFUL), first(codes))
    if book.round(told.follow_up).pending is not None:
        answer(told, book, kinds.SENT_BACK)
        decide(told, book, kinds.SENT_BACK, code=code, substantive=True, critical=code in kinds.HARMFUL)
    if code in kinds.HARMFUL:
        mistake(told, book, "reviewer", code, True)


def expired(told: Told, book: Book) -> None:
    """Nobody decided in time."""
    _lapse(told, book, kinds.EXPIRED)


def overtaken(told: Told, book: Book) -> None:
    """Facts made it pointless or it is computed again."""
    code = str(told.data.get("code", ""))
    if code in kinds.FACTS_CHANGED and book.round(told.follow_up).pending is not None:
        drifted(told, book, "before approval", code)
    _lapse(told, book, kinds.SUPERSEDED)


def withdrawn(told: Told, book: Book) -> None:
    """Taken out of people's hands: held, nothing due any more, or no contact."""
    _lapse(told, book, kinds.WITHDRAWN)


def _lapse(told: Told, book: Book, outcome: str) -> None:
    pending = book.round(told.follow_up).pending
    if pending is not None:
        book.replace(told, pending, outcome=outcome, minutes=minutes(pending.at, told.at))


def decide(told: Told, book: Book, outcome: str, **values: Any) -> Measure:
    """The decision: a row of its own on its day, and the end of the draft's row."""
    known, review = book.round(told.follow_up), told.part("review")
    pending = known.pending
    assert pending is not None
    took = minutes(pending.at, told.at)
    times: dict[str, Any] = {"minutes": took, "business": inside(review.get("business"), took)}
    flags = {
        "late": bool(review.get("late")), "evidence": known.has(kinds.EVIDENCE), "complete": bool(review.get("complete")),
        "timed": all(row.timed for row in known.of_case(kinds.ANSWER)), "unread": any(row.unread for row in known.of_case(kinds.ANSWER)),
    }  # fmt: skip
    spent = [row.seconds for row in known.of_case(kinds.ANSWER) if row.seconds is not None]
    draft = told.data.get("draft") or pending.draft_id
    if outcome in kinds.APPROVED and "complete" not in review:
        values["code"] = kinds.UNMEASURED
    shared = {**times, "late": flags["late"]}
    row = book.write(told, kinds.DECIDED, outcome=outcome, draft_id=draft, seconds=sum(spent) if spent else None, **times, **flags, **values)
    book.replace(told, pending, outcome=outcome, substantive=row.substantive, critical=row.critical, **shared)
    return row


def inside(business: Any, wall: int) -> int | None:
    """Business minutes are counted from when the text was written: a text brought back later has waited for less."""
    return min(int(business), wall) if business is not None else None


def answer(told: Told, book: Book, outcome: str) -> None:
    """What one person answered, and whether they can have read what they answered to."""
    known, review, actor = book.round(told.follow_up), told.part("review"), told.event.actor_id
    looked = max((row.at for row in known.of_case(kinds.OPENED) if row.actor_id == actor), default=None)
    seconds = review.get("seconds")
    there = seconds if seconds is not None else int((told.at - looked).total_seconds()) if looked else None
    words = review.get("words") or (known.draft.words if known.draft else None)
    unread = there is not None and words is not None and there * kinds.WORDS_PER_MINUTE < words * 60
    book.write(
        told, kinds.ANSWER, outcome=outcome, seconds=seconds, timed=there is not None and words is not None, unread=unread,
        evidence=actor in {row.actor_id for row in known.of_case(kinds.EVIDENCE)}, reworked=known.has(kinds.EDITED),
    )  # fmt: skip
    first = next((row for row in known.of_case(kinds.FIRST) if row.actor_id == actor), None)
    if first is not None and first.outcome not in kinds.FIRST_ENDS:
        book.replace(told, first, outcome=f"{first.outcome}_{'approved' if outcome == 'approved' else 'refused'}")


def blocked(told: Told, book: Book) -> None:
    """An approval was refused: the facts had changed, or a check refused the text."""
    why, code = told.data.get("why"), first(told.data.get("codes"))
    if why == "evidence":
        drifted(told, book, "at approval", code)
        mistake(told, book, "gate", code, code in kinds.SURE)
    elif why == "checks":
        mistake(told, book, "check", code, False)


def drifted(told: Told, book: Book, where: str, code: str) -> None:
    """The facts of this draft changed; once per draft."""
    if book.round(told.follow_up).draft is not None and not book.round(told.follow_up).has(kinds.DRIFT):
        book.write(told, kinds.DRIFT, outcome=where, code=code)


def mistake(told: Told, book: Book, caught_by: str, code: str, sure: bool) -> None:
    """A message that would have been wrong did not reach the customer; once per draft."""
    if not book.round(told.follow_up).has(kinds.MISTAKE):
        book.write(told, kinds.MISTAKE, outcome=caught_by, code=code, confirmed=sure)


def rounds_sent_back(known: Round) -> bool:
    """True when a draft of this follow-up was refused, edited in substance, or offered again after a stop."""
    decided = known.of_kind(kinds.DECIDED)
    offered_again = len({row.draft_id for row in known.of_kind(kinds.DRAFT)}) < len(known.of_kind(kinds.DRAFT))
    return offered_again or any(row.outcome in kinds.REFUSED or row.substantive for row in decided)
