"""What the walk knows about every address: how its numbers are filled in, which right it asks for, and what its form needs.

A new page joins here. An address without a line makes ``test_every_address_is_part_of_the_walk`` red, and so does a line without an address.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from governance.roles import ACTIONS, ALL_ROLES, FINANCE, OWNER, REVIEWER
from tests.security.walk.world import Side

Fill = Callable[[Side], list[Any]]
Form = Callable[[Side], dict[str, Any]]
EVERYBODY = frozenset(ALL_ROLES)
# Roles that open accounts at all: to them an account in reach exists, so that a refusal is a refusal (403) and not "not found" (404).
READERS = ACTIONS["see_account"].roles


def nothing(side: Side) -> list[Any]:
    """An address without numbers."""
    return []


def no_form(side: Side) -> dict[str, Any]:
    """A form without fields."""
    return {}


@dataclass(frozen=True)
class Spec:
    """One address.

    ``may`` are the roles the matrix lets in (``None``: everybody signed in). ``get``: it can be read; ``form``: what is posted to it
    (``None``: it takes no POST). ``queries``: further query strings to read it with. ``shared``: its row belongs to no portfolio.
    """

    may: frozenset[str] | None = None
    fill: Fill = nothing
    get: bool = True
    form: Form | None = None
    queries: Form = no_form
    shared: bool = False
    ok: frozenset[int] = frozenset({200})  # how a permitted reading ends
    hidden: bool = False  # somebody else's row does not exist, be it of the own portfolio

    @property
    def numbered(self) -> bool:
        """It names one row."""
        return self.fill is not nothing


def _pk(name: str) -> Fill:
    return lambda side: [side.rows[name].pk]


def _case(kind: str) -> Fill:
    return lambda side: [side.cases[kind].follow_up.pk]


def _account(kind: str = "words") -> Fill:
    return lambda side: [side.cases[kind].account.pk]


def _may(action: str) -> frozenset[str]:
    return ACTIONS[action].roles


def act(right: str | frozenset[str], fill: Fill, **fields: Any) -> Spec:
    """A button of a page: POST only."""
    return Spec(_may(right) if isinstance(right, str) else right, fill, get=False, form=_form(fields))


def read(right: str | frozenset[str], fill: Fill = nothing, **fields: Any) -> Spec:
    """A page: GET only by intent. ``fields`` are query strings by name."""
    return Spec(_may(right) if isinstance(right, str) else right, fill, queries=_form(fields))


def _form(fields: dict[str, Any]) -> Form:
    return lambda side: {name: value(side) if callable(value) else value for name, value in fields.items()}


def _draft(name: str) -> Callable[[Side], Any]:
    return lambda side: getattr(side.open.draft, name)


def _version(side: Side) -> int:
    return side.open.follow_up.version


def _invoice(side: Side) -> int:
    return side.open.invoices[0].pk


def _signal(side: Side) -> int:
    return side.rows["disputesignal"].pk


def _switch(side: Side) -> int:
    return side.rows["switch"].pk


def _person(role: str) -> Callable[[Side], int]:
    return lambda side: side.desk.people[role].pk


OPEN = _case("open")
NOW = {"version": _version}
DAYS = {"from": "2026-05-01", "to": "2026-05-31"}
DUTY = {"reason": "because of the walk"}

PAGES: dict[str, Spec] = {
    "index": Spec(),
    "all_data": Spec(),
    "preferences": Spec(form=_form({"density": "compact", "time_zone": "UTC"})),
    "notices": Spec(),
    "read_notices": Spec(get=False, form=no_form),
    "search": read("see_account", q="zzcan"),
    "queue_changes": read("see_account", tab=["all", "mine"], seen=lambda side: f"{side.open.follow_up.pk}.1.0"),
    "new_view": Spec(_may("see_account"), queries=_form({"tab": "all", "q": "zzcan"}), form=_form({"name": "Walked", "query": "tab=all"})),
    "saved_view": Spec(frozenset({REVIEWER}), _pk("view"), hidden=True, form=_form({"name": "Walked again"})),
    "decisions": read("see_account", tab=["open", "decided"]),
    "disputes": read("see_account", tab=["open", "own", "resolved"]),
    "replies": read("see_draft", tab=["new", "confirmed"]),
    "outgoing": read("stop", tab=["leaving", "unknown", "stopped", "failed", "sent"]),
    "outcomes": read("see_ledger", q="zzcan", portfolio=lambda side: side.desk.portfolio.pk, **{"from": "2026-05-01", "to": "2026-05-31"}),
    "packs": read("export_pack", scope=["draft", "account", "sample", "period"], subject=lambda side: side.open.follow_up.pk, **DAYS),
    "compliance": read("see_compliance", view=["", "nist_ai_rmf"]),
    "near_misses": read("see_incident_figures"),
    "incidents": read("see_incidents", tab=["open", "closed"]),
    "access_review": read("see_access_review", quarter=["", "2026Q2"]),
    "imports": Spec(_may("import"), form=_form({"layout": ""})),
    "who_may": Spec(),
    "holds": Spec(EVERYBODY, queries=_form({"q": "zzcan", "tab": ["now", "past"]})),
    "readiness": read("see_readiness"),
    "readiness_portfolio": read("see_readiness", lambda side: [side.desk.portfolio.pk]),
    "health": Spec(EVERYBODY),
    "tone": Spec(EVERYBODY),
    "tone_rule": Spec(EVERYBODY, _pk("tone"), shared=True),
    "guidance": Spec(EVERYBODY, _pk("guidance"), shared=True),
    "preview_text": Spec(EVERYBODY, _pk("text"), shared=True),
    "samples": read("see_samples"),
    "sample_frame": read("see_samples", _pk("frame")),
    "label_next": Spec(_may("see_samples"), ok=frozenset({302})),
    "label_item": Spec(_may("label_sample"), _pk("item"), hidden=True),
    "misses": read("see_samples"),
    "measures": read("see_metrics", period=["4w", "52w"], lane="routine"),
    "measure_rows": Spec(_may("see_metrics"), lambda side: ["drafts_decided"], queries=_form({"which": ["rows", "base"]}), shared=True),
    "measure_never": Spec(_may("see_metrics"), lambda side: ["paid"], shared=True),
    "measure_definitions": read("see_metrics"),
    "recount": read("look_at_controls"),
    "policy": Spec(EVERYBODY, _pk("policy"), shared=True),
    "simulated_accounts": Spec(_may("see_simulation"), _pk("simulation"), queries=_form({"direction": ["", "loosened"]}), shared=True),
    # One row each.
    "review": read("see_draft", OPEN, edit=["", "1"], tab="all", q="zzcan"),
    "draft_history": read("see_ledger", OPEN, tab=["timeline", "versions", "evidence", "checks", "approvals", "sent", "raw"]),
    "account_page": read("see_account", _account(), show=["all", "messages", "payments", "tickets", "disputes", "us"]),
    "decision": read("see_account", _pk("decision")),
    "dispute": read("see_account", _pk("dispute")),
    "delivery": read("see_draft", _pk("delivery")),
    "attachment": read("see_draft", _pk("attachment")),
    "incident": read("see_incidents", _pk("incident")),
    "worksheet": read("draw_sample", _pk("sample")),
    "import_run": read("import", lambda side: [side.rows["importrun"].pk]),
    "import_refused": read("import", lambda side: [side.rows["importrun"].pk]),
    "text_version": Spec(EVERYBODY, _pk("text"), shared=True),
    "prompt_version": Spec(EVERYBODY, _pk("prompt"), shared=True),
    "erase_contact": Spec(_may("erase_person"), _pk("contact"), form=_form({"sure": ""})),
}

ACTS: dict[str, Spec] = {
    # Which of them may approve a routine draft or an exception is tested with the verb in tests/security/test_role_matrix.py.
    "act_approve": act("approve", OPEN, fingerprint=_draft("fingerprint"), **NOW),
    "act_request_changes": act("request_changes", OPEN, kinds=["tone"], text="warmer", **NOW),
    "act_reject": act("reject", OPEN, kind="tone", text="not so", **NOW),
    "act_route": act("route", OPEN, role=FINANCE, note="please look", **NOW),
    "act_snooze": act("put_hold", OPEN, until="2026-05-20", reason="bookkeeper on holiday", **NOW),
    "act_mark_disputed": act("judge_dispute", OPEN, invoices=_invoice, category="quantity", quote="short", reason="said so"),
    "act_confirm_signal": act("judge_dispute", OPEN, signal=_signal),
    "act_dismiss_signal": act("judge_dispute", OPEN, signal=_signal, reason="no dispute", evidence="the mail says thanks"),
    "act_claim": act("edit_draft", OPEN),
    "act_leave": act("edit_draft", OPEN),
    "act_take_over": act(frozenset({FINANCE}), OPEN),
    "act_reopen": act("edit_draft", OPEN, **NOW),
    "act_close": act("record_reply", OPEN, note="done"),
    "act_edit": act("edit_draft", OPEN, subject="Hello", body="Hello there, this is another text.", base_revision=1),
    "act_working_copy": act("edit_draft", OPEN, draft=_draft("pk"), subject="x", body="y"),
    "act_drop_copy": act("edit_draft", OPEN),
    "act_check": act("edit_draft", OPEN, subject="Hello", body="Hello there"),
    "act_looked": act("see_draft", OPEN, draft=_draft("pk"), evidence="3"),
    "act_answer_first": act("approve", OPEN, answer="no"),
    "several": act("route", nothing, act="route", step="do", row=lambda side: side.open.follow_up.pk, role=FINANCE, note="please look"),
    "delete_view": Spec(frozenset({REVIEWER}), _pk("view"), get=False, form=no_form, hidden=True),
    "decide": act(frozenset({FINANCE}), _pk("decision"), outcome="no_plan", text="no"),
    "withdraw_term": act(frozenset({FINANCE}), _pk("term"), **DUTY),
    "own_dispute": act("own_dispute", _pk("dispute"), owner=_person(REVIEWER)),
    "answer_dispute": act("own_dispute", _pk("dispute"), subject="Your dispute", body="We looked at it and will come back."),
    "resolve_dispute": act("own_dispute", _pk("dispute"), outcome="invalid", note="nothing in it"),
    "open_dispute": act("judge_dispute", _account(), invoices=lambda s: s.cases["words"].invoices[0].pk, category="quantity", quote="short"),
    "request_draft": act("request_draft", _account("words")),
    "put_hold": act("put_hold", _account("open"), kind="pause", **DUTY),
    "lift_hold": act("lift_hold", _pk("hold"), **DUTY),
    "log_call": act("log_call", _account(), outcome="no_answer", note="nobody there"),
    "record_reply": act("record_reply", _account(), sender="a@b.example", subject="hello", body="we pay soon"),
    "confirm_reply": act("record_reply", _pk("reply"), kind="promise_with_date"),
    "stop_delivery": act(_may("stop") & READERS, _pk("delivery"), **DUTY),  # who reads no account pauses everything instead
    "correct_delivery": act("edit_draft", _pk("sent"), subject="Correction", body="We wrote something wrong to you and are sorry."),
    "settle_delivery": act(frozenset({OWNER, FINANCE}), _pk("unknown"), step="confirm", outcome="not_sent"),
    "wrong_message": act("open_incident", _pk("sent"), what="wrong", harm="none", severity="low"),
    "incident_action": act("correct_incident", _pk("incident"), action="call them", owner=_person(FINANCE), due="2026-06-30"),
    "incident_corrected": act("correct_incident", _pk("incident")),
    "incident_check": act("close_incident", _pk("incident"), worked="yes", finding="ok"),
    "certify_grant": act("certify_grants", _pk("certification"), verdict="keep", **DUTY),
    "reveal_contact": act("reveal_contact", _pk("contact"), purpose="audit"),
    "preserve_account": act("preserve", _account(), step="put", **DUTY),
    "import_confirm": act("import", lambda side: [side.rows["importrun"].pk], sha256="0" * 64),
    "download_pack": Spec(frozenset({"compliance_auditor"}), _pk("pack"), get=False, form=no_form, hidden=True),
    "save_label": Spec(_may("label_sample"), _pk("item"), get=False, form=_form({"answer": "no", "reason": "nothing disputed"}), hidden=True),
    "draw_items": act("draw_sample", nothing, kind="recall", **DAYS),
    "readiness_check": act("see_readiness", lambda side: [side.desk.portfolio.pk]),
    "ask_model": act("ask_model", lambda side: [side.desk.portfolio.pk], **DUTY),
    "answer_model": act("confirm_model", lambda side: [side.desk.portfolio.pk], switch=_switch, answer="refuse", **DUTY),
    "end_model": act("end_model", lambda side: [side.desk.portfolio.pk], switch=_switch, **DUTY),
    "health_check": Spec(EVERYBODY, get=False, form=no_form),
    "hold_portfolio": act("put_hold", nothing, portfolio=lambda side: side.desk.portfolio.pk, kind="pause", **DUTY),
    "pause_portfolio": act("pause_sending", nothing, portfolio=lambda side: side.desk.portfolio.pk, **DUTY),
    "switch_off_model": act("pause_sending", nothing, **DUTY),
    "switch_off_text": act("pause_sending", nothing, text=lambda side: side.rows["text"].pk, **DUTY),
    "ask_decision": act("ask_decision", _account(), kind="credit", why="they ask for one"),
    "propose_address": act("propose_recipient", _account(), contact=lambda side: side.rows["contact"].pk, email="new@customer.example", evidence="their letter"),
    "answer_address": act("confirm_recipient", _pk("addresschange"), answer="confirm", checked="called the number on record"),
    "mark_bounced": act("record_reply", _account(), contact=lambda side: side.rows["contact"].pk, said="no such user"),
    "worksheet_csv": act("draw_sample", _pk("sample")),
    # Without a row in the address.
    "outcomes_csv": act("export_pack", nothing),
    "measures_csv": act("see_metrics", nothing, period="12w"),
    "draw_sample": act("draw_sample", nothing),
    "request_pack": act("export_pack", nothing, scope="draft", subject=lambda side: side.open.follow_up.pk, profile="full"),
    "pause_sending": act("pause_sending", nothing, **DUTY),
    "resume_sending": act("resume_sending", nothing, **DUTY),
    "lift_quarantine": act("lift_quarantine", nothing, **DUTY),
    "look_at_controls": act("look_at_controls", nothing),
    "verify_record": act(frozenset(), nothing),  # of all portfolios only: nobody here
}
SHARED_ACTS: dict[str, Spec] = {
    "write_text": Spec(_may("propose_words"), _pk("text"), get=False, form=_form({"subject": "x", "body": "y"}), shared=True),
    "activate_text": Spec(_may("write_policy"), _pk("text"), get=False, form=no_form, shared=True),
    "write_prompt": Spec(_may("propose_words"), _pk("prompt"), get=False, form=_form({"system": "x", "user": "y"}), shared=True),
    "activate_prompt": Spec(_may("write_policy"), _pk("prompt"), get=False, form=no_form, shared=True),
}
SHARED_ACTS |= {
    f"policy_{name}": Spec(_may("write_policy"), _pk("policy"), get=False, form=_form({"note": "x", "reason": "x"}), shared=True)
    for name in ("write", "simulate", "ask", "withdraw", "discard", "activate", "roll_back")
}
SHARED_ACTS |= {
    name: Spec(_may("write_policy"), _pk(row), get=False, form=no_form, shared=True)
    for name, row in {
        "restore_text": "text", "restore_prompt": "prompt", "activate_tone": "tone", "restore_tone": "tone", "activate_guidance": "guidance",
        "restore_guidance": "guidance",
    }.items()
}  # fmt: skip
SHARED_ACTS |= {name: Spec(_may("write_policy"), get=False, form=no_form) for name in ("write_tone", "write_guidance")}
SHARED_ACTS["read_simulated"] = Spec(_may("see_simulation"), _pk("simulation"), get=False, form=_form({"case": "0" * 64}), shared=True)
# Roles, emergency access, trainings and measures.
RIGHTS: dict[str, Spec] = {
    "roles": read("see_roles", portfolio=lambda side: side.desk.portfolio.pk),
    "give_role": act("assign_roles", nothing, role=REVIEWER, user=_person(OWNER), portfolio=lambda side: side.desk.portfolio.pk, sure="1", **DUTY),
    "answer_role": act("assign_roles", _pk("rolerequest"), answer="refuse", **DUTY),
    "end_role": act("assign_roles", lambda side: ["person", side.rows["usergrant"].pk], sure="1", **DUTY),
    "leave_group": act(frozenset(), lambda side: [side.desk.people[REVIEWER].pk, side.rows["groupgrant"].group_id], **DUTY),  # administrators of all
    "break_glass": read(_may("break_glass") | _may("review_break_glass")),
    # An auditor reaches the form's address and opens nothing: there is no portfolio for one to choose.
    "begin_break_glass": act(
        _may("break_glass") | _may("review_break_glass"), nothing, portfolio=lambda side: side.desk.portfolio.pk, reason="the mailbox of the walk is down"
    ),
    "break_glass_access": read(_may("break_glass") | _may("review_break_glass"), _pk("access")),
    "end_break_glass": act(_may("break_glass") | _may("review_break_glass"), _pk("access")),
    "review_break_glass": act("review_break_glass", _pk("access_over"), words="needed, and only the needed was read"),
    "trainings": read("write_training"),
    "write_training": act("write_training", nothing, person=_person(REVIEWER), subject="exception", trained_on="2026-05-01", valid_until="2027-05-01"),
    "practice": read("approve", again=["", "1"]),
    "answer_practice": act("approve", nothing, case="ordinary", verdict="approve"),
    "practice_told": Spec(frozenset({REVIEWER}), _pk("practice"), hidden=True),
    "end_training": act("write_training", _pk("training")),
}
# Signing in: one's own second factor, and how a colleague signs in. That a colleague exists is no secret of a portfolio (docs/adr/0012).
SIGN_IN: dict[str, Spec] = {
    "second_factor": Spec(form=_form({"code": "000000"})),
    "recovery_codes": Spec(get=False, form=no_form),
    "stay": Spec(get=False, form=no_form),
    "set_language": Spec(get=False, form=_form({"language": "en-gb"})),
    "person_sign_in": Spec(_may("see_roles"), lambda side: [_person(REVIEWER)(side)], shared=True),
    "reset_second_factor": act("assign_roles", lambda side: [_person(REVIEWER)(side)], **DUTY),
}
# Django's own addresses; their forms act on the signed-in person only.
STOCK: dict[str, Spec] = {
    "password_change": Spec(form=no_form),
    "password_change_done": Spec(),
    "jsi18n": Spec(),
    "autocomplete": Spec(frozenset()),  # with a model and a field: a test of its own
}
# Not walked, each with its reason.
LEFT_OUT = {
    "login": "signing in is tested in tests/site/test_sign_in.py; a signed-in person is sent home",
    "logout": "ends the session the walk needs",
    "app_list": "walked with the model pages",
    "auth_user_password_change": "walked with the model pages",
    "demo_enter": "exists in a demo only, signs in as one of its invented people",
    "demo_jump": "exists in a demo only, moves its clock",
    "demo_tour": "exists in a demo only, names its invented people and cases",
    "demo_tick": "exists in a demo only, keeps a cookie",
    "demo_disturb": "exists in a demo only, lets its colleagues act",
    "demo_chain": "exists in a demo only, shows how a damaged ledger is found",
    "demo_break": "exists in a demo only",
    "demo_mend": "exists in a demo only",
    "single_sign_on": "answers only where a provider is set up: tests/security/test_single_sign_on.py",
    "single_sign_on_done": "answers only where a provider is set up: tests/security/test_single_sign_on.py",
}
DEMO: dict[str, Spec] = {"demo_outbox": Spec(), "demo_message": read("see_draft", _pk("sent"), raw=["", "1"])}
SPECS: dict[str, Spec] = {**PAGES, **ACTS, **SHARED_ACTS, **RIGHTS, **SIGN_IN, **STOCK, **DEMO}
