"""Segregation of duties for one text: who may not approve it, whatever their roles.

Asked by the screen, when a person approves, and again at the last look, because policy may have changed in between.
"""

from __future__ import annotations

import json
from datetime import datetime

from django.db.models import Q

from accounts.models import DisputeSignal
from drafts import states
from drafts.models import Draft
from governance.models import Event
from governance.policies import PolicyParameters

_ASKED, _WRITTEN = "follow_up.request_changes", "follow_up.draft_ready"


def barred(draft: Draft, *, lane: str, policy: PolicyParameters, last_out: datetime | None) -> list[tuple[int, str]]:
    """(user id, "because …") of everybody who wrote or asked for this text, and who dismissed a signal it would have been held for.

    ``last_out`` is when we last wrote to the account: a signal on the account as a whole counts until then.
    """
    found: list[tuple[int, str]] = []
    if writers_are_barred(lane, policy):
        words = f"so another person must approve it (lane: {dict(states.LANE_CHOICES)[lane].lower()})"
        chain = chain_of(draft)
        found += [(user_id, f"because you edited this text, {words}") for user_id in authors_of(chain)]
        found += [(user_id, f"because you asked for this text, {words}") for user_id in requesters_of(chain)]
    words = "because you dismissed a dispute signal of this account; somebody else approves the message"
    return found + [(user_id, words) for user_id in _dismissers(draft, last_out)]


def writers_are_barred(lane: str, policy: PolicyParameters) -> bool:
    """True when whoever writes or asks for a text of this lane may not approve it."""
    return lane != states.ROUTINE or not policy.routine_editor_may_approve


def chain_of(draft: Draft) -> list[Draft]:
    """This revision and those its words were made from, newest first.

    A machine's revision ends the chain: it begins anew and takes no words over from the text before it.
    """
    drafts = {row.pk: row for row in Draft.objects.filter(follow_up_id=draft.follow_up_id).defer("canonical", "body")}
    chain: list[Draft] = []
    row = drafts.get(draft.pk)
    while row is not None:
        chain.append(row)
        row = drafts.get(row.parent_id) if row.parent_id and row.author_id is not None else None
    return chain


def authors_of(chain: list[Draft]) -> list[int]:
    """Everybody whose words are in it."""
    return list(dict.fromkeys(row.author_id for row in chain if row.author_id is not None))


def requesters_of(chain: list[Draft]) -> list[int]:
    """Who had the machine write the first of them: everybody who asked for changes since the machine's text before."""
    begun = chain[-1] if chain else None
    if begun is None or begun.author_id is not None:
        return []
    acts = Event.objects.filter(subject_kind="follow_up", subject_id=begun.follow_up_id, action__in=(_ASKED, _WRITTEN)).order_by("id")
    asked: list[int] = []
    for action, actor_id, data in acts.values_list("action", "actor_id", "data"):
        if action == _ASKED and actor_id is not None:
            asked.append(actor_id)
        elif action == _WRITTEN:
            if json.loads(data).get("draft") == begun.pk:
                break
            asked = []
    return list(dict.fromkeys(asked))


def _dismissers(draft: Draft, last_out: datetime | None) -> list[int]:
    """Dismissed signals on an invoice named here, or on the account and after our last message to it."""
    about = Q(invoice_id__in=draft.invoice_ids)
    about |= Q(invoice__isnull=True, decided_at__gt=last_out) if last_out else Q(invoice__isnull=True)
    rows = DisputeSignal.objects.filter(about, account_id=draft.follow_up.account_id, status=DisputeSignal.Status.DISMISSED)
    return list(rows.exclude(decided_by=None).values_list("decided_by", flat=True).distinct())
