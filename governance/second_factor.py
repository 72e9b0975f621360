"""The second factor: an app that shows a code every 30 seconds, and ten recovery codes for a lost phone.

Whoever holds a role that approves, decides, activates, assigns or exports (``governance.roles.STRONG``) needs one where the installation
asks for it (``SECOND_FACTOR``). The algorithm and the throttling are django-otp's; no code opens twice. docs/adr/0013 says why.
"""

from __future__ import annotations

import base64
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction
from django_otp.oath import TOTP

from governance import sealing
from governance.audit import Entry, record
from governance.canonical import sha256_hex
from governance.decisions import Allowed, Decision, Denied
from governance.models import AllPortfoliosGrant, Authenticator, RecoveryCode, User
from governance.rights import Scope, people_with, scope_of
from governance.roles import STRONG, SYSTEM

if TYPE_CHECKING:
    from governance.models import Portfolio

SECRET_BYTES = 20
STEP_SECONDS, TOLERANCE = 30, 1  # a clock may be half a minute off
RECOVERY_CODES = 10
ISSUER = "Collections Desk"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a person types or scans into the app, once."""

    authenticator: Authenticator
    key: str
    address: str


def needed(scope: Scope) -> bool:
    """True when these rights need a second factor in this installation."""
    return bool(settings.SECOND_FACTOR and scope.all_roles & STRONG)


def of(user: User) -> Authenticator | None:
    """The confirmed authenticator of a person."""
    return Authenticator.objects.filter(user=user, confirmed=True).first()


def begin(user: User, *, at: datetime) -> Enrolment:
    """An authenticator that counts once a code of it was entered; an unconfirmed earlier one is shown again."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        row = Authenticator.objects.filter(user=user, confirmed=False).first()
        if row is None:
            row = Authenticator.objects.create(user=user, secret=sealing.seal(secrets.token_bytes(SECRET_BYTES)), made_at=at)
    return _told(row, user)


def begun(user: User) -> Enrolment | None:
    """What a person who began to set it up types or scans; None for who did not. Reading only."""
    row = Authenticator.objects.filter(user=user, confirmed=False).first()
    return None if row is None else _told(row, user)


def _told(row: Authenticator, user: User) -> Enrolment:
    key = base64.b32encode(sealing.unseal(row.secret)).decode()
    query = urlencode({"secret": key, "issuer": ISSUER, "algorithm": "SHA1", "digits": 6, "period": STEP_SECONDS})
    return Enrolment(row, key, f"otpauth://totp/{quote(ISSUER)}:{quote(user.get_username())}?{query}")


def enrol(user: User, code: str, *, at: datetime) -> list[str]:
    """Confirm the new authenticator with its first code; returns the recovery codes, shown this once. Raises ``ValueError``."""
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().filter(user=user, confirmed=False).first()
        if row is None or of(user) is not None:
            raise ValueError("there is nothing to set up: you have a second factor")
        right = _fits(row, code)
        if right:
            row.confirmed = True
            row.save()
            codes = _new_codes(user, at)
            record([Entry("rights", "rights.second_factor_set", "user", user.pk, {"authenticator": row.pk})], by=user, at=at)
    if not right:  # outside the transaction, so that the throttle remembers
        raise ValueError("this code does not fit; wait for the next one and check that the phone's clock is right")
    return codes


def _new_codes(user: User, at: datetime) -> list[str]:
    codes = ["-".join(secrets.token_hex(2) for _ in range(5)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create([RecoveryCode(user=user, digest=sealing.digests(code)[0], made_at=at) for code in codes])
    return codes


def new_codes(user: User, *, at: datetime) -> list[str]:
    """Ten new recovery codes; the old ones no longer open anything."""
    with transaction.atomic():
        if of(user) is None:
            raise ValueError("set up a second factor first")
        codes = _new_codes(user, at)
        record([Entry("rights", "rights.second_factor_set", "user", user.pk, {"codes": len(codes)})], by=user, at=at)
    return codes


def _fits(row: Authenticator, code: str) -> bool:
    """Check a code under the row's lock: throttled, with a little drift, never the same time step twice. Saves what it learns."""
    digits = "".join(code.split())
    if not row.verify_is_allowed()[0]:
        return False
    totp = TOTP(sealing.unseal(row.secret), STEP_SECONDS, 0, 6, row.drift)
    totp.time = time.time()
    if digits.isdecimal() and len(digits) == 6 and totp.verify(int(digits), TOLERANCE, row.last_step + 1):
        row.last_step, row.drift = totp.t(), totp.drift
        row.throttle_reset(commit=False)
        row.save()
        return True
    row.throttle_increment(commit=True)
    return False


def verify(user: User, code: str, *, at: datetime) -> bool:
    """True when ``code`` is the app's present code or an unused recovery code of the person. Wrong ones are throttled."""
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().filter(user=user, confirmed=True).first()
        if row is None:
            return False
        compact = code.strip().lower()
        if len(compact) <= 8:
            return _fits(row, compact)
        return _recovery(row, compact, user, at)


def _recovery(row: Authenticator, code: str, user: User, at: datetime) -> bool:
    if not row.verify_is_allowed()[0]:
        return False
    found = RecoveryCode.objects.select_for_update().filter(user=user, used_at__isnull=True, digest__in=sealing.digests(code)).first()
    if found is None:
        row.throttle_increment(commit=True)
        return False
    found.used_at = at
    found.save(update_fields=["used_at"])
    row.throttle_reset(commit=True)
    left = RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()
    record([Entry("rights", "rights.recovery_code_used", "user", user.pk, {"left": left})], by=user, at=at)
    return True


def may_reset(by: User, user: User) -> Decision:
    """May ``by`` reset the second factor of ``user``: an administrator wherever the person has a role, never one's own."""
    if by.pk == user.pk:
        return Denied("because it is your own; another system administrator resets it")
    scope, theirs = scope_of(by), scope_of(user)
    if SYSTEM in scope.roles_everywhere:
        return Allowed()
    own = {pk for pk, held in scope.roles_by_portfolio.items() if SYSTEM in held}
    if own and not theirs.roles_everywhere and set(theirs.roles_by_portfolio) <= own:
        return Allowed()
    return Denied("because you do not administer every portfolio in which this person has a role")


def reset(user: User, reason: str, *, by: User, at: datetime) -> None:
    """For a lost phone: authenticator and recovery codes are gone, and the person's sessions no longer count as verified."""
    may_reset(by, user).or_raise()
    if not reason.strip():
        raise ValueError("write a reason: it is recorded")
    with transaction.atomic():
        gone = Authenticator.objects.filter(user=user).delete()[0]
        RecoveryCode.objects.filter(user=user).delete()
        if not gone:
            raise ValueError(f"{user} has no second factor")
        data = {"reason_sha256": sha256_hex(reason.strip())}
        record([Entry("rights", "rights.second_factor_reset", "user", user.pk, data)], by=by, at=at)


def people_without(portfolios: list[Portfolio]) -> list[User]:
    """People whose role needs a second factor and who have none yet; for the pages that say what is not safe."""
    found = {person.pk: person for portfolio in portfolios for person in people_with(STRONG, portfolio.pk)}
    everywhere = User.objects.filter(is_active=True, is_service=False, allportfoliosgrant__in=AllPortfoliosGrant.objects.filter(role__in=STRONG))
    found |= {person.pk: person for person in everywhere}
    have = set(Authenticator.objects.filter(user__in=found, confirmed=True).values_list("user_id", flat=True))
    return [person for pk, person in sorted(found.items()) if pk not in have]
