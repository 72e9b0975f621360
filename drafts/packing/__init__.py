"""Audit packs of drafts' rows: which cases, their rows and pages, and the worker that puts them together. The file itself is governance's."""
