"""Charts as SVG for a page and PNG for a mail: drawn on the server, without script, style or network.

What a chart looks like is compiled once, and each drawing puts its rows into that: the same kind of chart with other figures costs its marks only.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from html import escape, unescape
from typing import Any

from django.utils.safestring import SafeString

from governance.language import said, speaks_english

# On a page the colours are those of the theme; in a mail there is no theme.
THEME = {
    "ink": "var(--ink)", "quiet": "var(--quiet)", "line": "var(--line)", "accent": "var(--accent)", "good": "var(--good)",
    "warn": "var(--warn)", "bad": "var(--bad)", "info": "var(--info)", "exec": "var(--exec)", "ctl": "var(--ctl)", "surface": "var(--surface)",
}  # fmt: skip
PLAIN = {
    "ink": "#18212e", "quiet": "#546071", "line": "#e0e5ea", "accent": "#0b5f6b", "good": "#136039", "warn": "#744700", "bad": "#a3201a",
    "info": "#1b4d92", "exec": "#573a92", "ctl": "#828d9d", "surface": "#ffffff",
}  # fmt: skip
_BASE = "https://vega.github.io/vega-datasets/"
_TEXT = re.compile(r"(<text[^>]*>)([^<]+)(</text>)")
_NAMED = re.compile(r'(aria-label=")([^"]+)(")')
_SIZE = re.compile(r'<svg ([^>]*?)width="[\d.]+" height="[\d.]+" ')


def svg(spec: dict[str, Any], title: str) -> SafeString:
    """The chart for a page, named by its title; its size is that of its place. The same chart is drawn once per process."""
    drawn = _SIZE.sub(r"<svg \1", _drawn(json.dumps(spec, sort_keys=True)), count=1)
    # A group, not an image: the marks inside are links, and an image has no parts.
    named = _in_words(drawn).replace("<svg ", f'<svg role="group" aria-label="{escape(said(title))}" ', 1)
    # Everything that came from rows was put in as data and is escaped by the renderer; the title is escaped here.
    return SafeString(named)


def _in_words(drawn: str) -> str:
    """Titles, labels of the axes and what a mark is called, in the reader's language; what came from rows is in no catalogue and stays."""
    if speaks_english():
        return drawn
    drawn = _NAMED.sub(lambda found: found[1] + escape(": ".join(said(words) for words in unescape(found[2]).split(": ", 1))) + found[3], drawn)
    return _TEXT.sub(lambda found: found[1] + escape(said(unescape(found[2]))) + found[3], drawn)


def png(spec: dict[str, Any], defs: str, scale: float = 2.0) -> bytes:
    """The chart for a mail, with its legend, in the colours of paper and the words of the reader; ``defs``: the patterns it is painted with. Kept for the next reader."""
    plain = json.dumps({**spec, "background": THEME["surface"]}, sort_keys=True)
    for name, colour in THEME.items():
        plain = plain.replace(colour, PLAIN[name])
    return _painted(_in_words(_on_paper(plain)).replace("<g ", f"{defs}<g ", 1), scale)


@lru_cache(maxsize=64)
def _on_paper(plain: str) -> str:
    import vl_convert  # a second of start-up, and only a digest needs it outside of a page

    return str(vl_convert.vegalite_to_svg(plain))


@lru_cache(maxsize=64)
def _painted(drawn: str, scale: float) -> bytes:
    import vl_convert  # as above

    return bytes(vl_convert.svg_to_png(drawn, scale=scale))


def forget() -> None:
    """Let every chart be drawn anew, as after a change of all figures: for measuring."""
    _drawn.cache_clear()


@lru_cache(maxsize=512)
def _drawn(spec: str) -> str:
    import vl_convert  # starts a JavaScript engine of its own: only who looks at a chart pays for it

    bare = json.loads(spec)
    tables = {f"rows{n}": layer["data"].pop("values") for n, layer in enumerate(bare["layer"])}
    for name, layer in zip(tables, bare["layer"], strict=True):
        layer["data"]["name"] = name
        for channel in ("color", "strokeDash", "shape"):
            if "scale" in layer.get("encoding", {}).get(channel, {}):
                layer["encoding"][channel]["legend"] = None
    vega = json.loads(_compiled(json.dumps(bare)))
    for data in vega["data"]:
        if data["name"] in tables:
            data["values"] = tables[data["name"]]
    # The renderer completes addresses with one of its own; ours are those of this site.
    return str(vl_convert.vega_to_svg(json.dumps(vega))).replace(_BASE, "")


@lru_cache(maxsize=256)
def _compiled(bare: str) -> str:
    """The chart in the renderer's own language, without rows."""
    import vl_convert

    return json.dumps(vl_convert.vegalite_to_vega(bare))
