"""Measured speed of the real code on a made-up book, with plain SQL beside it as the yardstick."""
