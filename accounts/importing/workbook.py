"""XLSX: streamed, guarded against bombs, formulas refused. Cells become the text a CSV would hold."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from accounts.importing.errors import Unreadable, shorten
from accounts.importing.files import CHUNK, MAX_COLUMNS, MAX_FIELD, Found

UNPACKED_BYTES = 250 * 1024 * 1024
MAX_PARTS = 2_000
ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
FORMULA = "\x00formula"  # a mark no text cell can carry


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook."""

    found: Found
    title: str


def check(found: Found) -> None:
    """Refuse what is no workbook, is cut off, or unpacks to more than it should. Raises ``Unreadable``."""
    try:
        with zipfile.ZipFile(found.path) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names:
                raise Unreadable(f"{found.name} is a ZIP archive but no Excel workbook; expected a CSV or XLSX file")
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > UNPACKED_BYTES:
                raise Unreadable(f"{found.name} unpacks to more than {UNPACKED_BYTES >> 20} MB; expected a plain workbook")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _check_part(archive, part, found.name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise Unreadable(f"{found.name} is damaged or cut off ({error}); expected a complete workbook") from None


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    unpacked, tail = 0, b""
    with archive.open(part) as stream:
        while block := stream.read(CHUNK):
            unpacked += len(block)
            if unpacked > part.file_size or ENTITY.search(tail + block) or b"\0" in block:
                raise Unreadable(f"{name} holds XML that no spreadsheet writes ({part.filename}); refused")
            tail = block[-16:]


def sheets(found: Found) -> list[Sheet]:
    """The visible sheets of a workbook, in order."""
    check(found)
    book = _open(found)
    titles = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    book.close()
    if not titles:
        raise Unreadable(f"{found.name} has no sheet; expected at least one")
    return [Sheet(found, title) for title in titles]


def _open(found: Found) -> Any:
    # openpyxl takes 0.2 s to import and most imports are CSV.
    import openpyxl

    try:
        return openpyxl.load_workbook(found.path, read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # a damaged part may raise anything: the person needs to hear one thing
        raise Unreadable(f"{found.name} is not readable as a workbook ({shorten(error)})") from None


def records(sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells as text) of one sheet; empty rows do not appear. Streams; raises ``Unreadable``."""
    book = _open(sheet.found)
    try:
        page = book[sheet.title]
        page.reset_dimensions()  # the stated size is not to be trusted
        for number, row in enumerate(page.iter_rows(), 1):
            cells = [_text(cell, number, sheet) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if len(cells) > MAX_COLUMNS:
                raise Unreadable(f"{sheet.title}, row {number} has {len(cells)} columns; expected at most {MAX_COLUMNS}")
            if cells:
                yield number, cells
    except Unreadable:
        raise
    except Exception as error:  # as above
        raise Unreadable(f"{sheet.found.name}, sheet {sheet.title} is not readable ({shorten(error)})") from None
    finally:
        book.close()


def _text(cell: Any, number: int, sheet: Sheet) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type in ("f", "e"):
        return FORMULA + shorten(value if isinstance(value, str) else getattr(value, "text", value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return _number(value)
    text = str(value)
    if len(text) > MAX_FIELD:
        raise Unreadable(f'{sheet.title}, row {number}: "{shorten(text)}" has {len(text):,} characters; expected at most 8 kB')
    return text


def _number(value: float) -> str:
    """A native number is never open to doubt: three decimals get a fourth, so that the point cannot be taken for a thousands sign."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = repr(value)
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text


def as_text(cells: list[str]) -> tuple[str, ...]:
    """Cells as they may be kept and shown: a formula as the text it is."""
    return tuple(cell.removeprefix(FORMULA) for cell in cells)
