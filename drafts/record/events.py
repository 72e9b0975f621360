"""The timeline of one follow-up: every act and machine event in words, in the order of the ledger, with the numbers to find them there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst

from drafts import states
from drafts.models import Delivery, Draft, Finding, FollowUp, Generation
from drafts.record import rows_behind
from drafts.review import evidence_first
from drafts.review.diff import Change, change_list, facts_changed
from governance.audit import ACTIONS, account_stream
from governance.models import Event, User
from governance.roles import label_of
from governance.topics import TOPIC_WORDS, words_of

MACHINE = "the machine"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)")


@dataclass(slots=True)
class Entry:
    """One line of the timeline. ``number`` is the event's in its stream (None: a row beside the ledger, said so in ``source``).

    ``said`` are words somebody typed; ``changes`` what an edit changed.
    """

    at: datetime
    title: str
    who: str
    number: int | None = None
    hash: str = ""
    said: str = ""
    details: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    source: str = ""

    @property
    def fact_changed(self) -> bool:
        """True when an amount, a date or an invoice number was changed."""
        return bool(facts_changed(self.changes))


@dataclass(slots=True)
class Known:
    """The rows that the words of the events need, by id."""

    people: dict[int, str]
    drafts: dict[int, Draft]
    deliveries: dict[int, Delivery]
    findings: dict[int, Finding]
    generations: list[Generation]
    reasons: dict[tuple[datetime, str], str]
    said: dict[int, str]


def events_of(follow_up: FollowUp) -> list[Event]:
    """The events of the account from the beginning of this follow-up to the beginning of the next, and later ones about its own rows."""
    stream = Event.objects.filter(stream=account_stream(follow_up.account_id))
    begun = stream.filter(action="follow_up.prepare")
    first = begun.filter(subject_id=follow_up.pk).order_by("number").values_list("number", flat=True).first() or 1
    after = begun.filter(number__gt=first).exclude(subject_id=follow_up.pk).order_by("number").values_list("number", flat=True).first()
    inside = Q(number__gte=first)
    if after is not None:
        inside &= Q(number__lt=after) | _own(follow_up)
    return list(stream.filter(inside).order_by("number"))


def _own(follow_up: FollowUp) -> Q:
    drafts = list(follow_up.drafts.values_list("pk", flat=True))
    deliveries = list(follow_up.deliveries.values_list("pk", flat=True))
    findings = list(Finding.objects.filter(draft__in=drafts).values_list("pk", flat=True))
    return (
        Q(subject_kind="follow_up", subject_id=follow_up.pk)
        | Q(subject_kind="draft", subject_id__in=drafts)
        | Q(subject_kind="delivery", subject_id__in=deliveries)
        | Q(subject_kind="finding", subject_id__in=findings)
    )


def timeline(follow_up: FollowUp, events: Sequence[Event]) -> list[Entry]:
    """The events in words, oldest first, with the attempts of a model that came to nothing between them."""
    known = known_for(follow_up, events)
    out = [_entry(event, known) for event in events]
    for attempt in (_attempt(g) for g in known.generations if g.draft_id is None):
        # The order of the ledger counts; what stands beside it goes before the first later event.
        place = next((n for n, entry in enumerate(out) if entry.at > attempt.at), len(out))
        out.insert(place, attempt)
    return out


def known_for(follow_up: FollowUp, events: Iterable[Event]) -> Known:
    """Everything the words need, in a fixed number of queries."""
    events = list(events)
    ids = {e.actor_id for e in events if e.actor_id}
    drafts = {d.pk: d for d in follow_up.drafts.select_related("author", "template_version", "parent").order_by("revision")}
    history = follow_up.history.order_by("history_id").values_list("history_date", "status", "history_change_reason")  # type: ignore[attr-defined]
    return Known(
        people={u.pk: str(u) for u in User.objects.filter(pk__in=ids)}, drafts=drafts,
        deliveries={d.pk: d for d in follow_up.deliveries.defer("mime")},
        findings={f.pk: f for f in Finding.objects.filter(draft__in=drafts).order_by("pk")},
        generations=list(follow_up.generations.select_related("prompt_version").defer("raw_answer").order_by("pk")),
        reasons={(at, status): reason for at, status, reason in history if reason},
        said=rows_behind.said(events),
    )  # fmt: skip


def _entry(event: Event, known: Known) -> Entry:
    data: dict[str, Any] = json.loads(event.data)
    who = known.people.get(event.actor_id or 0, f"person {event.actor_id}" if event.actor_id else MACHINE)
    entry = Entry(event.at, "", who, event.number, event.hash)
    kind = event.action.partition(".")[0]
    TELLERS.get(kind, _told)(entry, event, data, known)
    entry.said = entry.said or known.said.get(event.number, "")
    return entry


def _told(entry: Entry, event: Event, data: dict[str, Any], known: Known) -> None:
    """Anything without words of its own: the name of the act and what it was about."""
    words = ACTIONS.get(event.action) or event.action.partition(".")[2].replace("_", " ")
    entry.title = capfirst(words)
    entry.details = [f"{key.replace('_', ' ')}: {plain(value)}" for key, value in sorted(data.items()) if value not in (None, "", [], {})]


def plain(value: Any) -> str:
    """A value of a record as people read it: "purpose demand, invoices 12 and 14"; moments in the reader's time zone."""
    if isinstance(value, dict):
        return ", ".join(f"{str(key).replace('_', ' ')} {plain(inner)}" for key, inner in value.items() if inner not in (None, "", [], {}))
    if isinstance(value, list | tuple):
        words = [plain(inner) for inner in value]
        return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return stamped(datetime.fromisoformat(value))
    return str(value)


def stamped(moment: datetime) -> str:
    """ "21 Nov 2026 14:21:07 CET", as every time of the record."""
    local = timezone.localtime(moment)
    return f"{local.day} {local:%b %Y %H:%M:%S %Z}"


def _follow_up(entry: Entry, event: Event, data: dict[str, Any], known: Known) -> None:
    action = event.action.partition(".")[2]
    moved = states.BY_ACTION.get(action)
    names = dict(states.STATUS_CHOICES)
    words = moved.meaning if moved else "preparation began" if action == "prepare" else action.replace("_", " ")
    entry.title = capfirst(words)
    if data.get("to") and data.get("from") != data.get("to"):
        entry.details.append(f"{names.get(data.get('from', ''), 'new')} → {names.get(data['to'], data['to'])}")
    entry.said = known.reasons.get((event.at, str(data.get("to", ""))), "")
    draft = known.drafts.get(data.get("draft", 0))
    if action == "draft_ready" and draft is not None:
        entry.title = f"Prepared v{draft.revision}"
        entry.details += _made(draft, known) + _checked(draft, known)
        if data.get("policy"):
            entry.details.append(f"policy {data['policy']}, text {draft.fingerprint[:8]}")


def _made(draft: Draft, known: Known) -> list[str]:
    """Where the first words came from."""
    if draft.author_kind != Draft.AuthorKind.MODEL:
        return [f"from the approved text {draft.template_version}"] if draft.template_version else []
    return [generation_words(g) for g in known.generations if g.draft_id == draft.pk] or ["by a model; the attempt is not on record"]


def generation_words(g: Generation) -> str:
    """The reproducible record of one call: model, prompt, parameters, tokens."""
    settings = plain(dict(sorted(g.parameters.items())))
    prompt = f"prompt {g.prompt_version} (rendered {g.prompt_sha256[:8] or 'not recorded'})"
    return f"model {g.model or 'not recorded'}, {prompt}{', ' + settings if settings else ''}, {g.tokens_in} tokens in, {g.tokens_out} out"


def _checked(draft: Draft, known: Known) -> list[str]:
    found = [f for f in known.findings.values() if f.draft_id == draft.pk]
    if not found:
        return ["checks: nothing found"]
    counts = {words: sum(f.severity == key for f in found) for key, words in Finding.Severity.choices}
    return ["checks: " + ", ".join(f"{n} {words.lower()}" for words, n in counts.items() if n)]


def _draft(entry: Entry, event: Event, data: dict[str, Any], known: Known) -> None:
    draft = known.drafts.get(event.subject_id or 0)
    version = f"v{draft.revision}" if draft else f"draft {event.subject_id}"
    if event.action == "draft.edited" and draft is not None:
        before = draft.parent
        entry.title = f"Edited v{before.revision} → {version}" if before else f"Wrote {version}"
        entry.changes = change_list(f"{before.subject}\n{before.body}", f"{draft.subject}\n{draft.body}") if before else []
        entry.said = draft.note
        entry.details = [*_checked(draft, known), f"text {draft.fingerprint[:8]}"]
    elif event.action == "draft.opened":
        entry.title = f"Opened {version}"
    elif event.action == "draft.viewed_evidence":
        entry.title = f"Opened evidence [{data.get('evidence', '?')}] beside {version}"
    elif event.action == "draft.answered_first":
        answer = data.get("answer", "?")
        entry.title = f"Asked for a reason not to write before {version} was shown: {answer}"
        said = (evidence_first.WHY.get(data.get("why", "")), evidence_first.NEXT.get(data.get("next", "")))
        entry.details = [words for words in said if words]
    else:
        _told(entry, event, data, known)


def _approval(entry: Entry, event: Event, data: dict[str, Any], known: Known) -> None:
    draft = known.drafts.get(event.subject_id or 0)
    version = f"v{draft.revision}" if draft else f"draft {event.subject_id}"
    words = ACTIONS[event.action]
    entry.title = f"{capfirst(words)}: {version}"
    if data.get("role"):
        entry.details.append(f"as {label_of(data['role'])}")
    if data.get("roles"):
        entry.details.append("needs " + ", ".join(label_of(r) for r in data["roles"]))
    if data.get("fingerprint"):
        entry.details.append(f"text {data['fingerprint'][:8]}")
    if data.get("topics"):
        entry.details.append("about " + ", ".join(TOPIC_WORDS.get(t, t) for t in data["topics"]))
    if data.get("reason"):
        entry.details.append(f"in spite of the warnings: {words_of(data['reason'])}")
    if data.get("policy"):
        entry.details.append(f"policy {data['policy']}")


def _delivery(entry: Entry, event: Event, data: dict[str, Any], known: Known) -> None:
    delivery = known.deliveries.get(event.subject_id or 0)
    _told(entry, event, {k: v for k, v in data.items() if k not in ("draft", "request", "fingerprint", "bytes")}, known)
    if event.action == "delivery.scheduled" and delivery is not None:
        entry.details.append(f"bytes {data.get('bytes', '')[:8]}, {delivery.message_id}")
    if event.action == "delivery.handing_over":
        entry.details = [f"last look: {data.get('looks', 'an unknown number of')} questions asked again, nothing stood against it"]
    if event.action == "delivery.accepted" and delivery is not None:
        entry.details.append(f"the server answered: {delivery.server_answer}")
    if event.action == "delivery.stopped" and delivery is not None:
        entry.said = delivery.stop_reason


def _finding(entry: Entry, event: Event, data: dict[str, Any], known: Known) -> None:
    finding = known.findings.get(event.subject_id or 0)
    entry.title = f"Warning {data.get('check', '')} read"
    entry.details = [finding.why] if finding else []
    if data.get("reason"):
        entry.details.append(words_of(data["reason"]))


def _attempt(g: Generation) -> Entry:
    done = "answered, and the checks refused it" if g.findings else "answered"
    words = {"failed": "failed", "skipped": "was not asked", "done": done}.get(g.state, g.get_state_display().lower())
    about = "" if g.kind == Generation.Kind.DRAFT else f" at “{g.get_kind_display().lower()}”"
    objections = [str(f.get("why", f.get("label", ""))) for f in g.findings if isinstance(f, dict)]
    return Entry(
        g.finished_at or g.created_at, f"Attempt {g.attempt} of a model{about} {words}", MACHINE, said=g.error,
        details=[generation_words(g), *objections], source="row of the attempt",
    )  # fmt: skip


TELLERS = {"follow_up": _follow_up, "draft": _draft, "approval": _approval, "delivery": _delivery, "finding": _finding}
