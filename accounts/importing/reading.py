"""A path → the tables it holds, in the order of import: files of a folder, sheets of a workbook, or one file."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from accounts.importing import files, workbook
from accounts.importing.canonical import KINDS
from accounts.importing.context import Context, Options
from accounts.importing.errors import Unreadable
from accounts.importing.formats import Evidence, Formats
from accounts.importing.layouts import NAMES, Match, check_header, explain, recognise

DELIMITERS = (",", ";", "\t", "|")
DELIMITER_WORDS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
ORDER = {kind.name: place for place, kind in enumerate(KINDS)}


@dataclass(slots=True)
class Table:
    """One table of an import: where its rows are, and how its header was understood."""

    label: str
    found: files.Found
    match: Match
    delimiter: str = ","
    sheet: workbook.Sheet | None = None
    header_row: int = 1

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(row number, cells) of every row below the header."""
        width = len(self.match.header)
        if self.sheet:
            for number, cells in workbook.records(self.sheet):
                if number > self.header_row:
                    yield number, cells + [""] * (width - len(cells))
            return
        short: tuple[int, list[str]] | None = None
        for number, cells in files.records(self.found, self.delimiter):
            if number <= self.header_row:
                continue
            if short:
                yield short
            short = (number, cells) if len(cells) < width else None
            if not short:
                yield number, cells
        if short:
            self._end(short[1], width)
            yield short

    def _end(self, last: list[str], width: int) -> None:
        if not self.found.ends_in_newline:
            raise Unreadable(
                f"{self.found.name} is cut off: its last line has {len(last)} of {width} columns and no line end; "
                "expected a complete file"
            )

    @property
    def words(self) -> str:
        """How the table is read, for the screen."""
        if self.sheet:
            return f"sheet {self.sheet.title}"
        encoding = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}.get(self.found.encoding, self.found.encoding)
        return f"{encoding}, separated by {DELIMITER_WORDS[self.delimiter]}"


@dataclass(slots=True)
class Book:
    """Everything a path holds."""

    name: str
    sha256: str
    tables: list[Table] = field(default_factory=list)

    @property
    def layout(self) -> str:
        """The layout's name (tables of one import share it)."""
        return self.tables[0].match.name


def open_book(path: Path, options: Options, *, name: str = "") -> Book:
    """Find and recognise the tables of a file or folder. Raises ``Unreadable``."""
    if options.layout and options.layout not in NAMES:
        raise Unreadable(f'"{options.layout}" is not a layout; known layouts: {", ".join(NAMES)}')
    try:
        if path.is_dir():
            return _folder(path, options)
        if not path.exists():
            raise Unreadable(f"{path} does not exist; expected a CSV or XLSX file, or a folder of them")
        found = files.look_at(path, encoding=options.encoding, upload=options.upload, name=name)
        return Book(found.name, found.sha256, _ordered(_tables(found, options, Path(found.name).stem.lower())))
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}") from None


def _folder(path: Path, options: Options) -> Book:
    names = sorted(p for p in path.iterdir() if p.suffix.lower() in (".csv", ".txt", ".tsv", ".xlsx") and p.is_file())
    if not names:
        raise Unreadable(f"{path} holds no CSV or XLSX file; expected {', '.join(k.name + '.csv' for k in KINDS)} or some of them")
    tables, digest = [], hashlib.sha256()
    for file in names:
        found = files.look_at(file, encoding=options.encoding)
        digest.update(f"{found.name} {found.sha256}\n".encode())
        tables += _tables(found, options, file.stem.lower())
    if len({table.match.name for table in tables}) > 1:
        raise Unreadable(f"{path} mixes layouts ({', '.join(sorted({t.match.name for t in tables}))}); import them one by one")
    return Book(path.name, digest.hexdigest(), _ordered(tables))


def _ordered(tables: list[Table]) -> list[Table]:
    seen: dict[str, str] = {}
    for table in tables:
        kind = table.match.kind.name
        if kind in seen:
            raise Unreadable(f"{seen[kind]} and {table.label} both hold {kind}; expected one of them")
        seen[kind] = table.label
    tables = sorted(tables, key=lambda t: ORDER[t.match.kind.name])
    if len(tables) == 1 and not tables[0].sheet:
        tables[0].label = ""
    return tables


def _tables(found: files.Found, options: Options, hint: str) -> list[Table]:
    if found.kind == "csv":
        return [_csv_table(found, options, hint)]
    sheets = workbook.sheets(found)
    tables = [_sheet_table(sheet, options, hint, len(sheets)) for sheet in sheets]
    kept = [table for table in tables if table]
    if not kept:
        raise Unreadable(f"{found.name} holds no rows; expected a header line and rows")
    return kept


def _sheet_table(sheet: workbook.Sheet, options: Options, hint: str, count: int) -> Table | None:
    first = next(workbook.records(sheet), None)
    if first is None:
        return None
    number, cells = first
    label = f"{sheet.found.name}, sheet {sheet.title}"
    header = check_header(cells, label)
    hint = sheet.title.strip().lower().replace(" ", "_") if count > 1 or sheet.title.lower() in ORDER else hint
    match = recognise(header, asked=options.layout, hint=hint)
    if match is None:
        raise explain(header, label, asked=options.layout, hint=hint)
    return Table(sheet.title if count > 1 else "", sheet.found, match, sheet=sheet, header_row=number)


def _csv_table(found: files.Found, options: Options, hint: str) -> Table:
    """The separator is the one under which the header makes sense."""
    text = _first_line(found)
    best: list[str] = []
    for delimiter in DELIMITERS:
        cells = next(csv.reader(io.StringIO(text), delimiter=delimiter), [])
        best = max(best, [cell.strip() for cell in cells], key=len)
        match = recognise([cell.strip() for cell in cells], asked=options.layout, hint=hint)
        if match:
            check_header(cells, found.name)
            number = next((n for n, _ in files.records(found, delimiter)), 1)
            return Table(found.name, found, match, delimiter, header_row=number)
    raise explain(check_header([title for title in best if title], found.name), found.name, asked=options.layout, hint=hint)


def _first_line(found: files.Found) -> str:
    try:
        with found.path.open(encoding=found.encoding, newline="") as stream:
            for _ in range(1000):
                line = stream.readline(files.MAX_LINE)
                if line.strip() or not line:
                    break
    except UnicodeError as error:
        raise Unreadable(f"{found.name} is not {found.encoding}: {error}") from None
    if not line.strip():
        raise Unreadable(f"{found.name} holds no text; expected a header line and rows")
    return line


def settle(table: Table, context: Context) -> Formats:
    """The habits of a file, from all its rows and what the person said. Raises ``Unreadable`` with the question."""
    kind, header, layout = table.match.kind, table.match.header, table.match.layout
    by_name = kind.by_name
    amounts = [i for i, n in enumerate(header) if n in by_name and by_name[n].type == "amount"]
    dates = [i for i, n in enumerate(header) if n in by_name and by_name[n].type in ("date", "moment")]
    evidence = Evidence()
    for number, cells in table.rows():
        if len(cells) < len(header):
            continue
        for i in amounts:
            evidence.amount(number, cells[i])
        if not layout:
            for i in dates:
                evidence.date(number, cells[i])
    decimal = {"point": ".", "comma": ","}.get(context.options.decimal, "")
    order = layout.order if layout else context.options.date_order
    return evidence.settle(decimal=decimal, order=order, rounded=bool(layout and layout.converted))


def plain(table: Table, context: Context) -> Formats:
    """The habits a file is first read with."""
    layout, options = table.match.layout, context.options
    decimal = "," if options.decimal == "comma" else "."
    if layout:
        return Formats(decimal, layout.order, settled=False, rounded=layout.converted)
    return Formats(decimal, options.date_order or "ymd", settled=False)

