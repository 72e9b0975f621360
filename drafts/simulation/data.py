"""Which data a simulation was run on, as one hash: when it is another, the simulation is out of date.

What sources delivered counts: an import, a source that answered anew or fell silent, another policy in force. What single people record
in between (a reply, a hold, a phone call) does not: on a desk at work it would make every simulation old within a minute, and the last
look judges every message by it anyway.
"""

from __future__ import annotations

from django.db.models import Max

from accounts.models import Source
from accounts.models.source import ImportRun
from governance.canonical import canonical_json, sha256_hex
from governance.models import PolicyVersion


def mark() -> str:
    """The hash of the state of the data now. Three small queries."""
    sources = Source.objects.order_by("pk").values_list("pk", "kind", "status", "as_of")
    imported = ImportRun.objects.filter(state=ImportRun.State.COMMITTED).aggregate(last=Max("pk"))["last"]
    active = PolicyVersion.objects.filter(state=PolicyVersion.State.ACTIVE).values_list("pk", flat=True).first()
    return sha256_hex(canonical_json([[[pk, kind, status, as_of] for pk, kind, status, as_of in sources], imported, active]))
