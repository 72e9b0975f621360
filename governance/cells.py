"""Text for a spreadsheet cell. One place, so that every CSV of the desk is as harmless as the others."""

from __future__ import annotations

from governance.hidden import visible

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """Text a spreadsheet will not run as a formula: what begins like one gets an apostrophe in front; characters nobody sees are written out."""
    text = "" if value is None else str(value)
    begins = text.lstrip(" \u00a0\u200b\ufeff")
    apostrophe = "'" if text.startswith(_DANGEROUS) or begins.startswith(_DANGEROUS) else ""
    return apostrophe + visible(text)
