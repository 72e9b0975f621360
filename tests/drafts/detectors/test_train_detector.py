"""Retraining from a folder writes weights that a detector can use."""

import csv

import pytest
from django.core.management import CommandError, call_command

from drafts.detectors.embedded import EmbeddedDetector
from drafts.detectors.linear import load_weights

pytest.importorskip("sklearn", reason="the train extra is not installed")


@pytest.fixture
def folder(tmp_path):
    """A folder with the three public files, a few rows each."""
    rows = {
        "multidogo_finance_train_dispute_vs_not.csv": (
            ("text", "label"),
            [("remove the wrong charge from my card", "dispute"), ("i lost my card", "not_dispute")] * 5,
        ),
        "banking77_train_mapped.csv": (
            ("text", "mapped_label"),
            [("I was charged twice", "dispute"), ("How do I top up?", "not_dispute"), ("A fee?", "ambiguous")] * 6,
        ),
        "dstc11_natcs_insurance_dev.csv": (
            ("text", "dataset_intent"),
            [("There is an issue with my bill", "ReportBillingIssue"), ("I need a quote", "GetQuote")] * 5,
        ),
    }
    for name, (header, content) in rows.items():
        with (tmp_path / name).open("w", newline="") as stream:
            csv.writer(stream).writerows([header, *content])
    with (tmp_path / "mails.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([("text", "label"), ("We dispute this.", "dispute"), ("Thanks.", "not_dispute")])
    return tmp_path


@pytest.mark.slow
def test_training_writes_weights_that_judge(folder, capsys):
    output = folder / "weights.json"
    call_command("train_detector", data=folder, output=output, no_validation=True)
    assert "mails (not learned): n=2" in capsys.readouterr().out
    learned = EmbeddedDetector(load_weights(output))
    assert learned.judge_dispute("We dispute this invoice, the price is wrong.").is_dispute
    assert not learned.judge_dispute("Thank you for your help.").is_dispute
    assert learned.judge_reply("Please remove me from your mailing list.").kind == "opt_out"
    assert output.stat().st_size < 1_000_000


def test_a_missing_data_set_is_named_and_nothing_is_written(tmp_path):
    output = tmp_path / "weights.json"
    with pytest.raises(CommandError, match="multidogo_finance_train"):
        call_command("train_detector", data=tmp_path, output=output)
    assert not output.exists()


def test_weights_of_an_unknown_format_are_refused(tmp_path):
    path = tmp_path / "weights.json"
    path.write_text('{"format": 99}')
    with pytest.raises(ValueError, match="unknown weights format 99"):
        load_weights(path)
