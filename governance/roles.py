"""The role matrix as data: which roles may do which action, and which roles satisfy a required approval."""

from __future__ import annotations

from dataclasses import dataclass

from governance.models.portfolio import ROLE_CHOICES

LABELS = dict(ROLE_CHOICES)
ALL_ROLES = tuple(LABELS)

REVIEWER, OWNER, FINANCE, LEGAL, EXECUTIVE, AUDITOR, LEADERSHIP, POLICY, SYSTEM = ALL_ROLES

# Not a role anybody is granted: what an administrator holds while a break-glass access is open (governance.break_glass). It only reads.
BREAK_GLASS = "break_glass"

WORKERS = frozenset({REVIEWER, OWNER, FINANCE})
DECIDERS = WORKERS | {LEGAL, EXECUTIVE}
# On a portfolio these open only the accounts that are routed to them (governance.reach).
ROUTED = frozenset({LEGAL, EXECUTIVE})


@dataclass(frozen=True, slots=True)
class Action:
    """One action: the words of a refusal, the roles that may, and whether a subject without a portfolio counts anywhere.

    ``whole``: what only holds something back is open to a lawyer and an executive in their whole portfolio, not on routed accounts only.
    """

    words: str
    roles: frozenset[str]
    anywhere: bool = False
    whole: bool = False

    @property
    def routed(self) -> frozenset[str]:
        """The roles that may on accounts routed to them only."""
        return frozenset() if self.whole else self.roles & ROUTED


def _action(words: str, *roles: str, anywhere: bool = False, whole: bool = False) -> Action:
    return Action(words, frozenset(roles), anywhere, whole)


ACTIONS: dict[str, Action] = {
    "see_account": _action("see this account", *DECIDERS, AUDITOR, BREAK_GLASS),
    "see_contact_data": _action("see personal contact data", *DECIDERS),
    "see_draft": _action("read message texts", *DECIDERS, AUDITOR, BREAK_GLASS),
    "request_draft": _action("ask for a draft", REVIEWER, OWNER),
    "edit_draft": _action("edit a draft", *DECIDERS),
    "request_changes": _action("request changes", *DECIDERS),
    "reject": _action("reject a draft", *DECIDERS),
    "route": _action("route an account", *DECIDERS),
    "judge_dispute": _action("judge a dispute signal", *DECIDERS),
    "own_dispute": _action("work on a dispute", REVIEWER, OWNER, FINANCE),
    "approve": _action("approve", *DECIDERS),
    "decide_relationship": _action("record the relationship decision", EXECUTIVE),
    "decide": _action("record a decision", FINANCE, LEGAL, EXECUTIVE),
    "ask_decision": _action("ask for a decision", *DECIDERS),
    "stop": _action("stop a message", *DECIDERS, AUDITOR, SYSTEM, whole=True),
    "resolve_unknown": _action("settle an unknown outcome", OWNER, FINANCE),
    "put_hold": _action("put a hold", *DECIDERS, whole=True),
    "lift_hold": _action("lift a hold", OWNER, FINANCE, LEGAL, EXECUTIVE, whole=True),
    "propose_recipient": _action("propose a recipient", *WORKERS),
    "confirm_recipient": _action("confirm a recipient", OWNER, FINANCE),
    "record_reply": _action("record a reply", *WORKERS),
    "log_call": _action("log a phone call", *WORKERS),
    "import": _action("import a book", FINANCE, SYSTEM, anywhere=True),
    "write_policy": _action("write policy", POLICY, anywhere=True),
    "propose_words": _action("propose a text or a prompt", REVIEWER, OWNER, POLICY, anywhere=True),
    "see_simulation": _action("see what a policy would change", POLICY, AUDITOR, anywhere=True),
    "assign_roles": _action("assign roles", SYSTEM, anywhere=True),
    "see_roles": _action("see roles", SYSTEM, AUDITOR, anywhere=True),
    "break_glass": _action("open accounts in an emergency", SYSTEM),
    "review_break_glass": _action("review an emergency access", AUDITOR),
    "pause_sending": _action("pause sending", *ALL_ROLES, anywhere=True),
    "resume_sending": _action("resume sending", FINANCE, SYSTEM, anywhere=True),
    "lift_quarantine": _action("let messages leave after a restore", FINANCE, SYSTEM, anywhere=True),
    "verify_record": _action("verify the record", AUDITOR, SYSTEM, anywhere=True),
    "see_ledger": _action("read the ledger", *DECIDERS, AUDITOR, anywhere=True),
    "export_pack": _action("export an audit pack", *DECIDERS, AUDITOR, anywhere=True),
    "draw_sample": _action("draw a sample", AUDITOR, anywhere=True),
    "label_sample": _action("label samples", AUDITOR, FINANCE),
    "see_samples": _action("see samples and their results", AUDITOR, FINANCE, anywhere=True),
    "see_compliance": _action("see the controls", AUDITOR, LEADERSHIP, POLICY, SYSTEM, anywhere=True),
    "look_at_controls": _action("look at the controls", AUDITOR, anywhere=True),
    "see_incidents": _action("read incidents", *DECIDERS, AUDITOR, anywhere=True),
    "open_incident": _action("open an incident", *DECIDERS, AUDITOR),
    "correct_incident": _action("correct an incident", *DECIDERS, AUDITOR, anywhere=True),
    "close_incident": _action("close an incident", AUDITOR, FINANCE, EXECUTIVE, anywhere=True),
    "see_incident_figures": _action("see the figures of incidents", AUDITOR, LEADERSHIP, anywhere=True),
    "certify_grants": _action("certify grants", SYSTEM, EXECUTIVE, FINANCE, anywhere=True),
    "see_access_review": _action("see the access review", SYSTEM, EXECUTIVE, FINANCE, AUDITOR, anywhere=True),
    "reveal_contact": _action("reveal contact data", AUDITOR),
    "erase_person": _action("erase a person", FINANCE, LEGAL, whole=True),
    "preserve": _action("put or release a preservation hold", LEGAL, FINANCE, whole=True),
    "write_training": _action("write training records", FINANCE, AUDITOR, anywhere=True),
    "see_metrics": _action("see the measures", REVIEWER, OWNER, FINANCE, EXECUTIVE, AUDITOR, LEADERSHIP, POLICY, anywhere=True),
    "see_readiness": _action("see how ready a portfolio is", *WORKERS, AUDITOR, POLICY, SYSTEM),
    "ask_model": _action("ask for a model to write for a portfolio", POLICY),
    "confirm_model": _action("let a model write for a portfolio", POLICY, FINANCE),
    "end_model": _action("switch a model off for a portfolio", POLICY, FINANCE, SYSTEM),
    "see_health": _action("see the state of sources and machine", *ALL_ROLES, anywhere=True),
}

# A required role of a request is filled by a person who holds one of these. Routine drafts ask for "reviewer".
SATISFIED_BY: dict[str, frozenset[str]] = {
    REVIEWER: WORKERS,
    OWNER: frozenset({OWNER}),
    FINANCE: frozenset({FINANCE}),
    LEGAL: frozenset({LEGAL}),
    EXECUTIVE: frozenset({EXECUTIVE}),
}


# Roles that approve, decide, activate, assign or export. A second administrator confirms them, and their holders sign in with a second factor.
POWERS = ("approve", "decide", "write_policy", "assign_roles", "export_pack", "resume_sending", "erase_person")
STRONG = frozenset(role for power in POWERS for role in ACTIONS[power].roles)


def label_of(role: str) -> str:
    """The role's name for the screen ("finance approver")."""
    return LABELS.get(role, role).lower().replace("_", " ")
