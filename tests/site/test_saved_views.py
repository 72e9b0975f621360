"""Lists under a name: one's own or a team's, with a clear word where a name is taken or an address says nothing."""

from __future__ import annotations

import pytest

from drafts.models import SavedView
from governance.models import Event
from tests.drafts.scene import AS_OF, Desk, exception_case, routine_case
from tests.factories import make_user
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]
QUEUE, VIEWS = "/admin/drafts/followup/", "/admin/queue/views/"


def save(client, name, query="tab=all&lane=exception&sort=work", **fields):
    return client.post(VIEWS, {"name": name, "query": query, **fields})


def tabs(client):
    return {view.name for view in client.get(QUEUE).context["views"]}


def test_a_list_is_saved_under_a_name_and_stands_among_the_tabs(signed_in):
    desk = Desk()
    exception_case(desk), routine_case(desk)
    client = signed_in(desk.finance)
    form = text_of(client.get(VIEWS + "?tab=all&lane=exception&p=2"))
    assert "Lane: Exception" in form and "List: All open" in form
    answer = save(client, "  Hard   cases ")
    view = SavedView.objects.get()
    assert (view.name, view.query, view.portfolio, view.owner) == ("Hard cases", "tab=all&lane=exception", None, desk.finance)
    assert answer["Location"] == f"{QUEUE}?tab=all&lane=exception"
    shown = client.get(answer["Location"])
    assert shown.context["view"] == view and "View “Hard cases”" in text_of(shown) and len(shown.context["items"]) == 1
    assert "Saved as “Hard cases”. Only you see it." in text_of(shown)
    assert tabs(signed_in(desk.owner)) == set() and not Event.objects.filter(action__startswith="view.").exists()


def test_a_team_view_shows_each_person_their_own_rows_and_strangers_nothing(signed_in):
    desk, elsewhere = Desk(), Desk()
    case, foreign = exception_case(desk), exception_case(elsewhere)
    save(signed_in(desk.finance), "Hard cases", portfolio=desk.portfolio.pk)
    view = SavedView.objects.get()
    assert view.portfolio == desk.portfolio
    assert Event.objects.filter(action="view.shared", subject_id=view.pk, actor_id=desk.finance.pk).count() == 1
    colleague = signed_in(desk.owner)
    assert tabs(colleague) == {"Hard cases"} and case.account.name in colleague.get(f"{QUEUE}?{view.query}").content.decode()
    assert tabs(signed_in(elsewhere.finance)) == set()
    both = make_user("finance_approver", elsewhere.portfolio)
    page = signed_in(both).get(f"{QUEUE}?{view.query}").content.decode()
    assert foreign.account.name in page and case.account.name not in page


@pytest.mark.parametrize("shared", [False, True])
def test_a_name_is_taken_once_whatever_the_capitals(signed_in, shared):
    desk = Desk()
    team = {"portfolio": desk.portfolio.pk} if shared else {}
    client = signed_in(desk.finance)
    save(client, "Late ones", **team)
    again = save(client, "LATE ONES", query="tab=mine&due=late", **team)
    assert again.status_code == 409 and "There is a view called “LATE ONES”" in text_of(again)
    assert 'value="LATE ONES"' in again.content.decode() and "tab=mine&amp;due=late" in again.content.decode(), "nothing typed is lost"
    save(client, "Others")
    other = SavedView.objects.get(name="Others")
    if not shared:
        renamed = client.post(f"{VIEWS}{other.pk}/", {"name": "late ones"})
        assert renamed.status_code == 409 and SavedView.objects.get(pk=other.pk).name == "Others"
    colleague = save(signed_in(desk.owner), "Late ones", **team)
    assert colleague.status_code == (409 if shared else 302)


@pytest.mark.parametrize(
    ("name", "query", "words"),
    [
        ("X", "tab=all&lane=purple", "no filter of the queue is called lane=purple"),
        ("X", "colour=red", "no filter of the queue is called colour=red"),
        ("", "tab=all", "Give the view a name"),
        ("y" * 61, "tab=all", "60 characters at most"),
    ],
)
def test_an_unreadable_list_or_name_is_refused_in_words(signed_in, name, query, words):
    answer = save(signed_in(Desk().reviewer), name, query)
    assert answer.status_code == 409 and words in text_of(answer) and not SavedView.objects.exists()


def test_a_view_whose_filter_is_gone_opens_and_says_what_was_left_out(signed_in):
    desk = Desk()
    view = SavedView.objects.create(name="Old", query="tab=all&mood=bad", owner=desk.reviewer, created_at=AS_OF)
    shown = signed_in(desk.reviewer).get(f"{QUEUE}?{view.query}")
    assert shown.status_code == 200 and "no filter of the queue is called mood=bad" in text_of(shown)


def test_only_its_owner_renames_and_deletes_a_view_and_what_others_use_is_on_record(signed_in):
    desk, stranger = Desk(), Desk()
    client = signed_in(desk.finance)
    save(client, "Ours", portfolio=desk.portfolio.pk)
    pk = SavedView.objects.get().pk
    for person, status in ((desk.owner, 403), (stranger.finance, 404), (make_user("leadership"), 403)):
        for address in (f"{VIEWS}{pk}/", f"{VIEWS}{pk}/delete/"):
            answer = signed_in(person).post(address, {"name": "Mine now"})
            assert answer.status_code == status, (person, address)
    assert SavedView.objects.get().name == "Ours"
    client.post(f"{VIEWS}{pk}/", {"name": "Everybody's"})
    assert SavedView.objects.get().name == "Everybody's"
    client.post(f"{VIEWS}{pk}/delete/")
    assert not SavedView.objects.exists()
    assert list(Event.objects.filter(action__startswith="view.").order_by("id").values_list("action", flat=True)) == ["view.shared", "view.renamed", "view.withdrawn"]


def test_nobody_shares_a_list_with_a_team_they_do_not_work_in(signed_in):
    desk, other = Desk(), Desk()
    answer = save(signed_in(desk.finance), "X", portfolio=other.portfolio.pk)
    assert answer.status_code == 409 and "one of your own teams" in text_of(answer)
    auditor = signed_in(make_user("compliance_auditor", desk.portfolio))
    assert "Who finds it" not in text_of(auditor.get(VIEWS))
    assert save(auditor, "X", portfolio=desk.portfolio.pk).status_code == 403
    assert save(auditor, "Mine").status_code == 302 and SavedView.objects.get().portfolio is None
