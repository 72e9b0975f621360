"""Frame, draw, blind labels, adjudication, the locked result: through the verbs, with what the database refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from drafts.labelling import drawing, judging
from drafts.labelling.judging import Answer
from drafts.labelling.showing import scene
from drafts.labelling.units import FLAGGED, units_of
from drafts.packing.sampling import NothingToDraw
from drafts.review import Blocked, mark_disputed
from governance import ledger
from governance.decisions import NotAllowed
from governance.models import Event, Label, SampleFrame, SampleItem, SampleVerdict
from tests.drafts.labelling import LATER, NO, SINCE, UNTIL, WORDS, YES, decided, sample, strata
from tests.drafts.scene import AS_OF, Desk, routine_case
from tests.factories import make_dispute, make_message, make_signal, make_user, moment

pytestmark = pytest.mark.django_db


def test_units_are_invoices_that_were_decided_in_three_strata_and_flagged(desk):
    decided(desk, 3)
    decided(desk, 2, mail="thank you for the statement")
    decided(desk, 1, ticket="the portal is slow")
    routine_case(desk)  # nobody has decided about it yet
    flagged = desk.account()
    from tests.factories import make_invoice

    invoice = make_invoice(flagged)
    make_signal(flagged, invoice=invoice)
    from drafts.preparation import prepare_accounts

    prepare_accounts([flagged.pk], as_of=AS_OF)
    assert strata(units_of(SINCE, UNTIL)) == {"neither": 3, "mail": 2, "ticket": 1, FLAGGED: 1}
    assert units_of(UNTIL, LATER) == [] and units_of(SINCE, UNTIL, [desk.portfolio.pk + 999]) == []


def test_what_was_known_to_be_disputed_before_is_no_unit(desk):
    account = desk.account()
    from tests.drafts.scene import Case
    from tests.factories import make_invoice

    known, other = make_invoice(account), make_invoice(account)
    make_dispute(account, invoice=known)
    case = Case(desk, account, [known, other])
    case.prepare()
    case.approve(desk.owner, desk.finance) if case.follow_up.status != "on_hold" else None
    assert known.pk not in {unit.invoice_id for unit in units_of(SINCE, UNTIL)}


def test_a_dispute_a_reviewer_noticed_is_an_unflagged_unit_as_of_before_it_was_noticed(desk):
    case = routine_case(desk)
    mark_disputed(case.follow_up.pk, [case.invoices[0].pk], category="quantity", quote="two pallets short", by=desk.reviewer, at=moment(1))
    (unit,) = units_of(SINCE, UNTIL)
    assert (unit.invoice_id, unit.stratum, unit.decided_at) == (case.invoices[0].pk, "neither", moment(1))


def test_frame_seed_and_hash_are_on_record_before_anything_is_drawn(desk, auditor):
    decided(desk, 4)
    frame = drawing.frame("recall", SINCE, UNTIL, by=auditor, at=LATER)
    assert not SampleItem.objects.exists()
    event = Event.objects.get(action="sample.framed")
    assert frame.seed in event.data and frame.sha256 in event.data and '"neither":4' in event.data
    drawing.draw(frame.pk, by=auditor, at=LATER)
    assert Event.objects.get(action="sample.drawn").number > event.number
    assert SampleItem.objects.count() == 4 and frame.population == 4
    assert ledger.verify() == []


def test_the_draw_comes_from_seed_and_frame_alone(desk, auditor):
    decided(desk, 12)
    frame = sample(auditor, size=5)
    first = list(frame.items.values_list("unit", "stratum"))
    assert list(drawing.drawn(frame.seed, frame.units, frame.sizes).items()) == first and len(first) == 5
    assert drawing.same_again(frame)
    assert [item.pk for item in drawing.draw(frame.pk, by=auditor, at=LATER)] == [item.pk for item in frame.items.all()]
    other = drawing.drawn("another seed", frame.units, frame.sizes)
    assert list(other.items()) != first
    frame.seed = "tampered"
    assert not drawing.same_again(frame)


def test_a_period_that_is_not_over_or_empty_is_not_drawn_from(desk, auditor):
    with pytest.raises(ValueError, match="a period that is over"):
        drawing.frame("recall", SINCE, LATER + timedelta(hours=1), by=auditor, at=LATER)
    with pytest.raises(NothingToDraw):
        drawing.frame("recall", SINCE, UNTIL, by=auditor, at=LATER)
    assert not SampleFrame.objects.exists() and not Event.objects.filter(action="sample.framed").exists()


@pytest.mark.parametrize("role", ["reviewer", "finance_approver", "leadership", "system_admin", "policy_admin"])
def test_only_an_auditor_draws(desk, role):
    decided(desk)
    with pytest.raises(NotAllowed):
        drawing.frame("recall", SINCE, UNTIL, by=make_user(role), at=LATER)


def test_an_auditor_of_one_portfolio_draws_from_it_alone(desk):
    decided(desk, 2)
    other = Desk()
    decided(other, 3)
    frame = sample(make_user("compliance_auditor", other.portfolio))
    assert frame.population == 3 and set(frame.items.values_list("portfolio_id", flat=True)) == {other.portfolio.pk}


def test_the_scene_shows_texts_of_then_and_nothing_the_detector_or_a_reviewer_said(desk, auditor):
    case = decided(desk, 1, mail=f"Hello, {WORDS}.", ticket="portal")
    signal = make_signal(case.account, invoice=case.invoices[0], quote="SIGNALQUOTE", found_at=moment(1))
    make_message(case.account, body="written later", at=moment(3))
    frame = sample(auditor, at=LATER)
    item = frame.items.get()
    seen = scene(item, "recall")
    assert {words.body for words in seen.texts} == {f"Hello, {WORDS}.", "portal"}
    told = repr(seen)
    assert "SIGNALQUOTE" not in told and str(signal.pk) not in [words.key for words in seen.texts]
    assert "Disputes" not in [line.label for line in seen.lines] and seen.draft is None
    assert "disputes" not in [name for name, _ in seen.records]
    assert seen.invoice.title == case.invoices[0].number


def test_a_ticket_says_what_it_said_then(desk, auditor):
    case = decided(desk, 1, ticket="the words of then")
    ticket = case.account.tickets.get()
    ticket.body, ticket.updated_at = "rewritten", moment(5)
    ticket._history_date = moment(5)
    ticket.save()
    type(ticket).history.filter(id=ticket.pk).order_by("history_id").first().__class__.objects.filter(id=ticket.pk, body="the words of then").update(history_date=moment(-5))
    item = sample(auditor).items.get()
    assert [words.body for words in scene(item, "recall").texts] == ["the words of then"]


def test_nobody_labels_what_they_acted_on(desk, auditor):
    case = decided(desk, 1)
    item = sample(auditor).items.get()
    assert case.desk.reviewer.pk in item.barred
    both = case.desk.reviewer
    from tests.factories import grant

    grant(both, "finance_approver", desk.portfolio)
    with pytest.raises(NotAllowed, match="you acted on this account yourself"):
        judging.label(item.pk, NO, by=both, at=LATER)
    assert judging.due_for(both) == [] and not Label.objects.exists()
    with pytest.raises(DatabaseError, match="nobody labels what they acted on"), transaction.atomic():
        Label.objects.create(item=item, round=1, answer="no", by=both, at=LATER)


@pytest.mark.parametrize("role", ["reviewer", "account_owner", "leadership", "executive", "legal_approver", "system_admin", "policy_admin"])
def test_other_roles_do_not_label(desk, auditor, role):
    decided(desk, 1)
    item = sample(auditor).items.get()
    with pytest.raises(NotAllowed):
        judging.label(item.pk, NO, by=make_user(role), at=LATER)


def test_finance_of_another_portfolio_does_not_label(desk, auditor):
    decided(desk, 1)
    item = sample(auditor).items.get()
    stranger = Desk().finance
    with pytest.raises(NotAllowed):
        judging.label(item.pk, NO, by=stranger, at=LATER)
    assert judging.due_for(stranger) == []


def plain_item(frame):
    return frame.items.filter(twice=False).first()


def test_a_single_no_settles_an_item_that_was_not_drawn_for_two(desk, auditor):
    decided(desk, 6)
    frame = sample(auditor)
    item = plain_item(frame)
    judging.label(item.pk, NO, by=auditor, at=LATER)
    verdict = SampleVerdict.objects.get()
    assert (verdict.item, verdict.answer, verdict.agreed) == (item, "no", None)
    twice = frame.items.filter(twice=True)
    assert twice.count() == 2
    judging.label(twice[0].pk, NO, by=auditor, at=LATER)
    assert SampleVerdict.objects.count() == 1


def test_every_yes_is_seen_by_a_second_person_and_a_third_decides_when_they_differ(desk, auditor, second):
    case = decided(desk, 6, mail=f"Hello, {WORDS}.")
    frame = sample(auditor)
    agreed, differed = frame.items.all()[:2]
    for item in (agreed, differed):
        judging.label(item.pk, YES, by=auditor, at=LATER)
        with pytest.raises(NotAllowed, match="another person gives the next answer"):
            judging.label(item.pk, YES, by=auditor, at=LATER)
    assert not SampleVerdict.objects.exists()
    judging.label(agreed.pk, YES, by=second, at=LATER)
    judging.label(differed.pk, NO, by=second, at=LATER)
    assert list(SampleVerdict.objects.values_list("item", "answer", "agreed")) == [(agreed.pk, "yes", True)]
    third = make_user("finance_approver", desk.portfolio)
    judging.label(differed.pk, NO, by=third, at=LATER)
    assert SampleVerdict.objects.values_list("answer", "agreed", "labels").get(item=differed) == ("no", False, 3)
    assert case.account.pk == agreed.account_id


def test_the_ledger_does_not_tell_the_next_labeller_what_the_first_said(desk, auditor):
    decided(desk, 1, mail=WORDS)
    item = sample(auditor).items.get()
    judging.label(item.pk, YES, by=auditor, at=LATER)
    event = Event.objects.get(action="sample.labelled")
    assert "yes" not in event.data and "quantity" not in event.data and WORDS not in event.data and "sha256" in event.data


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(""), "choose an answer"),
        (Answer("yes", "", quote=WORDS, reason="x"), "what kind"),
        (Answer("yes", "tone", quote=WORDS, reason="x"), "what kind"),
        (Answer("yes", "quantity", reason="x"), "pick the words"),
        (Answer("yes", "quantity", quote=WORDS), "say why"),
        (Answer("unsure"), "say why"),
        (Answer("yes", "quantity", quote="words nobody wrote", reason="x"), "none of the texts"),
    ],
)
def test_an_answer_that_is_not_whole_is_refused_and_says_what_is_missing(desk, auditor, answer, words):
    decided(desk, 1, mail=WORDS)
    item = sample(auditor).items.get()
    with pytest.raises(Blocked, match=words):
        judging.label(item.pk, answer, by=auditor, at=LATER)
    assert not Label.objects.exists() and not Event.objects.filter(action="sample.labelled").exists()


def test_the_quote_is_found_across_line_breaks_and_names_its_text(desk, auditor):
    case = decided(desk, 1, mail="We only  received\neight of the ten pallets, sorry")
    item = sample(auditor).items.get()
    row = judging.label(item.pk, YES, by=auditor, at=LATER)
    assert row.quoted == f"message:{case.account.messages.filter(direction='in').get().pk}"
