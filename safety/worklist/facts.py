"""What a snapshot says of held rows and queries, and why a row is held no more."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from safety.versioning import digest
from safety.worklist.life import Fact

# What a query says; where its rows stand in their files does not count: rows move.
SAID = ("SEVERITY", "TOPIC", "TERM", "TEXT", "EVIDENCE")


def of_rows(held: pd.DataFrame, passed: pd.DataFrame) -> list[Fact]:
    """Return a fact for each held row (KEY, USUBJID, FINGERPRINT, REFUSED) and released one."""
    rows = pd.concat([held, passed.assign(REFUSED="")], ignore_index=True)
    columns = [rows[c].fillna("").astype("str") for c in ("KEY", "USUBJID", "FINGERPRINT")]
    return [
        Fact("held_row", key, usubjid, fingerprint, refused)
        for key, usubjid, fingerprint, refused in zip(*columns, rows["REFUSED"], strict=True)
    ]


def of_queries(queries: pd.DataFrame) -> list[Fact]:
    """Return a fact for each drafted query; it is another one when what it says has changed."""
    columns = [queries[c].fillna("").astype("str") for c in ("KEY", "USUBJID", *SAID)]
    return [
        Fact("query", key, usubjid, digest(*said)[:16])
        for key, usubjid, *said in zip(*columns, strict=True)
    ]


def causes(
    gone: Mapping[str, str],
    accepted: Collection[str],
    held: Collection[str],
    unchanged: Collection[str],
) -> dict[str, str]:
    """Return why rows are held no more, by their key.

    gone: for which reason each was held. accepted: natural keys of accepted rows. held: keys of
    held rows. unchanged: keys of rows that are accepted with the same content.
    """
    others = {natural(key): key for key in held}
    found = {}
    for key, reason in gone.items():
        row, was = natural(key), f"; it was held for: {reason.removeprefix('not so: ')}"
        if key in unchanged:
            found[key] = f"the row is accepted as it was received{was}"
        elif row in accepted:
            found[key] = f"the source corrected the row, which is accepted now{was}"
        elif row in others:
            found[key] = f"its content changed; it is held as {others[row]}"
        else:
            found[key] = "the source took the row back or delivers it no more"
    return found


def natural(key: str) -> str:
    """Return the natural key of a held row: without the digest of its content."""
    first, _, last = key.rpartition("#")
    return natural(first) if last.isdigit() and len(last) < 12 and "#" in first else first
