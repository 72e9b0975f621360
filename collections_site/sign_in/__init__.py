"""Signing in for production: the gate before every page, the second factor, single sign-on, and the length of a visit."""
