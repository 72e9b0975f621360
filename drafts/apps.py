"""What the machine prepares, and the way it goes out past people."""

from django.apps import AppConfig


class DraftsConfig(AppConfig):
    """The line from facts to an approved message."""

    name = "drafts"
    verbose_name = "Drafts"
