"""Many proofs at once are the proofs one at a time; a cell never begins like a formula."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import merkle
from governance.cells import safe_cell
from governance.hidden import visible
from governance.packs.proofs import proofs


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8, 13, 64, 100])
def test_every_proof_is_the_one_of_the_single_tree_and_holds(count):
    lines = [f"line {n}".encode() for n in range(count)]
    leaves = [merkle.leaf(line) for line in lines]
    root, found = proofs(lines, set(lines))
    assert root == merkle.root(leaves).hex()
    for index, line in enumerate(lines):
        assert found[line] == [tuple(step) for step in merkle.proof(leaves, index)]
        assert merkle.verify(line, found[line], root)


def test_a_line_that_is_not_there_has_no_proof():
    assert proofs([b"a", b"b"], {b"c"})[1] == {}


@given(st.text())
def test_no_cell_begins_like_a_formula_and_nothing_is_lost(text):
    cell = safe_cell(text)
    assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n", "\x00")
    assert cell in (visible(text), f"'{visible(text)}")
