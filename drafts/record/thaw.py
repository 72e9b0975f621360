"""Frozen facts back as typed facts, so that the screen shows what the draft was made from, not today's data."""

from __future__ import annotations

import typing
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any

from accounts.fact_types import AccountFacts
from drafts.brief import open_brief
from drafts.models import Brief


def facts_of(brief: Brief) -> AccountFacts:
    """The facts of a brief as they were. Raises ``ValueError`` when the stored text is not what was frozen."""
    facts: AccountFacts = _build(AccountFacts, open_brief(brief))
    return facts


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _build(kind: Any, value: Any) -> Any:
    """``value`` (JSON) as ``kind``; unknown keys of an older or newer shape are left out, absent ones take their default."""
    origin = typing.get_origin(kind)
    if value is None or kind is Any:
        return value
    if origin in (UnionType, typing.Union):
        real = [part for part in typing.get_args(kind) if part is not NoneType]
        return _build(real[0], value)
    if origin is tuple:
        return _tuple(typing.get_args(kind), value)
    if origin is dict:
        inner = typing.get_args(kind)[1]
        return {key: _build(inner, item) for key, item in value.items()}
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is date:
        return date.fromisoformat(value)
    if is_dataclass(kind):
        hints = _hints(typing.cast(type, kind))
        known = {f.name: _build(hints[f.name], value[f.name]) for f in fields(kind) if f.name in value}
        return typing.cast(Any, kind)(**known)
    return value


def _tuple(parts: tuple[Any, ...], value: list[Any]) -> tuple[Any, ...]:
    if len(parts) == 2 and parts[1] is Ellipsis:
        return tuple(_build(parts[0], item) for item in value)
    return tuple(_build(part, item) for part, item in zip(parts, value, strict=False))
