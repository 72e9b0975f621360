"""Every screen of the desk as data: who looks at it in the demo, where it is, and what is clicked to get there. Read by ``screenshots``."""

from __future__ import annotations

from dataclasses import dataclass

from governance import roles


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen. ``role`` signs in by the demo's button ("" looks signed out); ``follow`` are links clicked from ``path`` on, in order."""

    name: str
    role: str
    path: str
    follow: tuple[str, ...] = ()
    press: str = ""


_ROW = "#content main a.acct, #content a.acct"
_FIRST = "#content table tbody a"

SCREENS: tuple[Screen, ...] = (
    Screen("sign-in", "", "/admin/login/"),
    *(Screen(f"home-{role.replace('_', '-')}", role, "/admin/") for role in roles.ALL_ROLES),
    Screen("queue", roles.REVIEWER, "/admin/drafts/followup/"),
    Screen("queue-all", roles.FINANCE, "/admin/drafts/followup/?tab=all"),
    Screen("workspace", roles.REVIEWER, "/admin/drafts/followup/", (_ROW,)),
    Screen("workspace-approve", roles.REVIEWER, "/admin/drafts/followup/", (_ROW,), "a"),
    Screen("workspace-edit", roles.REVIEWER, "/admin/drafts/followup/", (_ROW,), "e"),
    Screen("workspace-dispute", roles.FINANCE, "/admin/drafts/followup/?tab=disputes", (_ROW,)),
    Screen("account", roles.OWNER, "/admin/accounts/account/", (_FIRST,)),
    Screen("decisions", roles.EXECUTIVE, "/admin/decisions/"),
    Screen("decision", roles.EXECUTIVE, "/admin/decisions/", (_FIRST,)),
    Screen("disputes", roles.FINANCE, "/admin/disputes/"),
    Screen("outgoing", roles.REVIEWER, "/admin/outgoing/"),
    Screen("replies", roles.REVIEWER, "/admin/replies/"),
    Screen("measures", roles.LEADERSHIP, "/admin/metrics/"),
    Screen("measure-rows", roles.LEADERSHIP, "/admin/metrics/rows/drafts_decided/"),
    Screen("measure-never", roles.LEADERSHIP, "/admin/metrics/never/paid/"),
    Screen("measure-definitions", roles.LEADERSHIP, "/admin/metrics/definitions/"),
    Screen("outcomes", roles.AUDITOR, "/admin/outcomes/"),
    Screen("draft-history", roles.AUDITOR, "/admin/outcomes/", (_FIRST,)),
    Screen("packs", roles.AUDITOR, "/admin/packs/"),
    Screen("compliance", roles.AUDITOR, "/admin/compliance/"),
    Screen("incidents", roles.AUDITOR, "/admin/incidents/"),
    Screen("access-review", roles.SYSTEM, "/admin/access-review/"),
    Screen("health", roles.SYSTEM, "/admin/health/"),
    Screen("readiness", roles.SYSTEM, "/admin/readiness/"),
    Screen("readiness-portfolio", roles.POLICY, "/admin/readiness/", (_FIRST,)),
    Screen("policy", roles.POLICY, "/admin/governance/policyversion/"),
    Screen("texts", roles.POLICY, "/admin/governance/templateversion/"),
    Screen("imports", roles.FINANCE, "/admin/imports/"),
    Screen("people", roles.SYSTEM, "/admin/governance/user/"),
    Screen("preferences", roles.REVIEWER, "/admin/preferences/"),
    Screen("all-data", roles.REVIEWER, "/admin/data/"),
)
