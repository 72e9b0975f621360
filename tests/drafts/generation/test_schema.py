"""The form on the wire is what strict servers take; the form as it is read is stricter."""

from __future__ import annotations

import json

import pytest

from drafts.generation import schema
from drafts.generation.client import Answer, ProviderError

FORMS = (schema.WrittenDraft, schema.Preparation, schema.DisputeJudgement, schema.ReplyJudgement)


def nodes(node):
    """Every schema object, names of properties aside."""
    if isinstance(node, list):
        for item in node:
            yield from nodes(item)
    elif isinstance(node, dict):
        yield node
        for key, value in node.items():
            for item in value.values() if key in ("properties", "$defs") else [value]:
                yield from nodes(item)


@pytest.mark.parametrize("form", FORMS)
def test_the_schema_on_the_wire_has_only_keywords_strict_servers_take(form):
    wire = schema.json_schema(form)
    for node in nodes(wire):
        assert set(node) <= set(schema.WIRE)
        if node.get("type") == "object":
            assert node["additionalProperties"] is False and sorted(node["required"]) == sorted(node["properties"])
        if "$ref" in node:
            assert set(node) == {"$ref"} and node["$ref"].removeprefix("#/$defs/") in wire["$defs"]


def test_lengths_and_ranges_are_checked_when_the_answer_is_read():
    said = {"is_dispute": True, "score": 7, "category": "price", "quote": "x" * 2001}
    answer = Answer(json.dumps(said), "m-1", "stop", "", 1, 1, 1)
    with pytest.raises(ProviderError) as caught:
        schema.parse(answer, schema.DisputeJudgement, asked_model="m-1")
    assert caught.value.kind == "wrong_form"
