"""The key that signs checkpoints: Ed25519, made at first use, readable by its owner only. Its public half is for everybody.

``openssl pkeyutl -verify -pubin -inkey public.pem -rawin -in 00000001.json -sigfile 00000001.sig`` checks a signature without us.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

_PEM, _DER = serialization.Encoding.PEM, serialization.Encoding.DER
_SPKI = serialization.PublicFormat.SubjectPublicKeyInfo


class KeyProblem(RuntimeError):
    """The key cannot be used; the message says which file and why."""


def private_key() -> Ed25519PrivateKey:
    """The key of ``settings.LEDGER_KEY_FILE``, made there (mode 0600) when there is none.

    Raises ``KeyProblem`` for a file that is no Ed25519 key or that others may read.
    """
    path = Path(settings.LEDGER_KEY_FILE)
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise KeyProblem(f"{path} can be read by others: chmod 600 {path}, and think about a new key")
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyProblem(f"{path} holds no private key in PEM form without a password") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyProblem(f"{path} is not an Ed25519 key")
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and linked: of several processes that start at once the first wins, and none reads half a key.
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        secret = Ed25519PrivateKey.generate()
        file.write(secret.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    with contextlib.suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()


def public_pem() -> bytes:
    """The public half of our key as openssl reads it."""
    return private_key().public_key().public_bytes(_PEM, _SPKI)


def load_public(pem: bytes) -> Ed25519PublicKey:
    """A public key from PEM. Raises ``KeyProblem`` for anything else."""
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyProblem("this is no public key in PEM form") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyProblem("this is not an Ed25519 public key")
    return key


def fingerprint(key: Ed25519PublicKey) -> str:
    """Hex SHA-256 of the key's DER form: the same as ``openssl pkey -pubin -in public.pem -outform DER | sha256sum``."""
    return hashlib.sha256(key.public_bytes(_DER, _SPKI)).hexdigest()


def signed_by(key: Ed25519PublicKey, content: bytes, signature: bytes) -> bool:
    """True when ``signature`` is this key's over exactly these bytes."""
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True
