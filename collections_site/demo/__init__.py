"""The demo: an invented book, played through the real verbs, on a database that is marked as a demo."""
