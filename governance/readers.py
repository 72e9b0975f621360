"""Who reads, and in which language: the preference of a person as a language of the installation.

Pages ask the browser too (``collections_site.middleware``). A letter has no browser: who never chose gets the desk's own language.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation

if TYPE_CHECKING:
    from governance.models import User


def offered(wanted: str) -> str:
    """The language of the installation that ``wanted`` ("de", "en") names; empty when it is none."""
    return next((code for code, _ in settings.LANGUAGES if wanted and code.split("-")[0] == wanted.split("-", maxsplit=1)[0]), "")


@contextmanager
def written_for(person: User | None) -> Iterator[None]:
    """What is put into words inside is in the person's language; for nobody in particular, as a shared channel, in the desk's own."""
    with translation.override(offered(person.language if person else "") or settings.LANGUAGE_CODE):
        yield
