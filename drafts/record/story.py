"""Everything on record about one follow-up, put together for a page or a pack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from drafts.models import Classification, Draft, Finding, FollowUp, Generation
from drafts.record import answers, sent, then_and_now, versions
from drafts.record.events import Entry, events_of, timeline
from governance.audit import account_stream
from governance.blind import Withheld
from governance.ledger_rows import all_rows
from governance.ledger_stream import Break, Stream
from governance.models import Event, StreamHead


@dataclass(frozen=True, slots=True)
class Chain:
    """What came of computing every hash of the account's stream again, now."""

    stream: str
    events: int
    breaks: tuple[Break, ...]
    at: datetime

    @property
    def whole(self) -> bool:
        """True when every event follows the one before."""
        return not self.breaks


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks found in one version."""

    draft: Draft
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class Story:
    """One follow-up with its record. ``evidence`` is of the brief that ``brief_of`` (a version) rests on."""

    follow_up: FollowUp
    drafts: list[Draft]
    events: list[Event]
    entries: list[Entry]
    steps: list[versions.Step]
    checked: list[Checked]
    asked: list[answers.Asked]
    sent: list[sent.Sent]
    generations: list[Generation]
    classifications: list[Classification]
    chain: Chain

    @property
    def at_a_glance(self) -> str:
        """ "3 versions, first written by the model m-2 with prompt draft/7, edited by Jonas, approved by Jonas, Priya, sent"."""
        editors = list(dict.fromkeys(str(d.author) for d in self.drafts if d.author_id))
        approvers = list(dict.fromkeys(str(a.approval.person) for r in self.asked for a in r.answers if a.approval.verdict == "approve"))
        accepted = sum(one.delivery.state == "accepted" for one in self.sent)
        parts = [f"{len(self.drafts)} {'version' if len(self.drafts) == 1 else 'versions'}"]
        parts += self._origin()
        parts.append(f"edited by {', '.join(editors)}" if editors else "not edited by a person")
        parts.append(f"approved by {', '.join(approvers)}" if approvers else "approved by nobody")
        parts.append("sent" if accepted == 1 else f"sent {accepted} times" if accepted else "not sent")
        return ", ".join(parts)

    def _origin(self) -> list[str]:
        """Who wrote the first words: a model with its prompt, or an approved text."""
        first = self.drafts[0] if self.drafts else None
        made = next((g for g in self.generations if first and g.draft_id == first.pk), None)
        if made is not None:
            return [f"first written by the model {made.model or '(name not recorded)'} with prompt {made.prompt_version or '(not recorded)'}"]
        return [f"first written from the approved text {first.template_version}"] if first and first.template_version else []


def of(follow_up: FollowUp, at: datetime, chain: Chain | None = None, untold: Sequence[Withheld] = ()) -> Story:
    """Read it. Some twenty queries, however long the story is. ``chain`` is the account's where it was computed just now.

    ``untold`` are the answers of others that the reader does not see before answering (``governance.blind``).
    """
    drafts = list(follow_up.drafts.select_related("author", "template_version__author", "template_version__activated_by", "brief").order_by("revision"))
    found = [event for event in events_of(follow_up) if not any(one.hides(event) for one in untold)]
    findings = list(Finding.objects.filter(draft__in=drafts).select_related("acknowledged_by").order_by("pk"))
    for finding in findings:
        if finding.draft_id in {one.subject_id for one in untold}:
            finding.acknowledged_by = finding.acknowledged_at = None
    return Story(
        follow_up, drafts, found, timeline(follow_up, found), versions.steps(drafts),
        [Checked(draft, [f for f in findings if f.draft_id == draft.pk]) for draft in drafts],
        [one for one in answers.asked(follow_up, found) if one.request.pk not in {w.request_id for w in untold}], sent.messages(follow_up, found),
        list(follow_up.generations.select_related("prompt_version__activated_by").order_by("pk")), _judged(follow_up), chain or chain_of(account_stream(follow_up.account_id), at),
    )  # fmt: skip


def _judged(follow_up: FollowUp) -> list[Classification]:
    return list(follow_up.classifications.select_related("policy_version__author", "policy_version__activated_by").order_by("pk"))


def chain_of(stream: str, at: datetime) -> Chain:
    """Compute every hash of one stream again and hold its end beside its head row. Checkpoints are compared by the verification of all."""
    breaks: list[Break] = []
    head = StreamHead.objects.filter(stream=stream).values_list("number", "hash").first()
    walk = Stream(stream, head, [], breaks.append)
    for row in all_rows(stream):
        walk.take(row)
    if walk.count or head:
        walk.end()
    return Chain(stream, walk.count, tuple(breaks), at)


def evidence_of(drafts: Sequence[Draft], revision: int | None, now: datetime, *, personal: bool) -> tuple[int, then_and_now.Evidence | None]:
    """The evidence of one version (the last without a number), beside the facts of now."""
    known = {draft.revision: draft for draft in drafts}
    if not known:
        return 0, None
    chosen = revision if revision in known else max(known)
    return chosen, then_and_now.evidence(known[chosen].brief, now, personal=personal)
