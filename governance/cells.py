"""Text for a spreadsheet cell. One place, so that every CSV of the desk is as harmless as the others."""

from __future__ import annotations

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """Text a spreadsheet will not run as a formula: what begins like one gets an apostrophe in front."""
    text = "" if value is None else str(value)
    begins = text.lstrip(" \u00a0\u200b\ufeff")
    return f"'{text}" if text.startswith(_DANGEROUS) or begins.startswith(_DANGEROUS) else text
