"""Settings, all from the environment, safe when nothing is set.

With no variables at all the project runs embedded: SQLite under ``var/``, no broker, no mail server, nothing leaves the machine.
``collections_site.checks`` refuses combinations that contradict each other.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from pathlib import Path

import environ
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEMO_MODE = env.bool("DEMO_MODE", default=False)
DEBUG = env.bool("DEBUG", default=False)
TESTING = "pytest" in sys.modules
# Plain http is for the demo, development and tests on this machine only; checks.py refuses it elsewhere.
PLAIN_HTTP = DEMO_MODE or DEBUG or TESTING or env.bool("PLAIN_HTTP", default=False)

VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """The key from the environment, or one made for this installation and kept readable by its owner only."""
    given: str = env("SECRET_KEY", default="")
    if given:
        return given
    path = VAR_DIR / "secret_key"
    if not path.exists():
        # Written aside and linked: of several processes that start at once the first wins, and none reads half a key.
        fresh = path.with_name(f"secret_key.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text()


SECRET_KEY = _secret_key()
# Earlier keys that still read what they signed or sealed (sessions, second factors) while a new one takes over.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env("PUBLIC_URL", default="")

INSTALLED_APPS = [
    "collections_site.apps.CollectionsSiteConfig",
    "drafts",
    "accounts",
    "governance",
    "collections_site.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "guardian",
    "simple_history",
    "csp",
    "axes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "collections_site.hidden.NothingHiddenMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "collections_site.middleware.ClockMiddleware",
    "collections_site.middleware.PersonTimeZoneMiddleware",
    "collections_site.middleware.PersonLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "collections_site.sign_in.gate.SignInGate",
    "collections_site.oversight.EmergencyAccessMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "collections_site.urls"
WSGI_APPLICATION = "collections_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- database -------------------------------------------------------------------------------------------------------------
# The demo has a file of its own, so that invented and real data never share one.
_FILE = VAR_DIR / ("demo.sqlite3" if DEMO_MODE else "collections.sqlite3")
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{_FILE}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Defaults gave 49 % "database is locked" under four writers; these gave none. recursive_triggers keeps INSERT OR REPLACE
    # from slipping past the append-only triggers.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON; "
            "PRAGMA foreign_keys=ON; PRAGMA cache_size=-64000; PRAGMA mmap_size=134217728;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people ---------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "governance.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
SESSION_COOKIE_AGE = 8 * 3600  # a visit, prolonged by a press on the warning before its end …
SESSION_LONGEST_SECONDS = 12 * 3600  # … but never beyond this
# Whoever approves, decides, activates, assigns or exports shows a second factor, and high acts ask again who is there.
SECOND_FACTOR = env.bool("SECOND_FACTOR", default=not PLAIN_HTTP) and not DEMO_MODE
PROVE_AGAIN_SECONDS = 0 if DEMO_MODE or TESTING else env.int("PROVE_AGAIN_MINUTES", default=10) * 60
# Single sign-on by OpenID Connect; with PASSWORD_SIGN_IN=0 it is the only way in.
OIDC_ISSUER = "" if DEMO_MODE else env("OIDC_ISSUER", default="")
OIDC_CLIENT_ID = env("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env("OIDC_CLIENT_SECRET", default="")
OIDC_NAME = env("OIDC_NAME", default="your company account")
OIDC_TRUST_MFA = env.bool("OIDC_TRUST_MFA", default=False)
PASSWORD_SIGN_IN = env.bool("PASSWORD_SIGN_IN", default=True)
AXES_ENABLED = not (DEMO_MODE or TESTING)
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "collections_site.sign_in.pages.locked_out"
AXES_CLIENT_IP_CALLABLE = "collections_site.sign_in.address.client_ip"
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

# --- transport security ---------------------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not PLAIN_HTTP
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not PLAIN_HTTP)
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not PLAIN_HTTP
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
BEHIND_TLS_PROXY = env.bool("BEHIND_TLS_PROXY", default=False)
if BEHIND_TLS_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- static files, uploads ------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
MEDIA_ROOT = VAR_DIR / "uploads"  # never served; uploaded ledgers wait here between check and confirm
WHITENOISE_USE_FINDERS = PLAIN_HTTP
_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
_HASHED = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _PLAIN if PLAIN_HTTP else _HASHED},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- language and time ----------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"  # the source language: what is on record is English (docs/adr/0021)
LANGUAGES = [("en-gb", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# --- mail -----------------------------------------------------------------------------------------------------------------
# Without EMAIL_URL messages go to the outbox page of the application and nowhere else.
EMAIL_URL = env("EMAIL_URL", default="")
if EMAIL_URL and not DEMO_MODE:
    vars().update(env.email_url_config(EMAIL_URL))
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=30)
MAIL_TRANSPORT = env("MAIL_TRANSPORT", default="smtp" if EMAIL_URL and not DEMO_MODE else "outbox")
# Installation-wide allow-list for pilots: when set, only these addresses or domains receive mail.
RECIPIENT_ALLOW_LIST = [] if DEMO_MODE else env.list("RECIPIENT_ALLOW_LIST", default=[])

# --- notices (docs/notifications.md) ----------------------------------------------------------------------------------------
# One incoming webhook of a chat (Slack and those that speak like it). Its address is a secret. Letters go by EMAIL_URL.
NOTICE_WEBHOOK_URL = "" if DEMO_MODE else env("NOTICE_WEBHOOK_URL", default="")
NOTICE_WEBHOOK_QUIET = env("NOTICE_WEBHOOK_QUIET", default="19:00-07:30")
NOTICE_TIME_ZONE = env("NOTICE_TIME_ZONE", default="UTC")  # in which the channel is quiet; each person has their own

# --- checkpoints of the ledger ----------------------------------------------------------------------------------------------
# They should lie where the database's administrators cannot write. The folder below is only a beginning; checks.py says so.
LEDGER_DIR = Path(VAR_DIR / "demo-checkpoints" if DEMO_MODE else env("LEDGER_DIR", default=str(VAR_DIR / "checkpoints")))
LEDGER_KEY_FILE = Path(VAR_DIR / "demo-ledger-key.pem" if DEMO_MODE else env("LEDGER_KEY_FILE", default=str(VAR_DIR / "ledger-key.pem")))
LEDGER_AUDITOR_EMAIL = "" if DEMO_MODE else env("LEDGER_AUDITOR_EMAIL", default="")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="collections-desk@localhost")

# --- workers --------------------------------------------------------------------------------------------------------------
# The demo works in one process and needs no broker, whatever the environment names.
CELERY_BROKER_URL = "" if DEMO_MODE else env("CELERY_BROKER_URL", default="")
SWEEP_SECONDS = env.float("SWEEP_SECONDS", default=2.0 if DEMO_MODE else 15.0)
# How many processes judge a large book at once when a policy is simulated (1 or 2).
SIMULATION_PROCESSES = env.int("SIMULATION_PROCESSES", default=2)
# How long a claimed delivery may stay silent before another worker takes it, and a hand-over before it counts as unknown.
DELIVERY_LEASE_SECONDS = env.float("DELIVERY_LEASE_SECONDS", default=300.0)

# --- model provider (addresses come from the environment only) ------------------------------------------------------------
# The demo talks to recorded answers in its own process (collections_site.demo.model), whatever the environment names.
LLM_BASE_URL = "" if DEMO_MODE else env("LLM_BASE_URL", default="")
LLM_MODEL = "" if DEMO_MODE else env("LLM_MODEL", default="")
OPENAI_API_KEY = "" if DEMO_MODE else env("OPENAI_API_KEY", default="")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # One line per call of a model is noise; its attempts are rows.
    "loggers": {name: {"level": "WARNING"} for name in ("httpx", "httpx2", "openai")},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING" if DEMO_MODE or TESTING else "INFO")},
}
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
