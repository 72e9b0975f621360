"""One box: account name or number, invoice number, PO number, Message-ID. Only within the person's reach."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import Invoice, Message
from drafts.admin.lookup import accounts_of, follow_ups_of
from drafts.models import Delivery
from governance.admin.pages import may, page, person, require, scope_for

LIMIT = 20


def search(request: HttpRequest) -> HttpResponse:
    """Results by kind; a single exact hit opens at once."""
    require(request, "see_account")
    text = request.GET.get("q", "").strip()[:200]
    if not text:
        return page(request, "desk/search.html", "Search", groups=[], search_query="")
    accounts = accounts_of(request)
    groups = [
        ("Accounts", _accounts(accounts, text)),
        ("Invoices", _invoices(request, text)),
        ("Messages", _messages(request, accounts, text)),
    ]
    exact = [hit for _, hits in groups for hit in hits if hit["exact"]]
    if len(exact) == 1:
        return redirect(exact[0]["url"])
    return page(request, "desk/search.html", "Search", groups=[g for g in groups if g[1]], search_query=text)


def _accounts(accounts: Any, text: str) -> list[dict[str, Any]]:
    rows = accounts.filter(Q(name__icontains=text) | Q(external_id__istartswith=text)).order_by("name")[:LIMIT]
    return [
        {
            "title": a.name, "more": f"account {a.external_id}", "url": reverse("admin:account_page", args=[a.pk]),
            "exact": a.external_id == text,
        }
        for a in rows
    ]


def _invoices(request: HttpRequest, text: str) -> list[dict[str, Any]]:
    rows = Invoice.objects.visible_to(person(request), scope_for(request)).filter(Q(number__istartswith=text) | Q(po_number__iexact=text))
    return [
        {
            "title": i.number,
            "more": f"{i.account.name}, {i.get_status_display().lower()}" + (f", PO {i.po_number}" if i.po_number else ""),
            "url": reverse("admin:account_page", args=[i.account_id]) + f"#invoice-{i.pk}",
            "exact": i.number == text,
        }
        for i in rows.select_related("account").order_by("number")[:LIMIT]
    ]


def _messages(request: HttpRequest, accounts: Any, text: str) -> list[dict[str, Any]]:
    if "@" not in text or not may(request, "see_draft"):
        return []
    ids = (text, f"<{text}>")
    sent = Delivery.objects.filter(message_id__in=ids, follow_up__in=follow_ups_of(request)).select_related("account")
    got = Message.objects.filter(message_id__in=ids, direction="in", account__in=accounts).select_related("account")
    hits = [(f"Message to {d.account.name}", d.message_id, reverse("admin:delivery", args=[d.pk])) for d in sent]
    hits += [(f"Message from {m.account.name}", m.message_id, reverse("admin:account_page", args=[m.account_id])) for m in got]
    return [{"title": title, "more": more, "url": url, "exact": True} for title, more, url in hits]
