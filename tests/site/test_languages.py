"""The desk in German: who gets it, what is translated and what is not, and how it writes amounts, dates and times."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from drafts.models import Delivery
from governance.language import said
from governance.models import Event, User
from governance.readers import offered
from tests.drafts.scene import exception_case, routine_case
from tests.factories import grant, make_user

# Words that stand on nearly every English page and in no German one.
ENGLISH = re.compile(r"\b(the|is|are|not|because|nothing|with|of|and|until|since|who|what|which|nobody|your|you|waiting|overdue|approved|shown)\b")
PAGES = (
    "index", "outgoing", "decisions", "disputes", "replies", "holds", "health", "readiness", "metrics_page", "outcomes", "packs", "who_may", "preferences",
    "imports", "roles", "compliance", "incidents", "near_misses", "samples", "misses", "access_review", "trainings", "tone", "all_data", "notices",
)


def german(user: User) -> Client:
    """A browser in which somebody who reads German is signed in."""
    User.objects.filter(pk=user.pk).update(language="de")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def words_of(response) -> str:
    """What a page shows of the desk's own words: without what was typed, without codes, options and drawings."""
    page = re.sub(r"<(script|style|svg|option|pre|textarea|q)\b.*?</\1>|<[^>]*class=\"[^\"]*(?:mono|customer)[^\"]*\".*?</", "", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " · ", page))


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_german_has_no_english_words(name, at_as_of):
    address = reverse(f"admin:{'measures' if name == 'metrics_page' else name}")
    for role in ("compliance_auditor", "system_admin", "finance_approver"):
        response = german(make_user(role)).get(address)
        if response.status_code == 200:
            break
    assert response.status_code == 200, f"nobody of these opens {name}"
    assert '<html lang="de"' in response.content.decode()
    assert not ENGLISH.findall(words_of(response)), words_of(response)


@pytest.mark.django_db
def test_the_workspace_speaks_german_and_the_letter_stays_in_its_own_language(at_as_of):
    case = routine_case()
    page = german(case.desk.reviewer).get(reverse("admin:review", args=[case.follow_up.pk])).content.decode()
    assert "Faktenblatt" in page and "Offene Rechnungen" in page and "Genau diesen Text freigeben" in page
    assert case.draft.body.split("\n")[0] in page
    assert re.search(r"\d\.\d{3},\d\d [A-Z]{3}|\d+,\d\d [A-Z]{3}", page)


@pytest.mark.django_db
def test_what_is_written_is_english_whoever_acts(at_as_of):
    case = routine_case()
    client = german(case.desk.reviewer)
    case.approve()
    delivery = Delivery.objects.get()
    shown = client.post(reverse("admin:stop_delivery", args=[delivery.pk]), {"reason": ""}, follow=True)
    delivery.refresh_from_db()
    assert delivery.stop_reason == f"Stopped by {case.desk.reviewer}."
    assert "angehalten. Es wurde nichts versendet" in shown.content.decode()
    assert f"Angehalten von {case.desk.reviewer}." in client.get(reverse("admin:delivery", args=[delivery.pk])).content.decode()
    assert "angehalten" not in "".join(Event.objects.values_list("data", flat=True))


@pytest.mark.django_db
def test_the_sign_in_page_follows_the_browser_and_the_choice_made_on_it():
    client, address = Client(HTTP_ACCEPT_LANGUAGE="de-AT,de;q=0.9"), reverse("admin:login")
    assert "Benutzername" in client.get(address).content.decode()
    client.post(reverse("admin:set_language"), {"language": "en-gb", "next": address})
    assert "User name" in client.get(address).content.decode()
    assert "User name" in Client(HTTP_ACCEPT_LANGUAGE="fi").get(address).content.decode()


@pytest.mark.django_db
def test_the_preference_of_a_person_beats_the_browser(at_as_of):
    user = make_user("reviewer")
    client = Client(HTTP_ACCEPT_LANGUAGE="de")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert '<html lang="de"' in client.get(reverse("admin:index")).content.decode()
    client.post(reverse("admin:preferences"), {"language": "en", "density": "compact", "time_zone": "Europe/Berlin"})
    assert User.objects.get(pk=user.pk).language == "en"
    assert '<html lang="en-gb"' in client.get(reverse("admin:index")).content.decode()
    client.post(reverse("admin:preferences"), {"language": "tlh", "density": "compact", "time_zone": "Europe/Berlin"})
    assert User.objects.get(pk=user.pk).language == "en"


def test_a_language_the_installation_has_not_is_not_offered():
    assert (offered("de"), offered("en"), offered("fr"), offered("")) == ("de", "en-gb", "", "")
    assert {code for code, _ in settings.LANGUAGES} == {"en-gb", "de"}


@pytest.mark.parametrize(("english", "in_german"), [
    ("EUR 1,234.50", "1.234,50 EUR"),
    ("JPY 120,000", "120.000 JPY"),
    ("21 Nov 2026", "21. Nov. 2026"),
    ("21 November 2026", "21. November 2026"),
    ("Mon 23 Nov 09:00", "Mo. 23. Nov. 09:00"),
    ("tomorrow 09:00", "morgen 09:00"),
    ("2 days ago", "vor 2 Tagen"),
    ("3.1 days", "3,1 Tage"),
    ("1,180 of 1,204 (98 %)", "1.180 von 1.204 (98 %)"),
    ("1 of 22 = 4.5 % (95 % interval 0.8 to 22 %).", "1 von 22 = 4,5 % (95-%-Intervall 0,8 bis 22 %)."),
    ("Tom Becker, away until 27 Nov; deputy Priya Nair", "Tom Becker, abwesend bis 27. Nov.; Vertretung Priya Nair"),
    ("finance approver, reviewer", "Finanzfreigabe, Prüfung"),
    ("because your role (reviewer) may not lift a hold; it takes: account owner, finance approver",
     "weil Ihre Rolle (Prüfung) das nicht darf (eine Sperre aufheben); nötig ist: Kundenbetreuung, Finanzfreigabe"),
    ("Promise to pay by 3 Nov was not kept (grace ended 5 Nov), and 2 more", "Zahlungszusage zum 3. Nov. nicht gehalten (Nachfrist endete 5. Nov.), und 2 weitere"),
    ("EUR 12,000.00 overdue is more than 10,000", "12.000,00 EUR überfällig sind mehr als 10.000"),
])  # fmt: skip
def test_a_sentence_with_values_is_found_by_its_words(english, in_german):
    with translation.override("de"):
        assert said(english) == in_german
    with translation.override("en-gb"):
        assert said(english) is english


@pytest.mark.parametrize("words", [
    "We paid this on 3 Nov, please look again.", "Nordlicht Handels GmbH", "INV-2026-0042", "One more thing while I have you: two pallets are missing.", "a@b.example",
])  # fmt: skip
def test_what_the_desk_did_not_say_stays_as_it_is(words):
    with translation.override("de"):
        assert said(words) == words


def test_the_words_of_a_customer_inside_a_sentence_stay_as_they_were():
    with translation.override("de"):
        assert "„approved“" in said("Possible dispute, not yet judged: “approved”")


@pytest.mark.django_db
def test_times_are_those_of_the_persons_zone(at_as_of):
    case = routine_case()
    delivery = case.approve()
    shown = {}
    for zone in ("Europe/Berlin", "America/New_York"):
        User.objects.filter(pk=case.desk.reviewer.pk).update(time_zone=zone)
        page = german(case.desk.reviewer).get(reverse("admin:outgoing")).content.decode()
        shown[zone] = re.search(rf'<time datetime="{re.escape(delivery.leaves_at.isoformat())}">([^<]+)<', page)[1]
    assert shown["Europe/Berlin"] != shown["America/New_York"]


@pytest.mark.django_db
def test_the_lane_of_the_guidance_and_every_role_in_the_header_are_words_of_the_language(at_as_of):
    case = exception_case()
    person = make_user("finance_approver", case.desk.portfolio)
    for role in ("account_owner", "reviewer"):
        grant(person, role, case.desk.portfolio)
    page = german(person).get(reverse("admin:review", args=[case.follow_up.pk])).content.decode()
    guidance = re.search(r"Worauf in dieser Spur zu achten ist <span class=\"quiet\">([^<]*)<", page)
    assert guidance and guidance[1] == "Ausnahme, Fassung 1"
    header = re.search(r'<span class="who">.*?<span class="quiet">([^<]+)</span>', page, re.S)[1]
    assert header.endswith(" +1") and not re.search(r"reviewer|approver|owner", header, re.IGNORECASE), header
