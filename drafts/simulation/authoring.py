"""New versions of words, written beside the one in force. Writing puts nothing in force: see ``activation``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from drafts.review.base import Blocked
from drafts.simulation.activation import text_hash
from drafts.simulation.versioning import GATE, STREAM, next_number, refuse_restoring
from drafts.simulation.versions import KEYS, content_hash
from governance.audit import Entry, record
from governance.history import save_as
from governance.models import PromptVersion, TemplateVersion
from governance.rights import can
from governance.words import validate

if TYPE_CHECKING:
    from governance.models import User

# What a prompt must be given, or it asks about nothing.
FIELDS = {"draft": ("{task}", "{facts}", "{feedback}"), "preparation": ("{task}", "{facts}", "{material}")}


def write_template(base_id: int, subject: str, body: str, *, by: User, at: datetime) -> TemplateVersion:
    """A new version of the text ``base_id``, for the same place. Raises ``NotAllowed``, or ``Blocked`` with why it cannot be saved."""
    can(by, "propose_words").or_raise()
    with transaction.atomic():
        base = TemplateVersion.objects.select_for_update(of=("self",)).get(pk=base_id)
        same = TemplateVersion.objects.filter(key=base.key, language=base.language)
        row = TemplateVersion(
            key=base.key, language=base.language, lane=base.lane, step=base.step, purpose=base.purpose, version=next_number(same),
            subject=" ".join(subject.split()), body=_clean(body), author=by,
        )  # fmt: skip
        if problems := validate(row):
            raise Blocked(GATE, f"This text cannot be saved: {'; '.join(problems)}.", changes=problems)
        save_as(row, by=by, at=at, reason="written")
        data = {"key": row.key, "language": row.language, "version": row.version, "sha256": text_hash(row), "before": text_hash(base)}
        record([Entry(STREAM, "words.written", "template", row.pk, data)], by=by, at=at)
    return row


def write_prompt(base_id: int, system: str, user: str, *, by: User, at: datetime) -> PromptVersion:
    """A new version of the prompt ``base_id``. Raises ``NotAllowed`` or ``Blocked``."""
    can(by, "propose_words").or_raise()
    with transaction.atomic():
        base = PromptVersion.objects.select_for_update(of=("self",)).get(pk=base_id)
        if base.key not in KEYS:
            raise Blocked(GATE, f"The prompt “{base.key}” is delivered with the product and cannot be replaced here.")
        row = PromptVersion(key=base.key, system=_clean(system), user=_clean(user), author=by)
        row.version = next_number(PromptVersion.objects.filter(key=base.key))
        missing = [field for field in FIELDS[base.key] if field not in row.user]
        if missing or not row.system:
            raise Blocked(GATE, f"This prompt cannot be saved: the message needs {', '.join(missing) or 'instructions'}.")
        save_as(row, by=by, at=at, reason="written")
        data = {"key": row.key, "version": row.version, "sha256": content_hash(row), "before": content_hash(base)}
        record([Entry(STREAM, "prompt.written", "prompt", row.pk, data)], by=by, at=at)
    return row


def restore_template(version_id: int, *, by: User, at: datetime) -> TemplateVersion:
    """A new version with the words of an earlier one; it is activated like any other, nothing is rewritten."""
    old = TemplateVersion.objects.get(pk=version_id)
    refuse_restoring(old)
    return write_template(old.pk, old.subject, old.body, by=by, at=at)


def restore_prompt(version_id: int, *, by: User, at: datetime) -> PromptVersion:
    """A new version with the words of an earlier one."""
    old = PromptVersion.objects.get(pk=version_id)
    refuse_restoring(old)
    return write_prompt(old.pk, old.system, old.user, by=by, at=at)


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").strip() + "\n"
