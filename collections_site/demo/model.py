"""The demo's model: recorded answers from a server in this process, so that nothing leaves the machine and no key is needed.

Two customers get the answer of a model gone wrong, so that a visitor sees what the checks do with it: one invents an amount, one obeys a
sentence hidden in a ticket.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import transaction

from accounts.fact_types import AccountFacts
from accounts.facts import facts_for
from collections_site.provider.recorded import answerer
from collections_site.provider.server import Provider
from drafts.generation import service
from drafts.generation.prompts import Task
from drafts.generation.service import Wanted
from drafts.models import FollowUp
from drafts.preparation.speaking import material
from governance import clock

MODEL = "recorded-1"
INVENTS = "Calder Instruments plc"
OBEYS = "Jarrow Steel Stockholders Ltd"
HIJACKED = {INVENTS: "wrong_amount", OBEYS: "obeys_ticket"}


@contextmanager
def speaking() -> Iterator[None]:
    """Serve the recorded model and configure it for this process, until the block ends."""
    before = settings.LLM_BASE_URL, settings.LLM_MODEL, settings.OPENAI_API_KEY
    with Provider(answerer(HIJACKED), keep_requests=False) as provider:
        settings.LLM_BASE_URL, settings.LLM_MODEL, settings.OPENAI_API_KEY = provider.base_url, MODEL, ""
        try:
            yield
        finally:
            settings.LLM_BASE_URL, settings.LLM_MODEL, settings.OPENAI_API_KEY = before


def ask_about_what_stands() -> int:
    """Let the model prepare for people what follow-ups of earlier days are about; new ones are asked about as they are prepared."""
    rows = list(FollowUp.objects.open().filter(brief__isnull=False).select_related("brief", "account").order_by("pk"))
    facts = facts_for([row.account_id for row in rows], clock.now())
    texts = material(list(facts))
    with transaction.atomic():
        return service.queue_preparations(
            ((_wanted(row, facts[row.account_id]), row.brief_id, texts.get(row.account_id, ())) for row in rows), clock.now()
        )


def _wanted(row: FollowUp, facts: AccountFacts) -> Wanted:
    assert row.brief is not None
    overdue = tuple(invoice.id for invoice in facts.overdue_invoices)
    task = Task(row.purpose, row.step, facts.language[:2], overdue, row.lane or "routine")
    return Wanted(row.pk, row.account_id, row.brief.material_hash, task)
