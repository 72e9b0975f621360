"""Rewriting rows: every text and JSON column of every table that can carry words about a customer, histories included."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from drafts.privacy.terms import Terms
from governance.canonical import canonical_json, sha256_hex
from governance.models import ErasedRow, Erasure

# Tables that hold no words about customers, or only ids, codes and hashes; and those that are rewritten part by part.
SKIPPED = frozenset(
    "Event StreamHead User HistoricalUser Portfolio HistoricalPortfolio TemplateVersion HistoricalTemplateVersion PromptVersion "
    "HistoricalPromptVersion PolicyVersion HistoricalPolicyVersion EvaluationRun ControlResult AccessReview Certification Erasure ErasedRow "
    "SampleFrame SampleVerdict SampleResult Correction Rejection DraftOutcome "
    "LedgerState Quarantine Installation Permission Group ContentType Session AccessAttempt AccessLog AccessFailureLog "
    "Measure MeasureSum MeasureSpread MeasureState Digest ReviewTime Notice Told Posting NoticePreference "
    "SimulationRun SimulationChange LoosenedReading ToneRule HistoricalToneRule ReviewStandard HistoricalReviewStandard "
    "TrainingRecord HistoricalTrainingRecord PracticeAnswer "
    "AccessAttemptExpiration Draft Delivery DraftAttachment Account HistoricalAccount".split()
)
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Table:
    """A model with the columns that can carry words, and the path by which a row belongs to an account (empty: to none)."""

    model: type[models.Model]
    columns: tuple[str, ...]
    path: str


def tables() -> Iterator[Table]:
    """Every table that is scanned."""
    for model in apps.get_models():
        if model.__name__ in SKIPPED or model._meta.proxy or not model._meta.managed:
            continue
        columns = tuple(f.name for f in model._meta.concrete_fields if _carries_words(f))
        if columns:
            yield Table(model, columns, account_path(model))


def _carries_words(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, (models.CharField, models.TextField, models.JSONField)) and not field.choices and not field.primary_key


def account_path(model: type[models.Model], depth: int = 4) -> str:
    """The lookup from a row to its account's id, the shortest there is; empty when there is none."""
    waiting: list[tuple[str, type[models.Model]]] = [("", model)]
    for _ in range(depth):
        coming: list[tuple[str, type[models.Model]]] = []
        for prefix, here in waiting:
            for field in here._meta.concrete_fields:
                if field.attname == "account_id":
                    return f"{prefix}account_id"
                target = field.related_model if field.many_to_one or field.one_to_one else None
                if isinstance(target, type) and issubclass(target, models.Model) and target is not here:
                    coming.append((f"{prefix}{field.name}__", target))
        waiting = [pair for pair in coming if pair[1].__name__ not in SKIPPED or pair[1].__name__ in ("Draft", "Delivery")]
    return ""


def scrub_value(value: Any, terms: Terms, *, parts: bool = True) -> Any:
    """Any JSON value with every text in it scrubbed; a text that is JSON itself is read as such."""
    if isinstance(value, dict):
        return {scrub_value(key, terms, parts=parts): scrub_value(inner, terms, parts=parts) for key, inner in value.items()}
    if isinstance(value, list):
        return [scrub_value(inner, terms, parts=parts) for inner in value]
    if not isinstance(value, str):
        return value
    if value[:1] in "{[" and value[-1:] in "}]":
        try:
            content = json.loads(value)
        except ValueError:
            return terms.scrub(value, parts=parts)
        scrubbed = scrub_value(content, terms, parts=parts)
        return value if scrubbed == content else canonical_json(scrubbed)
    return terms.scrub(value, parts=parts)


def in_bytes(content: bytes, terms: Terms, *, parts: bool = True) -> bool:
    """Whether a file names the person: as text, or in the parts of a spreadsheet."""
    texts = [content.decode("utf-8", "replace")]
    if content[:2] == b"PK":
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                texts = [archive.read(name).decode("utf-8", "replace").replace("<", " <") for name in archive.namelist()]
        except (zipfile.BadZipFile, OSError):
            pass
    return any(terms.names(text, parts=parts) for text in texts)


def rewrite(erasure: Erasure, row: models.Model, changes: dict[str, Any], before: str = "", after: str = "") -> None:
    """List the row in the erasure, then write the columns past its history. ``before`` and ``after`` are hashes of its words."""
    old = {name: str(getattr(row, name)) for name in changes}
    before, after = before or sha256_hex(canonical_json(old)), after or sha256_hex(canonical_json({k: str(v) for k, v in changes.items()}))
    table = row._meta.db_table
    listed, fresh = ErasedRow.objects.get_or_create(
        erasure=erasure, table_name=table, row_id=row.pk, defaults={"before": before, "after": after}
    )
    if not fresh and listed.after != after:
        raise RuntimeError(f"{table} {row.pk} would be rewritten twice in one erasure")
    type(row)._base_manager.filter(pk=row.pk).update(**changes)


def scrub_table(erasure: Erasure, table: Table, rows: models.QuerySet[Any], terms: Terms, *, parts: bool) -> int:
    """Scrub these rows of a table; how many named the person."""
    n = 0
    for row in rows.order_by("pk").iterator(chunk_size=CHUNK):
        changes = {}
        for name in table.columns:
            value = getattr(row, name)
            scrubbed = scrub_value(value, terms, parts=parts) if value else value
            if scrubbed != value:
                changes[name] = scrubbed
        if changes:
            if table.model.__name__ == "Brief":
                changes["erased_sha256"] = sha256_hex(changes["facts"])
                rewrite(erasure, row, changes, before=row.erased_sha256 or row.fingerprint, after=changes["erased_sha256"])
            else:
                rewrite(erasure, row, changes)
            n += 1
    return n
