"""Own training examples as CSV; read by drafts.detectors.training_data."""
