"""What a message may consist of: the headers and parts that were approved, once each, and nothing beside them. Pure."""

from __future__ import annotations

from collections import Counter
from email.message import MIMEPart

MUST = ("from", "to", "subject", "date", "message-id", "mime-version", "content-type")
MAY = (*MUST, "cc", "reply-to", "content-transfer-encoding")
PART_MAY = ("content-type", "content-transfer-encoding", "content-disposition", "mime-version")


def foreign_parts(message: MIMEPart) -> list[str]:
    """What the message has that no approved text has, in words: other or repeated headers, hidden words, other kinds of parts."""
    found = [*_odd_headers(message), *_hidden(message)]
    if not message.is_multipart():
        return found + ([] if _is_text(message) else ["kind of text"])
    if message.get_content_type() != "multipart/mixed":
        return [*found, "kind of message"]
    first, *rest = list(message.iter_parts())
    if not _is_text(first) or first.is_multipart() or first.is_attachment():
        found.append("kind of text")
    found += ["a part that is no attachment" for part in rest if part.is_multipart() or not part.is_attachment()]
    for part in (first, *rest):
        found += [f"header {name} of a part" for name in part if name.lower() not in PART_MAY]
        found += _hidden(part)
    return list(dict.fromkeys(found))


def _odd_headers(message: MIMEPart) -> list[str]:
    counts = Counter(name.lower() for name in message)
    odd = [f"header {name}" for name in counts if name not in MAY]
    odd += [f"{n} headers {name}" for name, n in counts.items() if n > 1]
    return odd + [f"no header {name}" for name in MUST if name not in counts]


def _is_text(part: MIMEPart) -> bool:
    return part.get_content_type() == "text/plain" and (part.get_content_charset() or "") in ("utf-8", "us-ascii")


def _hidden(part: MIMEPart) -> list[str]:
    """Words before, between or after the parts, and bytes a parser stumbles over."""
    beside = (part.preamble or "").strip() or (part.epilogue or "").strip()
    return (["words outside the parts"] if beside else []) + (["malformed bytes"] if part.defects else [])
