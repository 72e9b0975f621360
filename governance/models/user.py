"""The person, with the preferences the screens keep."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from governance.tracking import tracked


class User(AbstractUser):
    """A named person (or, with ``is_service``, a machine that cannot sign in). Superuser status grants nothing governed."""

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable", "Comfortable"
        COMPACT = "compact", "Compact"

    class Language(models.TextChoices):
        BROWSER = "", "As the browser asks"
        ENGLISH = "en", "English"
        GERMAN = "de", "Deutsch"

    time_zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=12, choices=Language.choices, default=Language.BROWSER, blank=True)
    density = models.CharField(max_length=12, choices=Density.choices, default=Density.COMFORTABLE)
    letter_keys = models.BooleanField("letter keys move the focus", default=True)
    is_service = models.BooleanField("service account, cannot sign in", default=False)
    away_until = models.DateField("away until", null=True, blank=True)
    deputy = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    history = tracked(excluded_fields=["password", "last_login"])

    def __str__(self) -> str:
        return self.get_full_name() or self.username
