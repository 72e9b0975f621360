"""docs/import.md says what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from accounts.importing.canonical import KINDS
from accounts.importing.layouts import LAYOUTS
from accounts.importing.parsing import DERIVED_TYPES
from accounts.importing.rules import RULES
from accounts.importing.sql import model_of

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "import.md").read_text()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_column_is_documented_with_meaning_format_requirement_and_example(kind):
    section = TEXT.split(f"### {kind.name}.csv")[1].split("###")[0]
    for column in kind.columns:
        need = "**key**" if column.name == kind.key else "yes" if column.required else ""
        row = f"| `{column.name}` | {need} | {column.meaning} | {column.format} | {column.example} |"
        assert row in section, row
    assert section.count("\n| `") == len(kind.columns)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.name)
def test_every_column_of_a_foreign_layout_is_documented(layout):
    section = TEXT.split(f"### {layout.name}\n")[1].split("###")[0]
    for column in (*layout.rename, *layout.needed):
        assert f"`{column}`" in section


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_column_has_a_place_in_its_table_and_every_kind_its_rule(kind):
    known = {field.column for field in model_of(kind)._meta.concrete_fields}
    assert {column.target for column in kind.columns if column.target} <= known
    assert set(kind.derived) <= known & set(DERIVED_TYPES) and kind.name in RULES
