"""Addresses proposed on the account page, and their answer by a second person: the two posts."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Account, AddressChange, Contact
from drafts import review
from drafts.admin.account_page import shown
from drafts.admin.acting import Missing, Problem, attempt, needed, tell, whole
from drafts.admin.lookup import account_or_404, accounts_of
from governance import clock
from governance.admin.pages import person

PROPOSED = "Proposed. Nothing changes until a second person has checked the address and confirms it."
CONFIRMED = "Confirmed. Approvals of texts to the old address are void, what was about to leave has stopped, and the account is computed again."


def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Another address of a contact, the one on record to be verified, or a new contact."""
    row = account_or_404(request, pk)

    def act() -> AddressChange:
        contact = whole(request, "contact")
        if contact is not None and not row.contacts.filter(pk=contact).exists():
            raise Missing("choose one of the contacts of this account, or a new one")
        role = request.POST.get("role", Contact.Role.ACCOUNTS_PAYABLE)
        return review.propose_address(
            pk, needed(request, "email", "write the address"), request.POST.get("evidence", ""), by=person(request), at=clock.now(),
            contact_id=contact, name=request.POST.get("name", ""), role=role if role in Contact.Role.values else Contact.Role.OTHER,
        )  # fmt: skip

    _, problem = attempt(request, "address", act)
    return _after(request, row, problem, PROPOSED)


def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person's answer; who proposed it may only take it back."""
    change = AddressChange.objects.filter(account__in=accounts_of(request), pk=pk).select_related("account").first()
    if change is None:
        raise Http404
    confirms = request.POST.get("answer") == "confirm"
    verb = review.confirm_address if confirms else review.refuse_address
    _, problem = attempt(request, f"address-{pk}", lambda: verb(pk, request.POST.get("checked", ""), by=person(request), at=clock.now()))
    return _after(request, change.account, problem, CONFIRMED if confirms else "Answered. The address on record stays.")


def _after(request: HttpRequest, row: Account, problem: Problem | None, done: str) -> HttpResponse:
    if problem is not None:
        return shown(request, row, problem)
    tell(request, None, done)
    return redirect(redirect("admin:account_page", row.pk).url + "#people")
