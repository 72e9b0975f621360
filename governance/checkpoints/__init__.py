"""Checkpoints: signed statements outside the database of how far every stream of the ledger had come, one after the other.

``files`` reads them, ``comparing`` holds the ledger beside one, ``writing`` makes the next, ``points`` gathers what they all say for the
verification, ``watching`` asks before anything is sent whether this database is still the one they speak of.
"""
