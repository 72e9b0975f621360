"""Model pages of the facts: read-only, scoped. ``collections_site.apps`` imports the modules that register."""
