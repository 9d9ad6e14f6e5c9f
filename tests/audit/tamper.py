"""Random tamperings with copies of a home: somebody may write everywhere but has no key.

    python -m tests.audit.tamper 1000 [SEED]

makes a home by the whole pipeline, spoils so many copies of it one by one, verifies each, and
prints by kind how many were found. Triggers are dropped first and made again afterwards, as an
attacker would.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, NullPool, create_engine

from safety.audit import verify
from safety.audit.chain import START, hash_of
from safety.audit.verify import evidence
from safety.audit.verify.objects import AUDITED
from safety.audit.verify.rows import row_hash
from safety.settings import Settings
from safety.store.sync import BOOKKEEPING
from safety.store.tables import BITEMPORAL, UNHASHED
from safety.versioning import canonical_json
from tests.audit import home as homes

# A physical number that orders nothing: entries are read and told by study and number.
# What an attempt to send leaves behind: nobody reads it once the message was sent.
MEANINGLESS = {("audit", "seq"), ("outbox", "attempts"), ("outbox", "last_error"),
               ("outbox", "lease_until"), ("outbox", "leased_by")}  # fmt: skip
TABLES = ("audit", *AUDITED, *BITEMPORAL)
WRONG_KEY = b"w" * 32


class Attacker(sqlite3.Connection):
    """Somebody who owns the database: no trigger is in the way, and afterwards all are there."""

    _dropped: tuple[str, ...] = ()

    def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
        if not self._dropped and not sql.startswith(("SELECT", "PRAGMA")):
            triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            found = super().execute(triggers).fetchall()
            for name, _ in found:
                super().execute(f'DROP TRIGGER "{name}"')
            self._dropped = tuple(made for _, made in found)
        return super().execute(sql, *given)

    def commit(self) -> None:
        for made in self._dropped:
            super().execute(made)
        self._dropped = ()
        super().commit()


class AgainError(Exception):
    """The tampering drawn is none, e.g. the same value; another one is to be drawn."""


@dataclass(slots=True)
class Copy:
    """A copy of a home that is tampered with, and what was drawn."""

    settings: Settings
    db: sqlite3.Connection
    random: random.Random
    told: list[str] = field(default_factory=list)

    def rows(self, table: str) -> list[dict[str, Any]]:
        found = self.db.execute(f'SELECT rowid AS "rowid ", * FROM "{table}"')
        names = [c[0] for c in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]

    def any_row(self, tables: tuple[str, ...] = TABLES) -> tuple[str, dict[str, Any]]:
        filled = [t for t in tables if self.db.execute(f'SELECT 1 FROM "{t}" LIMIT 1').fetchone()]
        table = self.random.choice(filled)
        row = self.random.choice(self.rows(table))
        self.told.append(f"{table} {row['rowid ']}")
        return table, row

    def update(self, table: str, rowid: int, **values: Any) -> None:
        names = ", ".join(f'"{name}" = ?' for name in values)
        self.db.execute(f'UPDATE "{table}" SET {names} WHERE rowid = ?', [*values.values(), rowid])

    def insert(self, table: str, row: dict[str, Any]) -> None:
        columns = {k: v for k, v in row.items() if k != "rowid "}
        names, marks = ", ".join(f'"{n}"' for n in columns), ", ".join("?" * len(columns))
        self.db.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(columns.values()))

    def files(self) -> list[Path]:
        return sorted(self.settings.evidence.rglob("*.zst"))


def edit_a_cell(copy: Copy) -> None:
    table, row = copy.any_row()
    names = [n for n in row if n != "rowid " and (table, n) not in MEANINGLESS]
    name = copy.random.choice(names)
    copy.told.append(name)
    before = row[name]
    copy.update(table, row["rowid "], **{name: _other(before, copy.random)})
    rowid = f'SELECT "{name}" FROM "{table}" WHERE rowid = ?'
    after = copy.db.execute(rowid, [row["rowid "]]).fetchone()
    if after is not None and after[0] == before and type(after[0]) is type(before):
        raise AgainError


def _other(value: Any, chance: random.Random) -> Any:
    if value is None:
        return chance.choice(["", "x", 1, "\0"])
    if isinstance(value, int | float):
        return chance.choice([value + 1, value - 1, value + 1000, -value, 0])
    place = chance.randrange(len(value) + 1)
    cut, added = value[:place] + value[place + 1 :], value[:place] + "7" + value[place:]
    return chance.choice([cut, added, "", value.swapcase()])


def delete_a_row(copy: Copy) -> None:
    table, row = copy.any_row()
    copy.db.execute(f'DELETE FROM "{table}" WHERE rowid = ?', [row["rowid "]])


def reorder_entries(copy: Copy) -> None:
    """Swap two entries of a chain: all of their content, or all but what chains them."""
    rows = [r for r in copy.rows("audit") if r["study"] == "T1"]
    one, other = copy.random.sample(rows, 2)
    fixed = {"rowid ", "seq", "number"}
    if copy.random.random() < 0.5:
        fixed |= {"hash", "prev_hash"}
    names = [n for n in one if n not in fixed]
    if all(one[n] == other[n] for n in names):
        raise AgainError
    copy.told.append(f"{one['number']} and {other['number']}")
    copy.update("audit", one["rowid "], prev_hash="kept free")
    copy.update("audit", other["rowid "], **{n: one[n] for n in names})
    copy.update("audit", one["rowid "], **{n: other[n] for n in names} | _linked(one, names))


def _linked(row: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {} if "prev_hash" in names else {"prev_hash": row["prev_hash"]}


def cut_the_tail(copy: Copy) -> None:
    """Take the newest entries away, and in half of the cases put others there, well linked."""
    rows = sorted((r for r in copy.rows("audit") if r["study"] == "T1"), key=lambda r: r["number"])
    cut = copy.random.randint(1, min(6, len(rows) - 1))
    copy.told.append(f"the last {cut}")
    head = rows[-cut - 1]
    numbers = [r["rowid "] for r in rows[-cut:]]
    copy.db.execute(f"DELETE FROM audit WHERE rowid IN ({', '.join(map(str, numbers))})")
    if copy.random.random() < 0.5:
        for row in rows[-cut:]:
            head = _forged(head, row | {"reason": "nothing happened"})
            copy.insert("audit", head)


def _forged(head: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    linked = row | {"number": head["number"] + 1, "prev_hash": head["hash"]}
    return linked | {"hash": hash_of(linked, WRONG_KEY)}


def insert_a_row(copy: Copy) -> None:
    """Insert a row that looks like one of the others; its own hash is right."""
    table, row = copy.any_row()
    new = dict(row)
    if table == "audit":
        chain = [r for r in copy.rows(table) if r["study"] == row["study"]]
        head = max(chain, key=lambda r: r["number"])
        new = _forged(head, row | {"seq": max(r["seq"] for r in copy.rows(table)) + 1})
    elif table in BITEMPORAL:
        new |= {"id": max(r["id"] for r in copy.rows(table)) + 1, "key": row["key"] + "9"}
        hashed = [c.name for c in BITEMPORAL[table].columns
                  if c.name not in {*BOOKKEEPING, *UNHASHED}]  # fmt: skip
        new["row_hash"] = row_hash([new["key"], *(new[n] for n in hashed)])
    else:
        for column in AUDITED[table].primary_key.columns:
            old = row[column.name]
            new[column.name] = old + 100 if isinstance(old, int) else f"{old}9"[-32:]
        unique = {"work_item": "key", "obligation": "event", "alert": "episode",
                  "snapshot": "snapshot_id", "question": "snapshot_id",
                  "outbox": "key"}  # fmt: skip
        if table in unique:
            new[unique[table]] = f"9{row[unique[table]]}"[:64]
    copy.insert(table, new)


def swap_evidence(copy: Copy) -> None:
    one, other = copy.random.sample(copy.files(), 2)
    copy.told.append(f"{one.name} and {other.name}")
    bytes_ = one.read_bytes(), other.read_bytes()
    one.write_bytes(bytes_[1])
    other.write_bytes(bytes_[0])


def edit_evidence(copy: Copy) -> None:
    """Change a byte of a kept file; one that changes nothing of what it holds is none."""
    file = copy.random.choice(copy.files())
    content = bytearray(file.read_bytes())
    place = copy.random.randrange(len(content))
    content[place] ^= copy.random.randint(1, 255)
    file.write_bytes(content)
    copy.told.append(f"{file.name} byte {place}")
    if evidence.content(file) == file.stem:
        raise AgainError


def delete_evidence(copy: Copy) -> None:
    file = copy.random.choice(copy.files())
    copy.told.append(file.name)
    file.unlink()


def edit_a_message(copy: Copy) -> None:
    """Change what was told, to whom, or whether: any column of the outbox that means something."""
    row = copy.random.choice(copy.rows("outbox"))
    names = [n for n in row if n != "rowid " and ("outbox", n) not in MEANINGLESS]
    name = copy.random.choice(names)
    copy.told.append(f"outbox {row['rowid ']} {name}")
    state = copy.random.choice(["pending", "sent", "dead"])
    value = state if name == "state" else _other(row[name], copy.random)
    if value == row[name]:
        raise AgainError
    copy.update("outbox", row["rowid "], **{name: value})


def edit_the_anchors(copy: Copy) -> None:
    """Change, add, swap or take out lines of the anchors; a cut end alone cannot be seen."""
    path = copy.settings.anchors
    lines = path.read_bytes().splitlines(keepends=True)
    place = copy.random.randrange(len(lines))
    act = copy.random.choice(["edit", "take out", "forge", "forge all", "empty", "noise"])
    copy.told.append(f"{act} line {place + 1} of {len(lines)}")
    told = [json.loads(line) for line in lines]
    if act == "edit":
        name = copy.random.choice(sorted(told[place]))
        told[place][name] = _other(told[place][name], copy.random)
        lines[place] = _line(told[place])
    elif act == "take out":
        del lines[copy.random.randrange(len(lines) - 1)]  # the last one would not be missed
    elif act == "forge":
        lines[place:place] = [b"\n" * copy.random.randrange(2), _line(told[place] | _NEW)]
    elif act == "forge all":
        lines = [part for each in told for part in (b"\n", _line(each | _NEW))]
    else:
        lines.insert(place, b"\n" if act == "empty" else b"cut by a crash\n")
    if b"".join(lines) == path.read_bytes():
        raise AgainError
    path.write_bytes(b"".join(lines))


_NEW = {"number": 1, "prev": START}


def _line(told: dict[str, Any]) -> bytes:
    return canonical_json(told).encode() + b"\n"


KINDS: dict[str, Callable[[Copy], None]] = {
    f.__name__.replace("_", " "): f
    for f in (edit_a_cell, delete_a_row, reorder_entries, cut_the_tail, insert_a_row,
              swap_evidence, edit_evidence, delete_evidence, edit_a_message, edit_the_anchors)
}  # fmt: skip
# How often each is drawn: cells are many, files are few.
OFTEN = {"edit a cell": 8, "delete a row": 4, "insert a row": 4, "cut the tail": 2,
         "reorder entries": 2, "edit a message": 2, "edit the anchors": 2}  # fmt: skip


class Bench:
    """Copies of one home in one place, so that only the first verification has to warm up."""

    def __init__(self, source: Settings, place: Path) -> None:
        self.home, self.place = source.home, place
        self.settings = homes.at(place)
        self.engine: Engine = create_engine(self.settings.db_url, poolclass=NullPool)
        self.source = place.with_suffix(".db")
        shutil.copyfile(_file(source), self.source)
        with closing(sqlite3.connect(self.source)) as db:
            db.execute("PRAGMA journal_mode=DELETE")

    @contextmanager
    def copy(self, chance: random.Random) -> Iterator[Copy]:
        """A fresh copy for somebody who owns it; foreign keys do not bind."""
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir(parents=True)
        shutil.copyfile(self.source, _file(self.settings))
        for name in ("evidence", "keys", "anchors"):
            shutil.copytree(self.home / name, self.place / name)
        with closing(sqlite3.connect(_file(self.settings), factory=Attacker)) as db:
            db.execute("PRAGMA synchronous=OFF")
            yield Copy(self.settings, db, chance)

    def verified(self) -> verify.Report:
        with self.engine.connect() as connection:
            return verify.through(connection, self.settings)

    def tampered(self, kind: str, seed: str) -> tuple[verify.Report, str]:
        """Tamper with a copy; return what the verification says, and what was done."""
        chance = random.Random(seed)
        while True:
            with self.copy(chance) as copy:
                try:
                    KINDS[kind](copy)
                except (AgainError, sqlite3.IntegrityError):
                    continue
                copy.db.commit()
                return self.verified(), ", ".join(copy.told)


def _file(settings: Settings) -> Path:
    return Path(settings.db_url.removeprefix("sqlite:///"))


def kinds(count: int, seed: int) -> list[str]:
    """The kinds of `count` tamperings; each of them once at least."""
    chance = random.Random(seed)
    weights = [OFTEN.get(kind, 1) for kind in KINDS]
    drawn = [*KINDS, *chance.choices(list(KINDS), weights, k=max(0, count - len(KINDS)))]
    return drawn[:count]


def experiment(bench: Bench, count: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Tamper `count` times; return how often by kind, and what was not found."""
    done: Counter[str] = Counter()
    missed = []
    for number, kind in enumerate(kinds(count, seed)):
        report, told = bench.tampered(kind, f"{seed}.{number}")
        done[kind] += 1
        if not report.problems:
            missed.append(f"{kind}, seed {seed}.{number}: {told}")
    return done, missed


def main(count: int, seed: int) -> int:
    """Run the long experiment; return 0 if everything was found."""
    with tempfile.TemporaryDirectory() as folder:
        source = homes.real(Path(folder) / "home")
        bench = Bench(source, Path(folder) / "copy")
        untouched = verify.run(source)
        print(f"untouched: {len(untouched.problems)} problems; {untouched.counts}")
        for problem in untouched.problems[:10]:
            print(f"  {problem}")
        started = time.monotonic()
        done, missed = experiment(bench, count, seed)
        seconds = time.monotonic() - started
    for kind, number in done.items():
        found = number - sum(m.startswith(f"{kind},") for m in missed)
        print(f"{kind:16} {number:5} {found:5} found  {found / number:7.1%}")
    print(f"{count} tamperings, {count - len(missed)} found, {seconds:.0f} s")
    print("\n".join(missed))
    return 1 if missed or untouched.problems else 0


if __name__ == "__main__":
    given = [int(a) for a in sys.argv[1:]]
    sys.exit(main(given[0] if given else 1000, given[1] if len(given) > 1 else 2026))
