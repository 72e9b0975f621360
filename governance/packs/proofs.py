"""Merkle proofs for many leaves of one tree: the tree is built once, each proof then takes one step per level."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from governance import merkle
from governance.merkle import LEFT, RIGHT, Step


def proofs(lines: Iterable[bytes], wanted: Collection[bytes]) -> tuple[str, dict[bytes, list[Step]]]:
    """The root over ``lines`` in hex, and the steps of each wanted line that is among them.

    Joining neighbours level by level, an odd last one moving up as it is, makes the same tree as the split of RFC 6962.
    """
    level, places = [], {}
    for index, line in enumerate(lines):
        if line in wanted:
            places[line] = index
        level.append(merkle.leaf(line))
    if not level:
        return merkle.EMPTY.hex(), {}
    steps: dict[bytes, list[Step]] = {line: [] for line in places}
    while len(level) > 1:
        for line, index in places.items():
            if index % 2:
                steps[line].append((LEFT, level[index - 1].hex()))
            elif index + 1 < len(level):
                steps[line].append((RIGHT, level[index + 1].hex()))
            places[line] = index // 2
        level = [merkle.node(*level[n : n + 2]) if n + 1 < len(level) else level[n] for n in range(0, len(level), 2)]
    return level[0].hex(), steps
