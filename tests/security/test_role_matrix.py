"""The role matrix, copied in the words of the design, held against the rights, the verbs and the page that tells people about it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from drafts import review
from governance import clock
from governance.decisions import NotAllowed
from governance.matrix import ROWS
from governance.models import AccountShare
from governance.rights import can, scope_of
from governance.roles import ALL_ROLES, ROUTED
from tests.drafts.scene import AS_OF, Desk, exception_case, routine_case
from tests.factories import make_user

pytestmark = pytest.mark.django_db

# reviewer | owner | finance | legal | executive | auditor | leadership | policy | system
MATRIX = """
See account, invoices, brief, draft | ● | ● | ● | ◐ routed | ◐ routed | ○ | rows behind a metric, no message text | sample | – (break-glass: reason, time-boxed, alarm)
See personal contact data | ● | ● | ● | ◐ | ◐ | masked, reveal is audited | – | – | –
Request or regenerate a draft | ● | ● | – | – | – | – | – | – | –
Edit, request changes, reject, route, mark disputed | ● | ● | ● | ◐ | ◐ | – | – | – | –
Approve, routine | ● not own edit if policy says so | ● | ● | – | – | – | – | – | –
Approve, exception (also finance above the amount limit) | first | co-sign | ● | – | – | – | – | – | –
Approve credit, plan, discount, fee (an approved term must exist) | – | co-sign | ● | – | ◐ over limit | – | – | – | –
Approve legal, suspension or penalty wording | – | co-sign | – | ● | ◐ suspension | – | – | – | –
Record the relationship decision (executive lane) | – | propose | propose | – | ● | – | – | – | –
Stop a held message | ● | ● | ● | ● | ● | ● | – | – | ● (pause all)
Resolve an unknown outcome | propose | confirm | confirm | – | – | – | – | – | –
Put a hold / lift it | put | both | both | both | both | – | – | – | –
Change a recipient address | propose | confirm (second person) | confirm | – | – | – | – | – | –
Import | – | – | ● | – | – | – | – | – | ◐ second person confirms
Write / activate policy, templates, prompts, tone rules | propose | propose | – | – | – | – | – | write / activate others' only | –
Assign roles and portfolios | – | – | – | – | – | read | – | – | ● never to self
Pause sending / resume | ● | ● | ● / ● | ● | ● | ● | ● | ● | ● / second person
Draft history, ledger, audit pack | own portfolios | own | own | routed | routed | ○ all, each export is an event | – | – | verify only
Metrics | team | team | ● | – | ● | ○ | ● | ○ | –
Label recall and QA samples | – | – | ◐ | – | – | ● | – | – | –
Delete anything governed | – | – | – | – | – | – | – | – | –
"""
TABLE = {cells[0]: cells[1:] for cells in ([c.strip() for c in line.split(" | ")] for line in MATRIX.strip().splitlines())}
# What a cell in words lets its role do: the numbers of the row's parts. "–" and the cells below it: nothing.
SAYS = {
    "rows behind a metric, no message text": (), "sample": (), "– (break-glass: reason, time-boxed, alarm)": (), "masked, reveal is audited": (1,),
    "propose": (0,), "confirm": (0, 1), "confirm (second person)": (0, 1), "put": (0,), "both": (0, 1), "read": (0,), "verify only": (2,),
    "write / activate others' only": (0, 1), "● never to self": (0, 1), "● / ●": (0, 1), "● / second person": (0, 1),
}
EXCEPTIONS = {
    # In the row of the relationship decision "propose" is the second part, and in these rows a mark means the first part only.
    ("Record the relationship decision (executive lane)", "propose"): (1,), ("Record the relationship decision (executive lane)", "●"): (0,),
    ("Pause sending / resume", "●"): (0,), ("See personal contact data", "●"): (0,), ("See personal contact data", "◐"): (0,),
    ("Draft history, ledger, audit pack", "○ all, each export is an event"): (0, 1, 2),
    **{("Draft history, ledger, audit pack", cell): (0, 1) for cell in ("own portfolios", "own", "routed")},
}


def allowed_parts(row, cell):
    """The parts of a row a cell allows."""
    if cell == "–":
        return ()
    found = EXCEPTIONS.get((row.words, cell), SAYS.get(cell))
    return tuple(range(len(row.parts))) if found is None else found


def test_the_rows_of_the_product_are_those_of_the_design_word_for_word():
    assert {row.words: list(row.cells) for row in ROWS} == TABLE
    assert all(len(cells) == len(ALL_ROLES) for cells in TABLE.values())


@pytest.mark.parametrize("role", ALL_ROLES)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.words)
def test_every_cell_answers_what_it_says(row, role):
    person = make_user(role)
    cell, scope = TABLE[row.words][ALL_ROLES.index(role)], scope_of(person)
    for number, part in enumerate(row.parts):
        answer = part.answer(person, scope)
        assert bool(answer) == (number in allowed_parts(row, cell)), (part.words, cell, answer)
        assert answer or answer.reason.startswith("because ")


@pytest.mark.parametrize("role", sorted(ROUTED))
def test_routed_means_that_account_and_no_other_of_the_portfolio(role):
    case, other = routine_case(), routine_case()
    person = make_user(role, case.desk.portfolio)
    for action in ("see_account", "see_contact_data", "see_draft", "edit_draft", "see_ledger", "approve"):
        refusal = can(person, action, case.account)
        assert not refusal and refusal.reason == "because this account is not routed to you"
    AccountShare.objects.create(account_id=case.account.pk, user=person, role=role, reason="look", starts_at=clock.now())
    for action in ("see_account", "see_contact_data", "see_draft", "edit_draft", "see_ledger"):
        assert can(person, action, case.account), action
        assert not can(person, action, other.account), action


def test_a_message_that_waits_for_a_role_is_routed_to_it_and_no_longer_once_it_does_not(settings):
    from drafts.models import FollowUp

    case = routine_case()
    legal, executive = case.desk.legal, case.desk.executive
    review.route(case.follow_up.pk, note="a clause", role="legal_approver", by=case.desk.reviewer, at=AS_OF)
    assert can(legal, "see_account", case.account) and not can(executive, "see_account", case.account)
    assert list(FollowUp.objects.visible_to(legal)) == [case.follow_up] and not FollowUp.objects.visible_to(executive).exists()
    review.route(case.follow_up.pk, note="back", role="finance_approver", by=case.desk.reviewer, at=AS_OF)
    assert not can(legal, "see_account", case.account)
    assert not FollowUp.objects.visible_to(legal).exists()


def test_who_approves_a_routine_draft_and_who_an_exception():
    for role in ALL_ROLES:
        case = routine_case(Desk())
        person = case.hand_to(role) if role in ROUTED else case.desk.person(role)
        if TABLE["Approve, routine"][ALL_ROLES.index(role)] != "–":
            assert case.approve(person), role
            continue
        with pytest.raises(NotAllowed, match="because"):
            case.approve(person)
        assert case.follow_up.status == "ready"


def test_an_exception_takes_the_owner_and_finance_and_nobody_else():
    case = exception_case()
    for role in ("legal_approver", "executive", "compliance_auditor", "leadership", "policy_admin", "system_admin"):
        person = case.hand_to(role) if role in ROUTED else case.desk.person(role)
        with pytest.raises(NotAllowed, match="because"):
            case.approve(person)
    assert case.approve(case.desk.owner, case.desk.finance)


def test_a_superuser_without_a_role_may_nothing_of_the_matrix():
    boss = make_user(is_superuser=True, is_staff=True)
    assert not [part.words for row in ROWS for part in row.parts if part.answer(boss, scope_of(boss))]


@pytest.mark.parametrize("role", ALL_ROLES)
def test_the_page_says_the_answers_of_the_person_who_reads_it(browser, role):
    person = make_user(role)
    page = browser(person).get(reverse("admin:who_may"))
    text = page.content.decode()
    assert page.status_code == 200 and "(you)" in text
    scope = scope_of(person)
    for row in ROWS:
        for part in row.parts:
            start = "You may" if part.answer(person, scope) else "You may not"
            assert f"{start} {part.words}" in text, part.words
    assert reverse("admin:who_may") in browser(person).get("/admin/").content.decode()


def test_a_refused_act_answers_403_in_words_and_changes_nothing(browser):
    case = routine_case()
    before = case.follow_up.version
    for name, role in (("act_approve", "compliance_auditor"), ("act_reject", "compliance_auditor"), ("put_hold", "compliance_auditor"), ("log_call", "compliance_auditor")):
        pk = case.account.pk if name in ("put_hold", "log_call") else case.follow_up.pk
        kind = "pause" if name == "put_hold" else "tone"
        form = {"fingerprint": case.draft.fingerprint, "reason": "x", "kind": kind, "text": "x", "outcome": "no_answer"}
        answer = browser(case.desk.person(role)).act(reverse(f"admin:{name}", args=[pk]), form)
        assert answer.status_code == 403 and "because your role (compliance auditor)" in answer.content.decode().replace("&#x27;", "'"), name
    assert case.follow_up.version == before
    lists = browser(make_user("leadership")).get(reverse("admin:accounts_account_changelist"))
    assert lists.status_code == 403 and "because your role (leadership) does not open this page" in lists.content.decode()
