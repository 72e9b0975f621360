"""Addresses of the record: histories, outcomes, samples, packs. Reading is GET; drawing, asking, exporting and fetching are POST."""

from __future__ import annotations

from django.urls import URLPattern, path

from drafts.admin import outcomes, packs, record
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
        path("packs/", desk_view(packs.packs, methods=("GET", "HEAD")), name="packs"),
        path("packs/ask/", act_view(packs.request_pack), name="request_pack"),
        path("packs/<int:pk>/download/", act_view(packs.download), name="download_pack"),
    ]
