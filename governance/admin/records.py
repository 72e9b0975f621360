"""The record: events, approvals, holds and decisions. Nobody edits any of it here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from governance.admin.base import ReadOnlyAdmin, ScopedAdmin, portfolio_filter
from governance.admin.history import FieldChange, Version, acts_about
from governance.admin.pages import scope_for, withheld_for
from governance.audit import ACTIONS
from governance.blind import hidden_events
from governance.models import ApprovalRequest, Decision, Event, Hold
from governance.roles import AUDITOR, label_of
from governance.topics import words_of

ENDINGS = tuple(ACTIONS[name] for name in ("approval.complete", "approval.void", "approval.expired"))


def _names(version: Version, request_id: int) -> bool:
    """True for an act about this request: the subject of its event is the draft, which may have had several."""
    return any(change.label == "request" and change.new == str(request_id) for change in version.changes)


class AuditorsOnly(ReadOnlyAdmin):
    """For auditors of everything; other people read the record on the account and draft pages, within their portfolios."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Auditor in all portfolios."""
        return AUDITOR in scope_for(request).roles_everywhere


@admin.register(Event)
class EventAdmin(AuditorsOnly):
    """Every act, chained per stream."""

    list_display = ("at", "stream", "number", "action", "actor_id", "subject_kind", "subject_id")
    search_fields = ("=stream", "=action")
    search_help_text = "a whole stream (account:17) or a whole action (approval.given)"
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Every event, but for those that tell an auditor who may still answer a request how others answered it."""
        rows = super().get_queryset(request)
        found = withheld_for(request)
        return rows.exclude(hidden_events(found)) if found else rows


@admin.register(Hold)
class HoldAdmin(AuditorsOnly):
    """Holds past and present."""

    list_display = ("__str__", "scope", "scope_id", "owner", "created_at", "expires_at", "released_at")
    list_filter = ("kind", "scope")
    list_select_related = ("owner",)
    ordering = ("-id",)


@admin.register(ApprovalRequest)
class ApprovalRequestAdmin(ScopedAdmin):
    """Approval requests."""

    see = "see_ledger"
    portfolio_path, account_path = "portfolio_id", "account_id"
    list_display = ("__str__", "lane", "state", "requester", "created_at", "expires_at")
    list_filter = ("state", portfolio_filter("portfolio_id"))
    list_select_related = ("requester",)
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those in reach; one that this person may still answer appears with its answers once they have."""
        return super().get_queryset(request).exclude(pk__in=[one.request_id for one in withheld_for(request)])

    def versions_of(self, request: HttpRequest, obj: Any) -> list[Version]:
        """Asked, each answer with role and words, and how it ended."""
        told = [
            Version(a.at, a.person, a.get_verdict_display().lower(), a.comment, [
                FieldChange("role", "", label_of(a.acting_as)), FieldChange("text approved", "", a.fingerprint),
                *([FieldChange("in spite of the warnings", "", words_of(a.reason))] if a.reason else []),
            ])
            for a in obj.approvals.select_related("person").order_by("-at")
        ]  # fmt: skip
        roles = ", ".join(label_of(r.role) for r in obj.required_roles.all())
        asked = [FieldChange("needed", "", roles), FieldChange("text", "", obj.fingerprint), FieldChange("in time until", "", str(obj.expires_at))]
        acts = [v for v in acts_about(obj, obj.subject_kind, obj.subject_id) if _names(v, obj.pk) and v.kind in ENDINGS]
        begun = [Version(obj.created_at, obj.requester, "asked for", "", asked)]
        return sorted([*told, *acts, *begun], key=lambda version: version.at, reverse=True)


@admin.register(Decision)
class DecisionAdmin(ScopedAdmin):
    """Decisions as rows; they are taken on their own page."""

    portfolio_path, account_path = "portfolio_id", "account_id"
    list_display = ("__str__", "state", "deciding_role", "decided_by", "decided_at")
    list_filter = ("kind", "state", portfolio_filter("portfolio_id"))
    list_select_related = ("decided_by",)
    ordering = ("-id",)
