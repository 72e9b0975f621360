"""What an address of the queue asks for: the parts of its query string, the rows they leave, and the order. Any address opens."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import BigIntegerField, F, Func, Q, QuerySet, TextField
from django.db.models.functions import Cast, Mod
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invoice, Ticket
from drafts import states
from drafts.admin.work import TAB_KEYS, tab_rows
from drafts.classification.ranking import BAND_STEP, BANDS, RANK_TAIL
from drafts.models import Draft, FollowUp
from drafts.models.follow_up import has_rule
from governance.admin.pages import person, scope_for
from governance.calendar import day_begins

HITS = 200
SEARCHED = 100  # characters of the search box that count

# Rules behind each choice of the signal filter; "check:" is any guardrail on the text.
SIGNALS: dict[str, tuple[str, tuple[str, ...]]] = {
    "dispute": ("Dispute", ("dispute_signal", "dispute_open")),
    "promise": ("Promise or plan", ("promise_in_force", "promise_broken", "promise_undated", "payment_plan", "request_for_terms")),
    "payment": ("Paid or credited", ("payment_claimed", "payment_in_flight", "short_payment", "promised_credit", "credits_could_cover", "net_zero")),
    "papers": ("PO or delivery", ("po_missing", "invoice_not_delivered", "customer_approval", "terms_differ")),
    "ticket": ("Urgent ticket", ("ticket_urgent",)),
    "legal": ("Legal", ("legal_wording", "natural_person", "insolvency", "suspension_considered")),
    "important": ("Important", ("tier_strategic", "tier_enterprise", "executive_escalation", "renewal_near", "total_over_routine", "total_over_executive")),
    "text": ("Text flagged", ("check:",)),
    "source": ("Source or recipient", ("source_gap", "recipient_missing")),
}  # fmt: skip
AMOUNTS = {str(end): f"{end:,} and more" for end in BANDS}
AGES = {"30": "Over 30 days", "60": "Over 60 days", "90": "Over 90 days"}
OWNERS = {"me": "Me, or taken by me", "named": "Routed to me by name", "nobody": "Nobody by name", "others": "A colleague"}
DUES = {"late": "Late", "rest": "Today, not late yet", "today": "Today or late"}
SOURCES = {"not_fine": "Not all fine"}
WRITERS = {str(code): str(words) for code, words in Draft.AuthorKind.choices}
SORTS = {"work": "Work order", "due": "Decide by", "age": "Oldest debt", "amount": "Amount, by currency", "account": "Account"}
ORDERS: dict[str, tuple[Any, ...]] = {
    "work": ("work_rank", "pk"), "due": (F("due_at").asc(nulls_last=True), "pk"), "age": (F("oldest_due_on").asc(nulls_last=True), "pk"),
    "amount": ("account__currency", F("amount").desc(nulls_last=True), "pk"), "account": ("account__name", "pk"),
}  # fmt: skip
LANES = dict(states.LANE_CHOICES)
# Every part of an address with the values it may have; the search box takes any text.
CHOICES: dict[str, Any] = {
    "tab": TAB_KEYS, "lane": LANES, "signal": {key: words for key, (words, _) in SIGNALS.items()}, "due": DUES, "amount": AMOUNTS, "age": AGES,
    "owner": OWNERS, "sources": SOURCES, "writer": WRITERS, "sort": SORTS,
}  # fmt: skip
DEFAULTS = {"tab": "mine", "sort": "work"}
OF_ONE_PAGE = ("p", "format", "seen", "edit", "compare")  # parts of an address that are not the list itself
MORE = ("amount", "age", "owner", "sources", "writer")  # behind "More filters"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for; every part has a safe default, so any address opens."""

    tab: str = "mine"
    q: str = ""
    lane: str = ""
    signal: str = ""
    due: str = ""
    amount: str = ""
    age: str = ""
    owner: str = ""
    sources: str = ""
    writer: str = ""
    sort: str = "work"

    @classmethod
    def of(cls, params: QueryDict) -> Filters:
        """Read from a query string; what nobody offers is left out (``unknown`` says what)."""
        found = {name: params.get(name, "") for name in CHOICES if params.get(name, "") in CHOICES[name]}
        return cls(q=params.get("q", "").strip()[:SEARCHED], **found)

    @property
    def narrowed(self) -> int:
        """How many filters are set; with none the list is the whole tab."""
        return sum(bool(getattr(self, f.name)) for f in fields(self) if f.name not in DEFAULTS)

    @property
    def more(self) -> bool:
        """True when something behind "More filters" is set."""
        return any(getattr(self, name) for name in MORE)

    @property
    def query(self) -> str:
        """The shortest address of this list, always the same for the same list."""
        parts = {f.name: getattr(self, f.name) for f in fields(self)}
        return urlencode({k: v for k, v in parts.items() if k == "tab" or v != DEFAULTS.get(k, "")})


def unknown(params: QueryDict) -> list[str]:
    """The parts of a query string that no filter of the queue knows: "lane=foo"."""
    names = {"q", *CHOICES, *OF_ONE_PAGE}
    return [f"{k}={v}" for k, v in params.items() if k not in names or (v and k in CHOICES and v not in CHOICES[k])]


def list_of(params: QueryDict) -> str:
    """The query string of the list alone, as it was given."""
    out = params.copy()
    for name in OF_ONE_PAGE:
        out.pop(name, None)
    return out.urlencode()


def back_to(query: str) -> str:
    """The address of a list."""
    return f"{reverse('admin:drafts_followup_changelist')}?{query}"


def rows_for(request: HttpRequest, filters: Filters, now: datetime) -> QuerySet[FollowUp]:
    """The rows of one address, scoped, filtered, ordered."""
    return narrowed(tabs_of(request, now)[filters.tab], request, filters, now)


def narrowed(rows: QuerySet[FollowUp], request: HttpRequest, filters: Filters, now: datetime) -> QuerySet[FollowUp]:
    """The rows of a tab that the filters leave, in their order."""
    rows = rows.filter(_conditions(filters, request, now))
    if filters.amount:
        below = (len(BANDS) - BANDS.index(int(filters.amount))) * BAND_STEP
        rows = rows.annotate(tail=Mod("work_rank", RANK_TAIL)).filter(tail__lt=below, work_rank__gt=0)
    return in_order(rows, filters)


def in_order(rows: QuerySet[FollowUp], filters: Filters) -> QuerySet[FollowUp]:
    """The rows in the order the address asks for."""
    if filters.sort == "amount":
        rows = rows.annotate(amount=_amount())
    return rows.order_by(*ORDERS[filters.sort])


def tabs_of(request: HttpRequest, now: datetime) -> dict[str, QuerySet[FollowUp]]:
    """The rows of each tab for the person who asks."""
    return tab_rows(person(request), scope_for(request), now, _today(now))


def _today(now: datetime) -> datetime:
    """When the reader's day began."""
    return day_begins(timezone.localtime(now))


def _conditions(filters: Filters, request: HttpRequest, now: datetime) -> Q:
    found, me, begins = Q(), person(request).pk, _today(now)
    if filters.lane:
        found &= Q(lane=filters.lane)
    if filters.signal:
        found &= has_rule(*SIGNALS[filters.signal][1])
    if filters.due:
        found &= Q(due_at__lt=now if filters.due == "late" else begins + timedelta(days=1))
        found &= Q(due_at__gte=now) if filters.due == "rest" else Q()
    if filters.age:
        found &= Q(oldest_due_on__lt=begins.date() - timedelta(days=int(filters.age)))
    if filters.owner:
        mine = Q(owner=me) | Q(claimed_by=me, claimed_until__gt=now)
        found &= {"me": mine, "named": Q(owner=me), "nobody": Q(owner__isnull=True), "others": Q(owner__isnull=False) & ~Q(owner=me)}[filters.owner]
    if filters.sources:
        found &= Q(brief__complete=False)
    if filters.writer:
        found &= Q(draft__author_kind=filters.writer)
    return found & _matching(filters.q) if filters.q else found


def _amount() -> Any:
    """What is overdue in the account's own currency, in minor units: amounts of different currencies are never compared."""
    own = Func(F("totals"), F("account__currency"), template="(%(expressions)s)", arg_joiner=" ->> ", output_field=TextField())
    return Cast(own, BigIntegerField())


def _matching(text: str) -> Q:
    """Account name or number, invoice or PO number, ticket number. Rows are already the person's own, so nothing else can surface."""
    # Ids first: as correlated subqueries the same question took half a second with 60,000 rows.
    by_invoice = Invoice.objects.filter(Q(number__iexact=text) | Q(po_number__iexact=text)).order_by().values_list("account_id", flat=True)
    by_ticket = Ticket.objects.filter(external_id__iexact=text).values_list("account_id", flat=True)
    named = {*by_invoice[:HITS], *by_ticket[:HITS]}
    return Q(account__name__icontains=text) | Q(account__external_id__iexact=text) | Q(account_id__in=named)
