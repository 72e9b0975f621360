"""The dashboard: a tile, a chart's table, the file and the list of rows say one number, to each person of what they reach."""

import csv
import io
import re
from datetime import timedelta

import pytest

from governance import clock
from governance.metrics.answering import measured
from governance.metrics.asking import Question, Window
from governance.models import Event, Incident, Measure
from tests.factories import grant, make_account, make_portfolio, make_user
from tests.governance.metrics.history import History

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]


def history(rounds=60, seed=3):
    """Some weeks of drafts, answers and disputes, in portfolios 1 and 2."""
    told = History(seed, clock.now() - timedelta(days=75))
    for _ in range(3):
        told.at = clock.now() - timedelta(days=75)
        told.play(rounds // 3)
    return told


def leader():
    """Somebody who leads everything."""
    return make_user("leadership")


def addresses(page, name):
    """Every address on the page that opens rows of one measure."""
    return [a.replace("&amp;", "&") for a in re.findall(rf'href="(/admin/metrics/rows/{name}/[^"]*)"', page)]


def test_a_number_a_table_a_file_and_a_list_of_rows_agree(signed_in):
    history()
    client = signed_in(leader())
    page = client.get("/admin/metrics/").content.decode()
    window = Window(*_window(page))
    question = Question(window)
    text = client.post("/admin/metrics/csv/", {"period": "12w"}).content.decode()
    lines = {row["name"]: row for row in csv.DictReader(io.StringIO(text)) if row["part"] == ""}
    for name in ("draft_correction_rate", "critical_correction_rate", "source_completeness", "constructive_response_rate", "mistakes_stopped"):
        one = measured(name, question, at=clock.now())
        assert int(lines[name]["n"]) == one.n, name
        whole = next(a for a in addresses(page, name) if "part=" not in a)
        assert f"{one.numerator if one.numerator is not None else one.n} row" in client.get(whole).content.decode(), name
        if one.numerator is not None:
            assert f"{one.numerator} of {one.n} = " in page, name


def _window(page):
    from datetime import datetime

    found = re.search(r"weeks, (.+?) to (.+?), beside", page)
    return [datetime.strptime(text, "%d %b %Y").date() for text in found.groups()]


def test_every_bar_and_point_opens_exactly_the_rows_it_counts(signed_in):
    history()
    client = signed_in(leader())
    page = client.get("/admin/metrics/").content.decode()
    bars = set(re.findall(r'xlink:href="(/admin/metrics/rows/drafts_decided/[^"]+)"[^>]*><path aria-label="[^"]*: [a-z ]+ (\d+) of', page))
    assert len(bars) > 4
    for address, count in bars:
        assert f"{count} row" in client.get(address.replace("&amp;", "&")).content.decode(), address


def test_the_parts_of_the_table_add_up_to_the_whole(signed_in):
    history()
    page = signed_in(leader()).get("/admin/metrics/").content.decode()
    weeks = re.findall(r'rows/drafts_decided/\?[^"]*which=rows[^"]*part=[^"]*">(\d+)<', page)
    whole = re.search(r"(\d+) drafts: unchanged", page)
    assert sum(map(int, weeks)) == int(whole[1]) > 0


def test_nobody_sees_measures_of_portfolios_that_are_not_theirs(signed_in):
    history()
    mine = make_portfolio()
    user = make_user()
    grant(user, "leadership", mine)
    assert Measure.objects.exclude(portfolio_id=mine.pk).exists()
    page = signed_in(user).get("/admin/metrics/").content.decode()
    theirs = Measure.objects.filter(portfolio_id=mine.pk, kind="mistake", stands=True).count()
    assert f"{theirs} mistake" in page
    assert "0 rows" in signed_in(user).get("/admin/metrics/rows/drafts_decided/?portfolio=999").content.decode()


def test_a_system_administrator_reads_no_measures_and_is_told_why(signed_in):
    client = signed_in(make_user("system_admin"))
    for address in ("/admin/metrics/", "/admin/metrics/rows/drafts_decided/", "/admin/metrics/never/paid/", "/admin/metrics/definitions/"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "may not see the measures" in answer.content.decode()
    assert client.post("/admin/metrics/csv/").status_code == 403


def test_leadership_reads_rows_and_reaches_no_text_from_them(signed_in):
    history()
    client = signed_in(leader())
    page = client.get("/admin/metrics/rows/drafts_decided/").content.decode()
    assert "/audit/" not in page
    assert "/review/" not in page


def test_too_few_to_say_shows_no_percentage(signed_in):
    history(rounds=3)
    page = signed_in(leader()).get("/admin/metrics/?period=4w&lane=executive_review").content.decode()
    tiles = page[page.index('id="short"') : page.index("charts")]
    assert "%" not in re.sub(r"95 % interval", "", tiles)


def test_recall_without_labels_is_no_number(signed_in):
    history()
    page = signed_in(leader()).get("/admin/metrics/").content.decode()
    figure = page[page.index('id="recall"') : page.index("</figure>", page.index('id="recall"'))]
    assert "No sample was drawn in this period: recall is unknown." in figure
    assert "<svg" not in figure


def test_what_was_not_checked_is_not_zero(signed_in):
    page = signed_in(leader()).get("/admin/metrics/").content.decode()
    zero = page[page.index('id="zero"') : page.index('id="short"')]
    assert zero.count("Not checked") == 1
    assert "ledger breaks" in zero[zero.index("Not checked") :]


def test_a_violation_is_shown_in_words_and_opens_its_row(signed_in):
    told = history(rounds=6)
    told.at = clock.now() - timedelta(days=2)
    draft = told.offer(3, 99_000)
    told.approve(3, 99_000, draft)
    told.send(3, 99_000, draft, paid=1)
    client = signed_in(leader())
    page = client.get("/admin/metrics/").content.decode()
    zero = page[page.index('id="zero"') : page.index('id="short"')]
    assert zero.count("Not zero") == 1
    address = re.search(r'href="(/admin/metrics/never/paid/[^"]*)"', zero)[1].replace("&amp;", "&")
    told_page = client.get(address).content.decode()
    assert "1 case," in told_page
    assert told_page.count('id="case-') == 1
    assert "No incident yet" in told_page


def violated(told, account, portfolio):
    """A demand left about a paid invoice; returns the delivery's id."""
    told.at = clock.now() - timedelta(days=2)
    follow_up = 99_000 + account.pk
    draft = told.offer(account.pk, follow_up, portfolio=portfolio.pk)
    told.approve(account.pk, follow_up, draft)
    return told.send(account.pk, follow_up, draft, paid=1)


def incident_of(delivery, account, **fields):
    """Its incident, written by somebody who named the customer."""
    words = f"{account.name} was asked to pay again."
    return Incident.objects.create(
        source=f"delivery:{delivery}", account_id=account.pk, portfolio=account.portfolio, what=words, harm=words, noticed_at=clock.now(),
        **{"severity": "high", "state": "correcting", "action": f"Call {account.name} and say sorry.", "action_owner": make_user("finance_approver"),
           "action_due": clock.now().date() - timedelta(days=1), **fields},
    )  # fmt: skip


def test_who_leads_reads_what_was_done_about_it_and_no_word_of_the_customer(signed_in):
    account = make_account(name="Northwind Bearings GmbH")
    incident_of(violated(History(), account, account.portfolio), account)
    page = signed_in(leader()).get("/admin/metrics/never/paid/").content.decode()
    assert "Being corrected" in page
    assert "high, being corrected" in page
    assert "Corrective action: Call" in page
    assert "and say sorry." in page
    assert "Correction past its date" in page
    assert not re.search("northwind|bearings|asked to pay", page, re.I)
    assert "/admin/incidents/" not in page
    assert "/audit/" not in page


def test_who_may_read_incidents_and_drafts_goes_on_from_there(signed_in):
    account = make_account()
    incident = incident_of(violated(History(), account, account.portfolio), account)
    page = signed_in(make_user("compliance_auditor")).get("/admin/metrics/never/paid/").content.decode()
    assert f"/admin/incidents/{incident.pk}/" in page


def test_a_case_of_another_portfolio_is_neither_counted_nor_told(signed_in):
    theirs, mine = make_account(), make_portfolio()
    incident_of(violated(History(), theirs, theirs.portfolio), theirs)
    user = make_user()
    grant(user, "leadership", mine)
    page = signed_in(user).get("/admin/metrics/never/paid/").content.decode()
    assert "0 cases" in page
    assert "Nothing of this kind happened" in page
    assert theirs.portfolio.name not in page
    assert "say sorry" not in page


def test_the_incident_of_the_nightly_check_is_told_to_who_leads_everything_only(signed_in):
    Incident.objects.create(source="invariant:I12", what="event 4 changed", harm="?", noticed_at=clock.now(), severity="high")
    user = make_user()
    grant(user, "leadership", make_portfolio())
    assert "No corrective action is agreed yet." in signed_in(leader()).get("/admin/metrics/never/ledger_breaks/").content.decode()
    assert "No corrective action" not in signed_in(user).get("/admin/metrics/never/ledger_breaks/").content.decode()
    for code in ("without_approval", "without_decision", "paid", "disputed", "after_stop", "twice", "silent_gaps"):
        assert signed_in(user).get(f"/admin/metrics/never/{code}/").status_code == 200
    assert signed_in(user).get("/admin/metrics/never/something/").status_code == 404


@pytest.mark.parametrize("query", ["period=nonsense", "since=2026-13-01", "until=x", "portfolio=abc", "since=2026-05-01&until=2026-04-01", "p=zzz"])
def test_a_question_that_cannot_be_answered_is_said_and_the_usual_one_shown(signed_in, query):
    answer = signed_in(leader()).get(f"/admin/metrics/?{query}")
    assert answer.status_code == 200
    assert ("There is a problem" in answer.content.decode()) == (query != "p=zzz")


@pytest.mark.parametrize("query", ["by=week&part=nonsense", "by=week&part=9999-99-99"])
def test_rows_of_a_part_there_is_not_are_not_found(signed_in, query):
    assert signed_in(leader()).get(f"/admin/metrics/rows/drafts_decided/?{query}").status_code == 404
    assert signed_in(leader()).get("/admin/metrics/rows/nothing-of-the-kind/").status_code == 404


def test_looking_changes_nothing_and_a_file_taken_is_on_record(signed_in):
    history(rounds=6)
    client, before = signed_in(leader()), Event.objects.count()
    client.get("/admin/metrics/")
    client.get("/admin/metrics/rows/drafts_decided/")
    assert Event.objects.count() == before
    assert client.get("/admin/metrics/csv/").status_code == 405
    client.post("/admin/metrics/csv/", {"period": "12w"})
    assert Event.objects.filter(action="audit.exported", subject_kind="measures").count() == 1


def test_the_charts_carry_no_script_no_style_and_no_foreign_address(signed_in):
    history()
    page = signed_in(leader()).get("/admin/metrics/").content.decode()
    charts = "".join(re.findall(r'<div class="chart">(.*?)</div>', page, re.S))
    assert "<svg" in charts
    assert "style=" not in charts
    assert "<style" not in charts
    assert "<script" not in charts
    assert not re.findall(r'href="(?!/admin/)[^"]+"', charts)


def test_the_page_asks_no_more_questions_for_a_long_history(signed_in, django_assert_max_num_queries):
    history(rounds=60)
    client = signed_in(leader())
    client.get("/admin/metrics/")
    with django_assert_max_num_queries(80) as few:
        client.get("/admin/metrics/")
    history(rounds=60, seed=8)
    with django_assert_max_num_queries(80) as many:
        client.get("/admin/metrics/")
    assert len(many) == len(few)


def test_every_measure_is_defined_in_words(signed_in):
    from governance.metrics.definitions import METRICS

    page = signed_in(leader()).get("/admin/metrics/definitions/").content.decode()
    assert all(f'id="{one.name}"' in page for one in METRICS)
