"""Read one SDTM file into text columns. Nothing is converted or dropped here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from safety.errors import HeldDeliveryError
from safety.feeds.sdtm_folder import columnar, dataset_json, delimited, xpt
from safety.feeds.sdtm_folder.text import as_text, shown

SUFFIXES = (".xpt", ".parquet", ".csv", ".json", ".ndjson")


@dataclass(frozen=True, slots=True)
class Dataset:
    """What a file holds.

    frame: every column as text, missing as NaN. extracted: when the file says it was made, ISO
    8601, "" if its format does not tell. is_ended: whether its last line is ended; other formats
    than CSV tell by themselves that they were cut off.
    """

    frame: pd.DataFrame
    extracted: str = ""
    is_ended: bool = True


def read(path: Path, name: str, encoding: str = "utf-8", delimiter: str = ",") -> pd.DataFrame:
    """Return a file as a frame of text: numbers in their shortest form, missing as NaN."""
    return load(path, name, encoding, delimiter).frame


def load(path: Path, name: str, encoding: str = "utf-8", delimiter: str = ",") -> Dataset:
    """Return what a file holds.

    path: the landed bytes; name: the file's name as delivered, for messages and its suffix;
    encoding, delimiter: of CSV. Raises HeldDeliveryError if the file is empty, truncated or not
    what its suffix says.
    """
    if path.stat().st_size == 0:
        raise HeldDeliveryError(name, "the file is empty.", "Ask for the file again.")
    suffix = Path(name).suffix.lower()
    extracted, is_ended = "", True
    if suffix == ".xpt":
        frame, extracted = xpt.read(path, name)
    elif suffix == ".parquet":
        frame = columnar.read(path, name)
    elif suffix == ".csv":
        frame, is_ended = delimited.read(path, name, encoding, delimiter)
    else:
        frame, extracted = dataset_json.read(path, name)
    _require_names(frame, name)
    texts = {str(c): as_text(frame[c]) for c in frame.columns}
    return Dataset(pd.DataFrame(texts), extracted, is_ended)


def _require_names(frame: pd.DataFrame, name: str) -> None:
    if frame.columns.duplicated().any():
        twice = ", ".join(shown(c) for c in frame.columns[frame.columns.duplicated()][:5])
        raise HeldDeliveryError(name, f"column {twice} occurs twice.", "Ask for a corrected file.")
    if any(not str(c).strip() for c in frame.columns):
        raise HeldDeliveryError(name, "a column has no name.", "Ask for a corrected file.")
