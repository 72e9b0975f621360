"""Addresses. Everything a person sees is the admin site."""

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from collections_site.health.ready import readyz

handler403 = "collections_site.refusals.refused"

urlpatterns = [
    path("readyz", readyz, name="readyz"),
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
]
