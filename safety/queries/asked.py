"""Which records are asked about, each with its check, its event or episode, and what was said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from safety.queries import records
from safety.study.feeds import RecordKind

ASKING = frozenset({"query", "reject"})
NOBODY = "(no subject id)"
Place = tuple[str, str, int]  # domain, file, row
Frames = Mapping[RecordKind, Sequence[pd.DataFrame]]  # accepted rows and held ones


@dataclass(frozen=True, slots=True)
class Asked:
    """One record that a check asks about. episode: "" if all such records make one query."""

    subject: str
    check: str
    episode: str
    term: str
    severity: str
    expected: str
    record: str
    day: str
    text: str
    file: str
    row: int


def of_rows(
    findings: pd.DataFrame, failing: pd.DataFrame, frames: Frames, says: Mapping[str, str]
) -> Iterator[Asked]:
    """Yield the failing records of checks that ask or hold.

    findings, failing: tables of findings and of failing records; says: by check, the column of a
    record that tells what is wrong with it.
    """
    rows = _asking(findings, failing)
    known = _known(rows, frames)
    for r in rows.to_dict("records"):
        kind, row = known.get((r["DOMAIN"], r["FILE"], r["SRCROW"]), (None, {}))
        said = row.get(says.get(r["CHECKID"], ""))
        yield _asked(r, kind, row, _episode(kind, row, r["RECORD"]), said)


def of_episodes(
    findings: pd.DataFrame, reconciled: pd.DataFrame, frames: Frames, says: Mapping[str, str]
) -> Iterator[Asked]:
    """Yield the records of episodes in which reports and values disagree.

    reconciled: rows of `reconcile`; says: by check, its column.
    """
    for check, column in says.items():
        wrong = reconciled[reconciled[column].fillna("").ne("")]
        wrong = wrong.rename(columns={"KEY": "RECORD", "SRCFILE": "FILE"}).assign(CHECKID=check)
        rows = _asking(findings, wrong)
        known = _known(rows, frames)
        for r in rows.to_dict("records"):
            kind, row = known.get((r["DOMAIN"], r["FILE"], r["SRCROW"]), (None, {}))
            yield _asked(r, kind, row, r["EPISODE"], r[column], r["TERM"])


def _asking(findings: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    failed = findings[findings["STATUS"].eq("fail") & findings["HANDLING"].isin(ASKING)]
    told = failed[["CHECKID", "DOMAIN", "SEVERITY", "TITLE"]]
    told = told.drop_duplicates(["CHECKID", "DOMAIN"])
    return rows.merge(told, on=["CHECKID", "DOMAIN"])


def _known(rows: pd.DataFrame, frames: Frames) -> dict[Place, tuple[RecordKind, records.Row]]:
    """Return the canonical records in which some rows stand, by their place."""
    found: dict[Place, tuple[RecordKind, records.Row]] = {}
    if rows.empty:
        return found
    wanted = rows[["DOMAIN", "FILE", "SRCROW"]].drop_duplicates()
    wanted = wanted.rename(columns={"FILE": "SRCFILE"})
    for kind, parts in frames.items():
        for part in parts:
            near = part[part["SRCROW"].isin(wanted["SRCROW"])]  # few: a merge of all is slow
            if near.empty:
                continue
            told = near.merge(wanted, on=["DOMAIN", "SRCFILE", "SRCROW"])
            if "CHECKS" in told:
                told = told.drop(columns="REASON")  # of a held row it says why it is held
            for row in told.to_dict("records"):
                place = (row["DOMAIN"], row["SRCFILE"], row["SRCROW"])
                found[place] = (kind, {str(k): v for k, v in row.items()})
    return found


def _asked(
    r: Mapping[Any, Any], kind: RecordKind | None, row: records.Row, episode: str, said: Any,
    term: str = "",
) -> Asked:  # fmt: skip
    text = records.described(kind, row) if kind else f"record {records.quoted(r['RECORD'])}"
    told = f": {said}" if isinstance(said, str) and said else ""
    return Asked(
        subject=records.quoted(r["USUBJID"], NOBODY),
        check=r["CHECKID"],
        episode=episode,
        term=term or (records.term(kind, row) if kind else ""),
        severity=r["SEVERITY"],
        expected=_inside(r["TITLE"]),
        record=r["RECORD"],
        day=records.day(kind, row) if kind else "",
        text=text + told,
        file=r["FILE"],
        row=int(r["SRCROW"]),
    )


def _inside(title: str) -> str:
    """Return a title as it stands inside a sentence; one that begins with a name keeps it."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _episode(kind: RecordKind | None, row: records.Row, record: str) -> str:
    """Return what a record is asked about with: its event; "" for all of the subject's."""
    if kind == "adverse_event":
        return f"group {row['GRPID']}" if pd.notna(row["GRPID"]) else record
    if kind == "supplement":
        return f"{row['RDOMAIN']} {row['IDVAR']} {row['IDVARVAL']}"
    return ""
