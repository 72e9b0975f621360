"""What the stories share: a command and its answer."""

from __future__ import annotations

import io
import json
from typing import Any

from django.core.management import call_command


def run(command: str, *arguments: str) -> Any:
    """What a command of ``manage.py`` answers with ``--json``."""
    out = io.StringIO()
    call_command(command, *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())
