"""Frame and seed on record first, then the draw: whoever draws cannot choose, and anybody can draw the same items again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from drafts.labelling.messages import Sent, sent_between
from drafts.labelling.units import FLAGGED, Unit, units_of
from drafts.models import FollowUp
from drafts.packing.sampling import NothingToDraw
from governance.audit import Entry, account_stream, record
from governance.canonical import canonical_json, sha256_hex
from governance.decisions import Denied
from governance.metrics.recall import allocate
from governance.models import Event, SampleFrame, SampleItem
from governance.packs.requests import STREAM
from governance.rights import can, scope_of
from governance.roles import AUDITOR

if TYPE_CHECKING:
    from governance.models import User

SIZE, MOST = 60, 600
# Flagged units among the others: whoever labels cannot know that nothing was found in an item.
CONTROLS = 5
# One item in this many is labelled by a second person, whatever the first one says.
TWICE = 5
# Acts this long before a round was opened belong to it.
BEFORE = timedelta(minutes=1)


def order(seed: str, keys: Sequence[str]) -> list[str]:
    """Keys in the order the seed puts them: by SHA-256 of "<seed>:<key>"."""
    return sorted(keys, key=lambda key: sha256_hex(f"{seed}:{key}"))


def drawn(seed: str, units: Mapping[str, Sequence[str]], sizes: Mapping[str, int]) -> dict[str, str]:
    """Key → stratum of everything the seed draws from the frame, in the order of labelling."""
    where = {key: stratum for stratum in sorted(units) for key in order(seed, units[stratum])[: sizes.get(stratum, 0)]}
    return {key: where[key] for key in order(f"{seed}:place", list(where))}


def frame(kind: str, starts_at: datetime, ends_at: datetime, *, by: User, at: datetime, size: int = SIZE) -> SampleFrame:
    """Put the frame of a window and a fresh seed on record; nothing is drawn yet.

    Only whole days that are over can be sampled. Raises ``NotAllowed``, ``NothingToDraw`` or ``ValueError``.
    """
    can(by, "draw_sample").or_raise()
    if kind not in SampleFrame.Kind.values or not starts_at < ends_at <= at or not 1 <= size <= MOST:
        raise ValueError(f"choose a period that is over, and between 1 and {MOST} items")
    portfolios = _portfolios(by)
    units = _strata(_found(kind, starts_at, ends_at, portfolios))
    plain = {stratum: len(keys) for stratum, keys in units.items() if stratum != FLAGGED}
    if not any(plain.values()):
        raise NothingToDraw("There is nothing to draw from: nothing was decided in this period.")
    sizes = {**allocate(plain, size), **({FLAGGED: min(CONTROLS, len(units[FLAGGED]))} if FLAGGED in units else {})}
    text = canonical_json(units)
    row = SampleFrame(
        kind=kind, seed=secrets.token_hex(16), starts_at=starts_at, ends_at=ends_at, portfolio_ids=portfolios, units=units, sizes=sizes,
        population=sum(len(keys) for keys in units.values()), sha256=sha256_hex(text), by=by, at=at,
    )  # fmt: skip
    with transaction.atomic():
        row.save()
        counts = {stratum: len(keys) for stratum, keys in units.items()}
        data = {"kind": kind, "seed": row.seed, "sha256": row.sha256, "units": counts, "sizes": sizes}
        record([Entry(STREAM, "sample.framed", "sample_frame", row.pk, data)], by=by, at=at)
    return row


def _portfolios(by: User) -> list[int]:
    """The portfolios a person draws from; empty for all."""
    scope = scope_of(by)
    if AUDITOR in scope.roles_everywhere:
        return []
    own = sorted(pk for pk, roles in scope.roles_by_portfolio.items() if AUDITOR in roles)
    if not own:
        Denied("because you are auditor of no portfolio").or_raise()
    return own


def _found(kind: str, starts_at: datetime, ends_at: datetime, portfolios: Sequence[int]) -> Sequence[Unit | Sent]:
    if kind == SampleFrame.Kind.RECALL:
        return units_of(starts_at, ends_at, portfolios)
    return sent_between(starts_at, ends_at, portfolios)


def _strata(found: Sequence[Unit | Sent]) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for unit in found:
        out.setdefault(unit.stratum, []).append(unit.key)
    return {stratum: sorted(keys, key=_by_number) for stratum, keys in out.items()}


def _by_number(key: str) -> tuple[int, ...]:
    return tuple(int(part) for part in key.split(":"))


def draw(frame_id: int, *, by: User, at: datetime) -> list[SampleItem]:
    """Draw the items of a frame that is on record. Drawing again gives the same items and adds nothing. Raises ``NotAllowed``."""
    can(by, "draw_sample").or_raise()
    with transaction.atomic():
        row = SampleFrame.objects.select_for_update(of=("self",)).get(pk=frame_id)
        if not row.items.exists():
            _draw(row, by, at)
        return list(row.items.order_by("position"))


def _draw(row: SampleFrame, by: User, at: datetime) -> None:
    where = drawn(row.seed, row.units, row.sizes)
    again = set(order(f"{row.seed}:twice", list(where))[: -(-len(where) // TWICE)])
    known = {unit.key: unit for unit in _found(row.kind, row.starts_at, row.ends_at, row.portfolio_ids)}
    gone = [key for key in where if key not in known]
    if gone:
        raise NothingToDraw(f"{len(gone)} units of the frame are not there any more; record a new frame.")
    actors = _actors({known[key].follow_up_id for key in where})
    items = [
        SampleItem(
            frame=row, position=place, stratum=stratum, unit=key, account_id=known[key].account_id, portfolio_id=known[key].portfolio_id,
            follow_up_id=known[key].follow_up_id, brief_id=known[key].brief_id, invoice_id=known[key].invoice_id, draft_id=known[key].draft_id,
            delivery_id=getattr(known[key], "delivery_id", None), decided_at=known[key].decided_at,
            barred=sorted(actors.get(known[key].follow_up_id, ())), twice=key in again,
        )
        for place, (key, stratum) in enumerate(where.items(), 1)
    ]  # fmt: skip
    SampleItem.objects.bulk_create(items, batch_size=500)
    data = {"items": len(items), "sha256": sha256_hex(canonical_json(list(where)))}
    record([Entry(STREAM, "sample.drawn", "sample_frame", row.pk, data)], by=by, at=at)


def _actors(follow_up_ids: set[int]) -> dict[int, set[int]]:
    """Follow-up → everybody who acted on its account since it was opened: they approved, edited, rejected, judged, held, answered."""
    opened = {pk: (account_id, at) for pk, account_id, at in FollowUp.objects.filter(pk__in=follow_up_ids).values_list("pk", "account_id", "opened_at")}
    acts: dict[str, list[tuple[datetime, int]]] = {}
    streams = {account_stream(account_id) for account_id, _ in opened.values()}
    reads = Event.objects.filter(stream__in=streams, actor_id__isnull=False).exclude(action__startswith="audit.")
    for stream, at, actor in reads.values_list("stream", "at", "actor_id"):
        acts.setdefault(stream, []).append((at, actor or 0))
    return {pk: {actor for at, actor in acts.get(account_stream(account_id), ()) if at >= since - BEFORE} for pk, (account_id, since) in opened.items()}


def same_again(row: SampleFrame) -> bool:
    """Whether seed and frame, as recorded, draw exactly the items on record, in their order, and the ledger names the same frame."""
    event = Event.objects.filter(action="sample.framed", subject_kind="sample_frame", subject_id=row.pk).first()
    told = json.loads(event.data) if event else {}
    whole = sha256_hex(canonical_json(row.units)) == row.sha256 == told.get("sha256") and told.get("seed") == row.seed
    return whole and list(drawn(row.seed, row.units, row.sizes).items()) == list(row.items.order_by("position").values_list("unit", "stratum"))
