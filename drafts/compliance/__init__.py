"""Evidence of governance from the rows of drafts: controls, near-misses, incidents, the nightly look."""
