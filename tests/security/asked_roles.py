"""Roles asked for and answered, over the pages and through the verb."""

from __future__ import annotations

from django.urls import reverse

from governance import assignment
from governance.assignment import Wish
from governance.models import User
from governance.rights import scope_of
from tests.drafts.scene import AS_OF


def roles(person):
    return scope_of(User.objects.get(pk=person.pk)).all_roles


def give(browser, by, **fields):
    return browser(by).act(reverse("admin:give_role"), {"reason": "joins the team", "sure": "1", **fields})


def answer(browser, by, row, verdict="confirm", **fields):
    return browser(by).act(reverse("admin:answer_role", args=[row.pk]), {"answer": verdict, **fields})


def asked(by, at=AS_OF, **fields):
    return assignment.ask(Wish(**{"role": "finance_approver", "reason": "joins the team", **fields}), by=by, at=at)
