"""A page as a person reads it: its words without the markup."""

from __future__ import annotations

import re

from django.http import HttpResponse


def text_of(response: HttpResponse) -> str:
    """The words of a page, one blank between them."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
