"""The record attacked: packs, histories, outcomes, checkpoints."""

CANARY, NUMBER = "Zzcanary", "INV-9900555"
