"""Model pages of governance, and what the pages of all apps share. ``collections_site.apps`` imports the modules that register."""
