"""The list of screens that ``screenshots`` walks: every address is one of the desk, and a wrong name is told."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import resolve

from collections_site.screens import SCREENS
from governance.roles import ALL_ROLES


def test_every_screen_has_an_address_of_the_desk_and_a_name_of_its_own():
    names = [screen.name for screen in SCREENS]
    assert len(set(names)) == len(names)
    for screen in SCREENS:
        assert resolve(screen.path.split("?")[0]).url_name != "catch_all", screen.name
        assert screen.role in ("", *ALL_ROLES)


def test_every_role_has_a_picture_of_its_home():
    assert {screen.role for screen in SCREENS if screen.path == "/admin/"} == set(ALL_ROLES)


def test_a_screen_there_is_not_is_refused_with_the_names_there_are(tmp_path):
    with pytest.raises(CommandError, match=r"No screen is called so\. There are: sign-in, home-reviewer"):
        call_command("screenshots", str(tmp_path / "out"), "--only", "nothing-of-the-kind")
    assert not (tmp_path / "out").exists()
