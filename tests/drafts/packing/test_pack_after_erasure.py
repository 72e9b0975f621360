"""A pack made after a person was erased: her words are in none of its files, and it verifies all the same."""

from __future__ import annotations

import pytest

from drafts.privacy import erase
from tests.drafts.packing.story import Wanted, auditor, made, verify
from tests.drafts.scene import stop_clock
from tests.security.erased_person import LATER, STREET, TRACES, everywhere, sent_to_her

pytestmark = pytest.mark.django_db


def test_an_erased_person_is_in_no_later_pack_and_the_pack_verifies(settings, tmp_path):
    settings.MEDIA_ROOT, settings.LEDGER_DIR, settings.LEDGER_KEY_FILE = tmp_path / "media", tmp_path / "ledger", tmp_path / "key.pem"
    settings.VAR_DIR = tmp_path
    stop_clock(settings)
    case, contact = everywhere()
    sent_to_her(case)
    before = made(Wanted("account", case.account.pk), auditor(), tmp_path / "before")
    assert any("zettmann" in path.read_bytes().decode("utf-8", "replace").lower() for path in before.rglob("*") if path.is_file())
    erase(contact.pk, also=[STREET], by=case.desk.finance, at=LATER)
    folder = made(Wanted("account", case.account.pk), auditor(), tmp_path / "after")
    done = verify(folder)
    assert done.returncode == 0, done.stdout
    found = [
        (path.name, trace)
        for path in folder.rglob("*") if path.is_file()
        for trace in TRACES if trace in path.read_bytes().decode("utf-8", "replace").lower()
    ]
    assert not found
    assert "A person was erased from this message" in (folder / "cases" / f"case-{case.follow_up.pk}.html").read_text()
