"""G23–G30: the checks that read the moment rather than the text. What they look at is ``facts["live"]`` (docs/checks.md); a key that is
absent belongs to a check that does not apply, the mapping itself is absent only in evaluation files, where these checks do not run.

G29 (budgets of the model) is no finding: an attempt over its budget is never made and the approved template speaks instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from rapidfuzz import fuzz

from drafts.checks.base import BLOCK, HIGHER, WARN, CheckInput, Finding
from governance.calendar import business_days_between

# Purposes that ask the customer for something by our own motion; answers to a customer are not capped.
OUTREACH = ("demand", "po_request")
FINE = ("present", "checked_empty")
SIMILAR = 95.0
# Without these nobody can rule out that the demand is wrong; the other required sources are for a person to weigh.
DECISIVE = frozenset({"invoices", "payments", "disputes", "tickets", "messages"})


def _live(inp: CheckInput) -> Mapping[str, Any]:
    live: Mapping[str, Any] = inp.facts.get("live") or {}
    return live


def check_citations(inp: CheckInput) -> Iterator[Finding]:
    """G23: each citation of a model exists among the facts it was shown and stands for a sentence of its text."""
    live = _live(inp)
    if "citations" not in live:
        return
    known, cited = set(live.get("fact_ids", ())), live["citations"]
    if not cited:
        yield Finding("G23", "uncited", HIGHER, "", "the model names no facts for what it wrote", role="account_owner")
    for citation in cited:
        missing = [fact for fact in citation["facts"] if fact not in known]
        if missing or not citation["facts"]:
            words = f"no fact {missing[0]} was shown to the model" if missing else "a sentence is cited without a fact"
            yield Finding("G23", "uncited", WARN, str(citation["sentence"])[:200], words)


def check_contact_policy(inp: CheckInput) -> Iterator[Finding]:
    """G24: opt-outs block every message, caps block our own outreach. Business hours only move the leaving time."""
    live, policy = _live(inp), inp.policy
    if live.get("opted_out"):
        yield Finding("G24", "contact_policy", BLOCK, "", "the recipient asked not to be written to")
    if not inp.as_of or inp.purpose not in OUTREACH or "contacted_on" not in live:
        return
    days = sorted((date.fromisoformat(day) for day in live["contacted_on"]), reverse=True)
    gap = int(policy.get("cap_business_days", 0))
    if days and gap and business_days_between(days[0], inp.as_of, live.get("country", "")) < gap:
        yield Finding("G24", "contact_policy", BLOCK, "", f"we wrote on {days[0]:%d %b %Y}; the next message waits {gap} business days")
    window, most = int(policy.get("cap_window_days", 30)), int(policy.get("cap_messages", 0))
    recent = [day for day in days if (inp.as_of - day).days < window]
    if most and len(recent) >= most:
        yield Finding("G24", "contact_policy", BLOCK, "", f"{len(recent)} messages in {window} days; at most {most} are allowed")
    span, most = int(policy.get("cap_contact_days", 7)), int(policy.get("cap_contact_messages", 0))
    to_address = [day for text in live.get("address_written_on", ()) if (inp.as_of - (day := date.fromisoformat(text))).days < span]
    if most and len(to_address) >= most:
        words = f"{len(to_address)} messages to this address in {span} days, all accounts together; at most {most} are allowed"
        yield Finding("G24", "contact_policy", BLOCK, "", words)


def check_approvers(inp: CheckInput) -> Iterator[Finding]:
    """G25: totals over the limits, strategic accounts and the first contact after a dispute need a higher approver."""
    live, policy = _live(inp), inp.policy
    for currency, total in live.get("overdue", {}).items():
        if Decimal(total) > int(policy.get("executive_total_limit", 250_000)):
            words = f"{currency} {total} is overdue, above the limit for an executive's eyes"
            yield Finding("G25", "higher_approver", HIGHER, "", words, role="executive")
        elif Decimal(total) > int(policy.get("routine_total_limit", 25_000)):
            yield Finding("G25", "higher_approver", HIGHER, "", f"{currency} {total} is overdue, above the routine limit", role="finance")
    if live.get("tier") == "strategic":
        yield Finding("G25", "higher_approver", HIGHER, "", "a strategic account", role="finance")
    if live.get("first_after_dispute"):
        yield Finding("G25", "higher_approver", HIGHER, "", "the first contact after a dispute", role="finance")


def check_evidence(inp: CheckInput) -> Iterator[Finding]:
    """G26: a text from outside that this account's brief rests on tripped the input detector; a warning that never clears anything."""
    for source, flag in _live(inp).get("input_flags", ()):
        yield Finding("G26", "untrusted_evidence", WARN, "", f"{source} tries to instruct the machine or hides something ({flag})", fact=source)


def check_repetition(inp: CheckInput) -> Iterator[Finding]:
    """G27: nearly the same words as the last message sent."""
    last = _live(inp).get("last_sent_body", "")
    if last and fuzz.ratio(last, inp.body, score_cutoff=SIMILAR) >= SIMILAR:
        yield Finding("G27", "repetition", WARN, "", "nearly the same text as the last message we sent")


def check_freshness(inp: CheckInput) -> Iterator[Finding]:
    """G28: a required source is older than its limit, silent, or not to be read; without the decisive ones nothing is approved."""
    sources, policy = _live(inp).get("sources", {}), inp.policy
    required = [*policy.get("required_sources", ())]
    required += [kind for kind in policy.get("required_once_configured", ()) if sources.get(kind, {}).get("state", "not_configured") != "not_configured"]
    for kind in required if sources else ():
        source = sources.get(kind) or {"state": "not_configured", "name": kind, "detail": "not connected"}
        if source["state"] in FINE:
            continue
        # An answer to a customer does not chase money; a person may send it with open eyes.
        severity = BLOCK if kind in DECISIVE and inp.purpose in OUTREACH else WARN
        words = f"{source['name']}: {source['state'].replace('_', ' ')}" + (f" ({source['detail']})" if source["detail"] else "")
        yield Finding("G28", "stale_facts", severity, "", words, fact=f"source:{kind}")
    for words in _live(inp).get("changed", ()):
        yield Finding("G28", "stale_facts", BLOCK, "", f"changed since the draft was prepared: {words}")


def check_second_opinion(inp: CheckInput) -> Iterator[Finding]:
    """G30: what a second model found on legal, suspension, threat, admission, promise or tone; it can only raise."""
    for item in _live(inp).get("second_opinion", ()):
        yield Finding("G30", "second_opinion", HIGHER, str(item.get("quote", "")), str(item.get("why", "")), role="account_owner")
