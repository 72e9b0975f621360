"""Contact data is masked for auditors. A reveal needs a reason and is on record before anything is shown."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Contact
from drafts.admin.acting import attempt, needed
from drafts.admin.lookup import accounts_of
from governance import clock
from governance.admin.pages import page, person, require
from governance.audit import Entry, record


def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one contact's data once, to who may, with the reason kept as a code and its length only: reasons can name people."""
    row = Contact.objects.select_related("account").filter(account__in=accounts_of(request), pk=pk).first()
    if row is None:
        raise Http404
    require(request, "reveal_contact", row.account)

    def act() -> None:
        purpose = needed(request, "purpose", "choose what you need it for")
        if purpose not in PURPOSES:
            raise ValueError("choose what you need it for")
        with transaction.atomic():
            record([Entry("audit", "audit.contact_revealed", "contact", row.pk, {"purpose": purpose})], by=person(request), at=clock.now())

    _, problem = attempt(request, "reveal", act)
    back = (redirect("admin:account_page", row.account_id).url, row.account.name)
    return page(
        request, "desk/reveal.html", "Contact data", c=row if problem is None else None, problem=problem, account=row.account, crumbs=[back],
        status=problem.status if problem else 200,
    )


PURPOSES = {"audit": "Audit of a message", "incident": "An incident", "request": "The person's own request"}
