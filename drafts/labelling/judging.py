"""One label at a time: who may, what it must say, when a second and a third person are needed, and what stands in the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models.dispute import CATEGORIES
from drafts.labelling import closing
from drafts.labelling.showing import scene, where_it_stands
from drafts.review.base import Blocked
from governance.audit import Entry, record
from governance.canonical import canonical_json, sha256_hex
from governance.decisions import Allowed, Decision, Denied
from governance.models import Correction, Label, SampleFrame, SampleItem, SampleVerdict
from governance.packs.requests import STREAM
from governance.rights import Scope, can, scope_of
from governance.roles import ACTIONS

if TYPE_CHECKING:
    from governance.models import User

YES, NO, UNSURE = Label.Answer.YES, Label.Answer.NO, Label.Answer.UNSURE
CODES: dict[str, dict[str, str]] = {
    SampleFrame.Kind.RECALL: {key: str(words) for key, words in CATEGORIES},
    SampleFrame.Kind.ESCAPE: {key: str(words) for key, words in Correction.Kind.choices if key != Correction.Kind.COSMETIC},
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answers. ``code`` and ``quote`` belong to a yes; a yes and a "cannot tell" need a reason."""

    answer: str
    code: str = ""
    critical: bool = False
    quote: str = ""
    reason: str = ""


def may_label(user: User, item: SampleItem, *, scope: Scope | None = None) -> Decision:
    """Whether this person may label this item: by role, and not what they acted on or have answered already."""
    right = can(user, "label_sample", item, scope=scope)
    if not right:
        return right
    if user.pk in item.barred:
        return Denied("because you acted on this account yourself; somebody else labels it")
    if item.labels.filter(by=user).exists():
        return Denied("because you have answered already; another person gives the next answer")
    return Allowed()


def due(user: User, scope: Scope | None = None) -> QuerySet[SampleItem]:
    """Items that wait for an answer of this person, the oldest sample first."""
    scope = scope or scope_of(user)
    rows = waiting().annotate(own=Exists(Label.objects.filter(item=OuterRef("pk"), by=user))).filter(own=False)
    inside = scope.portfolios_with(ACTIONS["label_sample"].roles)
    if inside is not None:
        rows = rows.filter(portfolio_id__in=inside)
    return rows.order_by("frame_id", "position")


def waiting() -> QuerySet[SampleItem]:
    """Items without a verdict."""
    return SampleItem.objects.filter(verdict__isnull=True)


def due_for(user: User, scope: Scope | None = None) -> list[SampleItem]:
    """``due`` without what this person acted on (a list of ids in each row, which no index helps with)."""
    return [item for item in due(user, scope).select_related("frame") if user.pk not in item.barred]


def label(item_id: int, given: Answer, *, by: User, at: datetime) -> Label:
    """Record one answer; with the last one that is needed the verdict, and with the last verdict the result, are locked.

    Raises ``NotAllowed`` or ``Blocked``.
    """
    try:
        with transaction.atomic():
            item = SampleItem.objects.select_for_update(of=("self",)).select_related("frame").get(pk=item_id)
            may_label(by, item).or_raise()
            if SampleVerdict.objects.filter(item=item).exists():
                raise Blocked("E-STATE", "This one is settled: enough people have answered.")
            row = _saved(item, given, by, at)
            settle(item, at)
    except IntegrityError as error:
        raise Blocked("E-STATE", "Somebody answered this one a moment ago. Please take the next.") from error
    closing.lock_when_done(item.frame_id, at=at)
    return row


def _saved(item: SampleItem, given: Answer, by: User, at: datetime) -> Label:
    kind = item.frame.kind
    quoted = _checked(item, given)
    yes = given.answer == YES
    critical = given.critical and yes and kind == SampleFrame.Kind.ESCAPE
    row = Label.objects.create(
        item=item, round=item.labels.count() + 1, answer=given.answer, code=given.code if yes else "", critical=critical,
        quote=given.quote.strip(), quoted=quoted, reason=given.reason.strip(), by=by, at=at,
    )  # fmt: skip
    # The answer itself is not in the ledger, where the next labeller could read it; its hash is.
    said = sha256_hex(canonical_json([row.item_id, row.round, row.answer, row.code, row.critical, row.quoted]))
    record([Entry(STREAM, "sample.labelled", "sample_item", item.pk, {"label": row.pk, "round": row.round, "sha256": said})], by=by, at=at)
    return row


def _checked(item: SampleItem, given: Answer) -> str:
    """Where the quote stands; raises ``Blocked`` naming what is missing."""
    kind = item.frame.kind
    if given.answer not in Label.Answer.values:
        raise Blocked("E-FORM", "Please choose an answer.")
    if given.answer == YES and given.code not in CODES[kind]:
        raise Blocked("E-FORM", "Please choose what kind it is.")
    if given.answer == YES and not given.quote.strip():
        raise Blocked("E-FORM", "Please pick the words that show it.")
    if given.answer != NO and not given.reason.strip():
        raise Blocked("E-FORM", "Please say why, in a sentence.")
    if not given.quote.strip():
        return ""
    quoted = where_it_stands(given.quote, scene(item, kind).texts)
    if not quoted:
        raise Blocked("E-FORM", "These words stand in none of the texts shown. Pick them exactly as they are written.")
    return quoted


def needed(labels: Sequence[Label], twice: bool) -> bool:
    """Whether another answer is needed. A single plain "no" is enough unless the item was drawn for two; two who differ need a third."""
    if len(labels) >= 3:
        return False
    if len(labels) == 2:
        return labels[0].answer != labels[1].answer
    return not labels or twice or labels[0].answer != NO


def settle(item: SampleItem, at: datetime) -> SampleVerdict | None:
    """Write the verdict when no further answer is needed: what two agree on, else what the third says."""
    labels = list(item.labels.order_by("round"))
    if needed(labels, item.twice):
        return None
    last = labels[-1]
    verdict = SampleVerdict.objects.create(
        item=item, answer=last.answer, code=last.code, critical=any(row.critical for row in labels if row.answer == last.answer),
        labels=len(labels), agreed=None if len(labels) == 1 else len(labels) == 2, at=at,
    )  # fmt: skip
    record([Entry(STREAM, "sample.settled", "sample_item", item.pk, {"answer": verdict.answer, "labels": verdict.labels})], by=None, at=at)
    if verdict.answer == YES:
        closing.open_incident_of(item, verdict, at=at)
    return verdict


def progress(frame: SampleFrame) -> dict[str, int]:
    """``settled`` of ``items`` have a verdict, ``begun`` wait for another person; ``plain`` of those settled count for the estimate."""
    found: dict[str, int] = frame.items.aggregate(
        items=Count("pk"), settled=Count("pk", filter=Q(verdict__isnull=False)),
        plain=Count("pk", filter=Q(verdict__isnull=False) & ~Q(stratum="flagged")), all_plain=Count("pk", filter=~Q(stratum="flagged")),
    )  # fmt: skip
    begun = frame.items.filter(verdict__isnull=True, labels__isnull=False).distinct().count()
    return {**found, "begun": begun}
