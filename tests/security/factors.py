"""People with a password and a second factor."""

from __future__ import annotations

import time

from django.test import Client
from django_otp.oath import TOTP

from governance import clock, sealing, second_factor

LOGIN, PASSWORD = "/admin/login/", "a long enough phrase 7"


def code_of(row, ahead=0):
    totp = TOTP(sealing.unseal(row.secret))
    totp.time = time.time() + ahead * second_factor.STEP_SECONDS
    return f"{totp.token():06d}"


def enrolled(user):
    """An authenticator whose next code is unused, and the recovery codes."""
    row = second_factor.begin(user, at=clock.now()).authenticator
    codes = second_factor.enrol(user, code_of(row, -1), at=clock.now())
    row.refresh_from_db()
    return row, codes


def password_given(user, **options):
    client = Client(**options)
    assert client.post(LOGIN, {"username": user.username, "password": PASSWORD}).status_code == 302
    return client
