"""The tree under a checkpoint: its root, and proofs that one line was under it."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import merkle

LINES = st.lists(st.binary(max_size=40), min_size=1, max_size=70)


def by_definition(leaves):
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + by_definition(leaves[:k]) + by_definition(leaves[k:])).digest()


def test_the_root_is_that_of_the_published_test_vectors():
    # Certificate Transparency's reference vectors for trees of 1, 3 and 8 leaves.
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [merkle.leaf(bytes.fromhex(text)) for text in inputs]
    assert merkle.root(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.root(leaves[:3]).hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    assert merkle.root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert merkle.root([]) == merkle.EMPTY


@given(LINES)
def test_the_root_of_a_stream_of_leaves_is_the_root_by_definition(lines):
    leaves = [merkle.leaf(line) for line in lines]
    assert merkle.root(iter(leaves)) == by_definition(leaves)


@given(LINES, st.data())
def test_every_line_has_a_proof_and_no_other_line_passes_with_it(lines, data):
    leaves = [merkle.leaf(line) for line in lines]
    index = data.draw(st.integers(0, len(lines) - 1))
    root = merkle.root(leaves).hex()
    steps = merkle.proof(leaves, index)
    assert merkle.verify(lines[index], steps, root)
    assert not merkle.verify(lines[index] + b"!", steps, root)
    assert not merkle.verify(lines[index], steps, merkle.leaf(b"another tree").hex())
    for at, (side, digest) in enumerate(steps):
        turned = "left" if side == "right" else "right"
        flipped = f"{int(digest[0], 16) ^ 1:x}{digest[1:]}"
        assert not merkle.verify(lines[index], [*steps[:at], (side, flipped), *steps[at + 1 :]], root)
        if len(set(leaves)) == len(leaves):
            assert not merkle.verify(lines[index], [*steps[:at], (turned, digest), *steps[at + 1 :]], root)


def test_a_node_is_no_leaf_and_malformed_steps_prove_nothing():
    left, right = merkle.leaf(b"a"), merkle.leaf(b"b")
    root = merkle.root([left, right]).hex()
    assert not merkle.verify(left + right, [], root)
    for steps in ([("right", "zz")], [("right", right.hex()[:-2])], [("above", right.hex())]):
        assert not merkle.verify(b"a", steps, root)
    with pytest.raises(IndexError):
        merkle.proof([left, right], 2)


def test_a_head_is_one_line_of_canonical_json():
    assert merkle.head_line("account:17", 12, "ab" * 32) == b'["account:17",12,"' + b"ab" * 32 + b'"]'
