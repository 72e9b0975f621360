"""The generated walk: every address × every role × own and foreign side × reading and acting.

Stated rules (docs/access.md): what lies out of reach does not exist (404); what lies in reach and is not this person's to do is refused in
words (403); who is not signed in is led to the sign-in (302); reading changes no row; nothing foreign is ever shown or changed.
"""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from drafts.models import Delivery
from governance.models import Event
from governance.roles import ALL_ROLES
from tests.security.walk import answers
from tests.security.walk.answers import model_visits, names_of_resolver, pages_of_own, readers_of, row_of, visits
from tests.security.walk.conftest import enter, undone
from tests.security.walk.reading import changed, snapshot, text_of, traces
from tests.security.walk.specs import LEFT_OUT, READERS, SPECS

pytestmark = [pytest.mark.django_db, pytest.mark.crawl]
PEOPLE = [*ALL_ROLES, "superuser"]
# Every list is asked for foreign rows by one who works in it, one who audits it, and one who administers it.
FORGERS = ("finance_approver", "compliance_auditor", "system_admin")
REFUSED, GONE = 403, 404


def offenders(found):
    return "\n".join(sorted(set(found))[:60])


def expected(role, spec, side_is_own):
    """The statuses a cell of the matrix allows."""
    holds = spec.may is None or role in spec.may
    if spec.shared or not spec.numbered:
        return spec.ok if holds else {REFUSED}
    if not side_is_own:
        return {GONE} if holds and role in READERS else {REFUSED, GONE}
    if holds:
        return {200}
    return {REFUSED} if role in READERS and not spec.hidden else {REFUSED, GONE}


def test_every_address_is_part_of_the_walk():
    names = names_of_resolver()
    assert not names - set(SPECS) - set(LEFT_OUT), "a new address joins tests/security/walk/specs.py"
    assert not (set(SPECS) | set(LEFT_OUT)) - names, "a line of specs.py has no address any more"
    assert not set(SPECS) & set(LEFT_OUT)


def test_every_model_page_has_a_row_on_both_sides(book):
    none = [f"{model._meta.label} ({side.word})" for model in admin.site._registry for side in (book.own, book.foreign) if row_of(model, side) is None]
    assert not none, offenders(none)


def read_only():
    """Every table as it is, and how many events there are: reading adds none but the note of who read a history."""
    return snapshot("governance.Event", "governance.StreamHead"), Event.objects.count()


def before_and_after(before):
    rows, events = before
    assert {(e.action, e.stream) for e in Event.objects.order_by("id")[events:]} <= {("audit.read", "audit")}
    return rows, snapshot("governance.Event", "governance.StreamHead")


@pytest.mark.parametrize("role", PEOPLE)
def test_reading_answers_as_the_matrix_says_shows_nothing_foreign_and_changes_nothing(book, role):
    client, wrong = enter(book.people[role]), []
    before = read_only()
    for own in (True, False):
        for visit in visits(book.own if own else book.foreign):
            response = client.get(visit.url)
            allowed = expected(role, visit.spec, own)
            if visit.name in ("search",) and "?" in visit.url and 200 in allowed:
                allowed = {200, 302}
            if visit.name == "packs" and "?" in visit.url and role in visit.spec.may:
                allowed = {200, GONE}
            if response.status_code not in allowed:
                wrong.append(f"{visit.url} ({'own' if own else 'foreign'}): {response.status_code}, not {allowed}")
            if response.status_code == REFUSED and "because" not in text_of(response):
                wrong.append(f"{visit.url}: refused without a reason")
            wrong += [f"{visit.url} shows {trace}" for trace in traces(response)]
    assert not wrong, offenders(wrong)
    assert changed(*before_and_after(before)) == []


@pytest.mark.parametrize("role", PEOPLE)
def test_model_pages_answer_as_the_matrix_says_show_nothing_foreign_and_change_nothing(book, role):
    client, wrong = enter(book.people[role]), []
    before = read_only()
    for own in (True, False):
        for name, url, model, view in model_visits(book.own if own else book.foreign, forged=book.foreign if role in FORGERS else None, rows_only=not own):
            response = client.get(url)
            allowed = expected_of_model(role, model, view, own, url)
            if response.status_code not in allowed:
                wrong.append(f"{name} {url} ({'own' if own else 'foreign'}): {response.status_code}, not {allowed}")
            if response.status_code == REFUSED and "because" not in text_of(response):
                wrong.append(f"{url}: refused without a reason")
            wrong += [f"{url} shows {trace}" for trace in traces(response)]
    assert not wrong, offenders(wrong)
    assert changed(*before_and_after(before)) == []


SHARED = {"policyversion", "templateversion", "promptversion", "evaluationrun", "user", "group", "allportfoliosgrant", "controlresult"}


def expected_of_model(role, model, view, own, url):
    holds, name = role in readers_of(model), model._meta.model_name
    if view == "changelist":
        return ({200, 302} if "?" in url else {200}) if holds else {REFUSED}
    if view == "add":
        return {200} if role == "system_admin" and name in answers.ADDS else {REFUSED}
    if view == "delete":
        return {REFUSED, GONE}
    if not own and name not in SHARED:
        return {GONE} if holds else {REFUSED, GONE}
    leads_on = view == "change" and name in answers.LEADS_ON
    return ({302} if leads_on else {200}) if holds else ({302, REFUSED} if leads_on else {REFUSED})


def test_the_pages_of_one_portfolio_do_not_know_that_another_exists(book):
    """Byte for byte the same, with and without the other one: no count, no order, no empty place betrays it."""
    now, wrong = pages_of_own(book), []
    for key, (status, words) in book.alone.items():
        if now[key] != (status, words):
            old, new = words.splitlines(), now[key][1].splitlines()
            line = next((f"“{a.strip()[:90]}” → “{b.strip()[:90]}”" for a, b in zip(old, new, strict=False) if a != b), "length")
            wrong.append(f"{key}: {status} → {now[key][0]}: {line}")
    assert not wrong, offenders(wrong)


def over(response):
    """The page that says nobody is signed in, with what was typed to copy; or, where nothing was typed, the sign-in itself."""
    if response.status_code == 302:
        return "/login/" in response["Location"]
    return response.status_code == REFUSED and response.template_name == "desk/visit_over.html"


def test_nobody_is_led_to_the_sign_in_everywhere(book):
    client, wrong = enter(None), []
    open_to_all = {"jsi18n", "autocomplete"}
    for side in (book.own, book.foreign):
        asked = [(v.name, v.url) for v in visits(side)] + [(name, url) for name, url, *_ in model_visits(side)]
        for name, url in asked:
            response = client.get(url)
            if name not in open_to_all and not (response.status_code == 302 and "/login/" in response["Location"]):
                wrong.append(f"GET {url}: {response.status_code}")
            wrong += [f"{url} shows {trace}" for trace in traces(response)]
        before = snapshot()
        for visit in visits(side, reading=False):
            response = client.post(visit.url, visit.spec.form(side))
            if visit.name != "set_language" and not over(response):  # chosen on the sign-in page, by who is not signed in yet
                wrong.append(f"POST {visit.url}: {response.status_code}")
            wrong += [f"{visit.url} shows {trace}" for trace in traces(response)]
        assert changed(before, snapshot()) == []
    assert not wrong, offenders(wrong)


# --- Acting --------------------------------------------------------------------------------------------------------------------------

DONE = {200, 204, 302, 409, 422}


@pytest.mark.parametrize("role", PEOPLE)
def test_acting_answers_as_the_matrix_says(book, role):
    client, wrong = enter(book.people[role]), []
    for visit in visits(book.own, reading=False):
        with undone():
            response = client.post(visit.url, visit.spec.form(book.own))
        holds = visit.spec.may is None or role in visit.spec.may
        hidden = visit.spec.hidden or (visit.spec.numbered and not visit.spec.shared and role not in READERS)
        refusal = {REFUSED, GONE} if hidden else {REFUSED}
        if response.status_code not in (DONE if holds else refusal):
            wrong.append(f"{visit.name}: {response.status_code}, {'may' if holds else 'may not'}")
        elif response.status_code == REFUSED and "because" not in text_of(response):
            wrong.append(f"{visit.name}: refused without a reason")
        wrong += [f"{visit.name} shows {trace}" for trace in traces(response)]
    assert not wrong, offenders(wrong)


@pytest.mark.parametrize("role", PEOPLE)
def test_acting_on_foreign_rows_changes_nothing_and_shows_nothing(book, role):
    client, wrong = enter(book.people[role]), []
    before = snapshot()
    for visit in visits(book.foreign, reading=False):
        if visit.spec.shared or not visit.spec.numbered:
            continue
        response = client.post(visit.url, visit.spec.form(book.foreign))
        if response.status_code not in ({GONE} if role in visit.spec.may & READERS else {REFUSED, GONE}):
            wrong.append(f"{visit.name}: {response.status_code}")
        wrong += [f"{visit.name} shows {trace}" for trace in traces(response)]
    assert not wrong, offenders(wrong)
    assert changed(before, snapshot()) == []


@pytest.mark.parametrize("role", ["reviewer", "finance_approver", "legal_approver", "compliance_auditor", "system_admin"])
def test_own_addresses_with_foreign_ids_in_their_forms_touch_no_foreign_row(book, role):
    """Ids of the other side in every field that takes one."""
    client, wrong = enter(book.people[role]), []
    portfolio, before = book.foreign.desk.portfolio.pk, foreign_rows(book)
    for visit in visits(book.own, reading=False):
        form = {**visit.spec.form(book.own), **_foreign_ids(book.foreign, visit.spec.form(book.foreign)), "portfolio": portfolio}
        with undone():
            response = client.post(visit.url, form)
            after = foreign_rows(book) if response.status_code in DONE else before
        if before != after:
            wrong.append(f"{visit.name} changed a foreign row")
        wrong += [f"{visit.name} shows {trace}" for trace in traces(response)]
    assert not wrong, offenders(wrong)


def _foreign_ids(side, form):
    return {name: value for name, value in form.items() if isinstance(value, int)}


def foreign_rows(book):
    """The foreign rows of every model page, as they are."""
    side, out = book.foreign, {}
    for model in admin.site._registry:
        row = row_of(model, side)
        if row is not None and model._meta.model_name not in SHARED:
            out[model._meta.label] = list(model._base_manager.filter(pk=row.pk).values_list())
    out["deliveries"] = list(Delivery.objects.filter(account__portfolio=side.desk.portfolio).order_by("pk").values_list("pk", "state"))
    return out


@pytest.mark.parametrize("role", ["finance_approver", "compliance_auditor", "system_admin", "superuser"])
def test_posting_to_a_model_page_changes_no_governed_row(book, role):
    client, wrong = enter(book.people[role]), []
    before = read_only()
    for side in (book.own, book.foreign):
        for _, url, model, view in model_visits(side):
            row = row_of(model, side)
            form = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes", "form-0-id": row.pk, "form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "_save": "Save"}
            if view == "add" and role == "system_admin":
                form = {"action": "x"}
            if view == "change" and role == "system_admin" and model._meta.model_name in answers.ADDS:
                continue  # its form is tested in tests/security/test_rights_administration.py
            response = client.post(url, form)
            wrong += [f"POST {url} shows {trace}" for trace in traces(response)]
            if response.status_code >= 500:
                wrong.append(f"POST {url}: {response.status_code}")
    assert not wrong, offenders(wrong)
    assert changed(*before_and_after(before)) == []


@pytest.mark.parametrize("role", ["finance_approver", "compliance_auditor", "system_admin"])
def test_autocomplete_of_every_field_of_every_model_names_nothing_foreign(book, role):
    client, url, wrong = enter(book.people[role]), reverse("admin:autocomplete"), []
    for model in admin.site._registry:
        for field in (f for f in model._meta.fields if f.remote_field):
            for term in ("", "zzcan"):
                response = client.get(url, {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": field.name, "term": term})
                wrong += [f"{model._meta.model_name}.{field.name} shows {trace}" for trace in traces(response)]
                if response.status_code >= 500:
                    wrong.append(f"{model._meta.model_name}.{field.name}: {response.status_code}")
    assert not wrong, offenders(wrong)


def test_the_walk_meets_what_it_looks_for(book):
    """A person of the foreign side reads canaries nearly everywhere, or the walk proves nothing."""
    client = enter(book.foreign.desk.people["finance_approver"])
    asked = [(v.name, v.url) for v in visits(book.foreign)] + [(name, url) for name, url, *_ in model_visits(book.foreign)]
    seen = {name for name, url in asked if traces(client.get(url))}
    must = {"review", "account_page", "draft_history", "delivery", "decision", "dispute", "outcomes", "replies", "incident", "import_run", "trainings"}
    assert not must - seen
    client = enter(book.foreign.desk.people["system_admin"])
    assert {"roles", "break_glass", "break_glass_access"} <= {v.name for v in visits(book.foreign) if traces(client.get(v.url))}
    assert len([name for name in seen if name.endswith(("_changelist", "_change", "_history"))]) > 40
