"""Links of measured lines: an admin address by name, shown only to whom it would answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from governance.admin.pages import may
from governance.measured import Measured


def href(link: str) -> str:
    """The address of ``name:argument?query``; empty when there is none of that name in this installation."""
    where, _, query = link.partition("?")
    name, _, argument = where.partition(":")
    try:
        url = reverse(f"admin:{name}", args=[argument] if argument else [])
    except NoReverseMatch:
        return ""
    return f"{url}?{query}" if query else url


def shown(request: HttpRequest, lines: list[Measured], subject: Any = None) -> list[dict[str, Any]]:
    """Lines with their address where this person may follow it."""
    return [
        {"line": line, "url": href(line.link) if line.link and (not line.right or may(request, line.right, subject)) else ""} for line in lines
    ]
