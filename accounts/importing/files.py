"""The bytes of a file: what it is, its hash, its encoding, and its records. Type is told by content, never by the name alone."""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from accounts.importing.errors import Unreadable, shorten

CHUNK = 1 << 20
MAX_COLUMNS = 64
MAX_FIELD = 8_192
MAX_LINE = MAX_COLUMNS * MAX_FIELD
UPLOAD_BYTES = 20 * 1024 * 1024
UPLOAD_ROWS = 100_000

MAGIC = (
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls); save it as .xlsx or CSV"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"BZh", "a bzip2 archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "a SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What else an 8-bit file could be; a byte that reads the same in all of them leaves no doubt.
RIVALS = ("cp1250", "cp1254", "iso8859-15")


@dataclass(frozen=True, slots=True)
class Found:
    """A file looked at once: ``kind`` is "csv" or "xlsx"; ``encoding`` is empty for workbooks."""

    path: Path
    name: str
    kind: str
    sha256: str
    size: int
    encoding: str
    ends_in_newline: bool


def look_at(path: Path, *, encoding: str = "", upload: bool = False, name: str = "") -> Found:
    """Read the file once: size, hash, kind, encoding. Raises ``Unreadable``."""
    if not path.is_file():
        raise Unreadable(f"{path} is not a file; expected a CSV or XLSX file, or a folder of them")
    size = path.stat().st_size
    if size == 0:
        raise Unreadable(f"{name or path.name} is empty; expected a header line and rows")
    if upload and size > UPLOAD_BYTES:
        raise Unreadable(f"{name or path.name} has {size / 1048576:.1f} MB; expected at most 20 MB")
    with path.open("rb") as stream:
        head = stream.read(16)
        stream.seek(0)
        if head.startswith(b"PK"):
            return Found(path, name or path.name, "xlsx", _hash(stream), size, "", True)
        for magic, words in MAGIC:
            if head.startswith(magic):
                raise Unreadable(f"{name or path.name} is {words}; expected a CSV or XLSX file")
        digest, bytes_seen, valid, last = _scan(stream)
    found = _encoding(path, name or path.name, head, bytes_seen, valid, encoding)
    return Found(path, name or path.name, "csv", digest, size, found, last in (10, 13))


def _hash(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := stream.read(CHUNK):
        digest.update(block)
    return digest.hexdigest()


def _scan(stream: IO[bytes]) -> tuple[str, set[int], bool, int]:
    """Hash, the set of byte values outside ASCII (and NUL), whether it is valid UTF-8, and the last byte."""
    digest, special, valid, last = hashlib.sha256(), set[int](), True, 10
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := stream.read(CHUNK):
            digest.update(block)
            last = block[-1]
            if block.isascii() and b"\0" not in block and not decoder.getstate()[0]:
                continue
            special.update(b for b in set(block) if b > 127 or b == 0)
            if valid:
                valid = _decodes(decoder, block)
        valid = valid and _decodes(decoder, b"", final=True)
    except OSError as error:
        raise Unreadable(f"the file cannot be read: {error.strerror}") from error
    return digest.hexdigest(), special, valid, last


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _encoding(path: Path, name: str, head: bytes, special: set[int], valid: bool, asked: str) -> str:
    """The encoding: given, by byte order mark, UTF-8 when valid, Windows-1252 when no rival reads otherwise; else asked."""
    for bom, found in BOMS:
        if head.startswith(bom):
            return found
    if 0 in special:
        raise Unreadable(f"{name} holds NUL bytes, so it is not a text file; expected a CSV or XLSX file")
    if asked:
        return _checked(path, name, asked)
    if valid:
        return "utf-8"
    byte = next((b for b in sorted(special) if _differs(b)), None)
    if byte is None:
        return "cp1252"
    line = _line_with(path, byte)
    raise Unreadable(
        f'{name} is not UTF-8 and its encoding is not certain: windows-1252 reads "{_show(line, "cp1252")}", '
        f'windows-1250 reads "{_show(line, "cp1250")}"; give --encoding, for example --encoding windows-1252'
    )


def _checked(path: Path, name: str, asked: str) -> str:
    try:
        found = codecs.lookup(asked).name
        with path.open(encoding=found) as stream:
            while stream.read(CHUNK):
                pass
    except LookupError:
        raise Unreadable(f'"{asked}" is not an encoding; expected for example utf-8 or windows-1252') from None
    except (UnicodeDecodeError, ValueError) as error:
        raise Unreadable(f"{name} is not {asked}: {error}; expected another --encoding") from None
    return found


def _differs(byte: int) -> bool:
    raw = bytes([byte])
    one = raw.decode("cp1252", "replace")
    return one == "\ufffd" or any(raw.decode(rival, "replace") != one for rival in RIVALS)


def _line_with(path: Path, byte: int) -> bytes:
    with path.open("rb") as stream:
        while line := stream.readline(MAX_LINE):
            if byte in line:
                at = line.index(byte)
                return line[max(0, at - 20) : at + 20]
    return b""


def _show(raw: bytes, encoding: str) -> str:
    return shorten(raw.decode(encoding, "replace").strip())


def records(found: Found, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(record number from 1, cells) of a CSV file; blank lines count but do not appear. Streams; raises ``Unreadable``."""
    number = 0
    with found.path.open(encoding=found.encoding, newline="") as stream:
        lines = _Lines(stream, found.name)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            for number, cells in enumerate(reader, 1):
                if not cells:
                    continue
                if lines.long:
                    lines.long = False
                    _check_fields(found.name, number, cells)
                yield number, cells
        except csv.Error as error:
            raise Unreadable(_words_of(error, found.name, number + 1)) from None
        except UnicodeError as error:
            raise Unreadable(f"{found.name} is not {found.encoding} after row {number}: {error}") from None


class _Lines:
    """Lines of bounded length; ``long`` is set when a field could exceed its limit, so that short rows cost nothing."""

    def __init__(self, stream: IO[str], name: str) -> None:
        self.stream, self.name, self.long, self.seen = stream, name, False, 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.stream.readline(MAX_LINE)
        if not line:
            raise StopIteration
        self.seen += 1
        if len(line) > MAX_FIELD:
            self.long = True
            if len(line) == MAX_LINE and line[-1] not in "\r\n":
                raise Unreadable(f"{self.name}, line {self.seen} has over {MAX_LINE:,} characters; expected fields of at most 8 kB")
        elif line.count('"') % 2:
            self.long = True  # a quoted field runs over several lines
        return line


def _check_fields(name: str, number: int, cells: list[str]) -> None:
    for place, cell in enumerate(cells, 1):
        if len(cell.encode()) > MAX_FIELD:
            raise Unreadable(
                f'{name}, row {number}, column {place}: "{shorten(cell)}" has {len(cell):,} characters; expected at most 8 kB'
            )


def _words_of(error: csv.Error, name: str, number: int) -> str:
    text = str(error)
    if "unexpected end of data" in text:
        return f"{name} is cut off: row {number} opens a quotation mark that never closes; expected a complete file"
    if "field larger" in text:
        return f"{name}, row {number}: a field is longer than 128 kB (a quotation mark that never closes?); expected at most 8 kB"
    return f"{name}, row {number} is not readable as CSV: {text}"
