"""Nothing a reader cannot see stays on a page: invisible, reordering and control characters are written out, whoever wrote them.

Templates show customers' words through the filter ``customer``, which marks them. The middleware does the same for whatever a template
shows plainly (a name in a heading, a number in a row), so that no page depends on somebody having thought of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from governance import hidden

# Form fields keep every character, because they are sent back; titles and choices take no mark inside, so the number stands as text.
_PARTS = re.compile(r"(?P<keep><textarea\b.*?</textarea>|<script\b.*?</script>)|(?P<text><title\b.*?</title>|<option\b.*?</option>)|(?P<tag><[^>]*>)", re.DOTALL)

_TAG = re.compile(r"(?P<tag><[^>]*>)|[^<]+")


def mark(char: str) -> SafeString:
    """One such character as a reader sees it."""
    name = unicodedata.name(char, "control character").lower()
    return format_html('<mark class="inv" title="{}">{}</mark>', name, hidden.written(char))


def shown(text: str) -> SafeString:
    """Text, escaped, with marks."""
    marks = hidden.of(text)
    if marks is None:
        return format_html("{}", text)
    pieces: list[tuple[str]] = []
    last = 0
    for found in marks.finditer(text):
        pieces += [(text[last : found.start()],), (mark(found[0]),)]
        last = found.end()
    return format_html_join("", "{}", [*pieces, (text[last:],)])


def shown_page(page: str) -> str:
    """A finished page with marks in its text. Linear; a page without such a character is given back as it is."""
    marks = hidden.of(page)
    if marks is None:
        return page
    out: list[str] = []
    last = 0
    for part in _PARTS.finditer(page):
        out += [marks.sub(lambda found: mark(found[0]), page[last : part.start()]), _part(part)]
        last = part.end()
    return "".join([*out, marks.sub(lambda found: mark(found[0]), page[last:])])


def _part(part: re.Match[str]) -> str:
    if part["keep"] or part["tag"]:
        return part[0]
    return _TAG.sub(lambda found: found["tag"] or hidden.visible(found[0]), part[0])


class NothingHiddenMiddleware:
    """Every page of the desk passes here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pages only; files and data keep their bytes."""
        response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse) or not response.get("Content-Type", "").startswith("text/html"):
            return response
        text = response.content.decode(response.charset)
        seen = shown_page(text)
        if seen != text:
            response.content = seen.encode(response.charset)
        return response
