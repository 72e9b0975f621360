"""Rule packs as data; read by drafts.detectors.rulepack."""
