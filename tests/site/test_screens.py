"""The list of screens that ``screenshots`` walks: every address is one of the desk, and a wrong name is told."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import resolve

from collections_site.screens import SCREENS
from governance.roles import ALL_ROLES
from tests.security.walk.specs import PAGES

WITHOUT_A_PICTURE = {
    "attachment": "a file", "import_refused": "a file", "label_next": "leads on to an item", "incident": "a fresh demo has none", "worksheet": "a fresh demo has none",
    "simulated_accounts": "a fresh demo has none", "tone_rule": "a fresh demo has one version of each", "queue_changes": "a line the queue asks for",
}  # fmt: skip


def test_every_screen_has_an_address_of_the_desk_and_a_name_of_its_own():
    names = [screen.name for screen in SCREENS]
    assert len(set(names)) == len(names)
    for screen in SCREENS:
        assert resolve(screen.path.split("?")[0]).url_name != "catch_all", screen.name
        assert screen.role in ("", *ALL_ROLES)


def test_every_page_of_the_desk_has_a_picture_or_a_reason_why_not():
    shown = {resolve(screen.path.split("?")[0]).url_name for screen in SCREENS if not screen.follow} | {screen.page for screen in SCREENS}
    pages = {name for name, spec in PAGES.items() if (spec.get and spec.form is None) or name in ("imports", "preferences")}
    assert sorted(pages - shown - set(WITHOUT_A_PICTURE)) == []
    assert not shown & set(WITHOUT_A_PICTURE)


def test_every_role_has_a_picture_of_its_home():
    assert {screen.role for screen in SCREENS if screen.path == "/admin/"} == set(ALL_ROLES)


def test_a_screen_there_is_not_is_refused_with_the_names_there_are(tmp_path):
    with pytest.raises(CommandError, match=r"No screen is called so\. There are: sign-in, home-reviewer"):
        call_command("screenshots", str(tmp_path / "out"), "--only", "nothing-of-the-kind")
    assert not (tmp_path / "out").exists()
