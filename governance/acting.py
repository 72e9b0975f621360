"""In which roles somebody acted: asked in the transaction of the act, written into its event, part of the event's hash.

A right is a dated grant, so tomorrow's grants cannot say what somebody was entitled to today. ``governance.rights`` decides whether a
person may; this module only writes down what they held. One statement for any number of events; on PostgreSQL it travels with the lock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection

from governance import roles
from governance.canonical import canonical_json

if TYPE_CHECKING:
    from governance.models import User

# What stands in place of roles: the machine acted, or a person without any role there.
SERVICE = "service"
NO_ROLE = "none"

# The right (``governance.roles.ACTIONS``) each act needs. Of an act that is not here every role held is written down.
RIGHTS: dict[str, str] = {
    "draft.edited": "edit_draft",
    "draft.opened": "approve",
    "draft.viewed_evidence": "approve",
    "draft.answered_first": "approve",
    "finding.acknowledged": "approve",
    "approval.given": "approve",
    "approval.refused": "reject",
    "approval.complete": "approve",
    "delivery.scheduled": "approve",
    "delivery.stopped": "stop",
    "delivery.outcome_proposed": "record_reply",
    "delivery.resolved": "resolve_unknown",
    "hold.put": "put_hold",
    "hold.released": "lift_hold",
    "signal.confirmed": "judge_dispute",
    "signal.dismissed": "judge_dispute",
    "dispute.opened": "judge_dispute",
    "dispute.owned": "own_dispute",
    "dispute.answered": "own_dispute",
    "dispute.resolved": "own_dispute",
    "decision.recorded": "decide",
    "term.approved": "decide",
    "term.withdrawn": "decide",
    "account.routed": "route",
    "call.logged": "log_call",
    "reply.recorded": "record_reply",
    "reply.confirmed": "record_reply",
    "promise.recorded": "record_reply",
    "contact.address_proposed": "propose_recipient",
    "contact.address_refused": "confirm_recipient",
    "contact.verified": "confirm_recipient",
    "import.committed": "import",
    "policy.written": "write_policy",
    "policy.activated": "write_policy",
    "policy.simulated": "write_policy",
    "policy.cases_read": "write_policy",
    "policy.asked": "write_policy",
    "policy.asking_withdrawn": "write_policy",
    "policy.discarded": "write_policy",
    "words.written": "propose_words",
    "words.activated": "write_policy",
    "prompt.written": "propose_words",
    "prompt.activated": "write_policy",
    "tone.written": "write_policy",
    "tone.activated": "write_policy",
    "standard.written": "write_policy",
    "standard.activated": "write_policy",
    "rights.asked": "assign_roles",
    "rights.granted": "assign_roles",
    "rights.refused": "assign_roles",
    "rights.recalled": "assign_roles",
    "rights.withdrawn": "assign_roles",
    "rights.joined_group": "assign_roles",
    "rights.left_group": "assign_roles",
    "rights.second_factor_reset": "assign_roles",
    "break_glass.begun": "break_glass",
    "break_glass.page_read": "break_glass",
    "break_glass.reviewed": "review_break_glass",
    "rights.person_added": "assign_roles",
    "rights.person_changed": "assign_roles",
    "rights.password_set": "assign_roles",
    "model.asked_for": "ask_model",
    "model.switched_on": "confirm_model",
    "model.refused": "confirm_model",
    "model.switched_off": "end_model",
    "rights.trained": "write_training",
    "rights.training_ended": "write_training",
    "system.sending_paused": "pause_sending",
    "system.sending_resumed": "resume_sending",
    "system.words_off": "pause_sending",
    "system.words_on": "resume_sending",
    "decision.asked": "ask_decision",
    "contact.tried_again": "lift_hold",
    "system.quarantine_lifted": "lift_quarantine",
    "audit.exported": "export_pack",
    "audit.pack_made": "export_pack",
    "audit.downloaded": "export_pack",
    "audit.sampled": "draw_sample",
    "audit.contact_revealed": "reveal_contact",
    "sample.framed": "draw_sample",
    "sample.drawn": "draw_sample",
    "sample.labelled": "label_sample",
    "draft.requested": "request_draft",
    "draft.corrected": "approve",
    "control.looked_at": "look_at_controls",
    "incident.opened": "open_incident",
    "incident.action_set": "correct_incident",
    "incident.corrected": "correct_incident",
    "incident.reopened": "close_incident",
    "incident.closed": "close_incident",
    "review.kept": "certify_grants",
    "review.ended": "certify_grants",
    "privacy.hold_put": "preserve",
    "privacy.hold_released": "preserve",
    "privacy.erased": "erase_person",
    "follow_up.open": "edit_draft",
    "follow_up.taken_over": "edit_draft",
    "follow_up.edit": "edit_draft",
    "follow_up.answer": "edit_draft",
    "follow_up.request_changes": "request_changes",
    "follow_up.reject": "reject",
    "follow_up.route": "route",
    "follow_up.route_held": "route",
    "follow_up.approve": "approve",
    "follow_up.approve_partly": "approve",
    "follow_up.stop": "stop",
    "follow_up.decide_proceed": "decide",
    "follow_up.decide_no_contact": "decide",
}

_DATES = "(g.starts_on IS NULL OR g.starts_on <= %s) AND (g.ends_on IS NULL OR g.ends_on >= %s)"
_GROUPS = "IN (SELECT group_id FROM governance_user_groups WHERE user_id = %s)"
# Names of columns and of a later app's table only; every value is a parameter. The last line says where each account lives.
_HELD = (
    "SELECT 'p', g.content_object_id, p.codename FROM governance_portfoliousergrant g "  # noqa: S608
    f"JOIN auth_permission p ON p.id = g.permission_id WHERE g.user_id = %s AND {_DATES} "
    "UNION ALL SELECT 'p', g.content_object_id, p.codename FROM governance_portfoliogroupgrant g "
    f"JOIN auth_permission p ON p.id = g.permission_id WHERE g.group_id {_GROUPS} AND {_DATES} "
    f"UNION ALL SELECT 'e', 0, g.role FROM governance_allportfoliosgrant g WHERE (g.user_id = %s OR g.group_id {_GROUPS}) AND {_DATES} "
    "UNION ALL SELECT 'a', s.account_id, s.role FROM governance_accountshare s "
    "WHERE s.user_id = %s AND s.starts_at <= %s AND (s.ends_at IS NULL OR s.ends_at > %s) "
)
_LIVES = {
    "postgresql": "UNION ALL SELECT 'l', a.id, a.portfolio_id::varchar FROM accounts_account a WHERE a.id = ANY(%s)",
    "sqlite": "UNION ALL SELECT 'l', a.id, CAST(a.portfolio_id AS text) FROM accounts_account a WHERE a.id IN (SELECT value FROM json_each(%s))",
}

Row = tuple[str, int, str]


@dataclass(slots=True)
class Held:
    """The roles of one actor at the moment of the act: everywhere, by portfolio, by routed account; and where the accounts live."""

    whoever: str = ""  # SERVICE or NO_ROLE where no role can be held
    everywhere: set[str] = field(default_factory=set)
    portfolios: dict[int, set[str]] = field(default_factory=dict)
    accounts: dict[int, set[str]] = field(default_factory=dict)
    lives: dict[int, int] = field(default_factory=dict)
    seen: dict[tuple[str, str], str] = field(default_factory=dict)

    def read(self, rows: Iterable[Row]) -> Held:
        """Take what the statement found."""
        for kind, pk, what in rows:
            if kind == "e":
                self.everywhere.add(what)
            elif kind == "l":
                self.lives[pk] = int(what)
            else:
                (self.portfolios if kind == "p" else self.accounts).setdefault(pk, set()).add(what)
        return self

    def on(self, stream: str) -> set[str]:
        """Roles held on the account a stream is of; on any other stream those held anywhere."""
        account = account_of(stream)
        if account is None:
            return self.everywhere.union(*self.portfolios.values(), *self.accounts.values())
        here = self.portfolios.get(self.lives.get(account, 0), set())
        return self.everywhere | here | self.accounts.get(account, set())

    def codes(self, stream: str, action: str, filled: Collection[str] = ()) -> str:
        """The codes an event carries, comma-separated in the order of the matrix: the roles that entitled to the act, else all held.

        ``filled`` names the roles the verb itself asked for, where it knows better than ``RIGHTS``.
        """
        if self.whoever:
            return self.whoever
        if filled:
            return self._codes(stream, frozenset(filled))
        known = self.seen.get((stream, action))
        if known is None:
            right = RIGHTS.get(action)
            known = self.seen[stream, action] = self._codes(stream, roles.ACTIONS[right].roles if right else frozenset())
        return known

    def _codes(self, stream: str, needed: frozenset[str]) -> str:
        held = self.on(stream)
        chosen = held & needed or held
        return ",".join(role for role in roles.ALL_ROLES if role in chosen) or NO_ROLE


def account_of(stream: str) -> int | None:
    """The account a stream is of."""
    kind, _, pk = stream.partition(":")
    return int(pk) if kind == "account" and pk.isdecimal() else None


def nobody(by: User | None) -> Held | None:
    """The answer for an actor whose roles need not be asked for: the machine, and a person who is not active."""
    if by is None or by.is_service:
        return Held(SERVICE)
    return None if by.is_active else Held(NO_ROLE)


def statement(by: User, streams: Sequence[str], at: datetime) -> tuple[str, list[Any]]:
    """The one statement that finds the roles of a person at a moment, with its parameters."""
    pk, on = by.pk, at.date()
    accounts = [account for account in map(account_of, streams) if account is not None]
    listed: Any = accounts if connection.vendor == "postgresql" else canonical_json(accounts)
    moment = connection.ops.adapt_datetimefield_value(at)
    return _HELD + _LIVES[connection.vendor], [pk, on, on, pk, on, on, pk, pk, on, on, pk, moment, moment, listed]
