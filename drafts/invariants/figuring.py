"""I16, I17: shown totals are the sums of their rows, per currency; a draft names its brief and hashes to its fingerprint."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from drafts.delivery.looks import intact
from drafts.fingerprint import sha256_hex
from drafts.invariants.base import CHUNK, Violation
from drafts.models import Brief, Classification, Draft, FollowUp
from governance.money import is_currency


def totals_are_sums() -> Iterator[Violation]:
    """I16: in each brief the balances are the sums of its invoices; a follow-up shows the totals of one of its briefs."""
    overdue: dict[int, dict[str, int]] = {}
    for brief in Brief.objects.order_by("pk").iterator(chunk_size=CHUNK):
        content = json.loads(brief.facts)
        yield from (Violation("brief", brief.pk, words) for words in _sums(content))
        found = {c: b.get("overdue_minor", 0) for c, b in content.get("balances", {}).items()}
        overdue[brief.pk] = {currency: minor for currency, minor in found.items() if minor}
    briefs: dict[int, set[int]] = defaultdict(set)
    for follow_up_id, brief_id in Classification.objects.values_list("follow_up_id", "brief_id"):
        briefs[follow_up_id].add(brief_id)
    for pk, totals, brief_id in FollowUp.objects.order_by("pk").values_list("pk", "totals", "brief_id"):
        shown = {currency: minor for currency, minor in totals.items() if minor}
        if any(not is_currency(currency) for currency in shown):
            yield Violation("follow_up", pk, f"its totals name an unknown currency: {sorted(shown)}")
        known = briefs[pk] | ({brief_id} if brief_id else set())
        if shown and known and all(overdue.get(one, {}) != shown for one in known):
            yield Violation("follow_up", pk, "its totals are those of none of its briefs")


def _sums(content: dict[str, Any]) -> Iterator[str]:
    for currency, balance in content.get("balances", {}).items():
        rows = [i for i in content.get("invoices", []) if i["currency"] == currency]
        gross, late = sum(i["balance_minor"] for i in rows), sum(i["balance_minor"] for i in rows if i["days_overdue"] > 0)
        if balance.get("gross_minor") != gross:
            yield f"the open total in {currency} is {balance.get('gross_minor')}, its invoices sum up to {gross}"
        if balance.get("overdue_minor") != late:
            yield f"the overdue total in {currency} is {balance.get('overdue_minor')}, its invoices sum up to {late}"


def drafts_rest_on_their_brief() -> Iterator[Violation]:
    """I17: every draft has a whole brief, and the same inputs give the stored fingerprint."""
    drafts = Draft.objects.select_related("brief").prefetch_related("attachments").order_by("pk")
    for draft in drafts.iterator(chunk_size=CHUNK):
        if sha256_hex(draft.brief.facts) != (draft.brief.erased_sha256 or draft.brief.fingerprint):
            yield Violation("brief", draft.brief_id, "it is not the text that was frozen")
        if not intact(draft):
            yield Violation("draft", draft.pk, "its fingerprint is not of its words, addresses and files")
