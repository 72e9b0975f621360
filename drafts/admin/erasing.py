"""Erasing a person, with what it does said before; and the preservation hold that forbids it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Contact
from drafts import privacy
from drafts.admin.acting import Problem, attempt, tell
from drafts.admin.lookup import account_or_404, accounts_of
from governance import clock
from governance.admin.pages import moment, page, person, require


def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """The question, and on POST the erasure."""
    row = Contact.objects.select_related("account").filter(account__in=accounts_of(request), pk=pk).first()
    if row is None:
        raise Http404
    require(request, "erase_person", row.account)
    problem: Problem | None = None
    if request.method == "POST":
        problem = _erase(request, row)
        if problem is None:
            messages.success(request, "Erased. The person is in no row, history, mail or file here; the record still verifies.")
            return redirect("admin:account_page", row.account_id)
    back = (redirect("admin:account_page", row.account_id).url, row.account.name)
    return page(
        request, "desk/erase.html", "Erase a person", c=row, problem=problem, errors=problem is not None, crumbs=[back],
        kept=privacy.kept_by(row.account_id, moment(request)), typed=problem.posted if problem else {}, status=problem.status if problem else 200,
    )  # fmt: skip


def _erase(request: HttpRequest, row: Contact) -> Problem | None:
    also = [line.strip() for line in request.POST.get("also", "").splitlines() if line.strip()]

    def act() -> Any:
        if request.POST.get("sure") != "yes":
            raise ValueError("tick that you understand that nobody can take it back")
        try:
            return privacy.erase(row.pk, also=also, by=person(request), at=clock.now())
        except privacy.Kept as kept:
            raise ValueError(str(kept)) from kept
        except OSError as error:
            raise ValueError("not erased: the log outside the database cannot be written, so it could not be applied again") from error

    return attempt(request, "erase", act)[1]


def preserve(request: HttpRequest, pk: int) -> HttpResponse:
    """Put or release a preservation hold."""
    account_or_404(request, pk)
    verb = privacy.release if request.POST.get("step") == "release" else privacy.preserve
    _, problem = attempt(request, "preserve", lambda: verb(pk, request.POST.get("reason", ""), by=person(request), at=clock.now()))
    released = request.POST.get("step") == "release"
    tell(request, problem, "Released." if released else "Nothing of this account is erased or thrown away until the hold is released.")
    return redirect("admin:account_page", pk)
