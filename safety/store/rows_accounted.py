"""Every received row is in the database: counted in the transaction that wrote them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, select

from safety.errors import ToxwatchError
from safety.store.tables import BITEMPORAL, FOREVER

Counts = Counter[tuple[str, ...]]


def require(
    connection: Connection,
    studyid: str,
    accounts: Sequence[Mapping[str, Any]],
    records: Mapping[str, pd.DataFrame],
    held: pd.DataFrame,
) -> None:
    """Raise ToxwatchError, which rolls all back, if rows are not where the accounts say.

    accounts: of every feed, file and domain received = accepted + quarantined + duplicates +
    superseded + deleted (safety.intake.quarantine). records: frames by table; the measurements
    among them have derived rows (DTYPE) besides those received. held: the quarantined rows.
    """
    accepted = _accepted(records)
    for name, told, found in (
        ("accepted", _told(accounts, "accepted"), accepted),
        ("quarantined", _told(accounts, "quarantined"), _by_file(held)),
    ):
        for place in sorted(set(told) | set(found)):
            _compare(f"{'/'.join(place)}: {name}", told[place], found[place], "are to be written")
    for name, frame in [*records.items(), ("quarantine", held)]:
        _compare_stored(connection, studyid, name, frame)


def _told(accounts: Sequence[Mapping[str, Any]], name: str) -> Counts:
    told: Counts = Counter()
    for account in accounts:
        told[account["domain"], account["file"]] += account[name]
    return +told


def _accepted(records: Mapping[str, pd.DataFrame]) -> Counts:
    found: Counts = Counter()
    for frame in records.values():
        received = frame[frame["DTYPE"].eq("")] if "DTYPE" in frame else frame
        found.update(_by_file(received))
    return found


def _by_file(frame: pd.DataFrame) -> Counts:
    """Count rows by domain and file; a frame without rows may have no columns."""
    if frame.empty:
        return Counter()
    sizes = frame.groupby(["DOMAIN", "SRCFILE"], dropna=False).size()
    return Counter({(str(domain), str(file)): int(n) for (domain, file), n in sizes.items()})


def _compare_stored(connection: Connection, studyid: str, name: str, frame: pd.DataFrame) -> None:
    """Compare the current rows of a table with its frame, by domain.

    Not by file: a row that another file holds as well is not written again.
    """
    table = BITEMPORAL[name]
    query = select(table.c.domain, func.count()).where(
        table.c.study == studyid, table.c.tx_to == FOREVER
    )
    stored = {str(d): int(n) for d, n in connection.execute(query.group_by(table.c.domain))}
    sizes = {} if frame.empty else frame.groupby("DOMAIN", dropna=False).size().to_dict()
    wanted = {str(domain): int(n) for domain, n in sizes.items()}
    for domain in sorted(set(stored) | set(wanted)):
        _compare(f"{domain}: {name}", wanted.get(domain, 0), stored.get(domain, 0), "are stored")


def _compare(what: str, wanted: int, found: int, where: str) -> None:
    if wanted != found:
        raise ToxwatchError(
            f"{what}: {wanted} rows are accounted for, but {found} {where}. Nothing was published; "
            "this is an error of toxwatch: report it."
        )
