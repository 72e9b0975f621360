"""Names of models and fields in the reader's language: every model page, filter and form reads them from here."""

from __future__ import annotations

from django.apps import apps
from django.db.models import Field
from django.utils.functional import lazy

from governance.language import said

APPS = ("drafts", "accounts", "governance")
in_words = lazy(said, str)


def speak() -> None:
    """Once, when every model is known: a name is looked up each time it is shown. Migrations and the record keep the English names."""
    for model in apps.get_models():
        options = model._meta
        if options.app_label not in APPS:
            continue
        options.verbose_name, options.verbose_name_plural = in_words(str(options.verbose_name)), in_words(str(options.verbose_name_plural))
        for field in options.get_fields():
            if isinstance(field, Field):
                field.verbose_name = in_words(str(field.verbose_name))
