"""Addresses of the record: histories, outcomes, samples, packs. Reading is GET; drawing, asking, exporting and fetching are POST."""

from __future__ import annotations

from django.urls import URLPattern, path

from drafts.admin import labelling, misses, outcomes, packs, practice, record, samples, training
from governance.admin.pages import act_view, desk_view


def record_urls() -> list[URLPattern]:
    """Pages of the record."""
    return [
        path("drafts/followup/<int:pk>/audit/", desk_view(record.draft_history, methods=("GET", "HEAD")), name="draft_history"),
        path("outcomes/", desk_view(outcomes.outcomes, methods=("GET", "HEAD")), name="outcomes"),
        path("outcomes/csv/", act_view(outcomes.outcomes_csv), name="outcomes_csv"),
        path("outcomes/draw/", act_view(outcomes.draw), name="draw_sample"),
        path("outcomes/sample/<int:pk>/", desk_view(outcomes.worksheet, methods=("GET", "HEAD")), name="worksheet"),
        path("outcomes/sample/<int:pk>/csv/", act_view(outcomes.worksheet_csv), name="worksheet_csv"),
        *sample_urls(),
        path("packs/", desk_view(packs.packs, methods=("GET", "HEAD")), name="packs"),
        path("packs/ask/", act_view(packs.request_pack), name="request_pack"),
        path("packs/<int:pk>/download/", act_view(packs.download), name="download_pack"),
        path("training/", desk_view(training.trainings, methods=("GET", "HEAD")), name="trainings"),
        path("training/write/", act_view(training.write), name="write_training"),
        path("training/<int:pk>/end/", act_view(training.end), name="end_training"),
        path("practice/", desk_view(practice.practice, methods=("GET", "HEAD")), name="practice"),
        path("practice/answer/", act_view(practice.answer), name="answer_practice"),
        path("practice/<int:pk>/", desk_view(practice.told, methods=("GET", "HEAD")), name="practice_told"),
    ]


def sample_urls() -> list[URLPattern]:
    """Random samples, their blind labels, and what they found."""
    return [
        path("samples/", desk_view(samples.samples, methods=("GET", "HEAD")), name="samples"),
        path("samples/draw/", act_view(samples.draw), name="draw_items"),
        path("samples/<int:pk>/", desk_view(samples.sample, methods=("GET", "HEAD")), name="sample_frame"),
        path("samples/label/", desk_view(labelling.next_item, methods=("GET", "HEAD")), name="label_next"),
        path("samples/item/<int:pk>/", desk_view(labelling.item, methods=("GET", "HEAD")), name="label_item"),
        path("samples/item/<int:pk>/label/", act_view(labelling.save), name="save_label"),
        path("misses/", desk_view(misses.missed, methods=("GET", "HEAD")), name="misses"),
        path("compliance/recount/", desk_view(misses.recount, methods=("GET", "HEAD")), name="recount"),
    ]
