"""Training as a condition of approving, where policy asks for it (``training_required_for``; by default it asks for none)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet

from governance.audit import Entry, record
from governance.decisions import Denied
from governance.history import save_as
from governance.models import AllPortfoliosGrant, PortfolioGroupGrant, PortfolioUserGrant, TrainingRecord, User
from governance.rights import Scope, can, scope_of
from governance.roles import ACTIONS
from governance.topics import LANE_WORDS, TOPIC_WORDS

if TYPE_CHECKING:
    from governance.policies import PolicyParameters

SUBJECTS = dict(TrainingRecord._meta.get_field("subject").flatchoices)
LONGEST_YEARS = 5


class CannotRecord(ValueError):
    """This training cannot be written or ended; the message says why and what was expected."""


def subject_words(subject: str) -> str:
    """ "the exception lane", "payment plans"."""
    return LANE_WORDS.get(subject) or TOPIC_WORDS.get(subject, subject)


def in_force(on: date) -> QuerySet[TrainingRecord]:
    """Trainings that count on a day."""
    return TrainingRecord.objects.filter(ended_at__isnull=True, trained_on__lte=on, valid_until__gte=on)


def needed(policy: PolicyParameters, lane: str, topics: Iterable[str]) -> list[str]:
    """The lane and topics of one message that policy wants its approvers trained for."""
    return [subject for subject in (lane, *topics) if subject in policy.training_required_for]


def missing(person_id: int, subjects: Collection[str], on: date) -> list[str]:
    """Those of ``subjects`` the person has no training for on that day, in order. One query; none without subjects."""
    if not subjects:
        return []
    known = set(in_force(on).filter(person_id=person_id, subject__in=subjects).values_list("subject", flat=True))
    return [subject for subject in subjects if subject not in known]


def refusal(person_id: int, subjects: Collection[str], on: date) -> str:
    """ "because your training for the exception lane is not on record", or nothing."""
    lacking = missing(person_id, subjects, on)
    if not lacking:
        return ""
    return f"because your training for {' and '.join(subject_words(s) for s in lacking)} is not on record"


def trained(person_ids: Collection[int], subject: str, on: date) -> set[int]:
    """Those of the people who are trained for ``subject`` on that day."""
    return set(in_force(on).filter(person_id__in=person_ids, subject=subject).values_list("person_id", flat=True))


def people_in_reach(scope: Scope, roles: frozenset[str] = ACTIONS["write_training"].roles) -> QuerySet[User]:
    """Everybody with a role where somebody holds one of ``roles``; with one of them everywhere, all. By default: whose trainings they may
    see or write."""
    people = User.objects.filter(is_service=False)
    portfolios = scope.portfolios_with(roles)
    if portfolios is None:
        return people
    direct = PortfolioUserGrant.objects.filter(content_object_id__in=portfolios)
    grouped = PortfolioGroupGrant.objects.filter(content_object_id__in=portfolios)
    everywhere = AllPortfoliosGrant.objects.all() if portfolios else AllPortfoliosGrant.objects.none()
    return people.filter(
        Q(pk__in=direct.values("user")) | Q(groups__in=grouped.values("group"))
        | Q(pk__in=everywhere.values("user")) | Q(groups__in=everywhere.values("group"))
    ).distinct()  # fmt: skip


def write(person_id: int, subject: str, trained_on: date, valid_until: date, note: str, *, by: User, at: datetime) -> TrainingRecord:
    """Put a training on record. Raises ``NotAllowed`` for one's own or a person out of reach, ``CannotRecord`` for odd values."""
    _may_write(person_id, by)
    if subject not in SUBJECTS:
        raise CannotRecord("choose the lane or topic the training was about")
    if trained_on > at.date():
        raise CannotRecord("the day of the training lies in the future")
    if valid_until < at.date() or valid_until < trained_on:
        raise CannotRecord("the training would have ended already; state until when it counts")
    if valid_until.year - trained_on.year > LONGEST_YEARS:
        raise CannotRecord(f"a training counts for {LONGEST_YEARS} years at most")
    row = TrainingRecord(
        person_id=person_id, subject=subject, trained_on=trained_on, valid_until=valid_until, note=note.strip(), written_by=by, written_at=at
    )
    with transaction.atomic():
        save_as(row, by=by, at=at)
        record([_entry(row, "rights.trained")], by=by, at=at)
    return row


def end(record_id: int, *, by: User, at: datetime) -> TrainingRecord:
    """A training that no longer counts, from now on. Raises ``CannotRecord`` when it has ended already."""
    with transaction.atomic():
        row = TrainingRecord.objects.select_for_update(of=("self",)).get(pk=record_id)
        _may_write(row.person_id, by)
        if row.ended_at is not None:
            raise CannotRecord("this training was ended already")
        row.ended_at, row.ended_by = at, by
        save_as(row, by=by, at=at)
        record([_entry(row, "rights.training_ended")], by=by, at=at)
    return row


def _may_write(person_id: int, by: User) -> None:
    can(by, "write_training").or_raise()
    if person_id == by.pk:
        Denied("because nobody writes their own training record; another person does").or_raise()
    if not people_in_reach(scope_of(by)).filter(pk=person_id).exists():
        Denied("because this person has no role in your portfolios").or_raise()


def _entry(row: TrainingRecord, action: str) -> Entry:
    data = {"person": row.person_id, "subject": row.subject, "from": row.trained_on, "until": row.valid_until}
    return Entry("rights", action, "training", row.pk, data)
