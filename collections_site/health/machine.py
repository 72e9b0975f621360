"""Workers, sending and the record: is somebody working, does what is due leave, does the ledger verify?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q

from collections_site.health.lines import RECORD, SENDING, WORKERS, Round, line
from drafts import states
from drafts.models import Delivery, FollowUp, Generation
from governance import heartbeat, quarantine
from governance.admin.wording import span
from governance.holds import sending_paused
from governance.measured import FINE, NOT_SET_UP, PROBLEM, UNKNOWN, WARNING, Measured
from governance.models import Beat, ControlResult, Event, JobFailure
from governance.verifications import LEDGER

# A message leaves within a sweep or two of its time; words wait for the model at most as long as it may take, and a round.
LATE, VERY_LATE = timedelta(minutes=5), timedelta(minutes=15)
CHECKPOINT_EVERY = timedelta(hours=2)


def workers(found: Round) -> list[Measured]:
    """Signs of life, what waits, and what failed. Six queries."""
    return [alive(found.wall), _queue(found), _failures(found)]


def alive(wall: datetime) -> Measured:
    """The line that is measured when the page is opened: who is dead cannot measure that they are. Two queries."""
    limit = f"a sign of life within {int(heartbeat.patience().total_seconds())} s"
    last, do = heartbeat.last_beat(), "Start a worker: `celery … worker` and `celery … beat`, or `manage.py sweep --forever`."
    if last is None:
        means = "Nothing is prepared and nothing leaves until a worker runs."
        return line(WORKERS, "workers", "Workers", NOT_SET_UP, "no worker has ever given a sign of life", limit, means, do)
    age = f"{int((wall - last).total_seconds())} s"
    if heartbeat.silence(wall):
        means = "Drafts are not being prepared, and approved messages do not leave."
        return line(WORKERS, "workers", "Workers", PROBLEM, f"last beat {age} ago", limit, means, do)
    recent = Beat.objects.filter(kind=Beat.Kind.WORKER, at__gte=wall - timedelta(minutes=5)).count()
    return line(WORKERS, "workers", "Workers", FINE, f"{recent} alive, last beat {age} ago", limit, "What is due is being done.")


def _queue(found: Round) -> Measured:
    """Rows that should have moved: the oldest tells whether anybody moves them, whatever the workers say."""
    due = Delivery.objects.filter(state__in=(states.SCHEDULED, states.FAILED_TEMPORARY), leaves_at__lte=found.at).aggregate(n=Count("pk"), old=Min("leaves_at"))
    words = Generation.objects.filter(state=Generation.State.QUEUED).aggregate(n=Count("pk"), old=Min("created_at"))
    waiting = FollowUp.objects.filter(status=states.PREPARING).count()
    held_back = bool(quarantine.standing()) or sending_paused(found.at) is not None
    oldest = [moment for moment in (None if held_back else due["old"], words["old"]) if moment]
    age = max((found.at - moment for moment in oldest), default=timedelta(0))
    state = PROBLEM if age > VERY_LATE else WARNING if age > LATE else FINE
    value = f"{due['n'] + words['n'] + waiting} wait: {due['n']} messages due, {waiting} to prepare, {words['n']} for the model"
    value += f"; the oldest for {span(age.total_seconds())}" if oldest else ""
    limit = f"the oldest no older than {span(LATE.total_seconds())}; above {span(VERY_LATE.total_seconds())} a problem"
    do = "" if state == FINE else "See whether the workers run and what failed."
    return line(WORKERS, "queue", "Work that is due", state, value, limit, "Work that is due and not done means that nobody does it.", do)


def _failures(found: Round) -> Measured:
    rows = JobFailure.objects.filter(at__gt=found.wall - timedelta(days=1)).order_by().values_list("job", "error").annotate(n=Count("pk")).order_by("-n")
    total, named = sum(row[2] for row in rows), "; ".join(f"{job} {n} times ({error})" for job, error, n in rows[:3])
    means, limit = "A step that fails is tried again in the next round; the log has its words.", "none in 24 h; more than 20 a problem"
    if not total:
        ran = Beat.objects.filter(kind=Beat.Kind.WORKER, at__gt=found.wall - timedelta(days=1)).exists()
        value = "none in 24 h" if ran else "no worker ran in 24 h"
        return line(WORKERS, "failures", "Failed jobs", FINE if ran else UNKNOWN, value, limit, means)
    return line(WORKERS, "failures", "Failed jobs", PROBLEM if total > 20 else WARNING, f"{total} in 24 h: {named}", limit, means, "Look into the log of the worker.")


def sending(found: Round) -> list[Measured]:
    """May messages leave, what waits, and what the mail server said. Five queries."""
    return [_switch(found), _leaving(found), _refused(found)]


def _switch(found: Round) -> Measured:
    pause, refused = sending_paused(found.at), quarantine.standing()
    means, limit = "Approved messages are kept, and checked again before they leave.", "on"
    if refused:
        words = refused[0].get_cause_display().lower()
        return line(SENDING, "sending", "Sending", PROBLEM, f"refused after a restore: {words}", limit, means, "A person looks and lifts it.", "outgoing", "stop")
    if pause:
        value = f"paused by {pause.created_by or 'the machine'} since {span((found.at - pause.created_at).total_seconds())}: {pause.reason}"
        return line(SENDING, "sending", "Sending", WARNING, value, limit, means, "Finance or an administrator resumes it.", "outgoing", "stop")
    return line(SENDING, "sending", "Sending", FINE, "on", limit, "Approved messages leave at their time.", "Everybody may pause it.", "outgoing", "stop")


def _leaving(found: Round) -> Measured:
    waiting = (states.SCHEDULED, states.CLAIMED, states.HANDING_OVER, states.FAILED_TEMPORARY)
    late = Q(leaves_at__lt=found.at - LATE)
    n = Delivery.objects.filter(state__in=waiting).aggregate(held=Count("pk"), late=Count("pk", filter=late))
    lost = Delivery.objects.filter(state=states.OUTCOME_UNKNOWN).count()
    state = PROBLEM if n["late"] or lost else FINE
    value = f"{n['held']} on their way, {n['late']} past their time, {lost} with an unknown outcome"
    do = "Settle the unknown outcomes: nothing is sent again until somebody does." if lost else "See what keeps them." if n["late"] else ""
    return line(SENDING, "leaving", "Messages on their way", state, value, "none late, none unknown", "Each approved message reaches a visible end.", do, "outgoing?tab=unknown" if lost else "outgoing", "stop")


def _refused(found: Round) -> Measured:
    since = found.at - timedelta(days=1)
    rows = Delivery.objects.filter(leaves_at__gt=since - timedelta(days=6))
    n = rows.aggregate(
        bad=Count("pk", filter=Q(state=states.FAILED_PERMANENT, leaves_at__gt=since)), good=Count("pk", filter=Q(state=states.ACCEPTED, accepted_at__gt=since)),
        last=Max("accepted_at"),
    )
    limit, means = "under 2 % refused in 24 h; above 10 % a problem", "A refused message reached nobody; its account needs a recipient."
    total = n["bad"] + n["good"]
    if not total:
        value = "nothing left in 24 h" + (f"; the last {span((found.at - n['last']).total_seconds())} ago" if n["last"] else "")
        return line(SENDING, "refused", "Refused by the mail server", FINE if n["last"] else UNKNOWN, value, limit, means)
    share = 100 * n["bad"] / total
    state = PROBLEM if share > 10 else WARNING if share >= 2 else FINE
    return line(SENDING, "refused", "Refused by the mail server", state, f"{n['bad']} of {total} in 24 h ({share:.1f} %)", limit, means, "" if state == FINE else "Look at what it answered.", "outgoing?tab=failed", "stop")


def the_record(found: Round) -> list[Measured]:
    """When the ledger was last verified and last stated outside. Three queries."""
    looked = ControlResult.objects.filter(control=LEDGER).order_by("-id").first()
    written = Event.objects.filter(action="system.checkpoint_written").order_by("-id").values_list("at", flat=True).first()
    return [_verified(found, looked), _stated(found, written)]


def _verified(found: Round, looked: ControlResult | None) -> Measured:
    limit, means = "verified within 50 h", "Every act is chained; a change of the record is found and named."
    do, link = "An auditor looks now, or waits for the night.", "compliance"
    if looked is None:
        return line(RECORD, "chain", "Audit chain", UNKNOWN, "never verified", limit, means, do, link, "see_compliance")
    age = found.at - looked.at
    if looked.state == ControlResult.State.FAILING:
        return line(RECORD, "chain", "Audit chain", PROBLEM, looked.words, limit, means, "Do not send; call the auditor.", link, "see_compliance")
    if looked.state != ControlResult.State.EVIDENCE or age > timedelta(hours=50):
        return line(RECORD, "chain", "Audit chain", UNKNOWN, f"last look {span(age.total_seconds())} ago: {looked.words}", limit, means, do, link, "see_compliance")
    return line(RECORD, "chain", "Audit chain", FINE, f"verified {span(age.total_seconds())} ago: {looked.words}", limit, means, "", link, "see_compliance")


def _stated(found: Round, written: datetime | None) -> Measured:
    limit, means = "one within 2 h", "A signed statement outside the database of where the record stands."
    if written is None:
        return line(RECORD, "checkpoint", "Checkpoints", NOT_SET_UP, "none was ever written", limit, means, "A running worker writes one every hour.")
    age = found.at - written
    state = FINE if age <= CHECKPOINT_EVERY else WARNING
    return line(RECORD, "checkpoint", "Checkpoints", state, f"the last {span(age.total_seconds())} old", limit, means, "" if state == FINE else "See why no worker writes them.")
