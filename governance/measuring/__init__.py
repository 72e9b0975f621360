"""Measures: typed rows read from the ledger's events, written in the same transaction, summed per day, and readable again from the ledger."""
