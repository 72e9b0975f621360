"""Audit packs: a ZIP that opens offline and proves itself with Python's own library alone.

``requests`` is the queue (who asked for what, within which limits), ``archive`` writes the file with its manifest, ``ledger_part`` puts the
chained events, their Merkle proofs and the signed checkpoints in, ``verify`` is the script every pack carries. What needs drafts' rows is
put together in ``drafts.packing``.
"""
