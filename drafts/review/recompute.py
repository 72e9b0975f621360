"""Compute accounts again after something about them changed. Never replayed: everything is read anew."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from drafts.doorbell import ring_now
from drafts.preparation import prepare_accounts

log = logging.getLogger(__name__)


def recompute(account_ids: Sequence[int], at: datetime) -> None:
    """Prepare these accounts again, at once: what is held by nothing any more is released, what changed is written anew.

    A failure here costs delay only: the act that led here is saved, and the next round of preparation finds the same work.
    """
    try:
        prepare_accounts(list(account_ids), as_of=at)
    except Exception:
        log.exception("preparation after a change failed for accounts %s; the next round tries again", list(account_ids))
        ring_now("drafts.prepare_batch", list(account_ids))
