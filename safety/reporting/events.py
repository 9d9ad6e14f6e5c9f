"""Adverse events as reports speak of them: one for the rows of an event, known by term and onset.

A site may number its events anew, so the key is no identity. Rows of one AEGRPID and one term, the
grades of an event as it went on, are one event: of each flag the worst counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import pandas as pd

from safety.reporting.kinds import news
from safety.study.model import Study

CRITERIA = {
    "AESDTH": "death", "AESLIFE": "life-threatening", "AESHOSP": "hospitalisation",
    "AESDISAB": "disability", "AESCONG": "congenital anomaly", "AESMIE": "medically important",
}  # fmt: skip
SEVERAL = " + "  # between the values of an event's rows
Row = dict[str, Any]
# by subject, IDVAR and IDVARVAL: QNAM and value
Supplements = dict[tuple[str, str, str], set[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Event:
    """An adverse event as its rows tell it; texts are "" where nothing is given.

    episode: term and onset, numbered if a subject has several of both. rows: texts by column, by
    onset. onset: the days it may have begun on, "" for not known.
    """

    usubjid: str
    key: str
    term: str
    episode: str
    onset: tuple[str, str]
    rows: tuple[dict[str, str], ...]

    @property
    def onset_text(self) -> str:
        return self.rows[0]["STDTC"][:10] or "not given"

    def any(self, column: str, value: str) -> bool:
        """Return whether one of its rows has a value."""
        return any(row[column] == value for row in self.rows)

    def without_held(self) -> Event | None:
        """Return the event by its accepted rows, None if all are held."""
        rows = tuple(row for row in self.rows if not row["HELD"])
        return replace(self, rows=rows) if rows else None

    def told(self, column: str) -> str:
        """Return the different values of a column, in their order."""
        return SEVERAL.join(dict.fromkeys(r[column] for r in self.rows if r[column]))

    def highest(self) -> int:
        """Return the highest grade that it may have had, 0 for none."""
        return max(int(row["POSSIBLE"][-1:] or 0) for row in self.rows)

    def content(self) -> dict[str, str]:
        """Return what it says, by the columns of which a change is news."""
        return {name: self.told(name) for name in news()}


def events(frame: pd.DataFrame) -> list[Event]:
    """Return the events of `grade_events` by subject, onset and key."""
    rows = sorted(map(_texts, frame.to_dict("records")), key=_place)
    accepted = [_event(group) for group in _together([r for r in rows if not r["HELD"]])]
    found = _with_held(accepted, [r for r in rows if r["HELD"]])
    return list(_numbered(sorted(found, key=lambda e: (e.usubjid, e.onset, e.term, e.key))))


def attributed(frame: pd.DataFrame, supplements: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return events with REL over all drugs: AEREL, and what SUPPAE says of each drug.

    Y if any of them is related; N only if all that there are say unrelated, else "".
    """
    names = {d.attribution.strip().upper() for d in _drugs(study) if d.attribution}
    said = supplements[supplements["RDOMAIN"].eq("AE") & supplements["QNAM"].isin(names)]
    if said.empty:
        return frame
    told: Supplements = {}
    for row in said.to_dict("records"):
        place = (str(row["USUBJID"]), str(row["IDVAR"]), str(row["IDVARVAL"]))
        told.setdefault(place, set()).add((str(row["QNAM"]), _text(row["QVAL"]).upper()))
    rel = [_over_drugs(_texts(row), told, names, study) for row in frame.to_dict("records")]
    return frame.assign(REL=pd.Series(rel, index=frame.index, dtype="str"))


def _over_drugs(row: dict[str, str], told: Supplements, names: set[str], study: Study) -> str:
    who = row["USUBJID"]
    said = told.get((who, "AESEQ", row["AESEQ"]), set())
    if row["GRPID"]:
        said = said | told.get((who, "AEGRPID", row["GRPID"]), set())
    if not said:
        return row["REL"]
    scale = dict.fromkeys(study.attribution.related, "Y")
    scale |= dict.fromkeys(study.attribution.unrelated, "N")
    answers = {scale.get(value, "") for _, value in said}
    answers |= {""} if {name for name, _ in said} != names else set()
    answers |= {row["REL"]} if row["AEREL"] else set()
    return "Y" if "Y" in answers else "" if "" in answers else "N"


def _drugs(study: Study) -> Iterable[Any]:
    return study.treatment.drugs.values() if study.treatment else ()


def _texts(row: Row) -> dict[str, str]:
    texts = {str(name): _text(value) for name, value in row.items()}
    return {"HELD": ""} | texts | {"TERM": texts["AEDECOD"] or texts["AETERM"]}


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value).strip()


def _place(row: dict[str, str]) -> tuple[str, ...]:
    event = (row["GRPID"], row["TERM"].casefold()) if row["GRPID"] else ("", row["KEY"])
    return (row["USUBJID"], *event, row["STDTMIN"], row["KEY"])


def _together(rows: list[dict[str, str]]) -> Iterator[list[dict[str, str]]]:
    for _, group in groupby(rows, key=lambda row: _place(row)[:3]):
        yield list(group)


def _with_held(accepted: list[Event], held: list[dict[str, str]]) -> Iterator[Event]:
    """Yield events with the held rows of the same subject, term and onset; others are their own."""
    waiting: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for row in held:
        place = (row["USUBJID"], row["TERM"].casefold(), row["STDTC"][:10])
        waiting.setdefault(place, []).append(row)
    for event in accepted:
        place = (event.usubjid, event.term.casefold(), event.rows[0]["STDTC"][:10])
        yield replace(event, rows=(*event.rows, *waiting.pop(place, [])))
    for rows in waiting.values():
        yield _event(rows)


def _event(rows: list[dict[str, str]]) -> Event:
    first = rows[0]
    onset = (first["STDTMIN"], first["STDTMAX"])
    return Event(first["USUBJID"], first["KEY"], first["TERM"], "", onset, tuple(rows))


def _numbered(found: list[Event]) -> Iterator[Event]:
    """Yield events of which no two of a subject have the same episode."""
    count: dict[tuple[str, str], int] = {}
    for event in found:
        episode = f"{event.term}|{event.onset_text}"
        number = count.get((event.usubjid, episode), 0) + 1
        count[event.usubjid, episode] = number
        yield replace(event, episode=episode if number == 1 else f"{episode}|{number}")
