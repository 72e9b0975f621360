#!/usr/bin/env python
"""Command line of Collections Desk."""

import os
import sys


def main() -> None:
    """Run one management command; ``demo`` switches demo mode on before the settings are read."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collections_site.settings")
    if sys.argv[1:2] == ["demo"]:
        os.environ.setdefault("DEMO_MODE", "1")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
