"""What the stories share: a real mail server."""

from __future__ import annotations

import pytest

from tests.drafts.delivery.smtp_server import MailServer


@pytest.fixture
def server(settings):
    with MailServer() as mail_server:
        settings.MAIL_TRANSPORT = "smtp"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", mail_server.port, 10
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield mail_server
