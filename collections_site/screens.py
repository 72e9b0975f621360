"""Every screen of the desk as data: who looks at it in the demo, where it is, and what is clicked to get there. Read by ``screenshots``."""

from __future__ import annotations

from dataclasses import dataclass

from governance import roles


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen. ``role`` signs in by the demo's button ("" looks signed out); ``follow`` are links clicked from ``path`` on, in order.

    ``file`` is uploaded on the page, and ``buttons`` are pressed then: the steps of an import. ``page`` names the address where the way ends.
    """

    name: str
    role: str
    path: str
    follow: tuple[str, ...] = ()
    press: str = ""
    file: str = ""
    buttons: tuple[str, ...] = ()
    page: str = ""
    status: int = 200


_ROW = "#content main a.acct, #content a.acct"
_FIRST = "#content table tbody a"
_ITEMS = "account_number,invoice_number,issued_on,due_on,currency,amount\n1002,PIC-0001,2026-03-01,2026-03-31,EUR,1234.56\n"
_FAULTY = f"{_ITEMS}9999,PIC-0002,2026-03-01,2026-03-31,EUR,5.00\n1002,PIC-0003,2026-03-01,31.02.2026,EUR,7.00\n"


def _link(address: str) -> str:
    """The first link of the page to such an address."""
    return f'#content a[href*="{address}"]'


SCREENS: tuple[Screen, ...] = (
    Screen("sign-in", "", "/admin/login/"),
    *(Screen(f"home-{role.replace('_', '-')}", role, "/admin/") for role in roles.ALL_ROLES),
    Screen("queue", roles.REVIEWER, "/admin/drafts/followup/"),
    Screen("queue-all", roles.FINANCE, "/admin/drafts/followup/?tab=all"),
    Screen("workspace", roles.REVIEWER, "/admin/drafts/followup/", (_ROW,), page="review"),
    Screen("workspace-approve", roles.REVIEWER, "/admin/drafts/followup/?tab=all&q=2005", (_ROW,), "a"),
    Screen("workspace-edit", roles.REVIEWER, "/admin/drafts/followup/?tab=all&q=2005", (_ROW,), "e"),
    Screen("workspace-dispute", roles.FINANCE, "/admin/drafts/followup/?tab=holds&signal=dispute", (_ROW,)),
    Screen("account", roles.OWNER, "/admin/accounts/account/", (_FIRST,)),
    Screen("account-page", roles.OWNER, "/admin/drafts/followup/?tab=all", (_ROW, _link("/admin/account/")), page="account_page"),
    Screen("decisions", roles.EXECUTIVE, "/admin/decisions/"),
    Screen("decision", roles.EXECUTIVE, "/admin/decisions/", (_FIRST,), page="decision"),
    Screen("disputes", roles.FINANCE, "/admin/disputes/"),
    Screen("dispute", roles.FINANCE, "/admin/disputes/?tab=open", (_link("/admin/disputes/"),), page="dispute"),
    Screen("notices", roles.FINANCE, "/admin/notices/"),
    Screen("search", roles.REVIEWER, "/admin/search/?q=a"),
    Screen("holds", roles.FINANCE, "/admin/holds/"),
    Screen("outgoing", roles.REVIEWER, "/admin/outgoing/"),
    Screen("delivery", roles.REVIEWER, "/admin/outgoing/?tab=sent", (_link("/admin/outgoing/"),), page="delivery"),
    Screen("replies", roles.REVIEWER, "/admin/replies/"),
    Screen("measures", roles.LEADERSHIP, "/admin/metrics/"),
    Screen("measure-rows", roles.LEADERSHIP, "/admin/metrics/rows/drafts_decided/"),
    Screen("measure-never", roles.LEADERSHIP, "/admin/metrics/never/paid/"),
    Screen("measure-definitions", roles.LEADERSHIP, "/admin/metrics/definitions/"),
    Screen("outcomes", roles.AUDITOR, "/admin/outcomes/"),
    Screen("draft-history", roles.AUDITOR, "/admin/outcomes/", (_FIRST,), page="draft_history"),
    Screen("packs", roles.AUDITOR, "/admin/packs/"),
    Screen("compliance", roles.AUDITOR, "/admin/compliance/"),
    Screen("incidents", roles.AUDITOR, "/admin/incidents/"),
    Screen("near-misses", roles.AUDITOR, "/admin/near-misses/"),
    Screen("recount", roles.AUDITOR, "/admin/compliance/recount/"),
    Screen("samples", roles.AUDITOR, "/admin/samples/"),
    Screen("sample", roles.AUDITOR, "/admin/samples/", ('#content a[href^="/admin/samples/"]:not([href*="label"],[href*="item"])',), page="sample_frame"),
    Screen("label", roles.AUDITOR, "/admin/samples/", (_link("/admin/samples/label/"),), page="label_item"),
    Screen("misses", roles.AUDITOR, "/admin/misses/"),
    Screen("trainings", roles.FINANCE, "/admin/training/"),
    Screen("practice", roles.REVIEWER, "/admin/practice/"),
    Screen("practice-told", roles.REVIEWER, "/admin/practice/", buttons=("Reject",), page="practice_told"),
    Screen("roles", roles.SYSTEM, "/admin/roles/"),
    Screen("emergency-access", roles.SYSTEM, "/admin/emergency/"),
    Screen("who-may", roles.REVIEWER, "/admin/who-may/"),
    Screen("second-factor", roles.REVIEWER, "/admin/second-factor/"),
    Screen("password", roles.REVIEWER, "/admin/password_change/"),
    Screen("person-sign-in", roles.SYSTEM, "/admin/governance/user/", (_FIRST, _link("/sign-in/")), page="person_sign_in"),
    Screen("access-review", roles.SYSTEM, "/admin/access-review/"),
    Screen("health", roles.SYSTEM, "/admin/health/"),
    Screen("readiness", roles.SYSTEM, "/admin/readiness/"),
    Screen("readiness-portfolio", roles.POLICY, "/admin/readiness/", (_FIRST,), page="readiness_portfolio"),
    Screen("policy", roles.POLICY, "/admin/governance/policyversion/"),
    Screen("policy-editor", roles.POLICY, "/admin/governance/policyversion/", (_FIRST,), page="policy"),
    Screen("text", roles.POLICY, "/admin/governance/templateversion/", (_FIRST,), page="text_version"),
    Screen("text-preview", roles.POLICY, "/admin/governance/templateversion/", (_FIRST, _link("/preview/")), page="preview_text"),
    Screen("prompt", roles.POLICY, "/admin/governance/promptversion/", (_FIRST,), page="prompt_version"),
    Screen("tone", roles.POLICY, "/admin/tone/"),
    Screen("guidance", roles.POLICY, "/admin/tone/", (_link("/admin/guidance/"),), page="guidance"),
    Screen("texts", roles.POLICY, "/admin/governance/templateversion/"),
    Screen("imports", roles.FINANCE, "/admin/imports/"),
    Screen("import-check", roles.FINANCE, "/admin/imports/", file=_FAULTY, buttons=("Check the file",), page="import_run"),
    Screen("import-result", roles.FINANCE, "/admin/imports/", file=_ITEMS, buttons=("Check the file", "Import 1 row"), page="import_run"),
    Screen("people", roles.SYSTEM, "/admin/governance/user/"),
    Screen("preferences", roles.REVIEWER, "/admin/preferences/"),
    Screen("tour", roles.REVIEWER, "/admin/demo/tour/"),
    Screen("demo-outbox", roles.REVIEWER, "/admin/demo/outbox/"),
    Screen("demo-message", roles.REVIEWER, "/admin/demo/outbox/", (_link("/admin/demo/outbox/"),), page="demo_message"),
    Screen("demo-chain", roles.AUDITOR, "/admin/demo/chain/"),
    Screen("not-found", roles.REVIEWER, "/admin/nowhere/", status=404),
    Screen("refused", roles.LEADERSHIP, "/admin/imports/", status=403),
    Screen("all-data", roles.REVIEWER, "/admin/data/"),
)
