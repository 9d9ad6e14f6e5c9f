"""What a reader makes of one domain of a file, and which domain a file's name says it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from safety.errors import HeldDeliveryError
from safety.feeds.sdtm_folder.text import shown
from safety.study.feeds import Feed

# A column that a reader may add: of a row with cells that are not of the declared form, what is
# wrong with them; "" of a row whose cells all are. Such a row goes to quarantine (faults 9, 25).
FORM = "(form)"
# Two columns of sources that send changes of single cells. PARTIAL is "Y" in a row whose missing
# cells are unchanged, not empty: they are those of the version before it. In such a row a cell
# that was emptied holds CLEARED.
PARTIAL = "(partial)"
CLEARED = "\x1a"
OWN_COLUMNS = (FORM, PARTIAL)
MAX_COLUMNS = 5_000  # of a file: each costs about as much as thousands of rows


@dataclass(frozen=True, slots=True)
class Dataset:
    """The rows of one domain in a file.

    frame: every column as text, missing as NaN. extracted: when the file says it was made, ISO
    8601, "" if its format does not tell. is_ended: whether its last line is ended; other formats
    than CSV tell by themselves that they were cut off. misfit: "" or why the file as a whole is
    not of the declared form, so that it is held. converted: cells told otherwise than received,
    by a declared form. others: what else the file holds, that no domain of the feed names.
    """

    frame: pd.DataFrame
    extracted: str = ""
    is_ended: bool = True
    misfit: str = ""
    converted: int = 0
    others: tuple[str, ...] = ()


def domain_by_name(file: str, feed: Feed, suffixes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the domain that a file is named after, none if the study uses none of that name.

    A name ends at its first underscore or at its suffix; that of a feed of one folder only there.
    """
    path = Path(file)
    stem = path.stem.split("_")[0] if feed.is_daily else path.stem
    name = stem.upper()
    return (name,) if name in feed.domains and path.suffix.lower() in suffixes else ()


def require_width(columns: int, name: str) -> None:
    """Raise HeldDeliveryError for more columns than any domain has, before they are made."""
    if columns > MAX_COLUMNS:
        raise HeldDeliveryError(
            name, f"it has {columns:,} columns, more than {MAX_COLUMNS:,}.", "Split it."
        )


def require_names(frame: pd.DataFrame, name: str) -> None:
    """Raise HeldDeliveryError for columns that cannot be told apart, or that readers add."""
    if frame.columns.duplicated().any():
        twice = ", ".join(shown(c) for c in frame.columns[frame.columns.duplicated()][:5])
        raise HeldDeliveryError(name, f"column {twice} occurs twice.", "Ask for a corrected file.")
    if any(not str(c).strip() for c in frame.columns):
        raise HeldDeliveryError(name, "a column has no name.", "Ask for a corrected file.")
    own = [c for c in OWN_COLUMNS if c in frame.columns]
    if own:
        raise HeldDeliveryError(name, f"column {own[0]} has a name of our own.", "Rename it.")
