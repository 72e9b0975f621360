"""The access review as a worklist: each grant with person, role, portfolio, since when and last use; kept or ended with a reason."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from drafts.admin.acting import attempt, tell
from governance import access, clock
from governance.admin.pages import may, moment, page, person, require
from governance.models import AccessReview, Certification


def worklist(request: HttpRequest) -> HttpResponse:
    """The review of this quarter, or of the one asked for."""
    require(request, "see_access_review")
    review = AccessReview.objects.filter(quarter=request.GET.get("quarter") or access.quarter_of(moment(request).date())).first()
    rows = access.items(review, person(request)) if review else []
    waiting = sum(not row.certification.verdict for row in rows)
    late = review is not None and moment(request).date() > review.due_on and waiting > 0
    return page(
        request, "desk/access_review.html", "Access review", review=review, rows=rows, waiting=waiting, late=late,
        quarters=list(AccessReview.objects.values_list("quarter", flat=True)[:8]), may_certify=may(request, "certify_grants"),
        crumbs=[(redirect("admin:compliance").url, "Compliance")] if may(request, "see_compliance") else [],
    )  # fmt: skip


def certify(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep or end one grant."""
    require(request, "certify_grants")
    row = Certification.objects.select_related("review").filter(pk=pk).first()
    if row is None or not access.in_reach(row, person(request)):
        raise Http404
    post = request.POST
    _, problem = attempt(
        request, "certify", lambda: access.certify(pk, post.get("verdict", ""), post.get("reason", ""), by=person(request), at=clock.now())
    )
    tell(request, problem, "Recorded. The grant is kept." if post.get("verdict") == "keep" else "Recorded. The grant has ended.")
    return redirect(f"{redirect('admin:access_review').url}?quarter={row.review.quarter}")
