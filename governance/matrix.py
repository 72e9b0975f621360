"""Who may do what, as people read it: the rows of the role matrix, each answered for one person by ``can``.

The marks are those of the design: ● in own portfolios, ○ all and read only, ◐ on condition, – no. ``governance.roles`` holds the rights
themselves; a part of a row names the right that answers it, so that what the page says is what the desk does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.decisions import Decision, Denied
from governance.rights import Scope, can
from governance.roles import ALL_ROLES, AUDITOR, EXECUTIVE, FINANCE, LEGAL, OWNER, REVIEWER, SATISFIED_BY, SYSTEM, label_of

if TYPE_CHECKING:
    from governance.models import User


@dataclass(frozen=True, slots=True)
class Part:
    """One thing of a row. ``action`` is the right that answers; ``roles`` narrows it where the row does (no right answers: nobody may)."""

    words: str
    action: str = ""
    roles: frozenset[str] | None = None
    everywhere: bool = False

    def answer(self, user: User, scope: Scope) -> Decision:
        """May this person, somewhere, in words. ``everywhere``: only with the role in all portfolios."""
        if not self.action:
            return Denied("because nothing governed is ever deleted")
        held = scope.roles_everywhere if self.everywhere else scope.all_roles
        answer = can(user, self.action, scope=scope)
        if not answer or self.roles is None or held & self.roles:
            return answer
        needed = ", ".join(label_of(role) for role in ALL_ROLES if role in self.roles)
        if self.everywhere and scope.all_roles & self.roles:
            return Denied(f"because it takes the role in all portfolios: {needed}")
        names = ", ".join(label_of(role) for role in ALL_ROLES if role in scope.all_roles)
        return Denied(f"because your role ({names}) is none of those that may {self.words}: {needed}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what it is about, the cell of each role in the order of ``ALL_ROLES``, and its parts."""

    words: str
    cells: tuple[str, ...]
    parts: tuple[Part, ...]


def filling(*required: str) -> frozenset[str]:
    """The roles that can fill one of the required roles of a message."""
    return frozenset().union(*(SATISFIED_BY[role] for role in required))


def _row(words: str, cells: str, *parts: Part) -> Row:
    return Row(words, tuple(cell.strip() for cell in cells.split("|")), parts)


OWN = "● | ● | ● | ◐ | ◐"
ROWS: tuple[Row, ...] = (
    _row(
        "See account, invoices, brief, draft",
        "● | ● | ● | ◐ routed | ◐ routed | ○ | rows behind a metric, no message text | sample | – (break-glass: reason, time-boxed, alarm)",
        Part("see accounts and their drafts", "see_account"),
    ),
    _row(
        "See personal contact data", f"{OWN} | masked, reveal is audited | – | – | –",
        Part("see it", "see_contact_data"), Part("have it revealed, on record", "reveal_contact"),
    ),
    _row("Request or regenerate a draft", "● | ● | – | – | – | – | – | – | –", Part("ask for a draft", "request_draft")),
    _row(
        "Edit, request changes, reject, route, mark disputed", f"{OWN} | – | – | – | –",
        Part("edit", "edit_draft"), Part("request changes", "request_changes"), Part("reject", "reject"), Part("route", "route"),
        Part("mark disputed", "judge_dispute"),
    ),
    _row(
        "Approve, routine", "● not own edit if policy says so | ● | ● | – | – | – | – | – | –",
        Part("approve a routine draft", "approve", filling(REVIEWER)),
    ),
    _row(
        "Approve, exception (also finance above the amount limit)", "first | co-sign | ● | – | – | – | – | – | –",
        Part("approve an exception", "approve", filling(REVIEWER, OWNER, FINANCE)),
    ),
    _row(
        "Approve credit, plan, discount, fee (an approved term must exist)", "– | co-sign | ● | – | ◐ over limit | – | – | – | –",
        Part("approve such wording", "approve", filling(OWNER, FINANCE, EXECUTIVE)),
    ),
    _row(
        "Approve legal, suspension or penalty wording", "– | co-sign | – | ● | ◐ suspension | – | – | – | –",
        Part("approve such wording", "approve", filling(OWNER, LEGAL, EXECUTIVE)),
    ),
    _row(
        "Record the relationship decision (executive lane)", "– | propose | propose | – | ● | – | – | – | –",
        Part("record it", "decide_relationship"), Part("propose it, with a note to the executive", "route", frozenset({OWNER, FINANCE})),
    ),
    _row("Stop a held message", "● | ● | ● | ● | ● | ● | – | – | ● (pause all)", Part("stop a message", "stop")),
    _row(
        "Resolve an unknown outcome", "propose | confirm | confirm | – | – | – | – | – | –",
        Part("propose with evidence", "record_reply"), Part("confirm, as a second person", "resolve_unknown"),
    ),
    _row(
        "Put a hold / lift it", "put | both | both | both | both | – | – | – | –", Part("put", "put_hold"), Part("lift", "lift_hold"),
    ),
    _row(
        "Change a recipient address", "propose | confirm (second person) | confirm | – | – | – | – | – | –",
        Part("propose", "propose_recipient"), Part("confirm, as a second person", "confirm_recipient"),
    ),
    _row("Import", "– | – | ● | – | – | – | – | – | ◐ second person confirms", Part("import a book", "import")),
    _row(
        "Write / activate policy, templates, prompts, tone rules",
        "propose | propose | – | – | – | – | – | write / activate others' only | –",
        Part("propose a text", "propose_words"), Part("write, and activate what others wrote", "write_policy"),
    ),
    _row(
        "Assign roles and portfolios", "– | – | – | – | – | read | – | – | ● never to self",
        Part("read them", "see_roles"), Part("assign them, never to oneself", "assign_roles"),
    ),
    _row(
        "Pause sending / resume", "● | ● | ● / ● | ● | ● | ● | ● | ● | ● / second person",
        Part("pause", "pause_sending"), Part("resume", "resume_sending"),
    ),
    _row(
        "Draft history, ledger, audit pack",
        "own portfolios | own | own | routed | routed | ○ all, each export is an event | – | – | verify only",
        Part("read the history", "see_ledger"), Part("export a pack", "export_pack"),
        Part("verify the whole record", "verify_record", frozenset({AUDITOR, SYSTEM}), everywhere=True),
    ),
    _row("Metrics", "team | team | ● | – | ● | ○ | ● | ○ | –", Part("see the measures", "see_metrics")),
    _row("Label recall and QA samples", "– | – | ◐ | – | – | ● | – | – | –", Part("label samples", "label_sample")),
    _row("Delete anything governed", "– | – | – | – | – | – | – | – | –", Part("delete")),
)
