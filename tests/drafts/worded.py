"""A draft whose words are a model's."""

from __future__ import annotations

from drafts import transitions
from drafts.models import Draft, Generation
from tests.drafts.scene import AS_OF


def modelled(case) -> Draft:
    """Make the draft in force one that a model worded (its own row: a draft never changes)."""
    old = case.draft
    draft = Draft.objects.get(pk=old.pk)
    draft.pk, draft._state.adding = None, True
    draft.revision, draft.parent, draft.template_version, draft.author_kind = old.revision + 1, old, None, Draft.AuthorKind.MODEL
    draft.save()
    follow_up = case.follow_up
    Generation.objects.create(
        follow_up=follow_up, account=case.account, brief=draft.brief, state="done", model="m-1", draft=draft, created_at=AS_OF
    )
    transitions.perform([follow_up.pk], "refresh", by=None, at=AS_OF)
    transitions.perform([follow_up.pk], "draft_ready", by=None, at=AS_OF, fields={follow_up.pk: {"draft_id": draft.pk}})
    return draft
