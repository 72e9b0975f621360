"""What the findings of the checks change about lane and approvers: they raise, never lower. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from drafts import states
from drafts.checks.base import BLOCK, HIGHER, Finding
from drafts.classification.routing import ROUTINE_WORDS, TWO_WORDS
from drafts.classification.types import Verdict
from drafts.preparation.plan import CHECK_PREFIX
from governance.roles import EXECUTIVE, FINANCE, LEGAL, OWNER, REVIEWER, SATISFIED_BY
from governance.topics import TOPICS

_ROLE_NAMES = {
    "finance": FINANCE,
    "legal": LEGAL,
    "owner": OWNER,
    "executive": EXECUTIVE,
    "reviewer": REVIEWER,
}
# A text that is out of the routine lane is looked at by two people.
TWO = 2


def roles_named(role: str | None) -> list[str]:
    """The roles a finding names, joined by "+"; short names are understood, an unknown one asks for finance."""
    names = [name.strip() for name in (role or "").split("+") if name.strip()]
    return [name if name in SATISFIED_BY else _ROLE_NAMES.get(name, FINANCE) for name in names] or [FINANCE]


def roles_for(finding: Finding) -> list[str]:
    """Who must approve a text because of this finding: the roles it names, and the account's owner beside them where the wording
    commits us to something. A refused text is the owner's to look at; a warning asks for nobody.

    That a term covers the wording exactly (``registered``) lets it through the checks; it spares nobody's approval.
    """
    if finding.severity == BLOCK and not finding.registered:
        return [OWNER]
    if finding.severity != HIGHER:
        return []
    named = roles_named(finding.role)
    return [*named, *([OWNER] if finding.check in TOPICS and OWNER not in named else [])]


def topics_of(findings: Iterable[Finding]) -> list[str]:
    """What the text commits us to, by the findings, in the order of the registry."""
    found = {TOPICS[f.check] for f in findings if f.check in TOPICS and f.severity in (BLOCK, HIGHER)}
    return [topic for topic in dict.fromkeys(TOPICS.values()) if topic in found]


def raised(
    verdict: Verdict, findings: Iterable[Finding]
) -> tuple[str, list[dict[str, Any]], list[list[str]]]:
    """Lane, reasons and required roles once the findings count.

    A blocking finding of an approved text, or one that needs a higher approver, takes the draft out of the routine lane. A reviewer who
    only makes up the number gives way to two or more people whom reasons or findings name; no higher role is ever taken away, and the
    number of people never falls.
    """
    lane, reasons = verdict.lane, verdict.reasons_json
    roles = dict(verdict.required_roles)
    for finding in findings:
        needed = roles_for(finding)
        if not needed:
            continue
        routine = lane == states.ROUTINE
        if routine:
            lane = states.EXCEPTION
        if routine or (finding.severity == BLOCK and not finding.registered):
            words = f"Check {finding.check}: {finding.why}"
            reasons.append(
                {
                    "rule": f"{CHECK_PREFIX}{finding.check}", "words": words, "evidence": [], "lane": states.EXCEPTION,
                    "routed_to": needed,
                }
            )  # fmt: skip
        for role in needed:
            roles.setdefault(role, finding.why)
    if len(roles) > TWO and roles.get(REVIEWER) in (ROUTINE_WORDS, TWO_WORDS):
        del roles[REVIEWER]
    return lane, reasons, [[role, why] for role, why in roles.items()]
