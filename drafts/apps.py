"""What the machine prepares, and the way it goes out past people."""

from django.apps import AppConfig


class DraftsConfig(AppConfig):
    """The line from facts to an approved message."""

    name = "drafts"
    verbose_name = "Drafts"

    def ready(self) -> None:
        """A follow-up routes its account to the role it waits for and to those that must approve."""
        from drafts.models.follow_up import routed_to
        from governance import reach

        reach.register(routed_to)
