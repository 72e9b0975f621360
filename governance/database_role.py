"""A database role for the application that may add to the record but never change it: the SQL that makes one.

The triggers refuse what the application must never do; they belong to whoever owns the tables. A role that does not own them, and was
never granted the right, cannot switch a trigger off, cannot TRUNCATE, and gets its refusal from PostgreSQL itself.
"""

from __future__ import annotations

import re

from django.apps import apps

# What was said stays as it was said: rows are only ever added.
INSERT_ONLY = (
    "governance_event", "governance_approval", "governance_requiredrole", "governance_sampledraw", "governance_erasedrow",
    "governance_sampleframe", "governance_sampleitem", "governance_sampleverdict", "governance_sampleresult", "governance_correction",
    "governance_rejection",
)  # fmt: skip
# Rows that change but never go: heads move, a quarantine is lifted.
KEPT = (
    "governance_streamhead", "governance_ledgerstate", "governance_quarantine", "governance_approvalrequest", "governance_packrun",
    "drafts_delivery", "governance_erasure", "governance_label", "governance_measure", "governance_modelswitch",
)  # fmt: skip


def grants(role: str) -> str:
    """The statements for a role that exists already, to be run by the tables' owner after every migrate; safe to repeat.

    Raises ``ValueError`` for a name that is no plain identifier.
    """
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role):
        raise ValueError(f"“{role}” is no plain role name: small letters, digits and _")
    lines = [
        f"-- Rights of the application's role {role}. Run as the owner of the tables, again after every migrate.",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};",
        f"GRANT USAGE ON SCHEMA public TO {role};",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};",
    ]
    for table in sorted(_tables()):
        rights = "SELECT, INSERT" if table in INSERT_ONLY else "SELECT, INSERT, UPDATE" if table in KEPT else "SELECT, INSERT, UPDATE, DELETE"
        lines.append(f"GRANT {rights} ON {table} TO {role};")
    return "\n".join(lines) + "\n"


def _tables() -> set[str]:
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy]
    return {model._meta.db_table for model in models} | {"django_migrations"}
