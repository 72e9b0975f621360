"""A whole book prepared both ways."""

import pytest

from collections_site.benchmarks import book
from drafts.delivery.standing import standing_of
from drafts.models import Draft
from drafts.preparation import prepare_all, proven

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_every_draft_of_a_book_has_the_findings_of_the_full_checks():
    proven.forget()
    book.build(160, seed=7)
    prepare_all(book.AS_OF)
    drafts = Draft.objects.select_related("follow_up__account", "brief", "template_version").prefetch_related("findings")
    assert len(drafts) > 100
    differences = []
    for draft in drafts:
        stored = sorted((f.check_id, f.why) for f in draft.findings.all())
        again = sorted((f.check, f.why) for f in standing_of(draft, at=book.AS_OF).findings)
        if stored != again:
            differences.append((draft.template_version.key, draft.language, stored, again))
    assert differences == []
