"""The installed weights on texts that were not learned."""

import csv
from pathlib import Path

import pytest

from drafts.detectors import judge_dispute, judge_reply
from drafts.detectors.files import judge_disputes_file, judge_replies_file
from drafts.detectors.scores import quality, wilson
from drafts.detectors.training_data import OWN

ROOT = Path(__file__).parents[3]
SETS = ROOT / "tests" / "eval"
MAILS = ROOT.parent / "shared" / "data" / "enron_ar_emails_labelled_sample.csv"


def test_disputes_of_the_development_set_are_found(tmp_path):
    summary = judge_disputes_file(SETS / "disputes.csv", tmp_path / "out.jsonl", judge_dispute)
    assert summary.quality.f1 >= 0.85
    assert summary.quality.recall.value >= 0.90


def test_replies_of_the_development_set_are_told_apart(tmp_path):
    summary = judge_replies_file(SETS / "replies.csv", tmp_path / "out.jsonl", judge_reply)
    assert summary.right.value >= 0.80
    assert summary.right_when_decided.value >= 0.88


def test_business_mail_meets_its_own_bar(tmp_path):
    if not MAILS.exists():
        pytest.skip("the folder of real business mail is not beside the project")
    summary = judge_disputes_file(MAILS, tmp_path / "out.jsonl", judge_dispute)
    assert summary.quality.f1 >= 0.65
    assert summary.quality.recall.value >= 0.80


def test_no_development_text_is_among_the_learned_ones():
    def texts(path):
        with path.open(encoding="utf-8", newline="") as stream:
            return {row["text"].strip().lower() for row in csv.DictReader(stream)}

    learned = texts(OWN / "disputes.csv") | texts(OWN / "replies.csv")
    assert len(learned) > 1500
    assert not learned & (texts(SETS / "disputes.csv") | texts(SETS / "replies.csv"))


def test_the_interval_of_a_share_is_wilsons():
    share = wilson(8, 10)
    assert (round(share.low, 3), round(share.high, 3)) == (0.490, 0.943)
    assert wilson(0, 0).value is None


def test_f1_counts_misses_and_false_alarms_alike():
    measured = quality([True, True, False, False], [True, False, True, False])
    assert measured.f1 == 0.5
    assert measured.f1_low <= 0.5 <= measured.f1_high
