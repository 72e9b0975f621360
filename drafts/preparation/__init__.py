"""The preparation run: facts, brief, verdict, words and checks for many accounts, a constant number of
queries per batch.
"""

from drafts.preparation.run import due_account_ids, prepare_accounts, prepare_all
from drafts.preparation.summary import PrepareSummary

__all__ = ["PrepareSummary", "due_account_ids", "prepare_accounts", "prepare_all"]
