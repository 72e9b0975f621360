"""What every installation starts with: its own row, the role groups, policy version 1, the approved templates
and prompts.

Runs after every migrate, changes nothing that is there, and therefore also restores a database that a test emptied.
"""

from __future__ import annotations

from dataclasses import asdict

from django.contrib.auth.models import Group
from django.utils import timezone

from governance import standards, words
from governance.canonical import canonical_json
from governance.models import Installation, MeasureState, PolicyVersion, PromptVersion, ReviewStandard, TemplateVersion
from governance.models.portfolio import ROLE_CHOICES
from governance.policies import DEFAULT, PolicyParameters
from governance.seed_texts import seed_prompts


def ensure() -> None:
    """Create what is missing."""
    Installation.objects.get_or_create(pk=1)
    MeasureState.objects.get_or_create(pk=1)
    Group.objects.bulk_create([Group(name=label) for _, label in ROLE_CHOICES], ignore_conflicts=True)
    if not PolicyVersion.objects.exists():
        PolicyVersion.objects.create(
            number=1, state=PolicyVersion.State.ACTIVE, parameters=_default_parameters(), activated_at=timezone.now(),
            note="The default policy, delivered with the product.",
        )
    _ensure_templates()
    _ensure_prompts()
    _ensure_standards()


def _ensure_templates() -> None:
    """Every delivered text whose key and language has no version yet becomes active version 1."""
    known = set(TemplateVersion.objects.values_list("key", "language"))
    TemplateVersion.objects.bulk_create(
        TemplateVersion(**asdict(text), version=1, state=TemplateVersion.State.ACTIVE, activated_at=timezone.now())
        for text in words.seed_texts()
        if (text.key, text.language) not in known
    )


def _ensure_prompts() -> None:
    """Every delivered prompt without a version becomes active version 1."""
    known = set(PromptVersion.objects.values_list("key", flat=True))
    PromptVersion.objects.bulk_create(
        PromptVersion(key=text.key, system=text.system, user=text.user, state=PromptVersion.State.ACTIVE, activated_at=timezone.now())
        for text in seed_prompts().values()
        if text.key not in known
    )


def _ensure_standards() -> None:
    """Every lane without any guidance gets the delivered one as active version 1."""
    known = set(ReviewStandard.objects.values_list("lane", flat=True))
    ReviewStandard.objects.bulk_create(
        ReviewStandard(lane=lane, text=text, state=ReviewStandard.State.ACTIVE, activated_at=timezone.now())
        for lane, text in standards.DELIVERED.items()
        if lane not in known
    )


def _default_parameters() -> dict[str, object]:
    stored: dict[str, object] = PolicyParameters.model_validate_json(canonical_json(DEFAULT.model_dump())).model_dump(mode="json")
    return stored
