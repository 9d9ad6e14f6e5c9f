"""Time what snapshots cost: a study of 30,000 values, delivered whole on 60 days.

`make bench`, or `python benchmarks/snapshots.py`. Each day 0.5 % of the values change and 0.3 % are
new. The same was measured for the design on SQLite (the reference's section 5.1): a day's load
0.11 s, a whole as-of read 58 ms, the difference of two days 3.7 ms. Nothing is asserted: a shared
machine is no judge. Times are the best of a few.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Engine
from timing import timed

from safety.snapshots import reading
from safety.store import sync
from safety.store.engine import reader, upgrade, writer
from safety.store.read import Cut, Store

ROWS, DAYS, CHANGED, NEW = 30_000, 60, 0.005, 0.003
NAME, STUDY = "measurement", "T"


def frame(values: list[float]) -> pd.DataFrame:
    """Return the delivery of a day."""
    keys = range(len(values))
    return pd.DataFrame({
        "KEY": [f"LB|S{k % 40}|T{k % 30}|{k}" for k in keys],
        "USUBJID": [f"S{k % 40}" for k in keys],
        "PARAMCD": [f"T{k % 30}" for k in keys],
        "SPEC": "BLOOD", "AVALC": [str(v) for v in values], "AVAL": values, "FEED": "lab",
        "ADTC": "2024-01-01", "SRCFILE": "lb.csv", "SRCROW": keys,
    })  # fmt: skip


def later(values: list[float], chance: np.random.Generator) -> list[float]:
    """Return the values of the day after."""
    size = int(len(values) * CHANGED)
    moved = set(chance.choice(len(values), size, replace=False).tolist())
    kept = [v + (k in moved) for k, v in enumerate(values)]
    return [*kept, *[5.0] * int(len(values) * NEW)]


def load(engine: Engine, values: list[float], day: int) -> None:
    """Write a day."""
    table = sync.prepare(NAME, frame(values))
    with engine.begin() as connection:
        sync.sync(connection, NAME, STUDY, table, day)


def report(connection: Connection, low: int, high: int) -> None:
    found = reading.changes(connection, NAME, STUDY, low, high)
    best = timed(lambda: reading.changes(connection, NAME, STUDY, low, high))
    print(
        f"difference of day {low} and {high}: {len(found.changes):,} rows, {best.wall * 1e3:.1f} ms"
    )


def main() -> None:
    """Print the figures beside those of the reference."""
    chance, values = np.random.default_rng(7), [100.0 + k % 50 for k in range(ROWS)]
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / "bench.db"
        url = f"sqlite:///{path}"
        upgrade(url)
        engine = writer(url)
        for day in range(1, DAYS + 1):
            values = later(values, chance) if day > 1 else values
            load(engine, values, day)
        same = timed(lambda: load(engine, values, DAYS + 1))
        print(f"load of a day that changes nothing: {same.wall:.2f} s (a day, design: 0.11 s)")
        store = Store(url)
        whole = timed(lambda: store.frame(NAME, Cut(STUDY, DAYS // 2)))
        print(f"whole as-of read: {whole.wall * 1e3:.0f} ms (design: 58 ms)")
        with reader(url).connect() as connection:
            for low, high in ((DAYS - 1, DAYS), (DAYS // 2, DAYS // 2 + 1), (1, DAYS)):
                report(connection, low, high)
        print("the difference of two days took 3.7 ms in the design")
        print(f"database: {path.stat().st_size / 1e6:.1f} MB (design: 4.8 MB)")


if __name__ == "__main__":
    main()
