"""Rows that were delivered and are nowhere: by the account of each file, and by natural key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from safety.simulate.score.faults import delivered_as
from safety.simulate.score.read import Published, Row, Truth
from safety.simulate.score.spans import ALWAYS, Span, span
from safety.simulate.score.tally import Line, Part, Tally

# What may become of a received row; columns that a database does not have count nothing.
PLACES = ("ACCEPTED", "QUARANTINED", "DUPLICATES", "SUPERSEDED", "DELETED")

# Faults in the key of a row: it comes, and is found, under another key.
OF_KEY = frozenset({1, 26, 54})
BY_KEY = "rows by key"


def part(truth: Truth, said: Published) -> Part:
    """Return the table of rows by domain: rows delivered in usable files, and those lost of them.

    A row of a file is lost if toxwatch did not count it as received, or counted it in no place; a
    row of the source is lost if it is neither in a table of records nor in quarantine (`_by_key`).
    """
    files = defaultdict(list)
    for file in said.files:
        files[file["DAY"], file["FEED"], _name(file["NAME"])].append(file)
    lines: list[Line] = []
    expected: dict[str, int] = defaultdict(int)
    lost: dict[str, int] = defaultdict(int)
    kept: dict[str, int] = defaultdict(int)
    for row in truth.rows("deliveries", USABLE="Y"):
        if row["DAY"] <= said.last:
            expected[row["DOMAIN"]] += int(row["ROWS"])
            for count, line in _of_file(row, files[row["DAY"], row["FEED"], _name(row["FILE"])]):
                (lost if line.kind == "lost" else kept)[row["DOMAIN"]] += count
                lines.append(line)
    by_key = list(_by_key(truth, said))
    nowhere = tuple(line for line in by_key if line)
    tallies = [
        Tally(
            name,
            expected[name],
            expected[name] - lost[name] - kept[name],
            lost[name],
            wrong=kept[name],
        )
        for name in sorted(expected)
    ]
    if by_key:
        tallies.append(Tally(BY_KEY, len(by_key), len(by_key) - len(nowhere), len(nowhere)))
    return Part("Rows delivered in usable files", tuple(tallies), (*lines, *nowhere))


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _of_file(row: Row, found: list[Row]) -> Iterator[tuple[int, Line]]:
    """Yield (rows, line) of what is lost of one file."""
    name, delivered = row["FILE"], int(row["ROWS"])
    where = f"{row['FEED']}/{name}"

    def line(reason: str) -> Line:
        return Line("lost", row["DOMAIN"], "", where, row["DAY"], reason)

    if not found:
        yield delivered, line(f"{delivered} rows; toxwatch has no account of the file")
        return
    file = found[-1]
    if file.get("FILE_STATUS") == "held":  # wrongly, but kept and named: no row is lost
        where_held = f"{delivered} rows of a usable file are held: {file['FILE_REASON']}"
        yield delivered, Line("wrong", row["DOMAIN"], "", where, row["DAY"], where_held)
        return
    received = int(file["RECEIVED"] or 0)
    placed = sum(int(file.get(place) or 0) for place in PLACES)
    if received != delivered:
        why = f": {file['FILE_REASON']}" if file.get("FILE_REASON") else ""
        text = f"{delivered} rows delivered, {received} received{why}"
        yield abs(delivered - received), line(text)
    if placed != received:
        text = f"{received} rows received, {placed} in a place"
        yield abs(received - placed), line(text)


def _by_key(truth: Truth, said: Published) -> Iterator[Line | None]:
    """Yield for each row of the source that came None, or a line if it is nowhere.

    A row that is current on the last day must be in a place then. One that was taken back must have
    been in a place once, unless that was before any run that could have shown it.
    """
    places = _Places(truth, said)
    versions: dict[str, list[Row]] = defaultdict(list)
    for version in truth.rows("rows"):
        if version["CAME"] and version["CAME"] <= said.last:
            versions[version["ROW"]].append(version)
    for key, found in versions.items():
        latest = max(found, key=lambda r: (r["KNOWN"], r["DELETED"] == "Y"))
        is_current = latest["DELETED"] != "Y"
        row = latest if is_current else _shown(found, said)
        if row is None:
            continue
        if places.has(key, now=is_current) or not places.is_due(row):
            yield None
        else:
            when = f"on {said.last}" if is_current else "on any day"
            reason = f"in no record and not in quarantine {when}"
            yield Line("lost", BY_KEY, "", key, row["CAME"], reason)


def _shown(versions: list[Row], said: Published) -> Row | None:
    """Return the first version of a deleted row, None if no run could show it."""
    gone = min(r["CAME"] for r in versions if r["DELETED"] == "Y")
    there = [r for r in versions if r["DELETED"] != "Y"]
    first = min(there, key=lambda r: r["CAME"], default=None)
    day = said.first_day(first["CAME"]) if first else None
    return first if day is not None and day < gone else None


class _Places:
    """Where rows are on the last day, and where they ever were."""

    def __init__(self, truth: Truth, said: Published) -> None:
        self._ever = {*said.records, *said.held}
        self._now = {
            *(key for key, found in said.records.items() if _stands(r["SPAN"] for r in found)),
            *(key for key, found in said.held.items() if _stands(span for span, _ in found)),
        }
        self._delivered_as: dict[str, list[tuple[str, Span]]] = defaultdict(list)
        for fault in truth.rows("faults"):
            when = span(fault["DAY"], fault["CORRECTED"])
            for own in delivered_as(fault) if int(fault["FAULT"]) in OF_KEY else ():
                self._delivered_as[own].append((fault["ROW"], when))
        self._last = said.last
        self._held = {(f["DAY"], f["DOMAIN"]) for f in said.files if f.get("FILE_STATUS") == "held"}
        self._extract = _last_extracts(truth, said.last)
        damaged = {(d["DAY"], d["DOMAIN"]) for d in truth.rows("deliveries", USABLE="N")}
        used = {(f["DAY"], f["DOMAIN"]) for f in said.files if f.get("FILE_STATUS") == "used"}
        self._shrunk = {domain for day, domain in used & damaged if domain in self._extract}

    def has(self, key: str, *, now: bool) -> bool:
        """Whether a row is in a place, now or ever, with its key or the one it was given."""
        wrong = [k for k, when in self._delivered_as[key] if not now or when.holds(self._last)]
        return not {key, *wrong}.isdisjoint(self._now if now else self._ever)

    def is_due(self, row: Row) -> bool:
        """Whether a row can be there: its file is not held, and the last extract is new enough.

        A file that is held, wrongly, has a line of its own: its rows are kept, not lost. One that
        should be held and is used has a line as a planted fault: the rows it lacks never came.
        """
        domain = row["ROW"].partition("|")[0]
        if domain in self._shrunk:
            return False
        extract = self._extract.get(domain)
        if extract is None or row["DELETED"] == "Y":
            return (row["CAME"], domain) not in self._held
        content = extract["CONTENT"] or extract["DAY"]
        return (extract["DAY"], domain) not in self._held and row["KNOWN"] <= content


def _stands(spans: Iterable[Span]) -> bool:
    return any(s.last == ALWAYS for s in spans)


def _last_extracts(truth: Truth, last: str) -> dict[str, Row]:
    """Return the last usable delivery of each domain that comes whole: always under one name."""
    found: dict[str, Row] = {}
    names = defaultdict(set)
    for row in sorted(truth.rows("deliveries", USABLE="Y"), key=lambda r: r["DAY"]):
        names[row["DOMAIN"]].add(row["FILE"])
        if row["DAY"] <= last:
            found[row["DOMAIN"]] = row
    return {domain: row for domain, row in found.items() if len(names[domain]) == 1}
