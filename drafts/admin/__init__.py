"""The desk itself: queue, workspace, outgoing, decisions, disputes, accounts. ``collections_site.apps`` imports what registers."""
