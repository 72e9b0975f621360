"""Every row of the role matrix tried in a browser by the demo's people: one who may does it, one who may not is told why.

Rows and answers come from ``governance.matrix``, addresses and forms from the walk (``tests/security/walk/specs.py``). A new row joins ``TRIES``;
without an address there it is red.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from django.urls import reverse

from collections_site.demo.people import BY_ROLE, EVERYWHERE
from drafts.review import ask_decision, edit, leave
from governance.matrix import ROWS, Part, Row
from governance.models import AccountShare, ApprovedTerm
from governance.rights import scope_of
from governance.roles import ALL_ROLES, EXECUTIVE, FINANCE, LEGAL, OWNER, REVIEWER, ROUTED
from tests.drafts.scene import AS_OF, Case, prepared
from tests.factories import grant, make_user, moment
from tests.security.walk.specs import READERS, SPECS, Spec
from tests.security.walk.world import Side, build_own, shared_rows

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_desk")]
LEGAL_WORDS = "We will hand this matter to our lawyers."
CREDIT_WORDS = "We will credit you EUR 50.00 for the late delivery."


@dataclass(frozen=True)
class Try:
    """How a part of a row is tried. ``about`` is the account it is tried on; ``may`` and ``may_not`` are set where not every role of the
    answer fits the address (a message asks for certain roles, the right alone is wider)."""

    address: str
    about: str = "open"
    may: str = ""
    may_not: str = ""
    form: dict[str, Any] = field(default_factory=dict)
    row: str = ""  # the row the address is about, where it is another than the walk's


TRIES: dict[tuple[str, str], tuple[Try, ...]] = {
    ("See account, invoices, brief, draft", "see accounts and their drafts"): (Try("account_page"), Try("review")),
    ("See personal contact data", "see it"): (Try("account_page"),),
    ("See personal contact data", "have it revealed, on record"): (Try("reveal_contact"),),
    ("Request or regenerate a draft", "ask for a draft"): (Try("request_draft"),),
    ("Edit, request changes, reject, route, mark disputed", "edit"): (Try("act_edit", "edit"),),
    ("Edit, request changes, reject, route, mark disputed", "request changes"): (Try("act_request_changes", "changes"),),
    ("Edit, request changes, reject, route, mark disputed", "reject"): (Try("act_reject", "reject"),),
    ("Edit, request changes, reject, route, mark disputed", "route"): (Try("act_route", "route"),),
    ("Edit, request changes, reject, route, mark disputed", "mark disputed"): (Try("act_mark_disputed", "dispute"),),
    ("Approve, routine", "approve a routine draft"): (Try("act_approve", "routine"),),
    ("Approve, exception (also finance above the amount limit)", "approve an exception"): (Try("act_approve", "exception", OWNER, LEGAL),),
    ("Approve credit, plan, discount, fee (an approved term must exist)", "approve such wording"): (Try("act_approve", "credit", OWNER, REVIEWER),),
    ("Approve legal, suspension or penalty wording", "approve such wording"): (Try("act_approve", "legal", LEGAL, FINANCE),),
    ("Record the relationship decision (executive lane)", "record it"): (
        Try("decide", may=EXECUTIVE, may_not=FINANCE, form={"outcome": "proceed"}, row="relationship"),
    ),
    ("Record the relationship decision (executive lane)", "propose it, with a note to the executive"): (Try("act_route", "propose", form={"role": EXECUTIVE}),),
    ("Stop a held message", "stop a message"): (Try("stop_delivery"),),
    ("Resolve an unknown outcome", "propose with evidence"): (Try("settle_delivery", form={"step": "propose", "evidence": "the server's log"}),),
    ("Resolve an unknown outcome", "confirm, as a second person"): (Try("settle_delivery"),),
    ("Put a hold / lift it", "put"): (Try("put_hold"),),
    ("Put a hold / lift it", "lift"): (Try("lift_hold"),),
    ("Change a recipient address", "propose"): (Try("propose_address"),),
    ("Change a recipient address", "confirm, as a second person"): (Try("answer_address"),),
    ("Import", "import a book"): (Try("imports"),),
    ("Write / activate policy, templates, prompts, tone rules", "propose a text"): (Try("write_text"),),
    ("Write / activate policy, templates, prompts, tone rules", "write, and activate what others wrote"): (
        Try("policy_write"), Try("activate_text"), Try("activate_prompt"), Try("activate_tone"),
    ),
    ("Assign roles and portfolios", "read them"): (Try("roles"),),
    ("Assign roles and portfolios", "assign them, never to oneself"): (Try("give_role"),),
    ("Pause sending / resume", "pause"): (Try("pause_sending"),),
    ("Pause sending / resume", "resume"): (Try("resume_sending"),),
    ("Draft history, ledger, audit pack", "read the history"): (Try("draft_history"),),
    ("Draft history, ledger, audit pack", "export a pack"): (Try("request_pack"),),
    ("Draft history, ledger, audit pack", "verify the whole record"): (Try("verify_record"),),
    ("Metrics", "see the measures"): (Try("measures"),),
    ("Label recall and QA samples", "label samples"): (Try("label_next"),),
    ("Delete anything governed", "delete"): (Try("accounts_account_delete"), Try("drafts_followup_delete"), Try("governance_event_delete")),
}  # fmt: skip


def parts() -> list[tuple[Row, Part]]:
    """Every part of every row."""
    return [(row, part) for row in ROWS for part in row.parts]


def test_every_part_of_every_row_has_an_address():
    asked = {(row.words, part.words) for row, part in parts()}
    assert asked == set(TRIES)
    assert {one.address for tries in TRIES.values() for one in tries if not one.address.endswith("_delete")} <= set(SPECS)


@dataclass
class Company:
    """A small book on which everything of the matrix can be tried, and the demo's people; ``nobody`` holds no role."""

    side: Side
    people: dict[str, Any]

    def side_for(self, one: Try) -> Side:
        """The walk's rows, with the account and the row this try is about in their places."""
        rows = {**self.side.rows, "decision": self.side.rows[one.row]} if one.row else self.side.rows
        return replace(self.side, cases={**self.side.cases, "open": self.side.cases[one.about]}, rows=rows)


@pytest.fixture
def company(settings, tmp_path):
    settings.MEDIA_ROOT, settings.LEDGER_DIR, settings.LEDGER_KEY_FILE, settings.VAR_DIR = tmp_path / "media", tmp_path / "ledger", tmp_path / "key.pem", tmp_path
    world = build_own()
    side = world.own
    side.rows |= shared_rows()
    for role, user in world.people.items():
        if role in BY_ROLE:
            known = BY_ROLE[role]
            user.username, user.first_name, user.last_name = known.username, known.first_name, known.last_name
            user.save()
            if known.where == (EVERYWHERE,):
                grant(user, role)
    # The walk's bank does not answer; here a routine account is routine.
    side.desk.portfolio.sources.update(status="ok", as_of=moment(-1), error="", failed_since=None)
    for name in ("edit", "changes", "reject", "route", "dispute", "routine", "propose"):
        side.cases[name] = prepared(side.desk, [{}])
    side.cases["exception"] = prepared(side.desk, [{}], tier="strategic")
    side.cases["credit"] = worded(side, "credit", CREDIT_WORDS, schedule=[{"amount": "50.00", "date": ""}])
    side.cases["legal"] = worded(side, "legal_step", LEGAL_WORDS, wording=LEGAL_WORDS)
    side.rows["relationship"] = ask_decision(prepared(side.desk, [{}]).account.pk, "relationship_path", "a large customer", by=side.desk.owner, at=AS_OF)
    for role in ROUTED:
        for case in side.cases.values():
            AccountShare.objects.get_or_create(account_id=case.account.pk, user=world.people[role], role=role, defaults={"reason": "look", "starts_at": moment(-24)})
    world.people["nobody"] = make_user(first_name="Noah", last_name="Newcomer", is_staff=True)
    return Company(side, world.people)


def worded(side: Side, kind: str, sentence: str, **term: Any) -> Case:
    """A text that says what was decided."""
    case = prepared(side.desk, [{}])
    ApprovedTerm.objects.create(
        account_id=case.account.pk, kind=kind, ref=f"T-{kind}", currency="EUR", approved_by=side.desk.finance, approved_at=AS_OF,
        expires_on=AS_OF.date().replace(month=12), **term,
    )
    draft, writer = case.draft, make_user("reviewer", side.desk.portfolio)
    edit(case.follow_up.pk, draft.subject, draft.body.replace("\n\n", f"\n\n{sentence}\n\n", 1), draft.revision, by=writer, at=AS_OF)
    leave(case.follow_up.pk, by=writer, at=AS_OF)
    return case


SUBMIT = """([address, fields, token]) => {
  const form = document.createElement('form');
  form.method = 'post'; form.action = address;
  for (const [name, value] of [...fields, ['csrfmiddlewaretoken', token]]) {
    const field = document.createElement('input');
    field.type = 'hidden'; field.name = name; field.value = value; form.append(field);
  }
  document.body.append(form); form.submit();
}"""


class Person:
    """One of the people at their browser, and what the page of rights tells them."""

    def __init__(self, page: Any) -> None:
        self.page = page
        page.goto("/admin/who-may/")
        self.told = self.words()
        self.token = page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value")

    def words(self) -> str:
        return " ".join(self.page.locator("body").inner_text().split())

    def tries(self, spec: Spec | None, address: str, form: dict[str, Any]) -> tuple[int, str]:
        """Open the page, or press what posts to the address: the answer in figures and in words."""
        if spec is None or spec.form is None or spec.get:
            answer = self.page.goto(address)
        else:
            fields = [(name, str(one)) for name, value in form.items() for one in (value if isinstance(value, list) else [value])]
            if self.page.locator("input[name=csrfmiddlewaretoken]").count() == 0:
                self.page.goto("/admin/who-may/")
            with self.page.expect_navigation() as moved:
                self.page.evaluate(SUBMIT, [address, fields, self.token])
            answer = moved.value
        words = self.words()
        if "/followup/" in self.page.url:  # such a page goes on reporting: one at a time, SQLite in memory refuses a second
            self.page.wait_for_load_state("networkidle")
            self.page.goto("about:blank")
            self.page.wait_for_timeout(60)
        return answer.status, words


def address_of(one: Try, side: Side) -> tuple[Spec | None, str]:
    if one.address.endswith("_delete"):
        row = {"accounts_account": side.open.account.pk, "drafts_followup": side.open.follow_up.pk, "governance_event": 1}[one.address.removesuffix("_delete")]
        return None, reverse(f"admin:{one.address}", args=[row])
    spec = SPECS[one.address]
    return spec, reverse(f"admin:{one.address}", args=spec.fill(side))


def form_of(one: Try, spec: Spec | None, side: Side) -> dict[str, Any]:
    """What is posted: as the walk does, every warning ticked."""
    form = spec.form(side) if spec is not None and spec.form is not None else {}
    ticked = {"acknowledged": side.open.warnings(), "reason": "checked_source"} if one.address == "act_approve" else {}
    return {**form, **ticked, **one.form}


def chosen(one: Try, part: Part, spec: Spec | None, scopes: Callable[[str], Any], people: dict[str, Any]) -> tuple[str, str]:
    """A role that may and one that may not, by the matrix; "" where there is none."""
    yes = [role for role in ALL_ROLES if part.answer(people[role], scopes(role))]
    no = [role for role in ALL_ROLES if role not in yes and (spec is None or role not in (spec.may or ALL_ROLES))]
    may, may_not = one.may or next(iter(yes), ""), one.may_not or next(iter(no), "nobody")
    assert not may or may in yes, (one, may)
    return may, may_not


def test_each_row_is_tried_by_one_who_may_and_one_who_may_not(company, enter):
    scopes = {role: scope_of(user) for role, user in company.people.items()}
    open_: dict[str, Person] = {}

    def at_browser(role: str) -> Person:
        if role not in open_:
            open_[role] = Person(enter(company.people[role]))
        return open_[role]

    found, asked = [], []
    for row, part in parts():
        for one in TRIES.get((row.words, part.words), ()):
            side = company.side_for(one)
            spec, address = address_of(one, side)
            asked.append((row, one, spec, address, form_of(one, spec, side), *chosen(one, part, spec, scopes.__getitem__, company.people)))
    # First everybody who may not: whatever they try leaves the book as it is.
    for row, one, spec, address, form, _may, may_not in asked:
        status, words = at_browser(may_not).tries(spec, address, form)
        # To a role that opens no account at all, an account does not exist (docs/access.md); why it is so stands on the page of rights.
        refused = (status == 403 and "because" in words) or (status == 404 and may_not not in READERS and "does not exist, or it belongs to" in words)
        if not refused:
            found.append(f"{row.words}: {may_not} tried {one.address} and was answered {status}: {words[-200:]}")
    for row, one, spec, address, form, may, _may_not in asked:
        if not may:
            continue
        status, words = at_browser(may).tries(spec, address, form)
        # What is not done at this moment is said as such (409, 422: this text is in force already); an approval is given.
        if status not in ((200,) if one.address == "act_approve" else (200, 409, 422)) or "Not possible for you" in words:
            found.append(f"{row.words}: {may} tried {one.address} and was answered {status}: {words[-200:]}")
    assert not found, "\n".join(found)
    for role in (*ALL_ROLES, "nobody"):
        told = at_browser(role).told
        for row, part in parts():
            answer = part.answer(company.people[role], scopes[role])
            says = f"You may {part.words}." if answer else f"You may not {part.words}, {answer.reason}."
            assert row.words in told and says in told, (role, says)
