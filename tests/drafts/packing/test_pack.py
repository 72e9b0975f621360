"""A pack in an empty folder, checked by its own script in a process that knows nothing of this project."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.drafts.packing.story import Wanted, auditor, made, told, verify

pytestmark = pytest.mark.django_db


def test_a_pack_in_an_empty_folder_verifies_without_the_project(settings, tmp_path):
    case = told(settings, tmp_path)
    folder = made(Wanted("account", case.account.pk), auditor(), tmp_path / "unpacked")
    done = verify(folder)
    print(done.stdout, done.stderr)
    assert done.returncode == 0, done.stdout + done.stderr
    sums = subprocess.run([shutil.which("sha256sum"), "-c", "SHA256SUMS"], cwd=folder, env={}, capture_output=True, text=True, check=False)
    assert sums.returncode == 0, sums.stdout
