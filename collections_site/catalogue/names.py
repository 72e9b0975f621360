"""The names of models and fields, their hints and choices: the words of the model pages, many of which stand nowhere in the source."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps

from collections_site.catalogue.sentences import APPS


def names() -> Iterator[tuple[str, str]]:
    """Each name with the model it belongs to. Histories have the names of their models."""
    for model in apps.get_models(include_auto_created=False):
        options = model._meta
        if options.app_label not in APPS or model.__name__.startswith("Historical"):
            continue
        yield from ((str(text), options.label) for text in (options.verbose_name, options.verbose_name_plural))
        for field in options.get_fields():
            if getattr(field, "verbose_name", None) and not field.auto_created:
                yield from ((str(text), options.label) for text in (field.verbose_name, field.help_text) if str(text).strip())
                yield from ((str(label), options.label) for _, label in getattr(field, "flatchoices", ()))
