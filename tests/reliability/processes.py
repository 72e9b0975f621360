"""Real worker processes on the test's database, to be killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent
LEASE_SECONDS = 3


@dataclass
class World:
    """The test's database as another process sees it: the same one on PostgreSQL, a file copy of it on SQLite (whose test database
    lives in this process's memory)."""

    smtp_port: int
    directory: Path
    broker: str = ""
    processes: list[subprocess.Popen] = field(default_factory=list)

    @property
    def _file(self) -> Path:
        return self.directory / "world.sqlite3"

    def share(self) -> None:
        """Make what the test built visible to other processes."""
        if connection.vendor == "sqlite":
            target = sqlite3.connect(self._file)
            connection.ensure_connection()
            connection.connection.backup(target)
            target.close()

    @property
    def environment(self) -> dict[str, str]:
        """Environment of a worker process."""
        params = connection.settings_dict
        address = f"sqlite:///{self._file}"
        if connection.vendor == "postgresql":
            login = params["USER"] + (f":{params['PASSWORD']}" if params["PASSWORD"] else "")
            address = f"postgres://{login}@{params['HOST'] or '127.0.0.1'}:{params['PORT'] or 5432}/{params['NAME']}"
        return {
            **{k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "DJANGO_", "COV_"))},
            "DJANGO_SETTINGS_MODULE": "tests.reliability.worker_settings", "DATABASE_URL": address, "CELERY_BROKER_URL": self.broker,
            "TEST_SMTP_PORT": str(self.smtp_port), "SWEEP_SECONDS": "0.3", "DELIVERY_LEASE_SECONDS": str(LEASE_SECONDS),
            "VAR_DIR": str(self.directory / "var"), "SECRET_KEY": "x" * 60, "LOG_LEVEL": "WARNING",
        }  # fmt: skip

    def worker(self) -> subprocess.Popen:
        """Start a worker without a broker: rounds of the sweep, forever."""
        return self._start([sys.executable, "manage.py", "sweep", "--forever"])

    def celery_worker(self) -> subprocess.Popen:
        """Start a real Celery worker with one pool process."""
        command = [sys.executable, "-m", "celery", "-A", "collections_site", "worker", "-c", "1", "-l", "WARNING", "--without-mingle", "--without-gossip"]
        return self._start(command)

    def _start(self, command: list[str]) -> subprocess.Popen:
        log = (self.directory / f"worker-{len(self.processes)}.log").open("wb")
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True)
        self.processes.append(process)
        return process

    def kill(self, process: subprocess.Popen) -> None:
        """SIGKILL the process and everything it started: no handler runs, nothing is tidied up."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)

    def close(self) -> None:
        """Kill whatever still runs."""
        for process in self.processes:
            self.kill(process)

    def logs(self) -> str:
        """What the workers said, for a failing test."""
        return "\n".join(p.read_text(errors="replace")[-3000:] for p in sorted(self.directory.glob("worker-*.log")))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Read the shared database."""
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall()
        with sqlite3.connect(self._file, timeout=20) as other:
            return other.execute(sql).fetchall()

    def states(self) -> dict[str, str]:
        """Message-ID → state of every delivery."""
        return dict(self.rows("SELECT message_id, state FROM drafts_delivery"))

    def outbound(self) -> int:
        """Outbound messages on record."""
        return int(self.rows("SELECT count(*) FROM accounts_message WHERE direction = 'out'")[0][0])
