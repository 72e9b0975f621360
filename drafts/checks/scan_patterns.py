"""Expressions of the scan: chunks of digits and what stands before and behind them."""

from __future__ import annotations

import re

STOP = r"\s|;()\[\]{}<>\":="
CHUNK = re.compile(rf"(?<![^{STOP}])[^{STOP}\d]*+\d[^{STOP}]*+")
JOINED = re.compile(r"\d{1,3}(?: \d{3})+(?:[.,]\d{1,2})?(?![\w.,]*\d)(?!\w)")
GLUED = re.compile(r"([A-Za-z]{0,4}[$€£¥₹₺₽]?)(\d{1,3}(?: \d{3})+(?:[.,]\d{1,2})?)(?![\w.,]*\d)(?!\w)")
NEXT = re.compile(r"\.?[ \t]?-?[ \t]?([$€£¥₹₺₽%]|[a-z]+\$?)\.?")
SHORT_DAY = re.compile(r"\d{1,2}[./-]\d{1,2}")
CELL = re.compile(r"(?:[|\t(:]| {2}|[–-] | - )[ ]*\Z")
DAY_WORD = re.compile(
    r"\b(?:am|vom|zum|bis|seit|den|dem|ab|on|due|dated|by|from|since|of|le|du|au|el|del|al|desde|hasta|dia|fallig|echue|vencio|"
    r"vencida)\W{1,3}\Z"
)
# What stands before and behind a day of a month that is not named: "the 15th.", "le 15 du mois".
THE = re.compile(r"\b(?:the|le|el|dia|on|by|since) \Z")
DAY_END = re.compile(r"\s*(?:[.,;:!?)\n]|\Z|(?:of|de|du|del|des) (?:the |this |that |last |same |le |ce |este |dies\w+ |mes |mois )*(?:month|mois|mes|monats)\b)")
DIGIT_NEXT = re.compile(r"[ \t]?\d")
NO_NOUN = re.compile(r"\s*(?:[,.;:)\n]|\Z|(?:with|and|for|is|was|to|by|in|on|at|but|so|which|has|und|ist|mit|et|est|y|es)\b)")
LATER = re.compile(r"[ \t]+([a-z]+)")
YEAR = re.compile(r"\.?,?\s+(?:de |del |of )?(\d{4})(?!\d)")
PREVIOUS = re.compile(r"([A-Za-z]+\$?|[$€£¥₹₺₽]|US\$)[.:]?[ \t]*[-(]?\Z")
# "Mo-Fr 8:00", "Fr 8-12 Uhr": the Friday of office hours, no franc.
FRIDAY = re.compile(r"\b(?:Mo|Di|Mi|Do)\.? ?(?:-|/|,|\+|&|bis|und) ?\Z")
HOUR = re.compile(r":\d\d|(?: ?- ?\d{1,2}(?:[:.]\d\d)?)? ?(?:uhr|h)\b")
IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?(?![A-Za-z0-9])")
