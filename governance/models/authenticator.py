"""What a person signs in with besides the password."""

from __future__ import annotations

from django.db import models
from django_otp.models import ThrottlingMixin


class _Open:
    """What the throttling asks after its own answer: there is no other reason to refuse."""

    def verify_is_allowed(self) -> tuple[bool, None]:
        return True, None


class Authenticator(ThrottlingMixin, _Open):
    """An app on a phone that shows a code every 30 seconds (RFC 6238). ``secret`` is encrypted (``governance.sealing``).

    ``last_step`` is the time step of the last code used: no code opens twice. Wrong codes are throttled, longer each time.
    """

    user = models.ForeignKey("governance.User", on_delete=models.CASCADE, related_name="+")
    confirmed = models.BooleanField("a code of it was entered once", default=False)
    secret = models.TextField()
    last_step = models.BigIntegerField(default=-1)
    drift = models.SmallIntegerField(default=0)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user"], condition=models.Q(confirmed=True), name="one_confirmed_authenticator_per_person")]

    def __str__(self) -> str:
        return f"authenticator of {self.user}{'' if self.confirmed else ', not confirmed'}"

    def get_throttle_factor(self) -> int:
        """Seconds after the first wrong code; doubled by each further one."""
        return 1


class RecoveryCode(models.Model):
    """One code for a lost phone, kept as a keyed hash, good for one sign-in."""

    user = models.ForeignKey("governance.User", on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="a_recovery_code_is_kept_once")]

    def __str__(self) -> str:
        return f"recovery code of {self.user}, {'used' if self.used_at else 'unused'}"
