"""Out: frozen bytes, the outbox, the last look, and the hand-over to the mail server."""
