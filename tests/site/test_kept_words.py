"""Words typed and not saved: kept over the version they were typed over, put together with another's, let go when their writer says so."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.urls import reverse

from drafts import review
from drafts.admin.merging import put_together
from drafts.models import WorkingCopy
from tests.drafts.scene import AS_OF, routine_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]


def url_of(case, name="review"):
    return reverse(f"admin:{name}", args=[case.follow_up.pk])


def test_a_changed_subject_is_put_together_too_and_two_changed_subjects_are_not():
    base, theirs, mine = (SimpleNamespace(subject=subject, body="Dear all,\nthanks") for subject in ("Old", "Theirs", "Old"))
    assert put_together(base, mine, theirs) == ("Theirs", "Dear all,\nthanks")
    mine.subject = "Mine"
    assert put_together(base, mine, theirs) is None
    theirs.subject = "Old"
    assert put_together(base, mine, theirs) == ("Mine", "Dear all,\nthanks")


def test_keeping_their_version_lets_go_of_the_words_typed(signed_in):
    case = routine_case()
    review.save_working_copy(case.draft.pk, "S", "my words", by=case.desk.reviewer, at=AS_OF, follow_up_id=case.follow_up.pk)
    kept = review.save_working_copy(case.draft.pk, "S", "hers", by=case.desk.finance, at=AS_OF, follow_up_id=case.follow_up.pk)
    page = signed_in(case.desk.reviewer).post(url_of(case, "act_drop_copy"), follow=True).content.decode()
    assert "Your unsaved words are gone" in page and list(WorkingCopy.objects.all()) == [kept] and case.draft.revision == 1


def test_words_refused_because_somebody_took_over_are_kept_over_their_own_version(signed_in):
    case = routine_case()
    review.edit(case.follow_up.pk, case.draft.subject, case.draft.body + "\nTheirs.", 1, by=case.desk.finance, at=AS_OF)
    form = {"subject": "S", "body": "Mine.", "base_revision": 1}
    page = signed_in(case.desk.reviewer).post(url_of(case, "act_edit"), form).content.decode()
    assert "is working on this" in page and ">Mine.</textarea>" in page and 'name="base_revision" value="1"' in page
    copy = WorkingCopy.objects.get()
    assert (copy.body, copy.draft.revision, case.draft.revision) == ("Mine.", 1, 2)
