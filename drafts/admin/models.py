"""Rows of the line as model pages: read-only, scoped. The follow-up list is the review queue."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern

from drafts.admin import queue
from drafts.admin.urls import follow_up_urls
from drafts.models import Brief, Classification, Delivery, Draft, Finding, FollowUp, Generation, Reply
from drafts.record.versions import Step, steps
from governance.admin.base import ScopedAdmin, portfolio_filter
from governance.admin.history import MASK, FieldChange, Version
from governance.admin.pages import desk_view, may, withheld_for
from governance.models import User


@admin.register(FollowUp)
class FollowUpAdmin(ScopedAdmin):
    """The queue, and the workspace below it."""

    portfolio_path, account_path = "portfolio_id", "account_id"

    def get_urls(self) -> list[URLPattern]:
        """The workspace and its verbs before the stock pages."""
        return [*follow_up_urls(), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The review queue."""
        return desk_view(queue.queue)(request)

    def without_answers(self, request: HttpRequest, obj: Any, versions: list[Version]) -> list[Version]:
        """Not who took it, left it or answered, before this person answered too."""
        untold = {pk for one in withheld_for(request) if one.account_id == obj.account_id for pk in one.people}
        names = {str(user) for user in User.objects.filter(pk__in=untold)}
        kept = [v for v in versions if v.by is None or v.by.pk not in untold]
        return [v._replace(changes=[c for c in v.changes if not {c.old, c.new} & names]) for v in kept]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The workspace shows everything; there is nothing to edit here."""
        if object_id.isascii() and object_id.isdigit() and self.get_object(request, object_id) is not None:
            return redirect("admin:review", object_id)
        return super().change_view(request, object_id, form_url, extra_context)


class LineAdmin(ScopedAdmin):
    """Rows that hang on a follow-up."""

    see = "see_draft"
    portfolio_path, account_path = "follow_up__portfolio_id", "follow_up__account_id"
    ordering = ("-id",)
    # Columns that carry a contact's name or address outside the words of the message itself.
    personal: tuple[str, ...] = ()

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Personal columns are left out for people without the right to them."""
        subject = getattr(obj, "follow_up", None) or getattr(obj, "account", None)
        return () if subject is not None and may(request, "see_contact_data", subject) else self.personal


@admin.register(Draft)
class DraftAdmin(LineAdmin):
    """Every revision of every text."""

    personal = ("to_address", "cc", "canonical")
    list_display = ("__str__", "purpose", "language", "author_kind", "author", "created_at")
    list_filter = ("purpose", "author_kind", portfolio_filter("follow_up__portfolio_id"))
    list_select_related = ("author",)
    search_fields = ("subject",)

    def versions_of(self, request: HttpRequest, obj: Any) -> list[Version]:
        """Every version up to this one, each beside the one before."""
        drafts = obj.follow_up.drafts.filter(revision__lte=obj.revision).select_related("author")
        return [_version(step, masked=bool(self.get_exclude(request, obj))) for step in reversed(steps(list(drafts)))]


def _version(step: Step, *, masked: bool) -> Version:
    draft, before = step.draft, step.before
    columns = {"subject": "subject", "text": "body", "recipient": "to_address", "purpose": "purpose", "language": "language"}
    changes = []
    for label, column in columns.items():
        old, new = str(getattr(before, column)) if before else "", str(getattr(draft, column))
        if old != new:
            hidden = masked and column == "to_address"
            changes.append(FieldChange(label, MASK if hidden and old else old, MASK if hidden else new))
    why = draft.note or (f"from {step.author}" if draft.author_id is None else "")
    return Version(draft.created_at, draft.author, f"v{draft.revision} written", why, changes)


@admin.register(Generation)
class GenerationAdmin(LineAdmin):
    """Attempts of a model: what was asked of which one, what came back, what it cost."""

    personal = ("raw_answer", "result", "parameters")
    list_display = ("__str__", "kind", "model", "prompt_version", "latency_ms", "cost_micro", "error_kind", "created_at")
    list_filter = ("kind", "state", portfolio_filter("follow_up__portfolio_id"))
    list_select_related = ("prompt_version",)


@admin.register(Finding)
class FindingAdmin(LineAdmin):
    """What the checks found."""

    portfolio_path, account_path = "draft__follow_up__portfolio_id", "draft__follow_up__account_id"
    list_display = ("__str__", "severity", "why", "read_by")
    list_filter = ("severity", portfolio_filter("draft__follow_up__portfolio_id"))
    list_select_related = ("acknowledged_by",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Findings in reach; of a text this person may still approve without who read its warnings."""
        hidden = [one.subject_id for one in withheld_for(request)]
        return super().get_queryset(request).annotate(untold=Q(draft_id__in=hidden))

    @admin.display(description="read by")
    def read_by(self, row: Any) -> str:
        """Who read the warning first."""
        return "•••" if row.untold and row.acknowledged_by_id else str(row.acknowledged_by or "-")

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """As the list: not who read it, before one's own answer."""
        names = super().get_exclude(request, obj)
        return (*names, "acknowledged_by", "acknowledged_at") if getattr(obj, "untold", False) else names


@admin.register(Delivery)
class DeliveryAdmin(LineAdmin):
    """The outbox; messages are stopped on the outgoing page."""

    personal = ("mime", "recipients", "server_answer", "last_error")
    list_display = ("__str__", "account", "state", "leaves_at", "accepted_at", "stop_reason")
    list_filter = ("state", portfolio_filter("follow_up__portfolio_id"))
    list_select_related = ("account",)
    search_fields = ("=message_id",)


@admin.register(Reply)
class ReplyAdmin(LineAdmin):
    """Replies and their kind."""

    portfolio_path, account_path = "message__account__portfolio_id", "message__account_id"
    list_display = ("__str__", "machine_kind", "confirmed_kind", "confirmed_by", "created_at")
    list_filter = ("machine_kind", "confirmed_kind", portfolio_filter("message__account__portfolio_id"))
    list_select_related = ("confirmed_by",)


@admin.register(Brief)
class BriefAdmin(LineAdmin):
    """Frozen facts."""

    personal = ("facts",)
    portfolio_path, account_path = "account__portfolio_id", "account_id"
    list_display = ("__str__", "account", "sources_fine", "sources_required", "complete", "as_of")
    list_select_related = ("account",)
    list_filter = ("complete", portfolio_filter("account__portfolio_id"))


@admin.register(Classification)
class ClassificationAdmin(LineAdmin):
    """Why an account was in a lane."""

    list_display = ("__str__", "lane", "machine_lane", "owner_role", "created_at")
    list_filter = ("lane", portfolio_filter("follow_up__portfolio_id"))
