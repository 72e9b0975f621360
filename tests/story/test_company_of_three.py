"""A company of three, installed by ``bootstrap --preset small``: every lane to a message that left, nobody twice on one request, and words where a fourth is missing."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from itertools import permutations

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import Account
from drafts import states, sweeping
from drafts.models import Delivery, FollowUp
from drafts.preparation import prepare_accounts
from drafts.review import NotAllowed, Term, approve, ask_decision, decide, edit, leave
from governance import assignment
from governance.assignment import Wish
from governance.ledger import verify
from governance.models import Approval, ApprovalRequest, Decision, Portfolio, User
from tests.drafts.scene import AS_OF, stop_clock
from tests.factories import make_user
from tests.reading import text_of
from tests.site.conftest import client_of
from tests.story.conftest import run

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NAMES = ("ada@three.example", "ben@three.example", "cleo@three.example")
UNTIL = date(2026, 6, 30)
SUSPENSION = "We will suspend further deliveries to your company as of 30 June 2026."
LEGAL = "We will hand this matter to our lawyers."
# What each account is: its tier, and the wording somebody wants in its message.
TIERS = {"routine": "standard", "exception": "strategic", "executive": "enterprise", "legal": "standard", "suspension": "standard", "both": "strategic"}
WORDING = {"legal": ("legal_step", "proceed_step", LEGAL), "suspension": ("suspension", "proceed_suspension", SUSPENSION)}
WORDING["both"] = WORDING["suspension"]


def book(folder, kinds):
    """One account with one invoice per kind and number."""
    rows = [(f"{kind}-{n}", TIERS[kind]) for kind, count in kinds.items() for n in range(count)]
    files = {
        "accounts.csv": ["account_number,name,tier,currency,country,time_zone,language", *(f"{key},{key.title()} Ltd,{tier},EUR,DE,Europe/Berlin,en" for key, tier in rows)],
        "contacts.csv": ["account_number,name,email,salutation,verified_on", *(f"{key},Kim Keller,ap@{key}.example,Ms Keller,2026-02-01" for key, _ in rows)],
        "invoices.csv": [
            "account_number,invoice_number,issued_on,due_on,currency,amount,balance,delivery_status",
            *(f"{key},INV-7{n:04d},2026-03-25,2026-04-25,EUR,3100.50,3100.50,delivered" for n, (key, _) in enumerate(rows)),
        ],
    }  # fmt: skip
    for name, lines in files.items():
        (folder / name).write_text("\n".join(lines) + "\n")
    result = run("import_book", str(folder), "--as-of", "2026-05-12", "--currency", "EUR", "--portfolio", "Main")
    assert result["refused"] == [] and result["created"], result
    portfolio = Portfolio.objects.get()
    portfolio.sources.update(as_of=AS_OF)
    prepare_accounts(Account.objects.values_list("pk", flat=True), as_of=AS_OF)


@pytest.fixture
def three(settings, capsys):
    """Ada, Ben and Cleo on day one; the sender of the portfolio is named, nothing else was touched."""
    stop_clock(settings)
    call_command("bootstrap", preset="small", person=list(NAMES))
    assert "Every lane can be run" in capsys.readouterr().out
    portfolio = Portfolio.objects.get()
    name_sender(portfolio)
    return [User.objects.get(username=name) for name in NAMES]


def name_sender(portfolio):
    """What the page Portfolios asks for on day one."""
    portfolio.sender_company, portfolio.sender_name, portfolio.sender_email = "Three Ltd", "Ada Three", "ar@three.example"
    portfolio.sender_address, portfolio.sender_phone = "3 Quay Street, Cork", "+353 21 5550103"
    portfolio.bank_accounts = [{"label": "House bank", "iban": "DE02120300000000202051", "bic": "BYLADEM1001"}]
    portfolio.save()


def row_of(key):
    return FollowUp.objects.filter(account__external_id=key).latest("pk")


def give(key, person):
    row = row_of(key)
    assert not row.draft.findings.filter(severity="block", registered=False).exists(), [row.draft.body, *row.draft.findings.values_list("check_id", "why")]
    warnings = list(row.draft.findings.filter(severity="warn").values_list("pk", flat=True))
    return approve(row.pk, row.draft.fingerprint, by=person, at=AS_OF, acknowledged=warnings, reason="checked_source")


def give_in_turn(key, people):
    """Approved by these people in this order; each of them tries a second time and is refused in words. Returns whether it may leave."""
    done = None
    for person in people:
        done = give(key, person)
        if not done.complete:
            with pytest.raises(NotAllowed, match="because you already answered"):
                give(key, person)
    return done.complete


def settle(key, executive, lawyer):
    """Answer every question that is open about the account, each by who may."""
    while (question := _question(key)) is not None:
        if question.kind == "relationship_path":
            decide(question.pk, "proceed", by=executive, at=AS_OF)
        else:
            kind, outcome, sentence = WORDING[key.split("-")[0]]
            who = lawyer if kind == "legal_step" else executive
            decide(question.pk, outcome, by=who, at=AS_OF, term=Term(kind, "EUR", (), UNTIL, wording=sentence))


def _question(key):
    account = Account.objects.get(external_id=key)
    return Decision.objects.filter(account_id=account.pk, state="open").order_by("pk").first()


def write_in(key, writer):
    """Put the decided sentence into the text, as a person does."""
    row, sentence = row_of(key), WORDING[key.split("-")[0]][2]
    assert row.status == states.READY, (key, row.status, row.hold_reason)
    edit(row.pk, row.draft.subject, row.draft.body.replace("\n\n", f"\n\n{sentence}\n\n", 1), row.draft.revision, by=writer, at=AS_OF)
    leave(row.pk, by=writer, at=AS_OF)


def workspace(key, person, query=""):
    return text_of(client_of(person).get(reverse("admin:review", args=[row_of(key).pk]) + query))


def nobody_twice():
    """Every request: as many people as answers; each answer on a role of its own."""
    for request in ApprovalRequest.objects.all():
        given = list(Approval.objects.filter(request=request).values_list("person_id", "required_role_id"))
        assert len({who for who, _ in given}) == len({role for _, role in given}) == len(given)


def all_left(server, keys):
    """The messages of these accounts, and no others, arrive at their customers, each once."""
    sweeping.sweep(max(Delivery.objects.values_list("leaves_at", flat=True)))
    assert sorted(to for _, recipients, _ in server.box.taken for to in recipients) == sorted(f"ap@{key}.example" for key in keys)
    assert verify() == []


def test_every_lane_runs_to_a_sent_message_whoever_of_the_three_begins(three, server, tmp_path):
    ada, ben, cleo = three
    book(tmp_path, {"routine": 3, "exception": 6, "executive": 6, "legal": 3})
    sent = []
    for n, person in enumerate(three):
        assert give_in_turn(f"routine-{n}", [person])
        sent.append(f"routine-{n}")
    for n, pair in enumerate(permutations(three, 2)):
        key = f"exception-{n}"
        assert {role for role, _ in row_of(key).required_roles} == {"account_owner", "finance_approver"}
        assert give_in_turn(key, pair), (key, pair)
        sent.append(key)
        key = f"executive-{n}"
        assert (row_of(key).status, row_of(key).draft) == (states.AWAITING_DECISION, None)
        with pytest.raises(NotAllowed, match="only the role executive may decide"):
            decide(_question(key).pk, "proceed", by=ben, at=AS_OF)
        settle(key, ada, ben)
        assert give_in_turn(key, pair), (key, pair)
        sent.append(key)
    # Legal wording: one of them writes it in, the other two approve.
    for n, writer in enumerate(three):
        key = f"legal-{n}"
        ask_decision(Account.objects.get(external_id=key).pk, "legal_step", "two reminders without an answer", by=writer, at=AS_OF)
        settle(key, ada, cleo)
        write_in(key, writer)
        with pytest.raises(NotAllowed, match="because you edited this text"):
            give(key, writer)
        assert give_in_turn(key, [person for person in three if person != writer]), key
        sent.append(key)
    nobody_twice()
    all_left(server, sent)


def test_a_suspension_says_that_a_writer_is_missing_before_anybody_decides_writes_or_approves(three, server, tmp_path):
    ada, ben, _ = three
    book(tmp_path, {"suspension": 1})
    key = "suspension-0"
    ask_decision(Account.objects.get(external_id=key).pk, "suspension", "no answer to two reminders", by=ben, at=AS_OF)
    page = text_of(client_of(ada).get(reverse("admin:decision", args=[_question(key).pk])))
    assert "with the writer this takes 4 different people" in page and "An administrator gives one of the roles to somebody else." in page
    settle(key, ada, ben)
    assert "Too few people can approve this." not in workspace(key, ben), "as it is, without the sentence, two people suffice"
    write_in(key, ben)
    for person in three:
        page = workspace(key, person)
        assert "Too few people can approve this." in page
        said = re.search(r"This takes 3 different people \(([^)]*)\), and too few hold these roles here: 2 who may answer", page)
        assert said and set(said[1].split(", ")) == {"account owner", "legal approver", "executive"}, page
    for person in three:
        try:
            assert not give(key, person).complete
        except NotAllowed as refusal:
            assert person == ben and refusal.reason.startswith("because you edited this text")
    nobody_twice()
    sweeping.sweep(AS_OF + timedelta(days=1))
    assert server.box.taken == [] and not Delivery.objects.exists()


def test_with_a_fourth_person_who_writes_it_the_three_approve_a_suspension_in_any_order(three, server, tmp_path):
    ada, ben, cleo = three
    book(tmp_path, {"suspension": 6, "both": 1})
    dora = make_user(username="dora@three.example")
    row = assignment.ask(Wish("reviewer", "writes letters", user=dora, portfolio=Portfolio.objects.get()), by=ada, at=AS_OF)
    assignment.confirm(row.pk, by=ben, at=AS_OF)
    sent = []
    for n, order in enumerate(permutations(three)):
        key = f"suspension-{n}"
        ask_decision(Account.objects.get(external_id=key).pk, "suspension", "no answer to two reminders", by=dora, at=AS_OF)
        settle(key, ada, ben)
        write_in(key, dora)
        assert {role for role, _ in row_of(key).required_roles} == {"account_owner", "legal_approver", "executive"}
        page = workspace(key, order[0], "?edit=1")
        assert "Too few people can approve this." not in page and "With your words in it, too few people can approve this" in page
        assert give_in_turn(key, order), order
        sent.append(key)
    # To a strategic customer it takes finance as well: four people, and Dora holds none of the roles.
    ask_decision(Account.objects.get(external_id="both-0").pk, "suspension", "no answer to two reminders", by=dora, at=AS_OF)
    settle("both-0", ada, ben)
    write_in("both-0", dora)
    assert "This takes 4 different people (" in workspace("both-0", cleo) and "3 who may answer" in workspace("both-0", cleo)
    assert not give_in_turn("both-0", [ada, ben, cleo])
    with pytest.raises(NotAllowed):
        give("both-0", dora)
    nobody_twice()
    all_left(server, sent)


def test_an_empty_portfolio_says_what_to_do_next_and_loses_each_step_that_is_done(settings, tmp_path):
    stop_clock(settings)
    call_command("bootstrap", preset="small", person=list(NAMES), stdout=io.StringIO())
    ben, portfolio = User.objects.get(username=NAMES[1]), Portfolio.objects.get()

    def page():
        return text_of(client_of(ben).get(reverse("admin:readiness_portfolio", args=[portfolio.pk]))).split("What was measured")[0]

    said = page()
    assert "What to do next, in this order" in said
    steps = ["Enter who sends for this portfolio.", "Import a book: customers, invoices, payments, contacts.", "Connect the ticket system and the receivables mailbox"]
    assert [said.find(step) for step in steps] == sorted(said.find(step) for step in steps) and steps[0] in said
    assert all(step in said for step in steps)
    assert "Approvers:" not in said, "three people suffice for every kind of approval"
    name_sender(portfolio)
    assert steps[0] not in page() and steps[1] in page()
    book(tmp_path, {"routine": 1})
    assert steps[1] not in page() and steps[2] in page()
