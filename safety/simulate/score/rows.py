"""Rows that were delivered and are nowhere: by the account of each file, and by natural key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from safety.simulate.score.faults import delivered_as
from safety.simulate.score.read import Published, Row, Truth
from safety.simulate.score.tally import Line, Part, Tally

# What may become of a received row; columns that a database does not have count nothing.
PLACES = ("ACCEPTED", "QUARANTINED", "DUPLICATES", "SUPERSEDED", "DELETED")


def part(truth: Truth, said: Published) -> Part:
    """Return the table of rows by domain: rows delivered in usable files, and those lost of them.

    A row of a file is lost if toxwatch did not count it as received, or counted it in no place; a
    row of the source is lost if it came and was never in a table of records nor in quarantine.
    """
    last = said.days[-1] if said.days else ""
    files = defaultdict(list)
    for file in said.files:
        files[file["DAY"], file["FEED"], _name(file["NAME"])].append(file)
    lines: list[Line] = []
    expected: dict[str, int] = defaultdict(int)
    lost: dict[str, int] = defaultdict(int)
    kept: dict[str, int] = defaultdict(int)
    for row in truth.rows("deliveries", USABLE="Y"):
        if row["DAY"] <= last:
            expected[row["DOMAIN"]] += int(row["ROWS"])
            for count, line in _of_file(row, files[row["DAY"], row["FEED"], _name(row["FILE"])]):
                (lost if line.kind == "lost" else kept)[row["DOMAIN"]] += count
                lines.append(line)
    nowhere = list(_nowhere(truth, said, last))
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
    if nowhere:
        tallies.append(Tally("rows by key", len(nowhere), 0, len(nowhere)))
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


def _nowhere(truth: Truth, said: Published, last: str) -> Iterator[Line]:
    """Yield rows of the source that came and were never seen, each once.

    A row with a fault in its key was seen under another one: it is judged by fault. One that was
    taken back on the day it came, or before, was never there.
    """
    rows = sorted(truth.rows("rows"), key=lambda r: (r["CAME"], r["DELETED"] != "Y"))
    seen = {key for fault in truth.rows("faults") for key in delivered_as(fault)}
    # a file that is held, wrongly, has a line of its own: its rows are kept, not lost
    held = {(f["DAY"], f["DOMAIN"]) for f in said.files if f.get("FILE_STATUS") == "held"}
    for row in rows:
        key, came = row["ROW"], row["CAME"]
        known = key in said.records or key in said.held or key in seen
        known = known or (key.startswith("SV|") and key.rpartition("|")[0] in seen)
        known = known or (came, key.partition("|")[0]) in held
        if came and came <= last and not known:
            seen.add(key)
            if row["DELETED"] == "Y":
                continue
            yield Line("lost", "rows by key", "", key, came, "in no record and not in quarantine")
