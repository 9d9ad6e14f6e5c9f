"""The two sides that are compared: what the investigator reported, and what values show.

An event is all rows of one adverse event; an episode of values is a run of days of grade 1 or more.
Both have a name (EPISODE) that stays the same from delivery to delivery: subject, term, direction,
and the group of the event or the first record.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from safety.assess.grades import highest, lowest, superseded
from safety.ctcae import catalogue
from safety.intake import dates
from safety.study.model import Study

SAME = ["USUBJID", "TERM"]
SERIES = [*SAME, "DIRECTION"]
SEPARATOR = "|"
DAY = np.timedelta64(1, "D")
_NO_TIME = np.timedelta64(0, "D")


def terms(events: pd.DataFrame, study: Study) -> pd.Series | None:
    """Return the CTCAE term of each event, "" for none; None where the study codes no events."""
    codings = [d.coding for f in study.feeds for d in f.domains.values() if d.coding]
    if not codings:
        return None
    said = events[codings[0].term].fillna(events["AEDECOD"]).fillna(events["AETERM"]).fillna("")
    known = {t: catalogue.by_name(t, study.ctcae) for t in said.unique()}
    return said.map({t: term.term if term else "" for t, term in known.items()}).astype("str")


def reported(events: pd.DataFrame, study: Study, as_of: date) -> pd.DataFrame:
    """Return the rows of events of a CTCAE term, each with the time of its whole event.

    START and END: the shortest time a row surely was; of one without an end the last day known.
    LOWEST, WORST: grades it may have. OPEN: it has no end. ONDATE, OFFDATE: its dates are complete.
    BEGAN, ENDED, GOESON: of the event. EPISODE: its name. None before its start, nor after as_of.
    """
    named = terms(events, study)
    if named is None:
        named = pd.Series("", index=events.index, dtype="str")
    last = np.datetime64(as_of, "D")
    start, end = dates.days(events["STDTMAX"]), dates.days(events["ENDTMIN"])
    until = np.maximum(np.where(np.isnat(end), np.maximum(last, start), end), start)
    rows = pd.DataFrame(
        {
            "KEY": events["KEY"].to_numpy(), "USUBJID": events["USUBJID"].to_numpy(),
            "TERM": named.to_numpy(), "START": start, "END": until, "OPEN": np.isnat(end),
            "LOWEST": lowest(events["POSSIBLE"]).to_numpy(),
            "WORST": highest(events["POSSIBLE"]).to_numpy(),
            "ONDATE": _complete(events, "STDT"), "OFFDATE": _complete(events, "ENDT"),
            "OUTCOME": events["AEOUT"].fillna("").to_numpy(),
            "LIFE": events["AESLIFE"].eq("Y").fillna(False).to_numpy(bool),
            "ACTION": events["AEACN"].fillna("").to_numpy(),
            "GROUP": events["GRPID"].fillna("").to_numpy(),
        }
    )  # fmt: skip
    rows = rows[rows["TERM"].ne("") & rows["START"].notna() & rows["START"].le(last)]
    return _with_events(rows.sort_values([*SAME, "START", "END", "KEY"], ignore_index=True))


def _complete(events: pd.DataFrame, prefix: str) -> np.ndarray:
    first, last = events[f"{prefix}MIN"], events[f"{prefix}MAX"]
    return first.eq(last).fillna(False).to_numpy(bool)


def _with_events(rows: pd.DataFrame) -> pd.DataFrame:
    """Name the event of each row: its group, else the first of rows that follow each other."""
    grouped = rows["GROUP"].ne("")
    alone = rows[~grouped]
    reached = alone.groupby(SAME)["END"].cummax().groupby([alone[c] for c in SAME]).shift()
    begins = reached.isna() | (alone["START"] - reached > DAY)
    first = alone["KEY"].where(begins).ffill()
    name = rows["GROUP"].where(grouped, first)
    rows = rows.assign(EPISODE=_joined(rows["USUBJID"], rows["TERM"], "", name))
    event = rows.groupby("EPISODE")
    return rows.assign(
        BEGAN=event["START"].transform("min"),
        ENDED=event["END"].transform("max"),
        GOESON=event["OPEN"].transform("any"),
    )


def _joined(
    subject: pd.Series, term: pd.Series, direction: pd.Series | str, name: pd.Series
) -> pd.Series:
    return subject + SEPARATOR + term + SEPARATOR + direction + SEPARATOR + name


def measured(grades: pd.DataFrame) -> pd.DataFrame:
    """Return graded values that count and whose day is known, in order, by subject and term.

    LOW, HIGH: grades it may have; KNOWN: it has one, GRADE, else 0. BASE: grade before treatment.
    EPISODE: of a value of grade 1 or more the name of its run, else "". A value without a grade
    neither begins nor ends a run.
    """
    rows = grades[grades["ADTMIN"].eq(grades["ADTMAX"]).fillna(False) & ~superseded(grades)]
    possible = rows["NUMPOSS"].where(rows["NUMPOSS"].fillna("").ne(""), rows["POSSIBLE"])
    found = rows[["MKEY", *SERIES, "POSTFL"]].assign(
        DAY=dates.days(rows["ADTMIN"]), LOW=lowest(possible), HIGH=highest(possible),
        KNOWN=rows["ATOXGR"].notna(), GRADE=rows["ATOXGR"].astype("Int64").fillna(0),
        BASE=rows["BTOXGR"].astype("Int64").fillna(0),
    )  # fmt: skip
    found = found.sort_values([*SERIES, "DAY", "MKEY"], ignore_index=True)
    known = found[found["KNOWN"]]
    first = known["MKEY"].where(begins(known, known["GRADE"].ge(1)))
    first = first.groupby([known[c] for c in SERIES]).ffill().where(known["GRADE"].ge(1))
    name = _joined(known["USUBJID"], known["TERM"], known["DIRECTION"], first)
    return found.assign(EPISODE=name.reindex(found.index).fillna("").astype("str"))


def begins(values: pd.DataFrame, is_on: pd.Series) -> pd.Series:
    """Return which values, of rows in the order of `measured`, begin a run of those that are on."""
    before = is_on.groupby([values[c] for c in SERIES]).shift(fill_value=False)
    return is_on & ~before.astype(bool)


def pairs(rows: pd.DataFrame, values: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return rows of events beside every value of their subject and term."""
    return rows.merge(values[[*SAME, *columns]], on=SAME)


def away(paired: pd.DataFrame) -> pd.Series:
    """Return how many days a value lies before or after a row; 0 inside."""
    outside = np.maximum(paired["START"] - paired["DAY"], paired["DAY"] - paired["END"])
    return np.maximum(outside, _NO_TIME) / DAY
