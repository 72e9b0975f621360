"""Two people or workers at the record at once, on PostgreSQL: packs, holds, the quarantine, an erasure against a message that leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Contact
from drafts import states
from drafts.delivery import handover
from drafts.invariants import broken
from drafts.packing import make, scope
from drafts.privacy.erasing import NOBODY, Kept, erase
from drafts.review import lift_hold, put_hold
from governance import quarantine
from governance.ledger import verify
from governance.models import Erasure, Event, Hold, PackRun, Quarantine
from governance.packs import requests
from governance.packs.requests import CannotPack, Wanted
from tests.drafts.scene import AS_OF, routine_case, stop_clock
from tests.factories import make_user
from tests.reliability.test_races import REFUSALS
from tests.reliability.test_races import at_once as start_together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
LEAVES = AS_OF + timedelta(minutes=10)


@pytest.fixture(autouse=True)
def at_as_of(settings, tmp_path):
    stop_clock(settings)
    settings.MEDIA_ROOT, settings.LEDGER_DIR = tmp_path / "media", tmp_path / "ledger"
    yield
    assert verify() == [] and broken() == []


def at_once(*acts):
    """As the other races; what these verbs refuse with is a result too."""

    def caught(act):
        try:
            return act()
        except (CannotPack, Kept, quarantine.NothingToLift) as refusal:
            return refusal

    return start_together(*[lambda act=act: caught(act) for act in acts])


def pack_of(case, by):
    wanted = Wanted(PackRun.Scope.DRAFT, case.follow_up.pk)
    size = scope.measure(wanted, by)
    return requests.request(wanted, profile=PackRun.Profile.values[0], rows=size.rows, cases=size.cases, by=by, at=AS_OF)


def test_asking_for_packs_in_many_windows_at_once_stays_within_the_limit():
    case, auditor = routine_case(), make_user("compliance_auditor")
    results = at_once(*[lambda: pack_of(case, auditor)] * 8)
    assert sum(isinstance(r, CannotPack) for r in results) == 8 - requests.MOST_WAITING
    assert PackRun.objects.count() == Event.objects.filter(action="audit.exported").count() == requests.MOST_WAITING


def test_the_limit_is_each_persons_own():
    case = routine_case()
    auditors = [make_user("compliance_auditor") for _ in range(4)]
    results = at_once(*[lambda person=person: pack_of(case, person) for person in auditors])
    assert all(isinstance(r, PackRun) for r in results)


@pytest.mark.parametrize("round_", range(3))
def test_several_makers_of_one_pack_make_it_once(round_):
    case = routine_case()
    run = pack_of(case, make_user("compliance_auditor"))
    made = at_once(*[lambda: make.make(run.pk, at=AS_OF)] * 4)
    run.refresh_from_db()
    assert made.count(True) == 1 and (run.state, run.attempts) == (PackRun.State.DONE, 1)
    assert Event.objects.filter(action="audit.pack_made").count() == 1
    assert [path.name for path in requests.folder().iterdir()] == [run.file]


@pytest.mark.parametrize("of", ["account", "portfolio"])
def test_several_people_who_lift_one_hold_lift_it_once(of):
    case = routine_case()
    about = case.account.pk if of == "account" else case.desk.portfolio.pk
    hold = put_hold(of, about, kind="other", reason="trade fair week", by=case.desk.finance, at=AS_OF)
    people = [make_user("finance_approver", case.desk.portfolio) for _ in range(6)]
    at_once(*[lambda person=person: lift_hold(hold.pk, "the fair is over", by=person, at=AS_OF) for person in people])
    assert Hold.objects.get().released_at is not None
    assert Event.objects.filter(action="hold.released").count() == 1


def test_several_people_who_lift_the_quarantine_lift_it_once():
    people = [make_user("finance_approver") for _ in range(6)]
    quarantine.begin(Quarantine.Cause.MOVED, "restored", checkpoint=None, at=AS_OF)
    results = at_once(*[lambda person=person: quarantine.lift("compared with the mail server", by=person, at=AS_OF) for person in people])
    assert sum(isinstance(r, quarantine.NothingToLift) for r in results) == 5
    assert Event.objects.filter(action="system.quarantine_lifted").count() == 1
    assert quarantine.standing() == []


def test_several_workers_that_find_a_restore_begin_one_quarantine():
    at_once(*[lambda: quarantine.begin(Quarantine.Cause.MOVED, "restored", checkpoint=None, at=AS_OF)] * 6)
    assert Quarantine.objects.count() == Event.objects.filter(action="system.quarantine_begun").count() == 1


@pytest.mark.parametrize("round_", range(4))
def test_an_erasure_against_the_hand_over_comes_before_or_after_it(server, round_):
    case = routine_case()
    delivery_id, contact = case.approve().pk, case.account.contacts.get()
    erased, _ = at_once(
        lambda: erase(contact.pk, by=case.desk.finance, at=LEAVES), lambda: handover.deliver_one(delivery_id, LEAVES)
    )
    taken = len(server.box.taken)
    state = case.delivery.state
    assert (state, taken) in {(states.ACCEPTED, 1), (states.DELIVERY_STOPPED, 0), (states.SCHEDULED, 0)}, (state, taken)
    if isinstance(erased, Erasure):
        assert Contact.objects.get(pk=contact.pk).name == NOBODY
    else:
        assert isinstance(erased, (Kept, *REFUSALS)) and state == states.ACCEPTED
        assert not Erasure.objects.exists()
