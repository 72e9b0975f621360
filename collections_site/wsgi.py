"""The WSGI application. A web server runs no management command, so the checks that refuse a start run here."""

from __future__ import annotations

import os

from django.core.checks import run_checks
from django.core.management.base import SystemCheckError
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collections_site.settings")
application = get_wsgi_application()

_serious = [message for message in run_checks() if message.is_serious() and not message.is_silenced()]
if _serious:
    raise SystemCheckError("Collections Desk does not start:\n" + "\n".join(str(message) for message in _serious))
