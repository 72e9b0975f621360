"""The words of a message: formats, phrases, the composer and the statement."""
