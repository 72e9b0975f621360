"""Pages that exist only in a demo: entering by role, the outbox, the jump of the clock. Elsewhere these addresses answer 404."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST

from collections_site import demo_chain, demo_tour
from collections_site.demo import clock as demo_clock
from collections_site.demo.people import PEOPLE
from drafts import states
from drafts.admin.lookup import follow_ups_of
from drafts.delivery import handover
from drafts.models import Delivery, FollowUp
from drafts.models.follow_up import FollowUpQuerySet
from governance.admin.pages import act_view, desk_view, may, page
from governance.models import Installation, User

BACKEND = "django.contrib.auth.backends.ModelBackend"
View = Callable[..., HttpResponse]


def is_demo() -> bool:
    """True in demo mode on a demo database; both are needed for anything demo to exist."""
    return settings.DEMO_MODE and Installation.objects.filter(kind=Installation.Kind.DEMO).exists()


def only_in_demo(view: View) -> View:
    """404 anywhere else, as if the address did not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_demo():
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def people() -> list[dict[str, Any]]:
    """The invented people one may enter as, in the order of the roles, with what they do."""
    users = {user.username: user for user in User.objects.filter(username__in=[p.username for p in PEOPLE], is_active=True)}
    return [
        {"pk": users[p.username].pk, "name": p.name, "role": p.role_label, "words": p.words, "code": p.role}
        for p in PEOPLE
        if p.username in users
    ]


@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """A real sign-out and sign-in as one of the demo's people: the actor of every act is never in doubt."""
    chosen = request.POST.get("user", "")
    if chosen not in {str(person["pk"]) for person in people()}:
        raise Http404
    user = User.objects.get(pk=chosen)
    logout(request)
    login(request, user, backend=BACKEND)
    return redirect(demo_tour.safe_next(request.POST.get("next", "")) or "admin:index")


def _read(request: HttpRequest) -> FollowUpQuerySet:
    """The follow-ups whose messages this person may read; a demo is no way around the roles."""
    return follow_ups_of(request) if may(request, "see_draft") else FollowUp.objects.none()


def outbox(request: HttpRequest) -> HttpResponse:
    """Everything that "left", of the accounts in reach: the demo's mail server is this list."""
    rows = Delivery.objects.filter(state=states.ACCEPTED, follow_up__in=_read(request)).select_related("account", "draft").defer("mime").order_by("-accepted_at")
    return page(request, "desk/demo_outbox.html", "Demo outbox", rows=list(rows[:200]))


def outbox_bytes(request: HttpRequest, pk: int) -> HttpResponse:
    """One message exactly as handed over, byte for byte."""
    row = Delivery.objects.filter(pk=pk, state=states.ACCEPTED, follow_up__in=_read(request)).select_related("account", "draft").first()
    if row is None:
        raise Http404
    if request.GET.get("raw"):
        response = HttpResponse(row.mime.encode("ascii"), content_type="application/octet-stream")
        response["Content-Disposition"] = f'attachment; filename="message-{pk}.eml"'
        return response
    return page(request, "desk/demo_message.html", f"Message to {row.account.name}", d=row)


def jump(request: HttpRequest) -> HttpResponse:
    """Move the demo clock to the next leaving time and let the sweep's own verb hand over what is due."""
    user: Any = request.user
    moment = demo_clock.jump(by=user)
    if moment is None:
        messages.warning(request, "Nothing waits to leave. Approve a draft first.")
    else:
        handover.deliver_due()
        messages.success(request, f"The demo clock now shows {timezone.localtime(moment):%a %d %b %H:%M}. What was due has left.")
    return redirect("admin:outgoing")


def urls() -> list[URLPattern]:
    """Each answers 404 unless this is a demo."""
    return [
        path("demo/enter/", only_in_demo(enter), name="demo_enter"),
        path("demo/outbox/", desk_view(only_in_demo(outbox)), name="demo_outbox"),
        path("demo/outbox/<int:pk>/", desk_view(only_in_demo(outbox_bytes)), name="demo_message"),
        path("demo/jump/", act_view(only_in_demo(jump)), name="demo_jump"),
        path("demo/tour/", only_in_demo(demo_tour.show), name="demo_tour"),
        path("demo/tour/tick/", require_POST(only_in_demo(demo_tour.tick)), name="demo_tick"),
        path("demo/tour/disturb/", act_view(only_in_demo(demo_tour.disturb)), name="demo_disturb"),
        path("demo/chain/", desk_view(only_in_demo(demo_chain.show), methods=("GET", "HEAD")), name="demo_chain"),
        path("demo/chain/break/", act_view(only_in_demo(demo_chain.damage)), name="demo_break"),
        path("demo/chain/mend/", act_view(only_in_demo(demo_chain.mend)), name="demo_mend"),
    ]

