"""The evidence queries of the control matrix. Counted from rows and ledger events; what contradicts a control comes from its invariants."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, Q

from accounts.models import Dispute, DisputeSignal
from drafts import states
from drafts.compliance import near_misses
from drafts.invariants import verify
from drafts.invariants.population import population
from drafts.models import Brief, Classification, Delivery, Draft, Generation, Reply
from governance.access import review_state
from governance.checkpoints import writing
from governance.control_looks import Found, Round, evidence
from governance.models import (
    AllPortfoliosGrant,
    ApprovalRequest,
    ApprovedTerm,
    Erasure,
    Event,
    Hold,
    Incident,
    Label,
    PolicyVersion,
    PortfolioGroupGrant,
    PortfolioUserGrant,
    PromptVersion,
    Quarantine,
    ReviewStandard,
    SampleDraw,
    SampleFrame,
    SampleResult,
    SampleVerdict,
    TemplateVersion,
    ToneRule,
)

WEEKS = timedelta(days=28)


def against(around: Round, *ids: str) -> int:
    """Rows that break these invariants; all are verified once in a round."""
    if "invariants" not in around.memo:
        around.memo["invariants"] = {result.invariant.id: result.count for result in verify()}
    return sum(around.memo["invariants"][one] for one in ids)


def many(n: int, one: str, more: str = "") -> str:
    """ "1 message", "2 messages"."""
    return f"{n} {one if n == 1 else more or one + 's'}"


def _events(around: Round, *actions: str) -> int:
    return Event.objects.filter(action__in=actions, at__gt=around.at - WEEKS, at__lte=around.at).count()


@evidence("named_approval")
def named_approval(around: Round) -> Found:
    """Messages the mail server has, each with its approval."""
    n = Delivery.objects.filter(state=states.ACCEPTED).count()
    return Found(n, f"{many(n, 'message')} sent, each with a complete approval of its bytes by named people (I1, I2, I3, I5).", against(around, "I1", "I2", "I3", "I5"))


@evidence("segregation")
def segregation(around: Round) -> Found:
    """Complete requests, none filled by the wrong person."""
    n = ApprovalRequest.objects.filter(state=ApprovalRequest.State.COMPLETE).count()
    return Found(n, f"{many(n, 'complete approval')}, none by the author, the requester or who dismissed a signal (I8, I9).", against(around, "I8", "I9"))


@evidence("facts_first")
def facts_first(around: Round) -> Found:
    """Drafts on frozen briefs."""
    n = Draft.objects.count()
    return Found(n, f"{many(n, 'text')}, each on a frozen brief whose hash is right (I16, I17, I25).", against(around, "I16", "I17", "I25"))


@evidence("completeness")
def completeness(around: Round) -> Found:
    """Briefs that say how complete they are."""
    n, whole = Brief.objects.count(), Brief.objects.filter(complete=True).count()
    bad = Brief.objects.filter(complete=True, sources_fine__lt=F("sources_required")).count()
    return Found(n, f"{many(n, 'brief')}, {whole} with every required source in time, {n - whole} that say what was missing.", bad)


@evidence("reverification")
def reverification(around: Round) -> Found:
    """Last looks on record."""
    n = Event.objects.filter(action="delivery.handing_over").count()
    return Found(n, f"{many(n, 'last look')} on record, one before every hand-over (I7).", against(around, "I7"))


@evidence("holds")
def holds(around: Round) -> Found:
    """Holds put, each on record."""
    n, standing = Hold.objects.count(), Hold.objects.filter(released_at__isnull=True).count()
    return Found(n, f"{many(n, 'hold')}, {standing} of them not released; no message left under one (I7, I11).", against(around, "I7", "I11"))


@evidence("routing")
def routing(around: Round) -> Found:
    """Classifications with their reasons."""
    n = Classification.objects.count()
    mute = Classification.objects.exclude(machine_lane=states.ROUTINE).filter(reasons=[]).count()
    return Found(n, f"{many(n, 'classification')}, each lane above routine with its reasons (I26).", mute + against(around, "I26"))


@evidence("commitments")
def commitments(around: Round) -> Found:
    """Terms decided, and texts that were held against them."""
    n = ApprovedTerm.objects.count() + Draft.objects.filter(findings__check_id__in=("G11", "G12", "G13", "G14", "G15", "G16", "G17")).distinct().count()
    return Found(n, f"{n} terms on record and texts a check stopped for a commitment (I28, I29).", against(around, "I28", "I29"))


@evidence("contact_policy")
def contact_policy(around: Round) -> Found:
    """What the contact policy stopped, and steps never taken twice."""
    n = Delivery.objects.filter(stop_code__in=("cap", "recipient")).count() + Event.objects.filter(action="contact.opted_out").count()
    n += Delivery.objects.filter(state=states.ACCEPTED).count()
    return Found(n, f"{n} messages sent, stopped by a cap or an address, and opt-outs recorded (I3, I7).", against(around, "I3", "I7"))


@evidence("change_control")
def change_control(around: Round) -> Found:
    """Versions in force, each activated by another person than its author."""
    models = (PolicyVersion, TemplateVersion, PromptVersion, ToneRule, ReviewStandard)
    n = sum(model._default_manager.exclude(state__in=("draft", "dropped")).count() for model in models)  # type: ignore[attr-defined]
    own = sum(model._default_manager.filter(author=F("activated_by")).count() for model in models)  # type: ignore[attr-defined]
    return Found(n, f"{n} versions of policy, texts, prompts, tone rules and guidance that are or were in force, none activated by its author.", own)


@evidence("kill_switch")
def kill_switch(around: Round) -> Found:
    """Times it was pulled, or tripped by itself."""
    pulled = Event.objects.filter(action="system.sending_paused").count()
    tripped = Quarantine.objects.count()
    words = f"Sending was paused {pulled} times by people and refused {tripped} times by the machine (I24)."
    return Found(pulled + tripped, words if pulled + tripped else "Never pulled here: pause sending once as a drill.", against(around, "I24"))


@evidence("iteration_history")
def iteration_history(around: Round) -> Found:
    """Revisions kept."""
    n, edits = Draft.objects.count(), Draft.objects.filter(author_kind=Draft.AuthorKind.PERSON).count()
    return Found(n, f"{many(n, 'version')} kept, {edits} of them by people; every move is in the table (I10).", against(around, "I10"))


@evidence("ledger")
def ledger(around: Round) -> Found:
    """A ledger that verifies against checkpoints outside."""
    n, known = Event.objects.count(), writing.known()
    outside = f"the last checkpoint outside is number {known.number}" if known else "no checkpoint outside yet"
    return Found(n if known else 0, f"{many(n, 'event')}, every hash computed again; {outside} (I12, I13).", against(around, "I12", "I13"))


@evidence("generation_record")
def generation_record(around: Round) -> Found:
    """Attempts of a model, answered ones with their prompt."""
    done = Generation.objects.filter(state=Generation.State.DONE)
    bad = done.filter(Q(prompt_version__isnull=True) | Q(prompt_sha256="") | Q(model="")).count()
    return Found(done.count(), f"{done.count()} answers of a model on record with prompt, model and hash.", bad)


@evidence("oversight")
def oversight(around: Round) -> Found:
    """What reviewers opened, ticked and refused in the last 28 days."""
    opened, ticked = _events(around, "draft.viewed_evidence"), _events(around, "finding.acknowledged")
    refused = _events(around, "approval.refused", "draft.edited", "follow_up.request_changes")
    first = _events(around, "draft.answered_first")
    words = (
        f"In 28 days: evidence opened {opened} times, warnings ticked {ticked} times, texts refused or changed {refused} times, "
        f"{first} answers given from the evidence before the text was shown."
    )
    return Found(opened + ticked + refused + first, words)


@evidence("independent_qa")
def independent_qa(around: Round) -> Found:
    """Random samples drawn, and answers people gave without seeing the machine's."""
    n, frames, labels = SampleDraw.objects.count(), SampleFrame.objects.count(), Label.objects.count()
    locked, found = SampleResult.objects.count(), SampleVerdict.objects.filter(answer=Label.Answer.YES).count()
    words = f"{many(n + frames, 'random sample')} drawn, each with its seed; {many(labels, 'blind answer')}, {many(locked, 'sample')} locked, {many(found, 'find')}."
    return Found(n + labels, words)


@evidence("untrusted_text")
def untrusted_text(around: Round) -> Found:
    """Inbound words that were read, and texts a check stopped for echoing them."""
    n = Reply.objects.count() + DisputeSignal.objects.count()
    caught = Draft.objects.filter(findings__check_id__in=("G10", "G26")).distinct().count()
    return Found(n, f"{n} replies and signals read as data; {caught} texts flagged for words that instruct.")


@evidence("least_privilege")
def least_privilege(around: Round) -> Found:
    """Grants in force."""
    n = PortfolioUserGrant.objects.count() + PortfolioGroupGrant.objects.count() + AllPortfoliosGrant.objects.count()
    return Found(n, f"{many(n, 'dated grant')}; rights come from nothing else.")


@evidence("access_review")
def access_review(around: Round) -> Found:
    """The certification of this quarter, and reads on record."""
    found = review_state(around.at)
    reads = _events(around, "audit.read", "audit.contact_revealed", "audit.downloaded", "audit.exported")
    words = f"{found.quarter}: {found.done} of {found.total} grants certified. {reads} readings and reveals recorded in 28 days."
    return Found(found.done, words, found.overdue)


@evidence("incidents")
def incidents(around: Round) -> Found:
    """Incidents with their corrections, and near-misses."""
    n, near = Incident.objects.count(), sum(near_misses.counts(around.at - WEEKS, around.at).values())
    late = Incident.objects.exclude(state=Incident.State.CLOSED).filter(action_due__lt=around.at.date()).count()
    return Found(n + near, f"{many(n, 'incident')}, {many(near, 'near-miss', 'near-misses')} in 28 days; {late} corrections past their date.", late)


@evidence("recourse")
def recourse(around: Round) -> Found:
    """Objections that were heard."""
    n = Dispute.objects.count()
    old = Dispute.objects.filter(status=Dispute.Status.OPEN, owner__isnull=True, opened_on__lt=(around.at - WEEKS).date()).count()
    return Found(n, f"{many(n, 'dispute')} on record, {old} open for more than 28 days without an owner.", old)


@evidence("retention")
def retention(around: Round) -> Found:
    """Erasures and what was thrown away."""
    n = Erasure.objects.count() + Event.objects.filter(action="privacy.thrown_away").count()
    return Found(n, f"{n} erasures and clearings on record (I23).", against(around, "I23"))


@evidence("provider_contingency")
def provider_contingency(around: Round) -> Found:
    """Attempts of a model that failed, all of them answered by the template."""
    failed = Generation.objects.filter(state__in=(Generation.State.FAILED, Generation.State.SKIPPED)).count()
    return Found(failed, f"{failed} attempts failed or were not made; the template spoke, within the budget (I18).", against(around, "I18"))


@evidence("metric_integrity")
def metric_integrity(around: Round) -> Found:
    """The population, part by part."""
    found = population()
    parts = " + ".join(f"{count} {part}" for part, count in found.items() if part != "generated")
    gap = abs(found["generated"] - sum(count for part, count in found.items() if part != "generated"))
    return Found(found["generated"], f"{found['generated']} generated = {parts} (I27).", gap + against(around, "I27"))
