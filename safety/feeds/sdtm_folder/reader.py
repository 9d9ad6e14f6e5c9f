"""Read one SDTM file into text columns. Nothing is converted or dropped here."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from safety.errors import HeldDeliveryError
from safety.feeds.dataset import Dataset, domain_by_name, require_names
from safety.feeds.sdtm_folder import columnar, dataset_json, delimited, xpt
from safety.feeds.sdtm_folder.text import as_text
from safety.study.feeds import Feed

SUFFIXES = (".xpt", ".parquet", ".csv", ".json", ".ndjson")


def domains_of(file: str, feed: Feed) -> tuple[str, ...]:
    """Return the domain that a file is named after."""
    return domain_by_name(file, feed, SUFFIXES)


def load_domain(path: Path, name: str, feed: Feed, _domain: str) -> Dataset:
    """Return what a file holds: it is of one domain."""
    return load(path, name, feed.encoding, feed.delimiter)


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
    require_names(frame, name)
    texts = {str(c): as_text(frame[c]) for c in frame.columns}
    return Dataset(pd.DataFrame(texts), extracted, is_ended)
