"""The two sides that are compared: what the investigator reported, and what values show.

An event is all rows of one adverse event; an episode of values is a run of those that are asked
about. Both have a name (EPISODE) that stays the same from delivery to delivery: subject, term,
direction, and the record that is asked about or the group of the event.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from safety.assess.grades import highest, lowest, superseded
from safety.ctcae import catalogue, search
from safety.intake import dates
from safety.study.model import Study

SAME = ["USUBJID", "TERM"]
SERIES = [*SAME, "DIRECTION"]
SEPARATOR = "|"
DAY = np.timedelta64(1, "D")
_NO_TIME = np.timedelta64(0, "D")
_EVER = np.datetime64(f"{dates.EARLIEST_YEAR}-01-01", "D")  # begin of what has no date


def terms(events: pd.DataFrame, study: Study) -> pd.Series | None:
    """Return a tuple of the CTCAE terms each event may mean; None where the study codes no events.

    A term that is called by a usual name is meant too; a name that is usual for several means each.
    """
    codings = [d.coding for f in study.feeds for d in f.domains.values() if d.coding]
    if not codings:
        return None
    said = events[codings[0].term].fillna(events["AEDECOD"]).fillna(events["AETERM"]).fillna("")
    known = {t: _meant(t, study.ctcae) for t in said.unique()}
    return pd.Series([known[t] for t in said], index=events.index, dtype="object")


def _meant(name: str, version: str) -> tuple[str, ...]:
    own = catalogue.by_name(name, version)
    return tuple(t.term for t in ([own] if own else search.same_name(name, version)))


def reported(events: pd.DataFrame, study: Study, as_of: date) -> pd.DataFrame:
    """Return the rows of events, one for each CTCAE term it may mean, with the time of its event.

    START and END: the shortest time a row surely was, missing without a begin; EARLIEST and LATEST:
    the longest it may have been. Of a row without an end the last day known, of one without a begin
    any day before. SURE: its one term and a begin are known, so that it can be asked about itself.
    LOWEST, WORST: grades it may have. OPEN: it has no end. ONDATE, OFFDATE: its dates are complete.
    Of its EVENT: BEGAN, ENDED, GOESON; EVENTMIN and EVENTMAX, the longest it may have been.
    EPISODE: the name under which it is asked about. None that begins after as_of.
    """
    named = terms(events, study)
    if named is None:
        named = pd.Series([()] * len(events), index=events.index, dtype="object")
    rows = pd.DataFrame(
        {
            "KEY": events["KEY"].to_numpy(), "USUBJID": events["USUBJID"].to_numpy(),
            "TERM": named.to_numpy(), **_times(events, np.datetime64(as_of, "D")),
            "LOWEST": lowest(events["POSSIBLE"]).to_numpy(),
            "WORST": highest(events["POSSIBLE"]).to_numpy(),
            "ONDATE": _complete(events, "STDT"), "OFFDATE": _complete(events, "ENDT"),
            "OUTCOME": events["AEOUT"].fillna("").to_numpy(),
            "LIFE": events["AESLIFE"].eq("Y").fillna(False).to_numpy(bool),
            "ACTION": events["AEACN"].fillna("").to_numpy(),
            "GROUP": events["GRPID"].fillna("").to_numpy(),
        }
    )  # fmt: skip
    rows = rows.assign(SURE=rows["TERM"].map(len).eq(1) & rows["START"].notna()).explode("TERM")
    rows = rows[rows["TERM"].notna() & rows["EARLIEST"].le(np.datetime64(as_of, "D"))]
    rows = rows.astype({"TERM": "str"})
    return _with_events(rows.sort_values([*SAME, "START", "END", "KEY"], ignore_index=True))


def sure(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `reported` that can be asked about, with the time of their own events."""
    return _with_events(rows[rows["SURE"]].reset_index(drop=True))


def _times(events: pd.DataFrame, last: np.datetime64) -> dict[str, np.ndarray]:
    """Return START and END, the shortest time of each row, EARLIEST and LATEST, the longest."""
    first, start = dates.days(events["STDTMIN"]), dates.days(events["STDTMAX"])
    end, ends = dates.days(events["ENDTMIN"]), dates.days(events["ENDTMAX"])
    # what is reported has begun, and has not ended before
    start = np.minimum(np.where(ends >= first, np.minimum(start, ends), start), last)
    until = np.maximum(np.where(np.isnat(end), last, end), start)
    latest = np.fmax(np.where(np.isnat(ends), last, ends), until)
    earliest = np.where(np.isnat(first), _EVER, first)
    return {"START": start, "END": until, "EARLIEST": earliest, "LATEST": latest,
            "OPEN": np.isnat(end)}  # fmt: skip


def _complete(events: pd.DataFrame, prefix: str) -> np.ndarray:
    first, last = events[f"{prefix}MIN"], events[f"{prefix}MAX"]
    return first.eq(last).fillna(False).to_numpy(bool)


def _with_events(rows: pd.DataFrame) -> pd.DataFrame:
    """Tell the EVENT of each row: its group, else the first of rows that follow each other.

    A row without a group is asked about by itself: which rows come before it may change.
    """
    grouped = rows["GROUP"].ne("")
    alone = rows[~grouped]
    reached = alone.groupby(SAME)["END"].cummax().groupby([alone[c] for c in SAME]).shift()
    begins = reached.isna() | alone["START"].isna() | (alone["START"] - reached > DAY)
    first = alone["KEY"].where(begins).ffill()
    of_event, of_row = (rows["GROUP"].where(grouped, name) for name in (first, rows["KEY"]))
    rows = rows.assign(
        EVENT=_joined(rows["USUBJID"], rows["TERM"], "", of_event),
        EPISODE=_joined(rows["USUBJID"], rows["TERM"], "", of_row),
    )
    event = rows.groupby("EVENT")
    return rows.assign(
        BEGAN=event["START"].transform("min"),
        ENDED=event["END"].transform("max"),
        EVENTMIN=event["EARLIEST"].transform("min"),
        EVENTMAX=event["LATEST"].transform("max"),
        GOESON=event["OPEN"].transform("any"),
    )


def _joined(
    subject: pd.Series, term: pd.Series, direction: pd.Series | str, name: pd.Series
) -> pd.Series:
    return subject + SEPARATOR + term + SEPARATOR + direction + SEPARATOR + name


def measured(grades: pd.DataFrame) -> pd.DataFrame:
    """Return graded values that count and whose day is known, in order, by subject and term.

    HIGH: the highest grade it may have; KNOWN: it has one, GRADE, else 0; LEAST: the grade it has
    at least. BASE: grade before treatment.
    """
    rows = grades[grades["ADTMIN"].eq(grades["ADTMAX"]).fillna(False) & ~superseded(grades)]
    possible = rows["NUMPOSS"].where(rows["NUMPOSS"].fillna("").ne(""), rows["POSSIBLE"])
    found = rows[["MKEY", *SERIES, "POSTFL"]].assign(
        DAY=dates.days(rows["ADTMIN"]), HIGH=highest(possible), KNOWN=rows["ATOXGR"].notna(),
        GRADE=rows["ATOXGR"].astype("Int64").fillna(0),
        LEAST=rows["ATOXGR"].astype("Int64").fillna(lowest(possible).astype("Int64")),
        BASE=rows["BTOXGR"].astype("Int64").fillna(0),
    )  # fmt: skip
    return found.sort_values([*SERIES, "DAY", "MKEY"], ignore_index=True)


def runs(values: pd.DataFrame, is_on: pd.Series) -> pd.DataFrame:
    """Return the values that are on, of rows in the order of `measured`, with their EPISODE.

    Values that are on one after the other have one name: that of the first of them.
    """
    series = [values[c] for c in SERIES]
    before = is_on.groupby(series).shift(fill_value=False).astype(bool)
    first = values["MKEY"].where(is_on & ~before).groupby(series).ffill()
    name = _joined(values["USUBJID"], values["TERM"], values["DIRECTION"], first)
    return values.assign(EPISODE=name)[is_on]


def pairs(rows: pd.DataFrame, values: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return rows of events beside every value of their subject and term."""
    return rows.merge(values[[*SAME, *columns]], on=SAME)


def away(paired: pd.DataFrame) -> pd.Series:
    """Return how many days a value lies at least before or after a row; 0 inside."""
    return _outside(paired, "EARLIEST", "LATEST")


def surely_away(paired: pd.DataFrame) -> pd.Series:
    """Return how many days a value lies before or after the time a row surely was; 0 inside."""
    return _outside(paired, "START", "END")


def _outside(paired: pd.DataFrame, first: str, last: str) -> pd.Series:
    outside = np.maximum(paired[first] - paired["DAY"], paired["DAY"] - paired[last])
    return np.maximum(outside, _NO_TIME) / DAY
