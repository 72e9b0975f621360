"""A page that is not this person's, in words. Django's own pages (lists and rows of the admin) refuse without any."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from governance.admin import pages
from governance.roles import ALL_ROLES, label_of


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 with the roles the person holds. Nobody gets here without being signed in, but for a forged address of Django's."""
    if not request.user.is_authenticated:
        return pages.refused(request, "because you are not signed in").render()
    held = pages.scope_for(request).all_roles
    names = ", ".join(label_of(role) for role in ALL_ROLES if role in held)
    reason = f"because your role ({names}) does not open this page" if names else "because you have no role yet"
    return pages.refused(request, reason).render()
