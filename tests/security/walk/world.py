"""Two portfolios with one row of every kind each. Whatever a person could read about the foreign one carries a canary."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from accounts.models import Dispute, DisputeItem, ImportRun
from drafts.delivery import handover, outbox, settle
from drafts.models import Generation, Reply, SavedView, SimulationChange, SimulationRun, WorkingCopy
from drafts.packing import make
from drafts.privacy import erase, preserve
from drafts.responses import Incoming, record_reply
from drafts.review import propose_address, propose_outcome, put_hold
from drafts.simulation.judging import CELLS
from governance import access, assignment, break_glass, sealing, training
from governance.assignment import Wish
from governance.models import (
    AccountShare,
    AllPortfoliosGrant,
    ApprovedTerm,
    Authenticator,
    Certification,
    ControlResult,
    Decision,
    EvaluationRun,
    Incident,
    ModelSwitch,
    PackRun,
    PolicyVersion,
    Portfolio,
    PortfolioGroupGrant,
    PortfolioUserGrant,
    PracticeAnswer,
    PromptVersion,
    ReadinessLook,
    ReviewStandard,
    SampleDraw,
    SampleFrame,
    SampleItem,
    TemplateVersion,
    ToneRule,
    User,
)
from governance.roles import ALL_ROLES, AUDITOR, FINANCE, REVIEWER, SYSTEM
from tests.drafts.packing.story import Wanted, ask
from tests.drafts.scene import AS_OF, Case, Desk, moment, prepared
from tests.factories import (
    day,
    make_call,
    make_contact,
    make_contract,
    make_credit_note,
    make_dispute,
    make_message,
    make_payment,
    make_portfolio,
    make_promise,
    make_promised_credit,
    make_signal,
    make_source_state,
    make_ticket,
    make_user,
)

# No page may show any of these to a person of the other portfolio: a word, a number, an amount.
CANARY, CANARY_AMOUNT, CANARY_NUMBER = "Zzcanary", 777_731, "INV-99001"
TRACES = (CANARY, CANARY_NUMBER, "7,777.31", "777731")


@dataclass
class Side:
    """One portfolio. ``open`` is a routine draft to decide about, ``sent`` has left, ``leaving`` waits, ``unknown`` has no known end."""

    word: str
    desk: Desk
    cases: dict[str, Case] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)

    @property
    def open(self) -> Case:
        """The routine draft nobody has decided about."""
        return self.cases["open"]


@dataclass
class World:
    """Both sides, and one person per role whose every grant is on the own side."""

    own: Side
    foreign: Side | None = None
    people: dict[str, User] = field(default_factory=dict)
    alone: dict[Any, Any] = field(default_factory=dict)



def build_own() -> World:
    """The own side and the people."""
    side = _side("Openword", Desk(make_portfolio(name="Own portfolio", code="own")), 100_000)
    people = {role: side.desk.person(role) for role in ALL_ROLES}
    for role in ("legal_approver", "executive"):
        for case in side.cases.values():
            AccountShare.objects.create(account_id=case.account.pk, user=people[role], role=role, reason="look", starts_at=moment(-24))
    people["superuser"] = make_user(is_superuser=True, is_staff=True)
    _roles_of(side)
    _kept(side)
    world = World(side, None, people)
    world.own.rows |= {"policy": PolicyVersion.objects.get(state="active"), "simulation": PolicyVersion(pk=0)}
    return world


def add_foreign(world: World) -> World:
    """The foreign side, in front of which nothing of the own side may change."""
    texts = {"name": f"{CANARY} portfolio", "code": CANARY.lower(), "sender_company": f"{CANARY} sender", "sender_name": f"{CANARY} name"}
    more = {"sender_address": f"{CANARY} street", "sender_title": CANARY, "sender_email": f"{CANARY.lower()}@x.example"}
    world.foreign = _side(CANARY, Desk(make_portfolio(**texts, **more)), CANARY_AMOUNT)
    _roles_of(world.foreign)
    _kept(world.foreign)
    simulate(world)
    return world


def _side(word: str, desk: Desk, amount: int) -> Side:
    side = Side(word, desk)
    for role in ALL_ROLES:
        desk.people.setdefault(role, make_user(role, desk.portfolio))
    for n, kind in enumerate(("open", "leaving", "sent", "unknown", "words")):
        invoice = {"number": f"{CANARY_NUMBER if word == CANARY else 'INV-11000'}{n}", "po_number": f"PO-{word}-{n}", "amount_minor": amount, "description": word}
        contact = {"name": f"{word} Keller", "salutation": f"Ms {word}", "email": f"{word.lower()}-{n}@customer.example", "phone": f"+49 {word}"}
        account = desk.account(name=f"{word} customer {kind}", external_id=f"{n}{word}", contact=False)
        make_contact(account, **contact)
        case = Case(desk, account, [])
        case.invoices.append(_invoice(account, invoice))
        side.cases[kind] = case
    for kind in ("open", "leaving", "sent", "unknown"):
        side.cases[kind].prepare()
    _deliveries(side)
    _words(side)
    _line(side)
    _governed(side)
    return side


def _invoice(account: Any, fields: dict[str, Any]) -> Any:
    from tests.factories import make_invoice

    return make_invoice(account, **fields)


def _deliveries(side: Side) -> None:
    side.rows["delivery"] = side.cases["leaving"].approve()
    sent = side.cases["sent"].approve()
    sent.refresh_from_db()
    handover.deliver_one(sent.pk, max(sent.leaves_at, AS_OF + timedelta(minutes=10)))
    unknown = side.cases["unknown"].approve()
    claim = outbox.claim(unknown.leaves_at, "worker", unknown.pk)
    assert claim is not None and handover.begin(claim, at=unknown.leaves_at) is not None
    settle.unknown(claim, f"the line broke {side.word}", at=unknown.leaves_at)
    propose_outcome(unknown.pk, "not_sent", f"{side.word} in the log", by=side.desk.reviewer, at=unknown.leaves_at)
    sent.refresh_from_db()
    unknown.refresh_from_db()
    assert (sent.state, unknown.state) == ("accepted", "outcome_unknown"), (sent.state, sent.stop_reason, unknown.state)
    side.rows |= {"sent": sent, "unknown": unknown}


def _words(side: Side) -> None:
    """What the customer said and what the books know."""
    word, case = side.word, side.cases["words"]
    account, invoice = case.account, case.invoices[0]
    rows = side.rows
    rows["ticket"] = make_ticket(account, subject=f"{word} ticket", body=f"{word} body", external_id=f"T-{word}")
    rows["message"] = make_message(account, subject=f"{word} mail", body=f"{word} body", sender=f"{word} <x@customer.example>")
    rows["contract"] = make_contract(account, external_id=f"C-{word}", notes=f"{word} notes", late_fee_clause=word)
    rows["payment"] = make_payment(account, invoice=invoice, external_id=f"P-{word}", remittance=word)
    rows["creditnote"] = make_credit_note(account, number=f"CN-{word}")
    rows["promisedcredit"] = make_promised_credit(account, external_id=f"PC-{word}", quote=word, promised_by=word)
    rows["promise"] = make_promise(account, external_id=f"PP-{word}", quote=word)
    rows["dispute"] = make_dispute(account, invoice=invoice, external_id=f"D-{word}", quote=word, reason=word)
    DisputeItem.objects.create(dispute=rows["dispute"], description=word, amount_minor=100)
    make_dispute(account, external_id=f"D2-{word}", quote=word, status=Dispute.Status.RESOLVED, outcome="invalid", outcome_note=word,
                 resolved_by=side.desk.finance, resolved_at=moment(-2))  # fmt: skip
    rows["callnote"] = make_call(account, side.desk.reviewer, note=word)
    rows["sourcestate"] = make_source_state(account, "invoices", "unavailable", detail=word)
    rows["contact"] = account.contacts.get()
    account.portfolio.sources.filter(kind="payments").update(name=f"{word} bank", status="failed", error=word, failed_since=moment(-3))
    ImportRun.objects.create(
        portfolio=account.portfolio, layout="canonical", file_name=f"{word}-refused.csv", file_sha256="1" * 64, state="refused", started_at=AS_OF,
        started_by=side.desk.finance, refused=[{"row": 2, "message": word, "column": "number", "value": word, "expected": "a number", "file": f"{word}.csv", "cells": [word]}],
    )
    rows["importrun"] = ImportRun.objects.create(
        portfolio=account.portfolio, layout="canonical", file_name=f"{word}.csv", file_sha256="0" * 64, state="checked", started_at=AS_OF,
        started_by=side.desk.finance, refused=[{"row": 2, "message": word, "column": "number", "value": word, "expected": "a number", "file": f"{word}.csv", "cells": [word]}],
    )
    case.prepare(moment(0.1))
    # A signal of the routine draft, put after it was prepared: it waits for a judgement.
    rows["disputesignal"] = make_signal(side.open.account, invoice=side.open.invoices[0], quote=word)
    sent = side.cases["sent"]
    rows["reply"] = record_reply(
        Incoming(sent.account.pk, f"{word.lower()}-2@customer.example", f"Re: {word}", f"We will pay on Friday, {word}.", moment(1),
                 in_reply_to=side.rows["sent"].message_id), by=None, at=moment(1),
    )[0]  # fmt: skip
    assert isinstance(rows["reply"], Reply)


def _line(side: Side) -> None:
    word, case = side.word, side.open
    draft = case.draft
    draft.findings.create(check_id="G27", label="near_repeat", severity="warn", why=word, quote=word, fact=word, start=0, end=9)
    side.rows["finding"] = draft.findings.first()
    WorkingCopy.objects.create(draft=draft, user=side.desk.reviewer, subject=word, body=word, saved_at=AS_OF)
    side.rows["practice"] = PracticeAnswer.objects.create(
        person=side.desk.reviewer, round=1, case="ordinary", approved=True, right=True, answered_at=AS_OF
    )
    side.rows["view"] = SavedView.objects.create(
        name=f"{word} view", query=f"tab=all&q={word}", owner=side.desk.reviewer, portfolio=side.desk.portfolio, created_at=AS_OF
    )
    side.rows["attachment"] = draft.attachments.create(name=f"{word}.csv", content_type="text/csv", content=word.encode(), sha256="0" * 64)
    prompt = PromptVersion.objects.order_by("pk").first()
    side.rows["generation"] = Generation.objects.create(
        follow_up=case.follow_up, account=case.account, brief=case.follow_up.brief, prompt_version=prompt, state="failed", kind="draft", attempt=1,
        raw_answer=word, error=word, created_at=AS_OF, parameters={"note": word},
    )


def _governed(side: Side) -> None:
    word, case, desk, rows = side.word, side.cases["words"], side.desk, side.rows
    rows["decision"] = Decision.objects.create(
        kind="payment_plan", account_id=case.account.pk, portfolio=desk.portfolio, question=f"{word}?", deciding_role=FINANCE, created_at=AS_OF,
        why=[{"rule": "x", "words": word, "evidence": []}],
        options=[{"key": "no_plan", "title": word, "effect": word, "facts": [], "approvers": []}],
    )
    rows["term"] = ApprovedTerm.objects.create(
        account_id=case.account.pk, kind="payment_plan", ref=f"PLAN-{word}", currency="EUR", wording=word, decision=rows["decision"],
        approved_by=desk.finance, approved_at=AS_OF, expires_on=day(30),
    )
    # On the account whose draft is open, so that the hold stops what the walk itself does not need.
    rows["hold"] = put_hold("account", side.cases["words"].account.pk, kind="pause", reason=f"{word} hold", quote=word, by=desk.reviewer, at=AS_OF)
    rows["addresschange"] = propose_address(
        side.cases["words"].account.pk, f"{word.lower()}-other@customer.example", f"{word} letter", by=make_user(REVIEWER, desk.portfolio), at=AS_OF, name=f"{word} Other"
    )
    rows["incident"] = Incident.objects.create(
        source=f"delivery:{rows['sent'].pk}", account_id=side.cases["sent"].account.pk, portfolio=desk.portfolio, what=word, harm=word,
        noticed_at=AS_OF, severity="high",
    )
    rows["sample"] = SampleDraw.objects.create(
        seed="0" * 32, filters={"q": word}, population=1, population_sha256="0" * 64, size=25, ids=[side.open.follow_up.pk], by=desk.person(AUDITOR), at=AS_OF
    )
    look = ReadinessLook.objects.create(
        portfolio=desk.portfolio, at=AS_OF, score=10, minimum=80, passes=False, why_not=word, policy_number=1, lines=[]
    )
    rows["switch"] = ModelSwitch.objects.create(portfolio=desk.portfolio, reason=word, look=look, score=10, asked_by=make_user("policy_admin", desk.portfolio), asked_at=AS_OF)
    _sampled(side)
    preserve(side.cases["leaving"].account.pk, f"{word} court", by=desk.finance, at=AS_OF)


def _sampled(side: Side) -> None:
    """A sample of this portfolio with one item to label."""
    case, portfolio = side.cases["sent"], side.desk.portfolio
    frame = SampleFrame.objects.create(
        kind="escape", seed="0" * 32, starts_at=moment(-48), ends_at=moment(-24), portfolio_ids=[portfolio.pk], population=1, sha256="0" * 64,
        by=side.desk.person(AUDITOR), at=AS_OF, sizes={"sent": 1}, units={"sent": [f"delivery:{side.rows['sent'].pk}"]},
    )
    side.rows["frame"] = frame
    side.rows["item"] = SampleItem.objects.create(
        frame=frame, position=1, stratum="sent", unit=f"delivery:{side.rows['sent'].pk}", account_id=case.account.pk, portfolio=portfolio,
        follow_up_id=case.follow_up.pk, brief_id=case.follow_up.brief_id, draft_id=case.draft.pk, delivery_id=side.rows["sent"].pk, decided_at=AS_OF,
    )


# What a done simulation says of itself.
NO_MOVE = {before: dict.fromkeys(CELLS, 0) for before in CELLS}
FIGURES: dict[str, Any] = {
    "matrix": NO_MOVE, "looser_settings": [], "load": {"now": None, "more": None, "days": 0}, "replay": {"drafts": 0, "matrix": NO_MOVE}, "scheduled": {},
}  # fmt: skip


def simulate(world: World) -> None:
    """A simulation in which an account of each side would be judged otherwise."""
    policy = PolicyVersion.objects.get(state="active")
    run = SimulationRun.objects.create(
        policy_version=policy, baseline=policy, parameters=policy.parameters, content_sha256="0" * 64, state="claimed",
        requested_at=AS_OF, lease_until=moment(1),
    )
    for side in (world.own, world.foreign):
        if side is not None:
            amount = CANARY_AMOUNT if side.word == CANARY else 100_000
            SimulationChange.objects.create(
                run=run, account=side.open.account, before="exception", after="routine", direction="loosened", case_key=f"{side.open.account.pk:064d}",
                totals={"EUR": amount},
            )
            side.rows |= {"policy": policy, "simulation": run}
    done = {"state": "done", "data_mark": "0" * 64, "as_of": AS_OF, "finished_at": AS_OF, "accounts": 1, "changed": 1, "loosened": 1}
    done["figures"] = FIGURES
    SimulationRun.objects.filter(pk=run.pk).update(**done, lease_until=None)


def _roles_of(side: Side) -> None:
    """A group with a role there, and the review of the quarter with a certification that waits."""
    group = Group.objects.get(name="Reviewer")
    permission = Permission.objects.get(content_type=ContentType.objects.get_for_model(Portfolio), codename=REVIEWER)
    side.rows["groupgrant"] = PortfolioGroupGrant.objects.create(group=group, permission=permission, content_object=side.desk.portfolio)
    side.rows["usergrant"] = PortfolioUserGrant.objects.filter(content_object=side.desk.portfolio, user=side.desk.people[REVIEWER]).get()
    _emergencies(side)
    access.open_due(AS_OF)
    side.rows["certification"] = Certification.objects.get(kind=Certification.Kind.PERSON, grant_id=side.rows["usergrant"].pk)


def _emergencies(side: Side) -> None:
    """What administrators of this portfolio do: a request for a role that waits, an open emergency access and one that is over; a training
    and a second factor of the reviewer."""
    word, portfolio, reviewer = side.word, side.desk.portfolio, side.desk.people[REVIEWER]
    asks, opens = make_user(SYSTEM, portfolio), make_user(SYSTEM, portfolio)
    side.rows["rolerequest"] = assignment.ask(Wish(FINANCE, f"{word} wish", user=reviewer, portfolio=portfolio), by=asks, at=AS_OF)
    side.rows["access_over"] = over = break_glass.begin(portfolio, f"{word} emergency that is over", by=asks, at=AS_OF)
    break_glass.end(over.pk, by=asks, at=AS_OF)
    side.rows["access"] = break_glass.begin(portfolio, f"{word} emergency", break_glass.MAX_MINUTES, by=opens, at=AS_OF)
    side.rows["training"] = training.write(
        reviewer.pk, "exception", AS_OF.date(), AS_OF.date() + timedelta(days=300), f"{word} course", by=side.desk.finance, at=AS_OF
    )
    Authenticator.objects.create(user=reviewer, secret=sealing.seal(b"0" * 20), made_at=AS_OF, confirmed=True)


def _kept(side: Side) -> None:
    """A pack that was made, and a person of the customer who was erased."""
    run = ask(Wanted("account", side.cases["sent"].account.pk), side.desk.person(AUDITOR), "full")
    assert make.make(run.pk, at=moment(2)), PackRun.objects.get(pk=run.pk).words
    side.rows["pack"] = PackRun.objects.get(pk=run.pk)
    gone = make_contact(side.cases["sent"].account, name="Ada Gone", salutation="Ms Gone", email=f"gone-{side.desk.portfolio.pk}@customer.example")
    side.rows["erasure"] = erase(gone.pk, by=side.desk.finance, at=AS_OF)


def _tone() -> Any:
    return ToneRule.objects.first() or ToneRule.objects.create(key="walk", language="en", severity="warn", phrases="chop chop", why="rude", version=1)


def _guidance() -> Any:
    return ReviewStandard.objects.first() or ReviewStandard.objects.create(lane="routine", text="Read the facts before the words.", version=1)


def shared_rows() -> dict[str, Any]:
    """Rows of no portfolio: rules and words everybody works under."""
    if not ControlResult.objects.exists():
        ControlResult.objects.create(control="named_approval", state="evidence", count=1, words="1 row", at=AS_OF)
        AllPortfoliosGrant.objects.create(user=make_user(), role="leadership")
    if not EvaluationRun.objects.exists():
        EvaluationRun.objects.create(subject="draft v2", baseline="draft v1", model="m", accounts=1, passed=True, at=AS_OF, figures={}, content_sha256="0" * 64)
    return {"text": TemplateVersion.objects.order_by("pk").first(), "prompt": PromptVersion.objects.order_by("pk").first(), "tone": _tone(), "guidance": _guidance()}


__all__ = ["CANARY", "TRACES", "Side", "World", "add_foreign", "build_own", "prepared", "shared_rows"]
