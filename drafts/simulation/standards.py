"""Tone rules and review standards under change control: written with their examples, put in force by another person, rolled back as new versions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from drafts import states
from drafts.checks.tone_rules import fires
from drafts.review.base import Blocked
from drafts.simulation.versioning import GATE, STREAM, may_activate, next_number, refuse_restoring, replace
from governance.audit import Entry, record
from governance.canonical import canonical_json, sha256_hex
from governance.history import save_as
from governance.models import ReviewStandard, ToneRule
from governance.rights import can
from governance.words import PLACEHOLDER, active_templates

if TYPE_CHECKING:
    from governance.models import User

MOST_PHRASES, LONGEST_PHRASE, MOST_EXAMPLES = 100, 80, 20
LANGUAGES = ("", "en", "de", "fr", "es")
_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+){0,6}")
# A star stands for the rest of a word, and a word has a beginning.
_PHRASE = re.compile(r"[^\W_][\w'’.\-]+\*?(?:\s+[\w'’.\-]+\*?){0,8}|[^\W_]")


def tone_hash(rule: ToneRule) -> str:
    """SHA-256 over everything a tone rule says."""
    return sha256_hex(canonical_json([rule.key, rule.language, rule.severity, rule.phrases, rule.why, rule.must_fail, rule.must_pass]))


def standard_hash(standard: ReviewStandard) -> str:
    """SHA-256 over the words of a standard."""
    return sha256_hex(canonical_json([standard.lane, standard.text]))


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))


def tone_problems(rule: ToneRule) -> list[str]:
    """Why this rule cannot be saved, in words; empty when it can. Each example is named."""
    phrases = [line for line in rule.phrases.split("\n") if line]
    problems = [f"“{p[:40]}” is no phrase: words, a star only at the end of one" for p in phrases if not _PHRASE.fullmatch(p) or len(p) > LONGEST_PHRASE]
    if not _KEY.fullmatch(rule.key) or len(rule.key) > 40:
        problems.append("the name is lower case letters, digits and hyphens, for example “no-sarcasm”")
    if rule.language not in LANGUAGES:
        problems.append("the language is en, de, fr, es, or none for any")
    if rule.severity not in ToneRule.Severity.values:
        problems.append("a rule warns or blocks")
    if not rule.why.strip():
        problems.append("say what a reviewer reads when it finds something")
    if len(phrases) > MOST_PHRASES or len(rule.must_fail) + len(rule.must_pass) > 2 * MOST_EXAMPLES:
        problems.append(f"at most {MOST_PHRASES} phrases and {2 * MOST_EXAMPLES} examples")
    if phrases and (not rule.must_fail or not rule.must_pass):
        problems.append("give at least one example it must find and one it must leave alone")
    return problems or _examples(rule, phrases)


def _examples(rule: ToneRule, phrases: Sequence[str]) -> list[str]:
    missed = [f"must find “{e[:80]}” and does not" for e in rule.must_fail if not fires(phrases, e)] if phrases else []
    return missed + [f"must leave “{e[:80]}” alone and does not" for e in rule.must_pass if fires(phrases, e)]


def write_tone_rule(fields: dict[str, str], *, by: User, at: datetime, restores: ToneRule | None = None) -> ToneRule:
    """A new version of the rule named ``fields["key"]`` (a first one when there is none). Saved only when every example holds.

    Raises ``NotAllowed``, or ``Blocked`` with every problem.
    """
    can(by, "write_policy").or_raise()
    with transaction.atomic():
        row = ToneRule(
            key=fields.get("key", "").strip(), language=fields.get("language", "").strip(), severity=fields.get("severity", ""),
            phrases="\n".join(_lines(fields.get("phrases", ""))), why=" ".join(fields.get("why", "").split())[:160],
            must_fail=_lines(fields.get("must_fail", "")), must_pass=_lines(fields.get("must_pass", "")), author=by,
        )  # fmt: skip
        if problems := tone_problems(row):
            raise Blocked(GATE, f"This rule cannot be saved: {'; '.join(problems)}.", changes=problems)
        same = ToneRule.objects.select_for_update(of=("self",)).filter(key=row.key)
        active = same.filter(state=ToneRule.State.ACTIVE).first()
        row.version = next_number(ToneRule.objects.filter(key=row.key))
        save_as(row, by=by, at=at, reason="written")
        data: dict[str, Any] = {"key": row.key, "version": row.version, "sha256": tone_hash(row), "before": tone_hash(active) if active else None}
        record([Entry(STREAM, "tone.written", "tone_rule", row.pk, data | _restoring(restores))], by=by, at=at)
    return row


def write_standard(lane: str, text: str, *, by: User, at: datetime, restores: ReviewStandard | None = None) -> ReviewStandard:
    """A new version of the guidance for a lane. Raises ``NotAllowed`` or ``Blocked``."""
    can(by, "write_policy").or_raise()
    words = text.replace("\r\n", "\n").strip()
    if lane not in states.LANE_ORDER:
        raise Blocked(GATE, f"There is no lane “{lane[:20]}”.")
    if not 20 <= len(words) <= 4_000:
        raise Blocked(GATE, "Guidance has between 20 and 4,000 characters.")
    with transaction.atomic():
        active = ReviewStandard.objects.select_for_update(of=("self",)).filter(lane=lane, state=ReviewStandard.State.ACTIVE).first()
        row = ReviewStandard(lane=lane, version=next_number(ReviewStandard.objects.filter(lane=lane)), text=words, author=by)
        save_as(row, by=by, at=at, reason="written")
        data: dict[str, Any] = {"lane": lane, "version": row.version, "sha256": standard_hash(row), "before": standard_hash(active) if active else None}
        record([Entry(STREAM, "standard.written", "review_standard", row.pk, data | _restoring(restores))], by=by, at=at)
    return row


def _restoring(row: ToneRule | ReviewStandard | None) -> dict[str, Any]:
    return {"restores": row.version} if row is not None else {}


def activate_tone_rule(rule_id: int, *, by: User, at: datetime) -> ToneRule:
    """Put a rule in force: its examples hold, and a blocking one finds nothing in the approved texts in force. Never by its author."""
    with transaction.atomic():
        rule = ToneRule.objects.select_for_update(of=("self",)).get(pk=rule_id)
        may_activate(rule, by)
        if problems := tone_problems(rule):
            raise Blocked(GATE, f"Its examples do not hold: {'; '.join(problems)}.", changes=problems)
        if rule.severity == ToneRule.Severity.BLOCK and (hit := _approved_texts_hit(rule)):
            raise Blocked(GATE, f"It would block texts that are in force: {', '.join(hit[:5])}. Change them first.", changes=hit)
        active = ToneRule.objects.filter(key=rule.key, state=ToneRule.State.ACTIVE).first()
        replace(active, rule, by, at)
        data = {"key": rule.key, "version": rule.version, "sha256": tone_hash(rule), "before": tone_hash(active) if active else None}
        record([Entry(STREAM, "tone.activated", "tone_rule", rule.pk, data)], by=by, at=at)
    return rule


def _approved_texts_hit(rule: ToneRule) -> list[str]:
    texts = [t for t in active_templates() if not rule.language or t.language.startswith(rule.language)]
    phrases = rule.phrases.split("\n")
    return [str(t) for t in texts if fires(phrases, PLACEHOLDER.sub(" ", f"{t.subject}\n{t.body}"))]


def activate_standard(standard_id: int, *, by: User, at: datetime) -> ReviewStandard:
    """Put guidance in force. Never by its author."""
    with transaction.atomic():
        standard = ReviewStandard.objects.select_for_update(of=("self",)).get(pk=standard_id)
        may_activate(standard, by)
        active = ReviewStandard.objects.filter(lane=standard.lane, state=ReviewStandard.State.ACTIVE).first()
        replace(active, standard, by, at)
        data = {
            "lane": standard.lane, "version": standard.version, "sha256": standard_hash(standard),
            "before": standard_hash(active) if active else None,
        }  # fmt: skip
        record([Entry(STREAM, "standard.activated", "review_standard", standard.pk, data)], by=by, at=at)
    return standard


def restore_tone_rule(rule_id: int, *, by: User, at: datetime) -> ToneRule:
    """A new version with the content of an earlier one, to be activated like any other."""
    old = ToneRule.objects.get(pk=rule_id)
    refuse_restoring(old)
    fields = {
        "key": old.key, "language": old.language, "severity": old.severity, "phrases": old.phrases, "why": old.why,
        "must_fail": "\n".join(old.must_fail), "must_pass": "\n".join(old.must_pass),
    }  # fmt: skip
    return write_tone_rule(fields, by=by, at=at, restores=old)


def restore_standard(standard_id: int, *, by: User, at: datetime) -> ReviewStandard:
    """A new version with the words of an earlier one."""
    old = ReviewStandard.objects.get(pk=standard_id)
    refuse_restoring(old)
    return write_standard(old.lane, old.text, by=by, at=at, restores=old)
