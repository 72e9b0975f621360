"""Import pages: upload, check (nothing written), confirm, result. The rows are read by the same functions as ``manage.py import_book``."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path

from accounts.importing import service, uploads
from accounts.importing.context import Options
from accounts.importing.errors import Unreadable
from accounts.importing.export import refused_csv
from accounts.importing.layouts import NAMES
from accounts.models import ImportRun
from governance import clock
from governance.admin.pages import act_view, desk_view, may, page, require, scope_for
from governance.language import said
from governance.models import Portfolio, User
from governance.money import is_currency
from governance.roles import ACTIONS

RECENT = 20
OPTION = re.compile(r"give --(date-order|decimal|encoding)\b[^.;]*")
ASK = "Find out, and ask when in doubt"


class UploadForm(forms.Form):
    """What to import, and the answers to what a file may leave open."""

    portfolio = forms.ModelChoiceField(Portfolio.objects.none(), empty_label=None)
    file = forms.FileField(help_text="CSV or XLSX, at most 20 MB, 100,000 rows and 64 columns.")
    as_of = forms.DateField(required=False, label="Book as of", help_text="Rows issued later are left out. Empty: today.")
    currency = forms.CharField(required=False, max_length=3, help_text="Of amounts that state none. Empty: the portfolio's.")
    layout = forms.ChoiceField(required=False, choices=[("", ASK), *((n, n.replace("_", " ")) for n in NAMES)])
    date_order = forms.ChoiceField(required=False, choices=[("", ASK), ("dmy", "Day first"), ("mdy", "Month first")])
    decimal = forms.ChoiceField(required=False, label="Decimal sign", choices=[("", ASK), ("point", "Point"), ("comma", "Comma")])
    encoding = forms.ChoiceField(
        required=False,
        choices=[("", ASK), ("utf-8", "UTF-8"), ("windows-1252", "Windows-1252 (western)"), ("windows-1250", "Windows-1250 (central)")],
    )
    placeholder_contacts = forms.BooleanField(
        required=False, help_text="Made-up, marked addresses under .example for accounts without one. For trials only."
    )

    def __init__(self, *args: Any, portfolios: list[Portfolio], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["as_of"].widget = forms.DateInput(attrs={"type": "date"})
        for choice in self.fields.values():
            if isinstance(choice, forms.ChoiceField) and not isinstance(choice, forms.ModelChoiceField):
                choice.choices = [(key, said(words)) for key, words in choice.choices]
        field = self.fields["portfolio"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Portfolio.objects.filter(pk__in=[p.pk for p in portfolios])

    def clean_currency(self) -> str:
        """A known code, in capitals."""
        code: str = self.cleaned_data["currency"].strip().upper()
        if code and not is_currency(code):
            raise forms.ValidationError(f'"{code}" is not a known currency; expected a code of ISO 4217, for example EUR.')
        return code

    def options(self) -> Options:
        """The options of the import."""
        chosen = {name: self.cleaned_data[name] for name in ("as_of", "currency", "layout", "date_order", "decimal", "encoding")}
        return Options(**chosen, placeholder_contacts=self.cleaned_data["placeholder_contacts"], upload=True)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "the desk's pages are for signed-in people"
    return request.user


def _portfolios(request: HttpRequest) -> list[Portfolio]:
    """Portfolios this person may import into."""
    return [portfolio for portfolio in Portfolio.objects.all() if may(request, "import", portfolio)]


def start(request: HttpRequest) -> HttpResponse:
    """The upload form and the last imports; a POST checks the file and leads to what would happen."""
    require(request, "import")
    portfolios = _portfolios(request)
    form = UploadForm(request.POST or None, request.FILES or None, portfolios=portfolios)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            at = clock.now()
            run = uploads.receive(form.cleaned_data["file"], form.cleaned_data["portfolio"], form.options(), by=_person(request), at=at)
            return redirect("admin:import_run", run.pk)
        except Unreadable as error:
            problem = _on_this_page(str(error))
    recent = ImportRun.objects.filter(portfolio__in=portfolios).select_related("portfolio", "started_by")[:RECENT]
    failed = bool(problem or form.errors)
    context: dict[str, Any] = {"form": form, "problem": problem, "recent": recent, "portfolios": portfolios, "errors": failed}
    return page(request, "admin/imports/start.html", "Import", status=422 if failed else 200, **context)


def _on_this_page(words: str) -> str:
    """A question asks for a choice on the form, not for an option of the command line."""
    return OPTION.sub(lambda found: f"choose {found[1].replace('-', ' ')} under “When the file leaves something open”", words)


def _run(request: HttpRequest, run_id: int) -> ImportRun:
    require(request, "import")
    run = get_object_or_404(ImportRun.objects.select_related("portfolio", "started_by"), pk=run_id)
    if run.portfolio is None and not scope_for(request).roles_everywhere & ACTIONS["import"].roles:
        raise Http404  # of the command line, about no portfolio: for people who import everywhere
    if not may(request, "import", run):
        raise Http404
    return run


def show(request: HttpRequest, run_id: int) -> HttpResponse:
    """What a file would do, or what it did."""
    run = _run(request, run_id)
    uploads.seen(run, _person(request))
    before = uploads.imported_before(run)
    done = run.state == ImportRun.State.COMMITTED
    context: dict[str, Any] = {
        "run": run,
        "done": done,
        "totals": [f"{currency} {Decimal(amount):,}" for currency, amount in run.totals.items()],
        "before": before,
        "good_rows": run.rows - run.refused_count,
        "may_confirm": uploads.may_confirm(_person(request), run),
        "file_kept": bool(run.upload),
        "crumbs": [("/admin/imports/", "Import")],
    }
    title = f"Imported: {run.file_name}" if done else f"Check: {run.file_name}"
    return page(request, "admin/imports/run.html", title, **context)


def confirm(request: HttpRequest, run_id: int) -> HttpResponse:
    """Import what was checked."""
    run = _run(request, run_id)
    try:
        partial = request.POST.get("accept_partial") == "1"
        sha256 = request.POST.get("sha256", "")
        outcome = uploads.confirm(run.pk, by=_person(request), at=clock.now(), sha256=sha256, accept_partial=partial)
        messages.success(request, f"Imported: {outcome.created} created, {outcome.updated} updated, {outcome.unchanged} unchanged.")
    except uploads.AlreadyImported as already:
        messages.info(request, f"Already imported by {_who(already.args[0])}. Nothing was imported again.")
    except uploads.CheckedAgain:
        messages.warning(request, "The data moved since the check, so it was checked again. Nothing was written; please look again.")
    except uploads.Gone:
        messages.error(request, "The uploaded file is no longer kept. Upload it again.")
    except service.Refused:
        messages.error(request, "Rows are refused, so nothing was written. Correct the file, or go on with the other rows.")
    return redirect("admin:import_run", run.pk)


def _who(run: ImportRun) -> str:
    moment = f"{run.committed_at:%d %b %Y at %H:%M} UTC" if run.committed_at else "an earlier moment"
    return f"{run.options.get('confirmed_by') or run.started_by or 'the command line'} on {moment}"


def refused(request: HttpRequest, run_id: int) -> HttpResponse:
    """The refused rows as CSV: the file's own columns and why."""
    run = _run(request, run_id)
    response = HttpResponse(refused_csv(run), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-rows-{run.pk}.csv"'
    return response


def import_urls(admin_site: AdminSite) -> list[URLPattern]:
    """The pages, for the desk's own admin site."""
    return [
        path("imports/", desk_view(start), name="imports"),
        path("imports/<int:run_id>/", desk_view(show, methods=("GET", "HEAD")), name="import_run"),
        path("imports/<int:run_id>/confirm/", act_view(confirm), name="import_confirm"),
        path("imports/<int:run_id>/refused.csv", desk_view(refused, methods=("GET", "HEAD")), name="import_refused"),
    ]
