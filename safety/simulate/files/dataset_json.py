"""CDISC Dataset-JSON 1.1: one data set, dates and texts as strings, numbers as numbers."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pandas as pd

from safety.simulate.files.numbers import numbers
from safety.simulate.sdtm.columns import COLUMNS, LABELS

VERSION = "1.1.0"
MADE_BY = "toxwatch simulate: SIMULATED DATA"


def content(domain: str, frame: pd.DataFrame, made: datetime, studyid: str) -> bytes:
    """Return a table of text as the bytes of a file. made: site time of the extract."""
    as_numbers = numbers(frame)
    cells = {str(c): as_numbers.get(str(c), frame[c]) for c in frame.columns}
    head = {
        "datasetJSONCreationDateTime": made.isoformat(),
        "datasetJSONVersion": VERSION,
        "fileOID": f"{studyid}.{domain}.{made:%Y%m%d}",
        "dbLastModifiedDateTime": made.isoformat(),
        "originator": MADE_BY,
        "sourceSystem": {"name": MADE_BY, "version": "1"},
        "studyOID": studyid,
        "itemGroupOID": f"IG.{domain}",
        "name": domain,
        "label": f"SIMULATED {LABELS[domain]}",
        "records": len(frame),
        "columns": [_column(domain, c, is_number=c in as_numbers) for c in cells],
        "rows": [],
    }
    values = [_values(cells[c], is_number=c in as_numbers) for c in cells]
    rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in zip(*values, strict=True))
    text = json.dumps(head, ensure_ascii=False, indent=1)
    return (text.removesuffix("[]\n}") + f"[\n{rows}\n]\n}}\n").encode()


def _column(domain: str, name: str, *, is_number: bool) -> dict[str, str]:
    return {
        "itemOID": f"IT.{domain}.{name}",
        "name": name,
        "label": COLUMNS[domain].get(name, name),
        "dataType": "float" if is_number else "string",
    }


def _values(column: pd.Series, *, is_number: bool) -> list[Any]:
    if not is_number:
        return list(column)
    return [None if pd.isna(v) else int(v) if v.is_integer() else v for v in column.tolist()]
