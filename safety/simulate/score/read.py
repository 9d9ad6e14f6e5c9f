"""Read the two sides: truth files of a simulated trial, and what toxwatch published of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import select

from safety.errors import WrongUseError
from safety.simulate.score.spans import ALWAYS, Span
from safety.store import tables
from safety.store.engine import reader
from safety.store.read import Store

Row = Mapping[str, Any]
FILES = ("subjects", "values", "rules", "triggers", "alerts", "faults", "deliveries", "rows")
# What is read of the database; the rest of its tables is not measured.
PUBLISHED = ("grade", "verdict", "rule_result", "trigger", "deviation", "finding", "finding_row",
             "quarantine", *tables.RECORDS)  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """truth/ of a simulated trial: every table as text, "" for nothing."""

    trial: dict[str, Any]
    tables: Mapping[str, pd.DataFrame]

    def rows(self, name: str, **equal: str) -> list[dict[str, str]]:
        """Return rows of a table, those where the columns are as given."""
        rows = self._records[name]
        return [r for r in rows if all(r[c] == v for c, v in equal.items())] if equal else rows

    def judged(self, name: str) -> list[str]:
        """Return a list of trial.json: judged_rules, judged_triggers, terms."""
        found: list[str] = self.trial.get(name, [])
        return found

    @cached_property
    def _records(self) -> dict[str, list[dict[str, str]]]:
        return {name: frame.to_dict("records") for name, frame in self.tables.items()}


def truth(folder: Path) -> Truth:
    """Return the truth of a simulated trial. Raises WrongUseError for a folder without it."""
    place = folder / "truth"
    wanted = [place / "trial.json", *(place / f"{name}.csv" for name in FILES)]
    missing = [f.name for f in wanted if not f.is_file()]
    if missing:
        raise WrongUseError(
            f"{folder} is no simulated trial: truth/ has no {', '.join(missing)}. Give a folder "
            "that `toxwatch simulate` wrote."
        )
    trial = json.loads((place / "trial.json").read_text(encoding="utf-8"))
    return Truth(trial, {name: _csv(place / f"{name}.csv") for name in FILES})


def _csv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="object", keep_default_na=False, encoding="utf-8")


@dataclass(frozen=True)
class Published:
    """What toxwatch said, on which days. Days are those of the snapshots (as_of).

    tables: every version of every row, columns in upper case, "" for nothing, SPAN = the days in
    which it stood. alerts: of snapshots, with DAY, that of the first one, and LEVEL and BODY of all
    that was told of each. files: delivered files with their accounts and DAY received. driven:
    every calendar day that was run, also in vain.
    """

    days: tuple[str, ...]
    tables: Mapping[str, list[Row]]
    alerts: Sequence[Row] = field(default_factory=list)
    files: Sequence[Row] = field(default_factory=list)
    driven: tuple[str, ...] = ()
    _indices: dict[tuple[str, str], dict[str, list[Row]]] = field(default_factory=dict)

    @property
    def last(self) -> str:
        """The last day that was run, whether or not anything was published then; "" for none."""
        return max((*self.driven, *self.days), default="")

    def rows(self, name: str) -> list[Row]:
        return self.tables.get(name, [])

    def by(self, name: str, column: str, value: str) -> list[Row]:
        """Return the rows of a table with a value in a column; each column is indexed once."""
        index = self._indices.get((name, column))
        if index is None:
            index = self._indices[name, column] = {}
            for row in self.rows(name):
                index.setdefault(row[column], []).append(row)
        return index.get(value, [])

    def current(self, name: str) -> Iterator[Row]:
        """Yield rows as the last snapshot has them."""
        return (r for r in self.rows(name) if r["SPAN"].last == ALWAYS)

    def first_day(self, day: str) -> str | None:
        """Return the first snapshot's day on or after a day."""
        return next((d for d in self.days if d >= day), None)

    @cached_property
    def held(self) -> dict[str, list[tuple[Span, str]]]:
        """Quarantined rows by natural key: days and reason."""
        found: dict[str, list[tuple[Span, str]]] = {}
        for row in self.rows("quarantine"):
            key = row["KEY"].rsplit("#", 1)[0]
            found.setdefault(key, []).append((row["SPAN"], row["REASON"]))
        return found

    @cached_property
    def records(self) -> dict[str, list[Row]]:
        """Accepted records of every kind by natural key, in all versions."""
        found: dict[str, list[Row]] = {}
        for kind in tables.RECORDS:
            for row in self.rows(kind):
                found.setdefault(row["KEY"], []).append(row)
        return found

    def held_of(self, usubjid: str, when: Span) -> list[str]:
        """Return the quarantined rows of a subject in a span, in words."""
        return [
            f"{key} ({reason})"
            for key, spells in self.held.items()
            if usubjid in key.split("|")
            for spell, reason in spells
            if spell.meets(when)
        ]


def published(db_url: str, studyid: str, driven: tuple[str, ...] = ()) -> Published:
    """Return everything toxwatch published of a study, in one pass over its tables."""
    store = Store(db_url)
    snapshots = store.snapshots(studyid) if store.is_ready() else []
    if not snapshots:
        return Published((), {}, driven=driven)
    day_of = {s.seq: s.as_of for s in snapshots}
    by_id = {s.snapshot_id: s.as_of for s in snapshots}
    found = {name: _versions(db_url, name, studyid, day_of) for name in PUBLISHED}
    told = _told(db_url, studyid)
    alerts = [
        r | {"DAY": by_id[r["FIRST_SNAPSHOT"]]} | told.get(r["ALERT_ID"], {})
        for r in _plain(store.alerts(studyid))
        if r["FIRST_SNAPSHOT"]  # not those about toxwatch's own work
    ]
    files = [r | {"DAY": _received(r)} for r in _plain(store.deliveries(studyid))]
    return Published(tuple(sorted(by_id.values())), found, alerts, files, driven)


def _told(db_url: str, studyid: str) -> dict[str, dict[str, Any]]:
    """Return the highest LEVEL and every BODY told of each alert: new data may take them back."""
    event, alert = tables.alert_event, tables.alert
    query = (
        select(event.c.alert_id, event.c.level, event.c.body)
        .join(alert, alert.c.alert_id == event.c.alert_id)
        .where(alert.c.study == studyid)
        .order_by(event.c.id)
    )
    engine = reader(db_url)
    with engine.connect() as connection:
        found = pd.read_sql_query(query, connection)
    engine.dispose()
    return {
        str(alert_id): {"LEVEL": int(rows["level"].max()), "BODY": "\n".join(rows["body"])}
        for alert_id, rows in found.groupby("alert_id")
    }


def _received(file: Row) -> str:
    """Return the day of a delivered file: that of its folder, else when it was received."""
    day, slash, _ = str(file["NAME"]).partition("/")
    return day if slash else str(file["RECEIVED_AT"])[:10]


def _versions(db_url: str, name: str, studyid: str, day_of: Mapping[int, str]) -> list[Row]:
    table = tables.BITEMPORAL[name]
    engine = reader(db_url)
    with engine.connect() as connection:
        query = select(table).where(table.c.study == studyid).order_by(table.c.tx_from, table.c.key)
        frame = pd.read_sql_query(query, connection).rename(columns=str.upper)
    engine.dispose()
    return [
        r | {"SPAN": Span(day_of[r["TX_FROM"]], day_of.get(r["TX_TO"], ALWAYS))}
        for r in _plain(frame)
    ]


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = frame.astype("object").where(frame.notna(), "").to_dict("records")
    return rows
