"""What follows from verdicts: an incident for what went wrong, and the locked result of a sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import DisputeSignal
from accounts.models.dispute import CATEGORIES
from drafts import states
from drafts.compliance import incidents
from drafts.labelling.units import FLAGGED, covers, disputes_opened, signals_of
from drafts.models import Delivery, FollowUp
from governance.audit import Entry, record
from governance.metrics.recall import VERSION, Estimate, Stratum, defect_rate, recall
from governance.models import Correction, Incident, Label, SampleFrame, SampleItem, SampleResult, SampleVerdict
from governance.packs.requests import STREAM

# A dispute raised this long after a message counts as one the message met.
LATENT = timedelta(days=30)
CONFIRMED, DISMISSED = DisputeSignal.Status.CONFIRMED, DisputeSignal.Status.DISMISSED


def source_of(item: SampleItem) -> str:
    """What the incident of an item says it was raised by: the message where one left, else the item."""
    return f"delivery:{item.delivery_id}" if item.delivery_id else f"sample_item:{item.pk}"


def open_incident_of(item: SampleItem, verdict: SampleVerdict, *, at: datetime) -> Incident | None:
    """An incident for a missed dispute or a defect that left; none for what the detector had flagged. In the caller's transaction."""
    if item.stratum == FLAGGED:
        return None
    sent = Delivery.objects.filter(follow_up_id=item.follow_up_id, state=states.ACCEPTED).exists()
    if item.frame.kind == SampleFrame.Kind.RECALL:
        kind = dict(CATEGORIES).get(verdict.code, verdict.code)
        what = f"A random sample found a dispute ({kind.lower()}) that the detector had not flagged."
        harm = "The invoice was asked for although the customer disputed it." if sent else "No message left in this round."
        severity = Incident.Severity.HIGH if sent else Incident.Severity.MEDIUM
    else:
        kind = dict(Correction.Kind.choices).get(verdict.code, verdict.code)
        what = f"A second look at a random sample found a defect ({kind.lower()}) in a message that left."
        harm = "The customer has the message; what it did is not known yet."
        severity = Incident.Severity.HIGH if verdict.critical else Incident.Severity.MEDIUM
    return incidents.open_incident(
        source_of(item), what, harm=harm, severity=severity, account_id=item.account_id, portfolio_id=item.portfolio_id,
        happened_at=item.decided_at, by=None, at=at,
    )  # fmt: skip


def lock_when_done(frame_id: int, *, at: datetime) -> SampleResult | None:
    """Lock the result of a sample once its last item is settled; None before, the locked one after."""
    with transaction.atomic():
        frame = SampleFrame.objects.select_for_update(of=("self",)).get(pk=frame_id)
        known = SampleResult.objects.filter(frame=frame).first()
        if known is not None:
            return known
        if not frame.items.exists() or frame.items.filter(verdict__isnull=True).exists():
            return None
        row = result_of(frame, at)
        row.save()
        data = {"version": row.version, "labelled": row.labelled, "found": row.found, "caught": row.caught}
        record([Entry(STREAM, "sample.locked", "sample_frame", frame.pk, data)], by=None, at=at)
        return row


def result_of(frame: SampleFrame, at: datetime) -> SampleResult:
    """The figures of a sample whose every item is settled, unsaved."""
    verdicts = list(SampleVerdict.objects.filter(item__frame=frame).select_related("item"))
    counts, strata, unclear = _strata(frame, [v for v in verdicts if v.item.stratum != FLAGGED])
    twice = [v for v in verdicts if v.agreed is not None]
    row = SampleResult(
        frame=frame, version=VERSION, strata=counts, labelled=sum(s.labelled for s in strata), found=sum(s.found for s in strata), unclear=unclear,
        twice=len(twice), agreed=sum(bool(v.agreed) for v in twice), at=at,
    )  # fmt: skip
    if frame.kind == SampleFrame.Kind.RECALL:
        _of_detector(row, frame, {v.item.unit for v in verdicts if v.answer == Label.Answer.YES}, at)
        estimate = recall(row.caught, strata, seed=frame.seed)
    else:
        row.sent, estimate = frame.population, defect_rate(strata, seed=frame.seed)
    _say(row, estimate)
    return row


def _strata(frame: SampleFrame, verdicts: Sequence[SampleVerdict]) -> tuple[dict[str, dict[str, int]], list[Stratum], int]:
    """Counts by stratum. What nobody could judge is neither a find nor a label."""
    answers = Counter((v.item.stratum, v.answer) for v in verdicts)
    counts = {
        name: {"units": len(keys), "labelled": answers[name, "yes"] + answers[name, "no"], "found": answers[name, "yes"], "unclear": answers[name, "unsure"]}
        for name, keys in frame.units.items()
        if name != FLAGGED
    }
    return counts, [Stratum(c["units"], c["labelled"], c["found"]) for c in counts.values()], sum(c["unclear"] for c in counts.values())


def _say(row: SampleResult, estimate: Estimate) -> None:
    row.share, row.low, row.high, row.missed = estimate.share, estimate.low, estimate.high, estimate.missed


def _of_detector(row: SampleResult, frame: SampleFrame, found: set[str], at: datetime) -> None:
    """What became of the flagged units, and what was noticed or complained about among the others."""
    pairs = {name: [(int(f), int(i)) for f, i in (key.split(":") for key in keys)] for name, keys in frame.units.items()}
    flagged = pairs.pop(FLAGGED, [])
    plain = [pair for group in pairs.values() for pair in group]
    rounds = {f.pk: f for f in FollowUp.objects.filter(pk__in={pk for pk, _ in (*flagged, *plain)}).only("pk", "account_id", "opened_at", "ended_at")}
    signals = signals_of({f.account_id for f in rounds.values()})
    for pk, invoice in flagged:
        said = {s.status for s in signals.get(rounds[pk].account_id, ()) if covers(s, invoice, rounds[pk].opened_at, at)}
        row.caught += CONFIRMED in said
        row.wrong += CONFIRMED not in said and said == {DISMISSED}
        row.pending += CONFIRMED not in said and said != {DISMISSED}
    _floor(row, plain, rounds, found)


def _floor(row: SampleResult, plain: Sequence[tuple[int, int]], rounds: Mapping[int, FollowUp], found: set[str]) -> None:
    """Unflagged units somebody noticed in the round, or the customer disputed within 30 days of the message."""
    left = dict(Delivery.objects.filter(follow_up_id__in={pk for pk, _ in plain}, state=states.ACCEPTED).values_list("follow_up_id", "accepted_at"))
    opened = disputes_opened({rounds[pk].account_id for pk, _ in plain})
    for pk, invoice in plain:
        one, sent_at = rounds[pk], left.get(pk)
        about = [moment for moment, about, _ in opened.get(one.account_id, ()) if about in (invoice, None) and moment >= one.opened_at]
        until = sent_at + LATENT if sent_at else one.ended_at
        met = [moment for moment in about if until is None or moment <= until]
        row.sent += sent_at is not None
        row.floor_found += bool(met)
        row.latent += bool(sent_at and met and min(met) > sent_at and f"{pk}:{invoice}" not in found)
