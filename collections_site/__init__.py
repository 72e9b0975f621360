"""The wiring: settings, workers, admin site, pages that see everything."""
