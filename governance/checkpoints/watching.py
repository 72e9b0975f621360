"""Before anything is sent: is this database still the one that the checkpoints outside speak of?"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from governance import quarantine, signing
from governance.checkpoints import files, handed, writing
from governance.models import LedgerState, Quarantine

log = logging.getLogger(__name__)


def refusal(at: datetime) -> str:
    """Why nothing may be sent now, in words; empty when it may. A few small queries and one look into a folder.

    Finds a restored database and begins its quarantine. Where the checkpoints cannot be read or written at all nothing is sent either,
    until they can.
    """
    try:
        _look(at)
    except (OSError, files.Unreadable, signing.KeyProblem) as error:
        log.error("nothing is sent: the checkpoints of the ledger cannot be asked: %s", error)
        return f"The checkpoints of the ledger cannot be asked: {error}"
    return " ".join(row.words for row in quarantine.standing())


def _look(at: datetime) -> None:
    state = quarantine.state()
    identity = quarantine.database_identity()
    if state.database != identity:
        _moved(state, identity, at)
    folder = files.folder_of(state.ledger_id)
    last, on_record = files.newest(folder), writing.known()
    if last is None and on_record is None:
        return
    if last is None or on_record is None or (last.number, last.sha256) != (on_record.number, on_record.sha256):
        # Not as it should be, or a worker died between file and record: the next checkpoint holds everything beside the last.
        writing.write(at)
    handed.look(folder, at)


def _moved(state: LedgerState, identity: str, at: datetime) -> None:
    """The ledger stands in another database than before; noted once, so that lifting the quarantine ends it."""
    with transaction.atomic():
        row = LedgerState.objects.select_for_update().get(pk=1)
        if row.database == identity:
            return
        if row.database and identity:
            words = "This ledger was last seen in another database: it was restored from a backup, moved, or its standby took over."
            quarantine.begin(Quarantine.Cause.MOVED, words, checkpoint=None, at=at)
        row.database = identity
        row.save(update_fields=["database"])
