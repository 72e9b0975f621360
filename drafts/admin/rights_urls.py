"""Addresses of roles and of emergency access."""

from __future__ import annotations

from django.urls import URLPattern, path

from drafts.admin import break_glass, roles
from governance.admin.pages import act_view, desk_view


def rights_urls() -> list[URLPattern]:
    """Reading is GET; asking, confirming, ending, opening and reviewing are POST."""
    read = ("GET", "HEAD")
    return [
        path("roles/", desk_view(roles.roles, methods=read), name="roles"),
        path("roles/give/", act_view(roles.give), name="give_role"),
        path("roles/request/<int:pk>/", act_view(roles.answer), name="answer_role"),
        path("roles/end/<slug:kind>/<int:pk>/", act_view(roles.end), name="end_role"),
        path("roles/person/<int:pk>/leave/<int:group>/", act_view(roles.leave_group), name="leave_group"),
        path("emergency/", desk_view(break_glass.accesses, methods=read), name="break_glass"),
        path("emergency/begin/", act_view(break_glass.begin), name="begin_break_glass"),
        path("emergency/<int:pk>/", desk_view(break_glass.access, methods=read), name="break_glass_access"),
        path("emergency/<int:pk>/end/", act_view(break_glass.end), name="end_break_glass"),
        path("emergency/<int:pk>/review/", act_view(break_glass.review), name="review_break_glass"),
    ]
