"""The samples of the demo: one of possible misses, labelled by two people and locked, and one of sent messages that waits to be labelled."""

from __future__ import annotations

from accounts.models import Invoice
from collections_site.demo import words
from collections_site.demo.book.customer import FIRST_DAY
from collections_site.demo.stage import Stage
from drafts.compliance import incidents
from drafts.labelling import drawing, judging
from drafts.labelling.showing import scene
from governance.models import Incident, SampleFrame, SampleItem

SIZE, OPEN = 32, 5
MISSED = "INV-204301"


def draw_recall(stage: Stage) -> None:
    """Compliance draws from everything decided so far."""
    _draw(stage, SampleFrame.Kind.RECALL, SIZE)


def draw_messages(stage: Stage) -> None:
    """And from the messages that left; nobody has labelled these."""
    _draw(stage, SampleFrame.Kind.ESCAPE, OPEN)


def _draw(stage: Stage, kind: str, size: int) -> None:
    chen = stage.users["chen"]
    since = stage.days.at(FIRST_DAY, 8)  # not of the synthetic history before it
    frame = drawing.frame(kind, since, stage.now, by=chen, at=stage.now, size=size)
    drawing.draw(frame.pk, by=chen, at=stage.now)


def label(stage: Stage, who: str) -> None:
    """One person answers everything that waits for them."""
    for item in judging.due_for(stage.users[who]):
        if item.frame.kind == SampleFrame.Kind.RECALL:
            judging.label(item.pk, _answer(item), by=stage.users[who], at=stage.now)


def _answer(item: SampleItem) -> judging.Answer:
    shown = " ".join(text.body for text in scene(item, item.frame.kind).texts)
    if words.STANHOPE_MISSED in shown and Invoice.objects.filter(pk=item.invoice_id or 0, number=MISSED).exists():
        return judging.Answer("yes", "quantity", quote=words.STANHOPE_MISSED, reason=words.STANHOPE_WHY)
    if words.KENDAL_LINE in shown:
        return judging.Answer("yes", "delivery", quote=words.KENDAL_LINE, reason=words.KENDAL_WHY)
    return judging.Answer("no")


def agree(stage: Stage) -> None:
    """What is done about the miss."""
    incident = Incident.objects.get(source__startswith="sample_item:", portfolio__in=stage.portfolios.values())
    lea = stage.users["lea"]
    incidents.agree_action(incident.pk, words.STANHOPE_ACTION, lea, stage.days.business(4), by=stage.users["chen"], at=stage.now)
