"""The prompts that come with the product, as files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

PART = "\n=====\n"


@dataclass(frozen=True, slots=True)
class SeedPrompt:
    """Instructions and the message with its fields in braces."""

    key: str
    system: str
    user: str


@lru_cache(maxsize=1)
def seed_prompts() -> dict[str, SeedPrompt]:
    """Every delivered prompt by key."""
    delivered = [item for item in files("governance.seed_prompts").iterdir() if item.name.endswith(".txt")]
    texts = {item.name.removesuffix(".txt"): item.read_text(encoding="utf-8") for item in delivered}
    return {key: SeedPrompt(key, *text.split(PART, 1)) for key, text in sorted(texts.items())}
