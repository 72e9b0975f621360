"""The ground everyone stands on: rules, rights, record."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


def _after_migrate(app_config: AppConfig, using: str = "default", **kwargs: object) -> None:
    """Once per migrate (or flush), after the last app: database guards and first rows.

    A SQLite table remake drops triggers silently, hence after every migrate. The one signal the project uses: Django offers no other
    moment.
    """
    if app_config is not list(apps.get_app_configs())[-1]:
        return
    from django.db import connections  # models may only be imported once every app is loaded

    from governance import guards, seed

    connection = connections[using]
    if "governance_templateversion" in connection.introspection.table_names():
        guards.install(connection)
        seed.ensure()


class GovernanceConfig(AppConfig):
    """Users, rights, policy, words, approvals, holds, ledger."""

    name = "governance"
    verbose_name = "Governance"

    def ready(self) -> None:
        """Connect the installer of guards and first rows."""
        post_migrate.connect(_after_migrate, dispatch_uid="governance.after_migrate")
