"""Migrations that are killed half-way: the next try comes to the same tables."""

from __future__ import annotations

import random
import time
from pathlib import Path

from safety.store.engine import upgrade
from tests.faults.crashes import reading, victim
from tests.faults.crashes.servers import Server


def killed(folder: Path, number: int, server: Server | None = None) -> tuple[int, list[str]]:
    """Kill so many migrations of an empty database; return how many died, and what went wrong."""
    folder.mkdir(parents=True)
    chance, died, wrong = random.Random(number), 0, []
    begun = time.monotonic()
    wanted = _tables(_upgraded(_blank(folder, "whole", server)))
    seconds = time.monotonic() - begun
    for n in range(number):
        url = _blank(folder, f"m{n}", server)
        after = chance.random() * seconds
        ending = victim.run(lambda url=url: upgrade(url), folder / "log", after=after)
        died += ending.how == "killed"
        if _tables(_upgraded(url)) != wanted or not reading.is_sound(url):
            wrong.append(f"killed after {after:.2f} s")
        if server:
            server.drop(f"m{n}")
    return died, wrong


def _blank(folder: Path, name: str, server: Server | None) -> str:
    return server.create(name, "template0") if server else f"sqlite:///{folder / name}.db"


def _upgraded(url: str) -> str:
    upgrade(url)
    return url


def _tables(url: str) -> list[tuple[str, ...]]:
    """Return all columns of all tables; those that were added together have no order."""
    if url.startswith("sqlite"):
        query = (
            "SELECT m.type, m.name, coalesce(c.name, ''), coalesce(c.type, '') "
            "FROM sqlite_master m LEFT JOIN pragma_table_info(m.name) c"
        )
    else:
        query = (
            "SELECT table_name, column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = 'public'"
        )
    return sorted(reading.rows(url, query))
