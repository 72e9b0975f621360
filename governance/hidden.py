"""Characters that print nothing or turn the order of reading: found here, written out wherever a person reads."""

from __future__ import annotations

import re
import unicodedata


def is_invisible(char: str) -> bool:
    """True for a character that prints nothing or reorders its neighbours (formats, tags, fillers, variation selectors, controls)."""
    if char in "\n\t\r":
        return False
    code = ord(char)
    return (
        unicodedata.category(char) in {"Cf", "Cc", "Co", "Cs", "Cn"}
        or code in {0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800, 0x034F, 0x17B4, 0x17B5, 0x180E, 0x2028, 0x2029, 0x0085}
        or 0xFE00 <= code <= 0xFE0F
        or 0xE0000 <= code <= 0xE0FFF
    )


def written(char: str) -> str:
    """The number of a character as people look it up: "U+202E"."""
    return f"U+{ord(char):04X}"


def of(text: str) -> re.Pattern[str] | None:
    """What finds the invisible characters that ``text`` has; None when it has none. A variation selector that only paints the symbol before it is none."""
    if text.isascii() and text.isprintable():
        return None
    found = {char for char in set(text) if is_invisible(char)}
    if not found:
        return None
    paints = {"\ufe0f"} & found
    marks = [re.escape(char) for char in sorted(found - paints)]
    if paints:
        marks.append("(?<![\u203c-\u3299\U0001f000-\U0001faff])\ufe0f")
    return re.compile("|".join(marks))


def visible(text: str) -> str:
    """``text`` with every invisible or reordering character written out, e.g. ``pay⟨U+200B⟩ment``, for display to a person."""
    marks = of(text)
    return text if marks is None else marks.sub(lambda found: f"⟨{written(found[0])}⟩", text)
