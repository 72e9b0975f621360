"""What can be compared: the approved templates in force, or a version of a prompt with a model."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings

from drafts.generation import client
from governance.canonical import canonical_json, sha256_hex
from governance.models import PromptVersion
from governance.words import active_templates

TEMPLATE = "template"
DRAFT, PREPARATION = "draft", "preparation"
KEYS = (DRAFT, PREPARATION)
_NAME = re.compile(r"(?P<key>[a-z_-]+)/(?P<version>\d+)(?:@(?P<model>\S+))?")


class UnknownVersion(LookupError):
    """The name is no version there is; the message says which there are."""


@dataclass(frozen=True, slots=True)
class Version:
    """One side of a comparison. Without a prompt: the approved templates speak (or, for a preparation, nobody does)."""

    name: str
    prompt: PromptVersion | None = None
    model: str = ""

    @property
    def base(self) -> str:
        """The name without its model."""
        return self.name.split("@")[0]

    @property
    def sha256(self) -> str:
        """The hash of exactly what is judged."""
        return content_hash(self.prompt) if self.prompt else _templates_hash()


def content_hash(prompt: PromptVersion) -> str:
    """SHA-256 over the texts of a prompt version; any change of a letter is another one."""
    return sha256_hex(canonical_json([prompt.key, prompt.system, prompt.user]))


def _templates_hash() -> str:
    texts = [[t.key, t.language, t.lane, t.step, t.purpose, t.subject, t.body] for t in active_templates()]
    return sha256_hex(canonical_json(sorted(texts)))


def resolve(name: str) -> Version:
    """``template``, ``draft/2`` or ``draft/2@model-name``. Raises ``UnknownVersion``, also when no model is configured for a prompt."""
    if name == TEMPLATE:
        return Version(TEMPLATE)
    found = _NAME.fullmatch(name)
    if found is None or found["key"] not in KEYS:
        raise UnknownVersion(f"“{name}” is no version. Give “template”, “draft/2” or “draft/2@model-name”; there are: {_there_are()}.")
    prompt = PromptVersion.objects.filter(key=found["key"], version=int(found["version"])).first()
    if prompt is None:
        raise UnknownVersion(f"There is no prompt {found['key']}/{found['version']}; there are: {_there_are()}.")
    if not client.configured():
        raise UnknownVersion("No model is configured: set LLM_MODEL, and LLM_BASE_URL or OPENAI_API_KEY.")
    return Version(name, prompt, found["model"] or settings.LLM_MODEL)


def _there_are() -> str:
    rows = PromptVersion.objects.filter(key__in=KEYS).order_by("key", "version")
    return ", ".join([TEMPLATE, *(str(row) for row in rows)])
