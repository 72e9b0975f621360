"""Word tables of the checks: ``basics`` (function data) and one module of meanings per language."""
