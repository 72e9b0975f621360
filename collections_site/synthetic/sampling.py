"""The random sample of a synthetic history: framed and drawn by the real functions, labelled by readers who know what was planted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from accounts.models import Invoice
from collections_site.synthetic import book as books
from collections_site.synthetic import words
from collections_site.synthetic.planted import CLEAR, HIDDEN, Case
from drafts.labelling import drawing, judging
from governance.models import SampleFrame, SampleItem, SampleResult

WHY = "They do not owe the whole of it."


def sample(
    book: books.Book, cases: Mapping[int, Case], invoices: Mapping[int, Invoice], starts_at: datetime, at: datetime, size: int
) -> SampleResult | None:
    """Draw ``size`` units decided since ``starts_at`` and label each to its verdict; returns the locked result.

    Readers answer what was planted, so what is tried is the drawing and the estimate, not people's eyes.
    """
    readers = [book.people[key] for key in books.READERS]
    frame = drawing.frame(SampleFrame.Kind.RECALL, starts_at, at, by=readers[0], at=at, size=size)
    drawing.draw(frame.pk, by=readers[0], at=at)
    behind = {invoices[number].pk: case for number, case in cases.items() if number in invoices}
    for reader in readers:
        for item in judging.due_for(reader):
            if item.frame_id == frame.pk:
                judging.label(item.pk, _answer(item, behind, book), by=reader, at=at)
    return SampleResult.objects.filter(frame=frame).first()


def _answer(item: SampleItem, behind: Mapping[int, Case], book: books.Book) -> judging.Answer:
    case = behind.get(item.invoice_id or 0)
    if case is None or case.words not in (CLEAR, HIDDEN):
        return judging.Answer(judging.NO)
    quote = words.HIDDEN_QUOTE if case.words == HIDDEN else books.text_of(case, book).splitlines()[0]
    return judging.Answer(judging.YES, words.CATEGORY, quote=quote, reason=WHY)
