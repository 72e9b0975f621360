"""How long a visit lasts, signing in again on the spot, too many tries, and a changed password."""

from __future__ import annotations

import time

import pytest
from django.test import Client
from django.urls import reverse

from collections_site.sign_in import visit
from governance.models import Event, User
from tests.factories import make_user
from tests.security.factors import LOGIN, PASSWORD, code_of, enrolled, password_given

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asked_for(settings):
    settings.SECOND_FACTOR, settings.DEMO_MODE = True, False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a slow hash is not what is tested


@pytest.fixture
def person():
    return make_user("finance_approver", username="ana", password=PASSWORD)


def test_a_form_sent_after_the_visit_ended_goes_on_after_signing_in_on_the_spot(settings):
    settings.SECOND_FACTOR = False
    user = make_user("reviewer", username="rev", password=PASSWORD)
    client = Client()
    ended = client.post("/admin/preferences/", {"density": "compact", "time_zone": "Europe/Madrid"})
    page = ended.content.decode()
    assert ended.status_code == 403 and "nothing of it is lost" in page and 'value="Europe/Madrid"' in page
    again = {"density": "compact", "time_zone": "Europe/Madrid", "again": "1", "again_username": "rev"}
    assert client.post("/admin/preferences/", {**again, "again_password": "wrong"}).status_code == 403
    assert User.objects.get(pk=user.pk).density == "comfortable"
    assert client.post("/admin/preferences/", {**again, "again_password": PASSWORD}).status_code == 302
    assert User.objects.get(pk=user.pk).density == "compact"


def test_signing_in_on_the_spot_takes_the_second_factor_too(person):
    row, _ = enrolled(person)
    form = {"density": "compact", "time_zone": "UTC", "again": "1", "again_username": "ana", "again_password": PASSWORD}
    assert Client().post("/admin/preferences/", form).status_code == 403
    assert Client().post("/admin/preferences/", {**form, "again_code": code_of(row)}).status_code == 302
    assert User.objects.get(pk=person.pk).density == "compact"


def test_a_request_in_the_background_is_told_in_words_and_writes_nothing():
    answer = Client().post("/admin/preferences/", {"density": "compact"}, headers={"X-Requested-With": "desk"})
    assert answer.status_code == 401 and "still on this page" in answer.json()["words"]


def test_a_visit_lasts_eight_hours_is_prolonged_by_a_press_and_ends_after_twelve(settings):
    settings.SECOND_FACTOR = False
    client = password_given(make_user("reviewer", username="rev", password=PASSWORD))
    assert 8 * 3600 - 60 <= client.session.get_expiry_age() <= 8 * 3600
    for hours, left in ((3, 8), (7, 5), (11.5, 0.5)):
        session = client.session
        session[visit.SINCE] = time.time() - hours * 3600
        session.save()
        assert abs(client.post(reverse("admin:stay")).json()["left"] - left * 3600) < 60
    assert client.get(reverse("admin:stay")).status_code == 405
    assert Client().post(reverse("admin:stay")).status_code == 302


def test_too_many_wrong_tries_close_the_sign_in_for_this_name_and_place_without_telling_whether_it_exists(settings):
    settings.AXES_ENABLED = True
    make_user("reviewer", username="real", password=PASSWORD)
    answers = []
    for name in ("real", "nobody"):
        client = Client(REMOTE_ADDR="10.0.0.1")
        for _ in range(settings.AXES_FAILURE_LIMIT):
            answer = client.post(LOGIN, {"username": name, "password": "wrong"})
        answers.append((answer.status_code, answer.content.decode().replace(name, "")))
        assert client.post(LOGIN, {"username": name, "password": PASSWORD}).status_code == 429
    assert answers[0] == answers[1] and "Too many tries" in answers[0][1]
    assert Client(REMOTE_ADDR="10.0.0.2").post(LOGIN, {"username": "real", "password": PASSWORD}).status_code == 302


def test_behind_a_proxy_the_place_is_the_one_the_proxy_saw_not_one_the_client_wrote(settings, rf):
    from collections_site.sign_in.address import client_ip

    request = rf.get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.9")
    settings.BEHIND_TLS_PROXY = True
    assert client_ip(request) == "203.0.113.9"
    settings.BEHIND_TLS_PROXY = False
    assert client_ip(request) == "127.0.0.1"


def test_a_changed_password_is_on_record_and_the_old_one_is_asked_for(settings):
    settings.SECOND_FACTOR = False
    user = make_user("reviewer", username="rev", password=PASSWORD)
    client, url = password_given(user), reverse("admin:password_change")
    new = {"new_password1": "another long phrase 8", "new_password2": "another long phrase 8"}
    assert client.post(url, {**new, "old_password": "wrong"}).status_code == 200
    assert not Event.objects.filter(action="rights.password_changed").exists()
    assert client.post(url, {**new, "old_password": PASSWORD}).status_code == 302
    assert Event.objects.get(action="rights.password_changed").actor_id == user.pk
