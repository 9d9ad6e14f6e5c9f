"""What goes between the trial and the folders: rows in versions, planned files, planted faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from safety.simulate.model import Day

Mode = Literal["none", "realistic", "hostile"]
# R reject the row, W load with a flag, Q load and ask, H hold the file, C convert, P4 raise an
# alert of data quality.
Handling = Literal["R", "W", "Q", "H", "C", "P4"]


@dataclass(frozen=True, slots=True)
class RowVersion:
    """What a row of a source says from a day on; values by SDTM variable, "" for none.

    row: the natural key as toxwatch writes it, `LB|SIM-X-001|S0007|NEUT`. A later version of the
    same row takes its place; `deleted` takes it away. extra: beside the row of the same key and
    `known`, not in its place (a duplicate that was planted).
    """

    domain: str
    row: str
    known: Day
    values: Mapping[str, str]
    deleted: bool = False
    extra: bool = False


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One file of one delivery.

    day: the delivery it comes in. content: the source as it stood at the end of that day (an old
    extract that comes late has content < day). since: of a feed of changes, the file holds versions
    with since < known <= content; None for a whole snapshot. damage: what is wrong with the file as
    a whole, by the name of the damage in `faults`, "" for nothing. usable: whether it can be used.
    """

    day: Day
    feed: str
    domain: str
    name: str
    content: Day
    since: Day | None
    damage: str = ""
    usable: bool = True


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault that was planted, and what is right to do with it.

    fault: number in the catalogue (1-56). day: first delivery that shows it. row: natural key as
    delivered, "" for a file. right: handling; several where the catalogue names several.
    corrected: the day from which a delivery has it right, None for never. value: for C, what the
    row must mean (number and unit).
    """

    fault: int
    day: Day
    feed: str
    file: str
    domain: str
    row: str
    usubjid: str
    what: str
    right: tuple[Handling, ...]
    corrected: Day | None = None
    value: str = ""
