"""The text of a policy on its way in: read from a form or a file, held against types, bounds and locked rules, every error naming its field."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_origin

from pydantic import ValidationError

from governance.canonical import canonical_json, sha256_hex
from governance.policy_locks import LOCK_NAMES, refused, unreasonable
from governance.policy_parameters import PolicyParameters

FIELDS = PolicyParameters.model_fields
LONGEST_VALUE = 2_000
_PAIR = re.compile(r"\s*([A-Za-z_][\w ]{0,39}?|\d{1,2})\s*[=:]\s*(-?\d{1,6})\s*")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field. ``field`` is the parameter's name, or what was given in its place."""

    field: str
    words: str

    def __str__(self) -> str:
        return f"{self.field}: {self.words}"


class BadPolicy(ValueError):
    """These parameters are no policy. ``problems`` names every field that is wrong, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(str(p) for p in problems))
        self.problems = tuple(problems)


def content_hash(parameters: Mapping[str, Any]) -> str:
    """SHA-256 over the text of a policy: the canonical JSON of its typed parameters. A default written out is the same text."""
    return sha256_hex(canonical_json(PolicyParameters.model_validate_json(canonical_json(dict(parameters))).model_dump(mode="json")))


def stored(policy: PolicyParameters) -> dict[str, Any]:
    """The parameters as a row keeps them."""
    found: dict[str, Any] = policy.model_dump(mode="json")
    return found


def checked(changes: Mapping[str, Any], base: PolicyParameters, *, sources: Collection[str] = ()) -> PolicyParameters:
    """``base`` with ``changes``, held against everything. ``sources`` are the kinds of source there are (empty: not looked at).

    Raises ``BadPolicy`` with every problem.
    """
    problems = [problem for name in changes if (problem := _unknown(name))]
    content = stored(base) | {name: value for name, value in changes.items() if name in FIELDS}
    try:
        policy = PolicyParameters.model_validate_json(canonical_json(content), strict=True)
    except ValidationError as error:
        raise BadPolicy([*problems, *(_said(e) for e in error.errors(include_url=False, include_context=False))]) from error
    except (ValueError, TypeError) as error:
        raise BadPolicy([*problems, Problem("policy", f"cannot be read ({error})")]) from error
    problems += [Problem(field, words) for field, words in (*refused(policy), *unreasonable(policy))]
    problems += _unknown_sources(policy, sources)
    if problems:
        raise BadPolicy(problems)
    return policy


def _unknown(name: str) -> Problem | None:
    if name in FIELDS:
        return None
    shown = name[:60]
    if lock := LOCK_NAMES.get(name):
        return Problem(shown, f"“{lock.title}” is a locked rule: nobody can loosen it. {lock.words}")
    near = get_close_matches(shown, list(FIELDS), n=1, cutoff=0.5)
    return Problem(shown, f"there is no such parameter{f'; did you mean {near[0]}?' if near else ''}")


def _said(error: Mapping[str, Any]) -> Problem:
    field, *inside = [str(part) for part in error["loc"]] or ["policy"]
    where = f"{' '.join(inside)}: " if inside else ""
    value = error.get("input")
    given = f", not {json.dumps(value, ensure_ascii=False, default=str)[:60]}" if not isinstance(value, (dict, list)) else ""
    words = str(error["msg"]).removeprefix("Input should be ").replace("Extra inputs are not permitted", "not known here")
    return Problem(field, f"{where}{words}{given}")


def _unknown_sources(policy: PolicyParameters, known: Collection[str]) -> list[Problem]:
    if not known:
        return []
    return [
        Problem(field, f"“{kind[:40]}” is no kind of source; there are {', '.join(sorted(known))}")
        for field in ("required_sources", "required_once_configured")
        for kind in getattr(policy, field)
        if kind not in known
    ]


def from_file(text: str) -> dict[str, Any]:
    """The parameters a JSON file names. Raises ``BadPolicy`` for what is no JSON object, names one twice, or holds NaN."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise BadPolicy([Problem(name, "given twice") for name in twice])
        return dict(pairs)

    def no_number(name: str) -> Any:
        raise BadPolicy([Problem("policy", f"{name} is no number")])

    try:
        content = json.loads(text, object_pairs_hook=once, parse_constant=no_number)
    except BadPolicy:
        raise
    except (ValueError, RecursionError) as error:
        raise BadPolicy([Problem("policy", f"this is no JSON: {error}")]) from error
    if not isinstance(content, dict):
        raise BadPolicy([Problem("policy", "expected one JSON object of parameters, for example {\"renewal_days\": 90}")])
    return content


def from_form(posted: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Posted texts as values of the types their parameters have. Names that are no parameter stay, to be refused by name.

    Raises ``BadPolicy`` for texts that cannot be read.
    """
    found: dict[str, Any] = {}
    problems = []
    for name, texts in posted.items():
        try:
            found[name] = _value(name, [text.strip() for text in texts])
        except ValueError as error:
            problems.append(Problem(name[:60], str(error)))
    if problems:
        raise BadPolicy([*problems, *(p for name in posted if (p := _unknown(name)))])
    return found


def _value(name: str, texts: list[str]) -> Any:
    if any(len(text) > LONGEST_VALUE for text in texts):
        raise ValueError("longer than any value can be")
    kind = FIELDS[name].annotation if name in FIELDS else str
    last = texts[-1] if texts else ""
    if kind is int:
        return _whole(last)
    if kind is bool:
        return _yes_or_no(last)
    if name == "steps":
        return _steps(last)
    if get_origin(kind) is dict:
        return _pairs(last)
    if get_origin(kind) is tuple:
        return [text for text in texts if text]
    return last


def _whole(text: str) -> int:
    plain = text.replace(",", "").replace(" ", "").replace("\u00a0", "")
    if not re.fullmatch(r"-?[0-9]{1,15}", plain):
        raise ValueError(f"expected a whole number, not “{text[:40]}”")
    return int(plain)


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError(f"expected yes or no, not “{text[:40]}”")
    return text == "yes"


def _steps(text: str) -> list[dict[str, int]]:
    """ "1, 15, 30" numbers the steps from one; "1=1, 3=30" names them."""
    parts = [part for part in text.split(",") if part.strip()]
    if all(part.strip().isascii() and part.strip().isdigit() for part in parts):
        return [{"step": n, "days_after_due": _whole(part)} for n, part in enumerate(parts, 1)]
    return [{"step": _whole(step), "days_after_due": days} for step, days in _pairs(text).items()]


def _pairs(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in (part for part in text.split(",") if part.strip()):
        match = _PAIR.fullmatch(part)
        if match is None:
            raise ValueError(f"expected pairs like card=1, cheque=5, not “{part.strip()[:40]}”")
        key = match[1].strip().replace(" ", "_")
        if key in found:
            raise ValueError(f"“{key}” is given twice")
        found[key] = int(match[2])
    return found


def as_typed(name: str, value: Any) -> str:
    """A stored value as the text of its form field."""
    if name == "steps":
        numbers = [part["step"] for part in value]
        plain = numbers == list(range(1, len(numbers) + 1))
        return ", ".join(str(p["days_after_due"]) if plain else f"{p['step']}={p['days_after_due']}" for p in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}={inner}" for key, inner in sorted(value.items()))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
