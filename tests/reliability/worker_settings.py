"""Settings of a real worker process in tests: the project's own, with a mail server to talk to and a clock that stands where the test
put it (a demo installation's clock)."""

from collections_site.settings import *  # noqa: F403
from collections_site.settings import env

DEMO_MODE = True
MAIL_TRANSPORT = "smtp"
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = env.int("TEST_SMTP_PORT")
EMAIL_TIMEOUT = 60
EMAIL_USE_TLS = EMAIL_USE_SSL = False
EMAIL_HOST_USER = EMAIL_HOST_PASSWORD = ""
# The two rules that a demo never speaks to a mail server are right; here the demo is only how the clock is moved.
SILENCED_SYSTEM_CHECKS = [*SILENCED_SYSTEM_CHECKS, "desk.E011", "desk.E012"]  # noqa: F405
