"""CSV that no spreadsheet will execute."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from accounts.models import ImportRun
from governance.cells import safe_cell


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Rows as CSV with CRLF line ends, every cell safe."""
    out = io.StringIO()
    csv.writer(out).writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def refused_csv(run: ImportRun) -> str:
    """The refused rows of a run: the columns of the file, then row, column and reason."""
    header = run.options.get("header") or []
    rows = [[*header, "refused: row", "refused: column", "refused: reason"]]
    for item in run.refused:
        cells = [*item.get("cells", []), *[""] * len(header)][: len(header)]
        rows.append([*cells, item["row"], item["column"], item["message"]])
    return csv_text(rows)
