"""The forms a model must answer in, read strictly: exact keys, no duplicates, no NaN, complete."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any, Literal, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from drafts.generation.client import Answer, ProviderError


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Citation(_Form):
    """A sentence of the text and the ids of the facts it rests on."""

    sentence: str = Field(max_length=1000)
    facts: list[str] = Field(max_length=40)


class WrittenDraft(_Form):
    """A message. ``subject`` and ``body`` may use the placeholders of approved templates; code fills them."""

    subject: str = Field(min_length=3, max_length=200)
    body: str = Field(min_length=40, max_length=6000)
    citations: list[Citation] = Field(max_length=60)
    correction_notes: str = Field(max_length=2000)


class CitedSentence(_Form):
    """One sentence for people, with the facts it rests on."""

    text: str = Field(min_length=1, max_length=600)
    facts: list[str] = Field(min_length=1, max_length=20)


class Option(_Form):
    """One way to go, prepared for the person who decides."""

    kind: Literal["payment_plan", "credit", "next_step"]
    title: str = Field(min_length=3, max_length=160)
    effect: str = Field(min_length=3, max_length=600)
    facts: list[str] = Field(min_length=1, max_length=20)


class Preparation(_Form):
    """What the model prepares for people: summary, a lane it would raise to, options, a memo or the customer's position.

    ``suggested_lane`` can raise the lane of the rules, never lower it.
    """

    summary: list[CitedSentence] = Field(min_length=1, max_length=8)
    suggested_lane: Literal["routine", "exception", "executive_review"]
    lane_reason: str = Field(max_length=400)
    options: list[Option] = Field(max_length=4)
    memo: list[CitedSentence] = Field(max_length=12)
    customer_position: list[CitedSentence] = Field(max_length=8)


class DisputeJudgement(_Form):
    """Is a text a dispute, and which exact words carry it."""

    is_dispute: bool
    score: float = Field(ge=0, le=1)
    category: Literal[
        "price", "quantity", "delivery", "quality", "scope", "wrong_entity", "duplicate", "not_ordered", "set_off", "short_payment", "other"
    ]
    quote: str = Field(max_length=2000)


class ReplyJudgement(_Form):
    """Which kind of reply a text is, and which exact words carry it."""

    kind: Literal[
        "paid", "needs_document", "in_customer_approval", "promise_with_date", "promise_without_date", "question", "remittance", "dispute",
        "complaint", "wrong_person", "out_of_office", "opt_out", "unsure"
    ]
    score: float = Field(ge=0, le=1)
    quote: str = Field(max_length=2000)


# Keywords every server with strict JSON schemas knows; others are refused with a 400 by some.
WIRE = ("type", "properties", "required", "additionalProperties", "items", "enum", "anyOf", "$defs", "$ref", "description")

F = TypeVar("F", bound=BaseModel)


@lru_cache(maxsize=16)
def json_schema(form: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema sent with the request: only what strict servers take. Lengths and ranges are checked here, when it is read."""
    wire: dict[str, Any] = _plain(form.model_json_schema())
    return wire


def _plain(node: Any) -> Any:
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    # Under "properties" and "$defs" the keys are names, not keywords.
    return {
        key: {name: _plain(item) for name, item in value.items()} if key in ("properties", "$defs") else _plain(value)
        for key, value in node.items()
        if key in WIRE
    }


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError("a key appears twice")
    return dict(pairs)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a value")


def parse(answer: Answer, form: type[F], *, asked_model: str) -> F:
    """The answer as ``form``. Raises ``ProviderError`` with the answer kept: refusal, cut off, other model, wrong form."""
    if answer.refusal:
        raise _refused("refusal", "the model refused to write", answer)
    if answer.finish_reason != "stop":
        raise _refused("cut_off", f"the answer ended with {answer.finish_reason or 'nothing'}", answer)
    if not _is_same(answer.model, asked_model):
        raise _refused("wrong_model", f"{answer.model or 'an unnamed model'} answered instead of {asked_model}", answer)
    try:
        value = json.loads(answer.text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
        if "\\u0000" in json.dumps(value, ensure_ascii=False).encode().decode():  # encoding refuses lone surrogates
            raise ValueError("a NUL character is no text")
        return form.model_validate(value, strict=False)
    except (ValueError, ValidationError, RecursionError) as error:
        words = f"the answer is not in the expected form ({str(error).splitlines()[0][:200]})"
        raise _refused("wrong_form", words, answer) from error


# Servers add a date or a tag to the name they were asked for; a sibling ("-mini") is another model.
_DATED = re.compile(r"(?:[-@:](?:latest|[\d.-]+))?\Z")


def _is_same(model: str, asked: str) -> bool:
    return model.startswith(asked) and bool(_DATED.match(model, len(asked)))


def _refused(kind: str, words: str, answer: Answer) -> ProviderError:
    return ProviderError(kind, words, answer=answer, latency_ms=answer.latency_ms)
