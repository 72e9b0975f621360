"""The demo's command in processes of its own, and one built book for the whole run."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = "built.txt"


def environment(var: Path, **more: str) -> dict[str, str]:
    """Nothing of this test run's configuration; the demo's files below ``var``."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "VIRTUAL_ENV", "SYSTEMROOT")}
    return {**kept, "VAR_DIR": str(var), **more}


def run_demo(var: Path, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Build or keep the book below ``var``, and stop."""
    return subprocess.run(
        [sys.executable, "manage.py", "demo", "--no-server", *options], cwd=ROOT, capture_output=True, text=True, timeout=900, check=False,
        env=environment(var, **env),
    )  # fmt: skip


def serve_demo(var: Path, **options: int) -> subprocess.Popen[str]:
    """The demo served on a free port, as a newcomer would; its first lines say where. ``options``: of ``subprocess.Popen``."""
    return subprocess.Popen(
        [sys.executable, "-u", "manage.py", "demo", "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment(var), **options
    )


def address_of(server: subprocess.Popen[str]) -> str:
    """Where a served demo answers."""
    return next(line.split()[1] for line in server.stdout if line.startswith("Open http://127.0.0.1:"))


def book_for(mine: Path, shared: Path) -> str:
    """A copy below ``mine`` of the one book this run builds below ``shared``; returns what building it said.

    Building takes half a minute of a core: the processes of a run share one, whoever asks first builds it, and each works on a copy.
    """
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / OUTPUT).exists():
            done = run_demo(shared / "var")
            assert done.returncode == 0 and not done.stderr.strip(), done.stdout + done.stderr
            (shared / OUTPUT).write_text(done.stdout)
    shutil.copytree(shared / "var", mine, dirs_exist_ok=True)
    return (shared / OUTPUT).read_text()
