"""Who may do what: the role matrix, with the answer for the person who reads it. Everybody may know the rules they work under."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from governance.admin.pages import page, person, scope_for
from governance.matrix import ROWS, Row
from governance.roles import ALL_ROLES, LABELS


def who_may(request: HttpRequest) -> HttpResponse:
    """Every row with its cells, the person's own roles marked, and yes or no with the reason."""
    held = scope_for(request).all_roles
    return page(
        request, "desk/who_may.html", "Who may do what", rows=[_shown(request, row, held) for row in ROWS],
        roles=[(LABELS[role], role in held) for role in ALL_ROLES], held=[LABELS[role].lower() for role in ALL_ROLES if role in held],
    )  # fmt: skip


def _shown(request: HttpRequest, row: Row, held: frozenset[str]) -> dict[str, Any]:
    answers = [(part.words, part.answer(person(request), scope_for(request))) for part in row.parts]
    cells = [{"role": LABELS[role], "text": cell, "own": role in held} for role, cell in zip(ALL_ROLES, row.cells, strict=True)]
    return {
        "words": row.words, "cells": cells, "yes": [words for words, answer in answers if answer],
        "no": [(words, getattr(answer, "reason", "")) for words, answer in answers if not answer],
    }
