"""A Merkle tree over lines of bytes, as in RFC 6962: what a checkpoint signs, and the proof that one line was under it.

Pure functions of bytes; no database, no clock. A leaf is ``SHA-256(0x00 ‖ line)``, a node ``SHA-256(0x01 ‖ left ‖ right)``, so that no node
can be passed off as a leaf. A tree of n leaves splits at the largest power of two below n. Hashes are 32 raw bytes here and hex outside.
The same rules fit in forty lines of any language; ``docs/ledger.md`` has them in words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from governance.canonical import canonical_json

LEFT, RIGHT = "left", "right"
# The root of no leaves at all, by RFC 6962: SHA-256 of nothing.
EMPTY = hashlib.sha256(b"").digest()

# One step of a proof: on which side the neighbour stands, and its hash in hex.
Step = tuple[str, str]


def head_line(stream: str, number: int, digest: str) -> bytes:
    """The line of one stream head under a checkpoint: canonical JSON of ``[stream, number of its last event, hash of that event]``."""
    return canonical_json([stream, number, digest]).encode()


def leaf(line: bytes) -> bytes:
    """The leaf hash of one line, which stands without its newline."""
    return hashlib.sha256(b"\x00" + line).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbours."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in the order given. Reads them once and keeps one hash per level, so any number of leaves will do."""
    full: list[tuple[int, bytes]] = []  # complete subtrees from left to right: height and hash
    for one in leaves:
        height, digest = 0, one
        while full and full[-1][0] == height:
            digest = node(full.pop()[1], digest)
            height += 1
        full.append((height, digest))
    if not full:
        return EMPTY
    digest = full.pop()[1]
    while full:
        digest = node(full.pop()[1], digest)
    return digest


def proof(leaves: Sequence[bytes], index: int) -> list[Step]:
    """The steps from leaf ``index`` (0 is the first) up to the root: at each level the neighbour's side and its hash in hex.

    Raises ``IndexError`` for a leaf that is not there.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} among {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    if index < split:
        return [*proof(leaves[:split], index), (RIGHT, root(leaves[split:]).hex())]
    return [*proof(leaves[split:], index - split), (LEFT, root(leaves[:split]).hex())]


def verify(line: bytes, steps: Iterable[Step], root_hex: str) -> bool:
    """True when ``line`` was under the root: the steps of its proof lead from it to ``root_hex``. Malformed steps are no proof."""
    digest = leaf(line)
    for side, neighbour in steps:
        try:
            other = bytes.fromhex(neighbour)
        except ValueError:
            return False
        if len(other) != len(EMPTY) or side not in (LEFT, RIGHT):
            return False
        digest = node(other, digest) if side == LEFT else node(digest, other)
    return digest.hex() == root_hex
