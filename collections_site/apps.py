"""Wires the site: the admin site every app registers with, and the system checks."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig


class DeskAdminConfig(SimpleAdminConfig):
    """The admin with our own site as the default one; model pages are imported explicitly, not discovered."""

    default_site = "collections_site.admin_site.DeskAdminSite"


class CollectionsSiteConfig(AppConfig):
    """The wiring app."""

    name = "collections_site"
    verbose_name = "Collections Desk"

    def ready(self) -> None:
        """Register the model pages and the checks; both need every app's models, so not earlier."""
        from accounts.admin import account, ledger, words  # noqa: F401
        from collections_site import celery, checks  # noqa: F401  celery: doorbells ring at the configured broker
        from drafts.admin import models  # noqa: F401
        from governance.admin import compliance, grants, names, people, policy, records  # noqa: F401

        names.speak()
