"""Secrets at rest: encrypted under a key derived from ``SECRET_KEY``, so that a copy of the database alone opens nothing.

``SECRET_KEY_FALLBACKS`` still read what was sealed under an earlier key; everything new is sealed under the present one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(ValueError):
    """Something was sealed under a key this installation no longer has."""


def _key(secret: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"collections-desk {purpose}".encode()).derive(secret.encode())


def _secrets() -> list[str]:
    return [str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)]


def seal(secret: bytes) -> str:
    """Encrypt; the answer is text."""
    return Fernet(base64.urlsafe_b64encode(_key(settings.SECRET_KEY, "sealing"))).encrypt(secret).decode()


def unseal(sealed: str) -> bytes:
    """What ``seal`` was given. Raises ``Unreadable`` when the key is gone."""
    keys = [Fernet(base64.urlsafe_b64encode(_key(secret, "sealing"))) for secret in _secrets()]
    try:
        return MultiFernet(keys).decrypt(sealed.encode())
    except InvalidToken as error:
        raise Unreadable("this was sealed under another SECRET_KEY") from error


def digests(text: str) -> list[str]:
    """Keyed hashes of ``text``, under the present key first. For random codes, which no one can guess from a hash."""
    return [hmac.new(_key(secret, "digests"), text.encode(), hashlib.sha256).hexdigest() for secret in _secrets()]
