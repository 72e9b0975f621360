"""What the decision bar offers now, and why something is not possible. The verbs check everything again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst

from accounts.fact_types import AccountFacts
from accounts.models import Contact
from drafts import states
from drafts.admin.acting import days_to_put_off
from drafts.classification.presend import forecast
from drafts.delivery import duties, outbox
from drafts.delivery.standing import BESIDE_A_HOLD, forbidding, standing_of
from drafts.models import Draft, Finding, FollowUp
from drafts.review import coding as review_coding
from drafts.review.verdicts import CHANGE_KINDS, REJECT_KINDS
from governance import staff, topics, training
from governance.admin.pages import may, person, scope_for
from governance.admin.wording import clock_time
from governance.calendar import zone
from governance.holds import HoldFact
from governance.models import ApprovalRequest, Correction, Rejection, User
from governance.policies import PolicyParameters
from governance.rights import people_with
from governance.roles import DECIDERS, FINANCE, LABELS, LEGAL, SATISFIED_BY, label_of

VERBS = {"edit": "edit_draft", "request_changes": "request_changes", "reject": "reject", "route": "route", "disputed": "judge_dispute", "snooze": "put_hold"}

# Reasons to reject under what they say: the choice of one says both.
REJECT_GROUPS = [
    (str(words), [(kind, REJECT_KINDS[kind]) for kind, cause in topics.CAUSES.items() if cause == value]) for value, words in Rejection.Cause.choices
]


@dataclass(slots=True)
class Bar:
    """``verbs`` are those this person may press; ``blocked`` are the sentences beside a blocked Approve (empty: it can be pressed)."""

    verbs: frozenset[str]
    blocked: list[str] = field(default_factory=list)
    leaves: str = ""
    forecast: str = ""
    roles: list[dict[str, Any]] = field(default_factory=list)
    second: bool = False
    short: str = ""  # why the roles that are open find too few people
    alone: str = ""  # the same, once this person's own words are in it
    claimed_by: Any = None
    mine: bool = False
    may_take_over: bool = False
    clean: bool = False
    change_kinds: Mapping[str, str] = field(default_factory=lambda: CHANGE_KINDS)
    warning_reasons: Mapping[str, str] = field(default_factory=lambda: topics.choices(topics.APPROVE))
    reject_kinds: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=lambda: REJECT_GROUPS)
    put_off: tuple[date, date] | None = None  # the days until which it may be
    role_choices: list[tuple[str, str]] = field(default_factory=list)
    people: list[User] = field(default_factory=list)


def of(request: HttpRequest, follow_up: FollowUp, context: Mapping[str, Any], now: datetime) -> Bar:
    """The bar of one follow-up for one person."""
    live = follow_up.status in (*states.REVIEWABLE, states.STOPPED, states.ON_HOLD)
    verbs = frozenset(verb for verb, action in VERBS.items() if live and may(request, action, follow_up))
    if follow_up.status == states.ON_HOLD:
        verbs &= {"route", "disputed"}
    bar = Bar(verbs=verbs, put_off=days_to_put_off(now) if "snooze" in verbs else None)
    until = follow_up.claimed_until
    if follow_up.claimed_by_id and until and until > now:
        bar.mine = follow_up.claimed_by_id == request.user.pk
        bar.claimed_by = None if bar.mine else follow_up.claimed_by
        bar.may_take_over = FINANCE in scope_for(request).roles_for(follow_up.portfolio_id, follow_up.account_id)
    if context["draft"] is not None and follow_up.status in states.REVIEWABLE:
        _approval(bar, request, follow_up, context, now)
    if "route" in verbs:
        bar.role_choices = [(role, LABELS[role]) for role in LABELS if role in DECIDERS]
        bar.people = _colleagues(follow_up, request.user.pk or 0)
    return bar


def _approval(bar: Bar, request: HttpRequest, follow_up: FollowUp, context: Mapping[str, Any], now: datetime) -> None:
    """Whether Approve can be pressed, by whom else it must be pressed, and when the message would leave."""
    asked = ApprovalRequest.objects.filter(subject_kind="draft", subject_id=follow_up.draft_id or 0, state="open").first()
    answered = list(asked.approvals.select_related("required_role", "person")) if asked else []
    bar.second = bool(answered)
    done = {a.required_role.role for a in answered}
    bar.roles = [
        {"role": label_of(role), "why": why, "done": role in done, "code": role} for role, why in _required(follow_up)
    ]
    policy: PolicyParameters = context["policy"]
    barred = _barred(follow_up, follow_up.draft, context.get("facts"), policy) if follow_up.draft else []
    _staff(bar, request, follow_up, context, {a.person_id for a in answered}, barred, policy)
    bar.blocked = _obstacles(request, follow_up, {**context, "now": now, "barred": barred}, bar, {a.person_id for a in answered}, done, policy)
    legal = any(role == LEGAL for role, _ in _required(follow_up))
    bar.leaves = clock_time(outbox.leaving_time(follow_up.account, policy, lane=follow_up.lane, legal=legal, at=now), now)
    facts = context.get("facts")
    if facts is not None and follow_up.draft is not None:
        bar.forecast = _forecast(follow_up, replace(facts, today=now.astimezone(zone(facts.time_zone)).date()), policy, now)
    bar.clean = not bar.blocked and not context["findings"] and follow_up.lane == states.ROUTINE


def coding(request: HttpRequest, follow_up: FollowUp, context: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """What the approver confirms about an edited text: every class, the suggested ones ticked. None when nothing is to be coded.

    After a refused approval what the person had ticked is ticked again.
    """
    draft = context["draft"]
    if draft is None or follow_up.status not in states.REVIEWABLE or context["bar"].blocked or review_coding.first_text(draft) is None:
        return None
    if Correction.objects.filter(final_draft_id=draft.pk).exists():
        return None
    standing = standing_of(draft, at=now)
    suggested = review_coding.proposed(draft, standing.facts, standing.terms)
    ticked, critical = {row.kind for row in suggested}, any(row.critical for row in suggested)
    if request.POST.get("coded"):
        ticked, critical = set(request.POST.getlist("corrections")), request.POST.get("critical") == "1"
    return {"classes": [(kind, words, kind in ticked) for kind, words in Correction.Kind.choices], "critical": critical}


def _forecast(follow_up: FollowUp, facts: AccountFacts, policy: PolicyParameters, now: datetime) -> str:
    """What this message would be for the customer on the day it would leave, in words."""
    legal = any(role == LEGAL for role, _ in _required(follow_up))
    leaves = outbox.leaving_time(follow_up.account, policy, lane=follow_up.lane, legal=legal, at=now)
    assert follow_up.draft is not None
    return forecast(facts, policy, leaves.astimezone(zone(facts.time_zone)).date(), follow_up.draft.purpose).words


def _required(follow_up: FollowUp) -> list[tuple[str, str]]:
    """Required roles as stored: pairs, or mappings with ``role`` and ``reason``."""
    out = []
    for entry in follow_up.required_roles or [["reviewer", ""]]:
        if isinstance(entry, dict):
            out.append((str(entry["role"]), str(entry.get("reason", ""))))
        else:
            out.append((str(entry[0]), str(entry[1]) if len(entry) > 1 else ""))
    return out


def _obstacles(
    request: HttpRequest, follow_up: FollowUp, context: Mapping[str, Any], bar: Bar, answered: set[int], done: set[str],
    policy: PolicyParameters,
) -> list[str]:
    """Why this person cannot approve now, most important first."""
    if context.get("editing"):
        return ["Save your text first, or go back to reading: only what is on the screen is approved."]
    user = person(request)
    draft, out = context["draft"], []
    right = may(request, "approve", follow_up)
    if not right:
        return [f"You can read this but not decide, {right.reason}."]  # type: ignore[union-attr]
    if draft.purpose not in BESIDE_A_HOLD:
        out += [f"Possible dispute, not yet judged: “{s.quote[:140]}”" for s in context["pending"]]
    against = forbidding(context["holds"], draft, _recipient(follow_up, draft, context["holds"]))
    out += [h.reason for h in against if not h.source.startswith("signal:")]
    out += [capfirst(f.why) for f in context["findings"] if f.severity == "block"]
    if bar.claimed_by:
        out.append(f"{bar.claimed_by} is working on this.")
    if user.pk in answered:
        out.append("You already approved it; another person fills the next role.")
    out += [f"{capfirst(why)}." for pk, why in context["barred"] if pk == user.pk][:1]
    subjects = training.needed(policy, follow_up.lane, _topics(context["findings"]))
    if untrained := training.refusal(user.pk, subjects, context["now"].date()):
        out.append(f"Not possible {untrained}. Finance or compliance puts it there.")
    held = scope_for(request).roles_for(follow_up.portfolio_id, follow_up.account_id)
    left = [r for r in bar.roles if r["code"] not in done]
    if left and not any(held & SATISFIED_BY.get(r["code"], frozenset()) for r in left):
        out.append("It still needs: " + ", ".join(r["role"] for r in left) + ".")
    return out


def _staff(
    bar: Bar, request: HttpRequest, follow_up: FollowUp, context: Mapping[str, Any], answered: set[int], barred: list[tuple[int, str]],
    policy: PolicyParameters,
) -> None:
    """Whether the approvals find distinct people: as the text is, and once this person has written in it or asked for another."""
    lane, roles = follow_up.lane or states.ROUTINE, [r["code"] for r in bar.roles]
    writes = duties.writers_are_barred(lane, policy)
    if len(roles) == 1 and not barred and not writes:
        return
    subjects = training.needed(policy, follow_up.lane, _topics(context["findings"]))
    able = staff.able_people(roles, follow_up.portfolio_id, follow_up.account_id, subjects, without={pk for pk, _ in barred})
    left = [r["code"] for r in bar.roles if not r["done"]]
    bar.short = staff.too_few(left, {role: ids - answered for role, ids in able.items()})
    if writes and not bar.short:
        bar.alone = staff.too_few(roles, {role: ids - {person(request).pk} for role, ids in able.items()})


def _topics(findings: Iterable[Finding]) -> list[str]:
    """What the text commits us to, by its stored findings."""
    found = {topics.TOPICS[f.check_id] for f in findings if f.check_id in topics.TOPICS and f.severity != Finding.Severity.WARN}
    return [topic for topic in dict.fromkeys(topics.TOPICS.values()) if topic in found]


def _recipient(follow_up: FollowUp, draft: Draft, held: Iterable[HoldFact]) -> int | None:
    """The contact this text is addressed to, asked only where a contact is held; None when the address is no contact of the account."""
    if not any(hold.scope == "contact" for hold in held):
        return None
    contacts = Contact.objects.filter(account_id=follow_up.account_id, email__iexact=draft.to_address)
    return contacts.order_by("pk").values_list("pk", flat=True).first()


def _barred(follow_up: FollowUp, draft: Draft, facts: AccountFacts | None, policy: PolicyParameters) -> list[tuple[int, str]]:
    """Who of all people may not approve this text, and why: wrote it, asked for it, or dismissed a signal against it."""
    last_out = facts.last_out_at if facts else None
    found = duties.barred(draft, lane=follow_up.lane or states.ROUTINE, policy=policy, last_out=last_out)
    return [(pk, why.removeprefix("because ")) for pk, why in found]


def _colleagues(follow_up: FollowUp, own: int) -> list[User]:
    """People it can be routed to: who may decide about this portfolio, without oneself."""
    return sorted((user for user in people_with(DECIDERS, follow_up.portfolio_id) if user.pk != own), key=str)


def review_url(follow_up: FollowUp) -> str:
    """The workspace of a follow-up."""
    return reverse("admin:review", args=[follow_up.pk])
