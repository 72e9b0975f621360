"""Facts in: from a ledger file to rows, with one and the same function for the check and for the commit.

``files`` (bytes) → ``formats`` (which comma, which day) → ``parsing`` (values, or a refusal) → ``staging`` (temporary tables) →
``judging`` (what only the database can refuse) → ``planning`` (new, changed, same) → ``writing`` (one upsert and its history) →
``service`` (the run, the record).
"""
