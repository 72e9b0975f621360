"""A follow-up that waits for words, with a real brief."""

from __future__ import annotations

import json

from accounts.facts import facts_for
from drafts import transitions
from drafts.brief import freeze
from drafts.generation import service
from drafts.generation.prompts import Task
from drafts.generation.service import Wanted
from drafts.models import Brief, FollowUp
from governance import policies
from tests.factories import AS_OF, make_account, make_invoice

GOOD = {
    "subject": "Open invoices", "citations": [{"sentence": "{statement}", "facts": ["account"]}], "correction_notes": "",
    "body": "{greeting}\n\nThese items are open with us:\n\n{statement}\n\n{how_to_dispute}\n\n{signature}",
}


def answer(**changes) -> str:
    """A good answer as the provider sends it."""
    return json.dumps({**GOOD, **changes})


_briefs: dict[int, int] = {}


def ask(item: Wanted):
    """What preparation does: look, and queue what is missing."""
    answer = service.words_for([item], policies.active_parameters())[item.follow_up_id]
    if isinstance(answer, service.Ask):
        service.queue([(item, _briefs[item.follow_up_id], answer)], AS_OF)
    return answer


def waiting(account=None) -> Wanted:
    """An account with one overdue invoice, its follow-up in preparation and its brief."""
    account = account or make_account()
    invoice = make_invoice(account)
    policy = policies.active_parameters()
    data = freeze(facts_for([account.pk], AS_OF)[account.pk], (), policy)
    brief: Brief = data.row(AS_OF)
    brief.save()
    (follow_up,) = transitions.begin([FollowUp(account=account, portfolio=account.portfolio)], by=None, at=AS_OF)
    _briefs[follow_up.pk] = brief.pk
    return Wanted(follow_up.pk, account.pk, brief.material_hash, Task("demand", 1, "en", (invoice.pk,)))
