"""What the embedded detector learns from: its own examples and, where given, three public data sets.

Sources and licences are listed in docs/detection.md. Business e-mail is never learned from a folder:
it is there to measure.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

COURTESIES = {
    "en": ("Thank you for your e-mail.", "Thanks for the reminder.", "Sorry for the late reply.", "I hope you are well."),
    "de": ("Vielen Dank für Ihre E-Mail.", "Danke für die Erinnerung.", "Entschuldigen Sie die späte Antwort."),
    "fr": ("Merci pour votre message.", "Merci pour la relance.", "Veuillez excuser ma réponse tardive."),
    "es": ("Gracias por su correo.", "Gracias por el recordatorio.", "Disculpe la tardanza en responder."),
}
OWN = Path(__file__).with_name("data")


@dataclass(frozen=True)
class Example:
    """One labelled text. `weight` evens out sources of very different size."""

    source: str
    text: str
    label: str
    weight: float
    category: str = ""


def _multidogo(row: dict[str, str]) -> str | None:
    return row["label"]


def _banking(row: dict[str, str]) -> str | None:
    return None if row["mapped_label"] == "ambiguous" else row["mapped_label"]


def _natcs(row: dict[str, str]) -> str | None:
    return "dispute" if row["dataset_intent"] == "ReportBillingIssue" else "not_dispute"


_PUBLIC: tuple[tuple[str, str, float, int, Callable[[dict[str, str]], str | None]], ...] = (
    ("multidogo", "multidogo_finance_train_dispute_vs_not.csv", 1.5, 1, _multidogo),
    ("banking77", "banking77_train_mapped.csv", 0.35, 2, _banking),
    ("natcs", "dstc11_natcs_insurance_dev.csv", 1.0, 1, _natcs),
)
"""Name, file, weight of a row, every how many rows one is used, and how the row says its label."""


def dispute_examples(folder: Path) -> list[Example]:
    """The own examples and those of the public sets found in `folder` (or its `texts` folder).

    Raises FileNotFoundError naming the file that is missing.
    """
    examples = [Example("own", row["text"], row["label"], 4.0, row["category"]) for row in _rows(OWN / "disputes.csv")]
    for name, file, weight, step, label_of in _PUBLIC:
        path = folder / file if (folder / file).exists() else folder / "texts" / file
        for number, row in enumerate(_rows(path)):
            label = label_of(row)
            if label is not None and number % step == 0:
                examples.append(Example(name, row["text"], label, weight))
    return examples


def reply_examples() -> list[Example]:
    """The own examples of answers with their kinds; `unsure` are those that say nothing to act on.

    Each comes twice, plain and behind a courtesy, so that thanking for a reminder means nothing.
    """
    examples = []
    for number, row in enumerate(_rows(OWN / "replies.csv")):
        courtesies = COURTESIES[row["lang"]]
        polite = f"{courtesies[number % len(courtesies)]} {row['text']}"
        examples += [Example("own", text, row["kind"], 1.0) for text in (row["text"], polite)]
    return examples


def measured_examples(folder: Path) -> dict[str, list[Example]]:
    """Labelled texts that are only measured, never learned: every other CSV with `text` and `label`."""
    learned = {file for _, file, *_ in _PUBLIC}
    found = {}
    for path in sorted(folder.glob("*.csv")):
        if path.name in learned:
            continue
        rows = list(_rows(path))
        if rows and {"text", "label"} <= rows[0].keys():
            found[path.stem] = [Example(path.stem, row["text"], row["label"], 0.0) for row in rows]
    return found


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream)
