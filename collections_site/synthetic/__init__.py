"""Synthetic history: months of work that never happened, with known faults, so that measures can be tried. Marked for good."""
