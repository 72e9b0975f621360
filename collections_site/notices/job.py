"""One round of notices: tell what is new, write the letters whose hour has come, send what waits."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from collections_site.notices import letters, sending, telling
from governance import heartbeat

log = logging.getLogger(__name__)

STEPS: tuple[Callable[[datetime], int], ...] = (telling.tell_due, letters.write_due, sending.send_due, telling.forget_old)


def run_due(at: datetime) -> dict[str, int]:
    """Run every step; one that raises is noted and does not keep the others from theirs. Returns what each did."""
    done: dict[str, int] = {}
    for step in STEPS:
        name = f"{step.__module__.rpartition('.')[2]}.{step.__name__}"
        try:
            done[name] = step(at)
        except Exception as error:
            log.exception("%s failed; the next round tries again", name)
            heartbeat.failed(f"notices.{name}", error)
    return done
