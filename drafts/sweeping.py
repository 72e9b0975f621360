"""The sweep: everything that is due by the state of the database, found and done in one round.

It may run twice, on many workers, or not for an hour: each step asks the database what is due now and does nothing that was done. A step
that fails is logged and does not keep the others. The embedded worker runs exactly this; Celery's beat rings for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery

from accounts.models import DisputeSignal
from drafts import states, transitions
from drafts.classification import work_rank
from drafts.delivery import handover, outbox
from drafts.detection import scan
from drafts.generation import runner
from drafts.generation.service import UNDER_WAY
from drafts.models import Draft, FollowUp, Generation
from drafts.preparation import due_account_ids, prepare_accounts
from drafts.preparation.plan import BY_PEOPLE
from drafts.readiness import look_due
from drafts.responses import close_overtaken, close_paid, settle_promises
from drafts.review import release_claims
from drafts.review.switches import carry_out_all
from drafts.review.verdicts import void_approvals
from governance import approvals, calendar, clock, heartbeat, policies
from governance.measuring import rolling
from governance.models import ApprovalRequest, Hold

log = logging.getLogger(__name__)

BATCH = 500
RANK_AT_ONCE = 2_000
PREPARE_AT_ONCE = 200
GENERATE_AT_ONCE = 256


def sweep(at: datetime) -> dict[str, int]:
    """One round at ``at``; how many rows each step moved."""
    return _steps(STEPS, at)


def prepare_due(at: datetime) -> dict[str, int]:
    """The slower round: every account that is due, follow-ups that ended, drafts that grew too old."""
    return _steps(SLOW_STEPS, at)


def _steps(steps: tuple[tuple[str, Callable[[datetime], int]], ...], at: datetime) -> dict[str, int]:
    done: dict[str, int] = {}
    for name, step in steps:
        try:
            done[name] = step(at)
        except Exception as error:
            log.exception("sweep step %s failed; the next round tries again", name)
            heartbeat.failed(f"step {name}", error)
            done[name] = -1
        heartbeat.beat()
    return done


def deliver(at: datetime) -> int:
    """Hand over what is due."""
    return sum(handover.deliver_due(at).values())


def detect(at: datetime) -> int:
    """Read new tickets, messages and notes for disputes."""
    return len(scan(at=at))


def prepare_waiting(at: datetime) -> int:
    """Follow-ups that wait in ``preparing``, oldest first, but for those the model is writing for."""
    writing = Generation.objects.filter(follow_up=OuterRef("pk"), state__in=UNDER_WAY)
    waiting = FollowUp.objects.filter(status=states.PREPARING).exclude(Exists(writing)).order_by("pk")
    return _prepare(list(waiting.values_list("account_id", flat=True)[:PREPARE_AT_ONCE]), at)


def close_lost(at: datetime) -> int:
    """Attempts of a model whose worker died; their follow-ups are prepared in this same round."""
    return len(runner.lost(at))


def generate(at: datetime) -> int:
    """Let the model write what waits, a portion at a time, and go on with the accounts that have news. Takes as long as the model does.

    Run beside the sweep, never in it: deliveries must not wait for a model. Nothing to do when other workers have their hands full.
    """
    claimed = Generation.objects.filter(state=Generation.State.CLAIMED, lease_until__gt=at)
    if claimed.count() >= runner.CONCURRENCY:
        return 0
    news = sorted(set(runner.run(clock.now, limit=GENERATE_AT_ONCE)))
    for start in range(0, len(news), BATCH):
        _prepare(news[start : start + BATCH], clock.now())
    return len(news)


def prepare_released(at: datetime) -> int:
    """Follow-ups on hold of whose account, or of whose portfolio, a hold ended after their facts were read."""
    read_at = OuterRef("brief__as_of")
    ended = Q(released_at__gt=read_at) | Q(released_at__isnull=True, expires_at__gt=read_at, expires_at__lte=at)
    about = Q(account_id=OuterRef("account_id")) | Q(scope=Hold.Scope.PORTFOLIO, scope_id=OuterRef("portfolio_id"))
    # A pause of a portfolio stops sending, not preparing: its end changes nothing about what is on hold.
    holds = Hold.objects.filter(ended, about).exclude(scope=Hold.Scope.PORTFOLIO, kind=Hold.Kind.PAUSE)
    rows = FollowUp.objects.filter(status=states.ON_HOLD).filter(Exists(holds)).order_by("pk")
    return _prepare(list(rows.values_list("account_id", flat=True)[:PREPARE_AT_ONCE]), at)


def prepare_all_due(at: datetime) -> int:
    """Every due account in batches; unchanged ones are skipped by preparation itself."""
    ids = due_account_ids(at)
    for start in range(0, len(ids), BATCH):
        _prepare(ids[start : start + BATCH], at)
    return len(ids)


def _prepare(account_ids: list[int], at: datetime) -> int:
    if account_ids:
        prepare_accounts(account_ids, as_of=at)
        heartbeat.beat()  # a long round is no silence
    return len(account_ids)


def expire_requests(at: datetime) -> int:
    """Approval requests past their end; a half-approved follow-up is prepared again and asks anew. Returns how many ended.

    What a person wrote to answer or to correct is never written anew: it stays where it is, and the next approval asks again.
    """
    open_requests = ApprovalRequest.objects.filter(state=ApprovalRequest.State.OPEN, subject_kind="draft")
    late = open_requests.filter(expires_at__lte=at).values("subject_id")
    with transaction.atomic():
        # Account and FollowUp before ApprovalRequest, as every verb does: the other way round the two would wait for each other.
        rows = transitions.lock(list(Draft.objects.filter(pk__in=late).values_list("follow_up_id", flat=True)))
        drafts = set(late.values_list("subject_id", flat=True))
        half = [row for row in rows if row.status == states.AWAITING_APPROVAL and row.draft_id in drafts]
        anew = [row.pk for row in half if row.purpose not in BY_PEOPLE]
        ended = approvals.expire(at)
        transitions.perform(anew, "refresh", by=None, at=at, reason="the approval request expired")
    return ended


def expire_old(at: datetime) -> int:
    """Drafts nobody decided within the policy's business days, which are those of an approval: the account's clocks, the portfolio's calendar."""
    days = policies.active_parameters().draft_business_days
    # At most an hour less than so many days: clocks are put forward once a year.
    oldest = at - timedelta(days=days, hours=-1)
    rows = FollowUp.objects.filter(status__in=states.REVIEWABLE, ready_at__lte=oldest).order_by("pk")
    known = rows.values_list("pk", "ready_at", "portfolio__country", "account__time_zone").iterator(chunk_size=2000)
    old = [pk for pk, ready_at, country, zone in known if ready_at and approvals.expiry(ready_at, days, country, zone) <= at]
    return sum(_expire(pk, days, at) for pk in old)


def _expire(follow_up_id: int, days: int, at: datetime) -> int:
    """End one draft, unless somebody was faster."""
    with transaction.atomic():
        row = transitions.lock([follow_up_id])[0]
        if row.status not in states.REVIEWABLE or row.ready_at is None:
            return 0
        if approvals.expiry(row.ready_at, days, row.portfolio.country, row.account.time_zone) > at:
            return 0
        reason = "nobody decided in time"
        void_approvals(row, reason, code="expired", by=None, at=at)
        transitions.perform([row.pk], "expire", by=None, at=at, reason=reason)
    return 1


def rerank(at: datetime) -> int:
    """Recompute the order of the queue, because it ages: deadlines pass and debts grow older. Returns rows that moved."""
    waiting = FollowUp.objects.open().exclude(status__in=(states.PREPARING, states.APPROVED))
    moved = last = 0
    while ids := list(waiting.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:RANK_AT_ONCE]):
        moved += _rerank(ids, at)
        last = ids[-1]
    return moved


def measure(at: datetime) -> int:
    """Sum the measures of days that are over, and put together what changed in earlier ones. Returns days."""
    return rolling.roll(at) + rolling.tidy(at.date())


def _rerank(ids: list[int], at: datetime) -> int:
    """One portion. A row that somebody has locked is left to them: it gets its rank with what they do, or in the next round."""
    pending = DisputeSignal.objects.filter(account_id=OuterRef("account_id"), status=DisputeSignal.Status.PENDING).order_by("found_at")
    rows = FollowUp.objects.filter(pk__in=ids).select_related("account").order_by("pk")
    rows = rows.annotate(signal_since=Subquery(pending.values("found_at")[:1])).only(*RANKED)
    moved = []
    with transaction.atomic():
        for row in rows.select_for_update(skip_locked=True, of=("self",)):
            rank, why = _rank(row, at)
            if (rank, why) != (row.work_rank, row.why_first):
                row.work_rank, row.why_first = rank, why
                moved.append(row)
        FollowUp.objects.bulk_update(moved, ["work_rank", "why_first"], batch_size=BATCH)
    return len(moved)


RANKED = ("pk", "status", "lane", "totals", "oldest_due_on", "due_at", "work_rank", "why_first", "account__time_zone")


def _rank(row: FollowUp, at: datetime) -> tuple[int, str]:
    today = at.astimezone(calendar.zone(row.account.time_zone)).date()
    days = (today - row.oldest_due_on).days if row.oldest_due_on else 0
    return work_rank(
        lane=row.lane, totals=row.totals, days_overdue=days, due=row.due_at, as_of=at, stopped=row.status == states.STOPPED,
        signal_since=getattr(row, "signal_since", None),
    )


# In order of urgency: new words are read before anything leaves, so that a dispute found now stops what was about to.
STEPS: tuple[tuple[str, Callable[[datetime], int]], ...] = (
    ("parked", outbox.park_crashed),
    ("detected", detect),
    ("switched_off", carry_out_all),
    ("delivered", deliver),
    ("expired_requests", expire_requests),
    ("released_claims", release_claims),
    ("lost", close_lost),
    ("readiness", look_due),
    ("prepared", prepare_waiting),
    ("released", prepare_released),
)
SLOW_STEPS: tuple[tuple[str, Callable[[datetime], int]], ...] = (
    ("paid", lambda at: close_paid(at=at)),
    ("promises", settle_promises),
    ("overtaken", lambda at: close_overtaken(at=at)),
    ("expired", expire_old),
    ("due", prepare_all_due),
    ("reranked", rerank),
    ("measured_days", measure),
)
