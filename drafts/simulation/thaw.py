"""Facts taken out of a frozen brief again, as the typed objects the rules read. The reverse of ``drafts.brief.freeze``."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from accounts import readiness
from accounts.fact_types import CHECKED_EMPTY, PRESENT, STALE, AccountFacts, SourceFact
from governance.holds import HoldFact
from governance.policies import PolicyParameters

Read = Callable[[Any], Any]


def thaw(content: Mapping[str, Any]) -> tuple[AccountFacts, tuple[HoldFact, ...]]:
    """The facts and the holds of an opened brief (``drafts.brief.open_brief``). Raises ``ValueError`` for a shape it does not know."""
    try:
        return _reader(AccountFacts)(content), tuple(_reader(HoldFact)(hold) for hold in content.get("holds", ()))
    except (KeyError, TypeError) as error:
        raise ValueError(f"the brief cannot be read any more: {error}") from error


@lru_cache(maxsize=128)
def _reader(kind: Any) -> Read:
    """How a JSON value becomes a value of ``kind``."""
    if kind is datetime:
        return datetime.fromisoformat
    if kind is date:
        return date.fromisoformat
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _optional(next(part for part in inside if part is not type(None)))
    if origin is tuple:
        return _tuple(inside)
    if origin is dict:
        value = _reader(inside[1])
        return lambda raw: {key: value(part) for key, part in raw.items()}
    return _dataclass(kind) if is_dataclass(kind) else lambda raw: raw


def _optional(kind: Any) -> Read:
    read = _reader(kind)
    return lambda raw: None if raw is None else read(raw)


def _tuple(inside: tuple[Any, ...]) -> Read:
    if len(inside) == 2 and inside[1] is Ellipsis:
        each = _reader(inside[0])
        return lambda raw: tuple(each(part) for part in raw)
    readers = [_reader(part) for part in inside]
    return lambda raw: tuple(read(part) for read, part in zip(readers, raw, strict=True))


def _dataclass(kind: Any) -> Read:
    """Fields a brief of an older shape lacks take their default; without one the brief cannot be read."""
    hints = get_type_hints(kind)
    known = [(f.name, _reader(hints[f.name]), f.default is MISSING and f.default_factory is MISSING) for f in fields(kind)]

    def read(raw: Any) -> Any:
        return kind(**{name: convert(raw[name]) for name, convert, needed in known if needed or name in raw})

    return read


# What was settled when the brief was frozen and cannot be judged by other parameters from it alone.
NOT_REPLAYED = ("grace_days", "grace_days_by_method", "undated_promise_days", "bank_processing_days")


def under(facts: AccountFacts, policy: PolicyParameters) -> AccountFacts:
    """The same facts with the ages of their sources judged by ``policy``."""
    return replace(facts, sources={kind: _aged(facts, source, policy) for kind, source in facts.sources.items()})


def _aged(facts: AccountFacts, source: SourceFact, policy: PolicyParameters) -> SourceFact:
    if source.age_seconds is None or source.state not in (PRESENT, CHECKED_EMPTY, STALE):
        return source
    if timedelta(seconds=source.age_seconds) > readiness.age_limit(source.kind, policy):
        return replace(source, state=STALE)
    fine = PRESENT if getattr(facts, source.kind, ()) else CHECKED_EMPTY
    return source if source.state == fine else replace(source, state=fine)
