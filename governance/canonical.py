"""One canonical JSON text and its SHA-256, so that the same facts always give the same fingerprint."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain)


def canonical_json(value: Any) -> str:
    """Sorted keys, no white space, UTF-8 text; dates as ISO, decimals as text. NaN and unknown types raise."""
    return _ENCODER.encode(value)


def quoted(text: str) -> str:
    """The canonical JSON of a text alone, for the few places where building a whole list would cost too much."""
    return encode_basestring(text)


def sha256_hex(text: str) -> str:
    """Hex SHA-256 of the UTF-8 bytes of ``text``."""
    return hashlib.sha256(text.encode()).hexdigest()
