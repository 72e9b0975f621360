"""Single sign-on by OpenID Connect: the provider says who it is; what they may do is decided here and by nobody else.

Authlib fetches the provider's metadata and checks state, PKCE, the ID token's signature, issuer, audience, time and nonce. A person is
matched by the verified mail address of somebody who is known here already: nobody is created and no role is given.
"""

from __future__ import annotations

import logging
import time
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from joserfc.errors import JoseError

from collections_site.sign_in import visit
from governance.models import User

log = logging.getLogger(__name__)

SIGNATURES = ("RS256", "PS256", "ES256", "EdDSA")  # never "none", never a shared secret
TIMEOUT_SECONDS = 10
LEEWAY_SECONDS = 60
BACKEND = "django.contrib.auth.backends.ModelBackend"
NEXT = "single_sign_on_next"
STRONG_METHODS = frozenset({"mfa", "otp", "hwk", "swk", "fpt", "face", "sc"})


class NotSignedIn(Exception):
    """The provider's answer signs nobody in; the message says why, in words for the screen."""


def configured() -> bool:
    """True when issuer and client are named."""
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID)


def _client() -> Any:
    """The provider as Authlib speaks to it; its metadata and keys are read anew for each sign-in, so a changed key needs no restart."""
    oauth = OAuth()
    client = oauth.register(
        "desk", client_id=settings.OIDC_CLIENT_ID, client_secret=settings.OIDC_CLIENT_SECRET,
        server_metadata_url=settings.OIDC_ISSUER.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256", "default_timeout": TIMEOUT_SECONDS},
    )  # fmt: skip
    metadata = client.load_server_metadata()
    if metadata.get("issuer") != settings.OIDC_ISSUER:
        raise NotSignedIn("The provider calls itself by another name than the one set up here.")
    offered = metadata.get("id_token_signing_alg_values_supported", ["RS256"])
    metadata["id_token_signing_alg_values_supported"] = [alg for alg in offered if alg in SIGNATURES]
    return client


def _address(request: HttpRequest) -> str:
    done = reverse("admin:single_sign_on_done")
    return settings.PUBLIC_URL.rstrip("/") + done if settings.PUBLIC_URL else request.build_absolute_uri(done)


@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Go to the provider; ``again`` asks it to let the person sign in anew, for acts that ask who is there."""
    if not configured():
        raise Http404
    wanted = request.GET.get("next", "")
    request.session[NEXT] = wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()) else ""
    extra = {"prompt": "login", "max_age": "0"} if request.GET.get("again") else {}
    try:
        response: HttpResponse = _client().authorize_redirect(request, _address(request), **extra)
    except (NotSignedIn, AuthlibBaseError, JoseError, requests.RequestException, RuntimeError, ValueError) as error:
        return _refused(request, error)
    return response


@never_cache
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """The provider's answer: one person of ours, or a refusal in words."""
    if not configured():
        raise Http404
    try:
        claims = _claims(request)
        user = _person(claims)
    except (NotSignedIn, AuthlibBaseError, JoseError, requests.RequestException, RuntimeError, ValueError) as error:
        return _refused(request, error)
    wanted = request.session.pop(NEXT, "")
    login(request, user, backend=BACKEND)
    strong = settings.OIDC_TRUST_MFA and bool(STRONG_METHODS & set(claims.get("amr") or []))
    visit.begin(request, factor="provider" if strong else "")
    # A provider may answer from a sign-in of this morning: that is not fresh proof for a high act.
    request.session[visit.PROVED] = min(time.time(), float(claims.get("auth_time") or 0))
    return redirect(wanted or "admin:index")


def _claims(request: HttpRequest) -> dict[str, Any]:
    """What the checked ID token says, completed from the provider's user page where it names no address."""
    client = _client()
    options = {"iss": {"essential": True, "value": settings.OIDC_ISSUER}, "sub": {"essential": True}}
    token = client.authorize_access_token(request, claims_options=options, leeway=LEEWAY_SECONDS)
    claims = dict(token.get("userinfo") or {})
    if not claims:
        raise NotSignedIn("The provider's answer names nobody.")
    if "email" not in claims and client.load_server_metadata().get("userinfo_endpoint"):
        more = dict(client.userinfo(token=token))
        if more.get("sub") != claims["sub"]:
            raise NotSignedIn("The provider names two different people.")
        claims = {**more, **claims}
    return claims


def _person(claims: dict[str, Any]) -> User:
    """The one active person with this verified address."""
    email = str(claims.get("email") or "")
    if not email or claims.get("email_verified") is not True:
        raise NotSignedIn("The provider did not verify your mail address.")
    found = list(User.objects.filter(email__iexact=email, is_active=True, is_service=False)[:2])
    if len(found) != 1:
        raise NotSignedIn("Nobody who may sign in here has this mail address. A system administrator adds people.")
    return found[0]


def _refused(request: HttpRequest, error: Exception) -> HttpResponse:
    """Nobody is signed in. What the provider or the network said is for the log, not for the screen."""
    from django.contrib import admin  # the site is built after this module is named in the settings

    log.warning("single sign-on refused: %s", error)
    words = str(error) if isinstance(error, NotSignedIn) else "The sign-in was not completed, took too long, or was used before. Begin again."
    context = {**admin.site.each_context(request), "title": "Sign-in did not work", "problem": words, "name": settings.OIDC_NAME}
    return TemplateResponse(request, "desk/single_sign_on_refused.html", context, status=403)
