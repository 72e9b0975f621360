"""What tells the series of a chart apart besides colour: a pattern for each part of a bar, a dash and a shape for each line. And their legend.

The legend is words of the page beside small drawings: it wraps, is read and is enlarged like any text, and the renderer lays out none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

DASHES = ((1, 0), (5, 3), (2, 2), (8, 3, 2, 3))
SHAPES = ("circle", "square", "triangle-up", "diamond")
# Cut out of the colour in the colour of the paper, 8 by 8; the first part of a bar is plain.
PATTERNS = (
    "", "M-2 2l4-4M0 8l8-8M6 10l4-4", "M3 4h2M7 0h2M-1 0h2M-1 8h2M7 8h2", "M-2 6l4 4M0 0l8 8M6-2l4 4", "M0 4h8", "M4 0v8", "M0 4h8M4 0v8",
)  # fmt: skip
_OUTLINES = {"circle": "M17 6a4 4 0 1 1-8 0a4 4 0 1 1 8 0", "square": "M9.5 2.5h7v7h-7z", "triangle-up": "M13 1.5l4.5 8h-9z", "diamond": "M13 1l4.5 5-4.5 5-4.5-5z"}
_BOX = "M5 1h16v10h-16z"


@dataclass(frozen=True, slots=True)
class Key:
    """One line of a legend: the words, the outline painted ``fill``, and for a line its ``dash``."""

    words: str
    fill: str
    outline: str = _BOX
    dash: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A paint: the colour with ``path`` cut out of it in the colour of the paper."""

    name: str
    colour: str
    paper: str
    path: str


def fill(colour: str, place: int, colours: Mapping[str, str]) -> str:
    """The paint of the part at a place of a stack: its colour, with the pattern of the place."""
    return f"url(#{_name(colour, place)})" if PATTERNS[place] else colours[colour]


def patterns(stacks: Iterable[Sequence[str]], colours: Mapping[str, str]) -> list[Pattern]:
    """The patterns of all stacks of a document, each stack given as its colours from the bottom up."""
    wanted = {(colour, place) for stack in stacks for place, colour in enumerate(stack) if PATTERNS[place]}
    return [Pattern(_name(colour, place), colours[colour], colours["surface"], PATTERNS[place]) for colour, place in sorted(wanted)]


def bar_keys(series: Sequence[tuple[str, str]], colours: Mapping[str, str]) -> tuple[Key, ...]:
    """The legend of a stack: (part, colour) from the bottom up."""
    return tuple(Key(words, fill(colour, place, colours)) for place, (words, colour) in enumerate(series))


def line_keys(series: Sequence[tuple[str, str]], colours: Mapping[str, str]) -> tuple[Key, ...]:
    """The legend of lines: (name, colour)."""
    return tuple(
        Key(words, colours[colour], _OUTLINES[SHAPES[place]], " ".join(map(str, DASHES[place]))) for place, (words, colour) in enumerate(series)
    )


def _name(colour: str, place: int) -> str:
    return f"{colour}-{place}"
