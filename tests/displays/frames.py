"""Small frames as the store returns them: every column of the table, nothing where not told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from safety.displays.population import Chosen, Scope, subjects
from safety.store.tables import RECORDS, RESULTS

Row = dict[str, Any]
AS_OF = "2024-05-31"
FIRST_DOSE = "2024-03-01"
TABLES = RECORDS | RESULTS


def frame(name: str, *rows: Row) -> pd.DataFrame:
    """Return rows of a table with all its columns; KEY is the row's number unless told."""
    columns = ["KEY", *(c.upper() for c in TABLES[name])]
    keyed = [{"KEY": f"{name}{i}"} | row for i, row in enumerate(rows)]
    unknown = {c for row in keyed for c in row} - set(columns)
    assert not unknown, unknown
    return pd.DataFrame(keyed, columns=columns)


EMPTY = {name: frame(name) for name in TABLES}


def frames(levels: dict[str, str] | None = None, **tables: Iterable[Row]) -> dict[str, Any]:
    """Return every table: subjects with their level, treated since FIRST_DOSE, and what is told."""
    levels = levels or {}
    told: dict[str, list[Row]] = {
        "subject": [{"USUBJID": s} for s in levels],
        "exposure": [{"USUBJID": s, "TRTSDT": FIRST_DOSE} for s in levels],
        "verdict": [{"USUBJID": s, "DOSELVL": x, "VERDICT": "NO_DLT"} for s, x in levels.items()],
    }
    rows = told | {name: list(own) for name, own in tables.items()}
    return EMPTY | {name: frame(name, *own) for name, own in rows.items()}


def everyone(of: dict[str, Any]) -> Chosen:
    """Return every treated subject."""
    return subjects(of, Scope())


def event(subject: str, term: str, possible: str, key: str, **more: Any) -> tuple[Row, Row]:
    """Return a reported event and its grade, both of one KEY; SOC is `Gut` unless told."""
    record = {
        "KEY": key, "USUBJID": subject, "AEDECOD": term, "AEBODSYS": "Gut", "AESER": "N",
        "STDTMIN": "2024-03-05", "STDTMAX": "2024-03-05",
    }  # fmt: skip
    graded = {
        "KEY": key, "USUBJID": subject, "POSSIBLE": possible, "REL": "Y", "TRTEMFL": "Y",
        "ASTDY": 5, "ASTDYMIN": 5, "ASTDYMAX": 5,
    }  # fmt: skip
    own = {k: v for k, v in more.items() if k in graded}
    return record | {k: v for k, v in more.items() if k not in graded}, graded | own


def events(*told: tuple[Row, Row]) -> dict[str, list[Row]]:
    """Return both tables of some events."""
    return {"adverse_event": [r for r, _ in told], "event_grade": [g for _, g in told]}


def plain(table: pd.DataFrame, *columns: str) -> list[Any]:
    """Return rows as tuples (values of one column as they are), None for missing."""
    shown = table[list(columns)].astype("object")
    rows = shown.where(shown.notna(), None).itertuples(index=False, name=None)
    return [row if len(columns) > 1 else row[0] for row in rows]


def shuffled(of: dict[str, Any]) -> dict[str, Any]:
    """Return the same rows in another order."""
    return {name: table[::-1].reset_index(drop=True) for name, table in of.items()}
