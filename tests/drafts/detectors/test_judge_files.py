"""Files of texts: CSV in, JSON lines out, and messages that name the row and the column."""

import json

import pytest

from drafts.detectors import judge_dispute, judge_reply
from drafts.detectors.files import FileProblem, judge_disputes_file, judge_replies_file


@pytest.fixture
def write(tmp_path):
    def write_file(content: str | bytes):
        path = tmp_path / "texts.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path, tmp_path / "out.jsonl"

    return write_file


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_each_row_becomes_one_line_and_labels_give_a_summary(write):
    path, output = write(
        "id,subject,text,label\nA,,We dispute this invoice.,dispute\nB,Re: 12,Thank you for your help.,not_dispute\n"
        "C,,The price is wrong.,not_dispute\n"
    )
    summary = judge_disputes_file(path, output, judge_dispute)
    found = lines(output)
    assert [row["id"] for row in found] == ["A", "B", "C"]
    assert [row["is_dispute"] for row in found] == [True, False, True]
    assert found[0].keys() == {"id", "is_dispute", "score", "quote", "category"}
    assert (summary.rows, summary.disputes) == (3, 2)
    assert summary.quality.precision.value == 0.5
    assert summary.quality.recall.value == 1.0
    assert any("F1 0.667" in line for line in summary.lines())


def test_without_labels_and_ids_rows_are_numbered_and_no_share_is_claimed(write):
    path, output = write("text\nWe dispute this invoice.\nThank you.\n")
    summary = judge_disputes_file(path, output, judge_dispute)
    assert [row["id"] for row in lines(output)] == ["1", "2"]
    assert summary.quality is None
    assert "no labels" in summary.lines()[-1]


def test_replies_are_counted_by_kind_and_unsure_is_no_wrong_guess(write):
    path, output = write(
        "id,text,label\n1,We have already paid this invoice.,paid\n2,Thanks.,paid\n3,Please send a copy of the invoice.,needs_po_or_document\n"
    )
    summary = judge_replies_file(path, output, judge_reply)
    assert [row["kind"] for row in lines(output)] == ["paid", "unsure", "needs_document"]
    assert summary.kinds == {"paid": 1, "needs_document": 1, "unsure": 1}
    assert (summary.right.numerator, summary.right.denominator) == (2, 3)
    assert summary.right_when_decided.value == 1.0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "empty"),
        ("id,body\n1,hello\n", "column text is missing"),
        ("text,text\na,b\n", "column text appears twice"),
        ("text,label\nhello,dispute\nhello,perhaps\n", "row 2, column label: 'perhaps'"),
        ("id,text\n1,hello\n2\n", "row 2, column text: missing"),
        (b"text\nhello\n\xff\xfe\xfa\n", "UTF-8"),
        ('text\n"never closed\n', "row 1: not readable as CSV"),
    ],
)
def test_a_bad_file_is_refused_by_row_and_column_and_nothing_is_written(write, content, message):
    path, output = write(content)
    with pytest.raises(FileProblem, match=message):
        judge_disputes_file(path, output, judge_dispute)
    assert not output.exists()
    assert [p.name for p in output.parent.iterdir()] == ["texts.csv"]


def test_an_earlier_output_survives_a_bad_file(write):
    path, output = write("text,label\nhello,perhaps\n")
    output.write_text("kept")
    with pytest.raises(FileProblem):
        judge_replies_file(path, output, judge_reply)
    assert output.read_text() == "kept"
