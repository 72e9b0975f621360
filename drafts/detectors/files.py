"""Judging a file of texts: CSV in, one JSON line per row out, a summary with intervals when labels are given.

The formats are those of `python manage.py evaluate disputes|replies`. Rows are streamed; the output takes
its name only when every row was judged.
"""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from drafts.detectors.base import REPLY_KINDS, UNSURE, DisputeVerdict, ReplyVerdict
from drafts.detectors.scores import Quality, Share, quality, wilson

DISPUTE_LABELS = ("dispute", "not_dispute")
_FIELD_LIMIT = 1_000_000
_SAME_KIND = {"needs_po_or_document": "needs_document"}
"""Longer names that label files use for a kind."""


class FileProblem(ValueError):
    """A file that cannot be judged; the message names the row, the column and what was expected."""


@dataclass(frozen=True)
class Row:
    """One text of the file. `number` counts data rows from 1; `label` is None when the file has none."""

    number: int
    id: str
    text: str
    subject: str
    label: str | None


@dataclass(frozen=True)
class DisputeSummary:
    """How many texts were judged, how many are disputes, and how right that is when labels were given."""

    rows: int
    disputes: int
    quality: Quality | None

    def lines(self) -> list[str]:
        """The summary as a table for people."""
        table = [f"rows {self.rows}", f"disputes {self.disputes}"]
        if self.quality is None:
            return [*table, "no labels: no precision, no recall"]
        measured = self.quality
        return [
            *table,
            f"labelled {measured.n}",
            f"precision {_share(measured.precision)}",
            f"recall {_share(measured.recall)}",
            f"F1 {measured.f1:.3f} ({measured.f1_low:.3f}-{measured.f1_high:.3f})",
        ]


@dataclass(frozen=True)
class ReplySummary:
    """How many answers are of which kind; with labels: how many are right, and right among those decided."""

    rows: int
    kinds: dict[str, int]
    right: Share | None
    right_when_decided: Share | None
    recall: dict[str, Share]

    def lines(self) -> list[str]:
        """The summary as a table for people."""
        table = [f"rows {self.rows}", *(f"{kind} {count}" for kind, count in self.kinds.items())]
        if self.right is None or self.right_when_decided is None:
            return [*table, "no labels: no shares"]
        return [
            *table,
            f"right {_share(self.right)}",
            f"right when decided {_share(self.right_when_decided)}",
            *(f"recall of {kind} {_share(share)}" for kind, share in self.recall.items()),
        ]


def judge_disputes_file(path: Path, output: Path, judge: Callable[[str, str], DisputeVerdict]) -> DisputeSummary:
    """Judge every row of the CSV at `path` and write `output` (JSON lines).

    `judge` takes text and subject. Raises FileProblem; then nothing is written.
    """
    pairs: list[tuple[bool, bool]] = []
    rows = disputes = 0
    with _Output(output) as lines:
        for row in read_rows(path, DISPUTE_LABELS):
            verdict = judge(row.text, row.subject)
            lines.add(
                {
                    "id": row.id,
                    "is_dispute": verdict.is_dispute,
                    "score": verdict.score,
                    "quote": verdict.quote,
                    "category": verdict.category,
                }
            )
            rows += 1
            disputes += verdict.is_dispute
            if row.label is not None:
                pairs.append((row.label == "dispute", verdict.is_dispute))
    measured = quality([a for a, _ in pairs], [b for _, b in pairs]) if pairs else None
    return DisputeSummary(rows, disputes, measured)


def judge_replies_file(path: Path, output: Path, judge: Callable[[str, str], ReplyVerdict]) -> ReplySummary:
    """Judge every row of the CSV at `path` and write `output` (JSON lines). See judge_disputes_file."""
    kinds: Counter[str] = Counter()
    outcomes: Counter[tuple[str, str]] = Counter()
    with _Output(output) as lines:
        for row in read_rows(path, (*REPLY_KINDS, UNSURE)):
            verdict = judge(row.text, row.subject)
            lines.add({"id": row.id, "kind": verdict.kind, "score": verdict.score, "quote": verdict.quote})
            kinds[verdict.kind] += 1
            if row.label is not None:
                outcomes[row.label, verdict.kind] += 1
    return _reply_summary(kinds, outcomes)


def _reply_summary(kinds: Counter[str], outcomes: Counter[tuple[str, str]]) -> ReplySummary:
    counted = {kind: kinds[kind] for kind in (*REPLY_KINDS, UNSURE) if kinds[kind]}
    rows = sum(kinds.values())
    if not outcomes:
        return ReplySummary(rows, counted, None, None, {})
    right = sum(n for (label, kind), n in outcomes.items() if label == kind)
    decided = sum(n for (_, kind), n in outcomes.items() if kind != UNSURE)
    right_decided = right - outcomes[UNSURE, UNSURE]
    recall = {
        label: wilson(outcomes[label, label], sum(n for (truth, _), n in outcomes.items() if truth == label))
        for label in (*REPLY_KINDS, UNSURE)
        if any(truth == label for truth, _ in outcomes)
    }
    labelled = sum(outcomes.values())
    return ReplySummary(rows, counted, wilson(right, labelled), wilson(right_decided, decided), recall)


def read_rows(path: Path, labels: tuple[str, ...]) -> Iterator[Row]:
    """The rows of a CSV with the columns text and, optionally, subject, id and label.

    UTF-8, comma separated. Raises FileProblem naming row and column.
    """
    csv.field_size_limit(_FIELD_LIMIT)
    number = 0
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream, strict=True)
        try:
            _check_header(reader.fieldnames)
            for number, raw in enumerate(reader, start=1):
                yield _row(number, raw, labels)
        except csv.Error as error:
            raise FileProblem(f"row {number + 1}: not readable as CSV ({error})") from error
        except UnicodeDecodeError as error:
            raise FileProblem(f"near row {number + 1}: not UTF-8 ({error.reason})") from error


def _check_header(names: object) -> None:
    if not names:
        raise FileProblem("the file is empty; expected a header line with the column text")
    columns = list(names) if isinstance(names, (list, tuple)) else []
    if "text" not in columns:
        raise FileProblem(f"column text is missing; the header has: {', '.join(map(str, columns))}")
    twice = [name for name, count in Counter(columns).items() if count > 1]
    if twice:
        raise FileProblem(f"column {twice[0]} appears twice in the header")


def _row(number: int, raw: dict[str, str], labels: tuple[str, ...]) -> Row:
    text = raw.get("text")
    if text is None:
        raise FileProblem(f"row {number}, column text: missing; the line is too short")
    label = (raw.get("label") or "").strip() or None
    label = _SAME_KIND.get(label, label) if label else None
    if label is not None and label not in labels:
        raise FileProblem(f"row {number}, column label: {label!r}; expected one of {', '.join(labels)}")
    return Row(number, raw.get("id") or str(number), text, raw.get("subject") or "", label)


class _Output:
    """JSON lines beside the final name, moved into place when all went well."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._beside = path.with_name(path.name + ".part")
        self._stream: TextIO

    def __enter__(self) -> "_Output":
        self._stream = self._beside.open("w", encoding="utf-8")
        return self

    def add(self, line: dict[str, object]) -> None:
        self._stream.write(json.dumps(line, ensure_ascii=False) + "\n")

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self._stream.close()
        if kind is None:
            self._beside.replace(self._path)
        else:
            self._beside.unlink(missing_ok=True)


def _share(share: Share) -> str:
    if share.value is None:
        return "- (nothing to divide by)"
    return f"{share.value:.3f} ({share.low:.3f}-{share.high:.3f}, {share.numerator}/{share.denominator})"
