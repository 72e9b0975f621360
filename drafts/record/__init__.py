"""The record of one follow-up as data: what happened, every version, the evidence as it was, the answers, what was sent. For screens and packs.

Nothing here decides or writes. Everything is read from rows and events; what is not on record is said to be unknown, never shown as none.
"""
