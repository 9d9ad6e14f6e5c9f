"""Everything about one subject, in tracks on one axis of study days."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from safety.displays.days import CYCLE_VISIT, study_day
from safety.displays.dosing import stretches
from safety.displays.onset import ENDED
from safety.displays.population import Chosen, Frames, Scope
from safety.displays.reported import reported
from safety.displays.swimmer import DISCONTINUED, milestones

DOSING, EVENT, LAB = "dosing", "adverse event", "laboratory and vital signs"
MEDICATION, PROCEDURE, MILESTONE = "medication", "procedure", "milestone"
TRACKS = (MILESTONE, DOSING, EVENT, LAB, MEDICATION, PROCEDURE)
_BAR = ["TRACK", "NAME", "START", "STARTMAX", "END", "ENDMAX", "OPEN", "GRADE", "TEXT"]
_TEXTS = dict.fromkeys(("TRACK", "NAME", "GRADE", "TEXT"), "str")
_DAYS = dict.fromkeys(("START", "STARTMAX", "END", "ENDMAX"), "Int64")


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """What is known of one subject.

    bars: TRACK (one of TRACKS), NAME (the line in the track), START and STARTMAX (first and last
    possible study day), END and ENDMAX, OPEN (no end is known: the end is as_of), GRADE (`3`,
    `3 or 4`, `missing`, "n.g."; "" where there is none), TEXT. unplaced: TRACK, NAME, TEXT of what
    has no start day. normal: values of grade 0, which are not drawn. ungraded: drawn values that
    have no grade.
    """

    bars: pd.DataFrame
    unplaced: pd.DataFrame
    normal: int
    ungraded: int


def profile(
    frames: Frames, chosen: Chosen, as_of: str, *, ends: Collection[str] = DISCONTINUED,
    cycle_visit: str = CYCLE_VISIT, drugs: Mapping[str, str] | None = None,
) -> Profile:  # fmt: skip
    """Return the tracks of `chosen`, which has one subject; nothing if it has none.

    Frames: dose, adverse_event, event_grade, grade, measurement, medication, procedure, visit,
    verdict, disposition, subject. Raises ValueError for more than one subject.
    """
    if len(chosen) > 1:
        raise ValueError(f"a profile is of one subject, not of {len(chosen)}")
    segments, lost = stretches(frames, chosen, as_of, drugs)
    values, normal = _values(frames, chosen)
    every = pd.concat(
        [
            _milestones(milestones(frames, chosen, ends, cycle_visit)),
            _dosing(segments),
            _events(reported(frames, chosen, Scope(emergent=False)).rows, as_of),
            values,
            _courses(chosen.of(frames["medication"]), MEDICATION, as_of),
            _courses(chosen.of(frames["procedure"]), PROCEDURE, as_of),
        ],
        ignore_index=True,
    )
    no_day = every["START"].isna()
    told = pd.concat([_lost_doses(lost), every.loc[no_day, ["TRACK", "NAME", "TEXT"]]])
    rank = every["TRACK"].map({track: i for i, track in enumerate(TRACKS)})
    bars = every.assign(RANK=rank)[~no_day].sort_values(["RANK", "NAME", "START", "TEXT"])
    return Profile(
        bars[_BAR].reset_index(drop=True), told.reset_index(drop=True), normal,
        int((values["GRADE"].eq("n.g.")).sum()),
    )  # fmt: skip


def _bars(columns: dict[str, object], index: pd.Index) -> pd.DataFrame:
    return pd.DataFrame(columns, columns=_BAR, index=index).astype(
        _TEXTS | _DAYS | {"OPEN": "bool"}
    )


def _milestones(marks: pd.DataFrame) -> pd.DataFrame:
    low, high = marks["DAYMIN"], marks["DAYMAX"]
    return _bars(
        {"TRACK": MILESTONE, "NAME": marks["KIND"], "START": low, "STARTMAX": high, "END": low,
         "ENDMAX": high, "OPEN": False, "GRADE": "", "TEXT": marks["TEXT"]},
        marks.index,
    )  # fmt: skip


def _dosing(segments: pd.DataFrame) -> pd.DataFrame:
    start, end = segments["START"], segments["END"]
    return _bars(
        {"TRACK": DOSING, "NAME": segments["DRUG"], "START": start, "STARTMAX": start, "END": end,
         "ENDMAX": end, "OPEN": segments["OPEN"], "GRADE": "", "TEXT": segments["TEXT"]},
        segments.index,
    )  # fmt: skip


def _lost_doses(lost: pd.DataFrame) -> pd.DataFrame:
    columns = {"TRACK": DOSING, "NAME": lost["KIND"], "TEXT": lost["TEXT"]}
    return pd.DataFrame(columns, index=lost.index).astype(
        dict.fromkeys(("TRACK", "NAME", "TEXT"), "str")
    )


def _events(rows: pd.DataFrame, as_of: str) -> pd.DataFrame:
    text = rows["TERM"] + ", grade " + rows["LABEL"] + rows["SERIOUS"].map(
        {"Y": ", serious"}).astype("str").fillna("")  # fmt: skip
    return _periods(
        rows.assign(NAME=rows["TERM"], GRADE=rows["LABEL"], SAID=text), EVENT, as_of,
        ended=rows["AEOUT"].isin(ENDED),
    )  # fmt: skip


def _courses(rows: pd.DataFrame, track: str, as_of: str) -> pd.DataFrame:
    """Medications or procedures; those that did not occur are left out."""
    own = rows[rows["OCCUR"].astype("str").fillna("").ne("N")]
    trt = own["TRT"].astype("str").fillna("(no name)")
    name = own["DECOD"].astype("str").fillna(trt)
    why = own["INDC"].astype("str").fillna("")
    said = name + why.where(why.eq(""), " for " + why)
    once = pd.Series(data=track == PROCEDURE, index=own.index)  # a procedure is over on its day
    return _periods(own.assign(NAME=name, GRADE="", SAID=said), track, as_of, ended=once)


def _periods(rows: pd.DataFrame, track: str, as_of: str, *, ended: pd.Series) -> pd.DataFrame:
    """Bars of rows with dates. Without an end, one that ended is drawn on its start only."""
    first = rows["TRTSDT"]
    start, latest = (study_day(rows[c], first) for c in ("STDTMIN", "STDTMAX"))
    end, end_latest = (study_day(rows[c], first) for c in ("ENDTMIN", "ENDTMAX"))
    open_ = end.isna() & ~ended
    now = study_day(pd.Series(as_of, index=rows.index), first)
    other = now.where(open_, latest)
    return _bars(
        {"TRACK": track, "NAME": rows["NAME"], "START": start, "STARTMAX": latest,
         "END": end.fillna(other), "ENDMAX": end_latest.fillna(other), "OPEN": open_,
         "GRADE": rows["GRADE"], "TEXT": rows["SAID"]},
        rows.index,
    )  # fmt: skip


def _values(frames: Frames, chosen: Chosen) -> tuple[pd.DataFrame, int]:
    """Values with a grade above 0 or without one, and how many have grade 0 in every term."""
    graded = chosen.of(frames["grade"])
    grade = graded["ATOXGR"].astype("Int64")
    measured = frames["measurement"][["KEY", "PARAMCD", "AVALC", "AVALU"]]
    rows = graded.drop(columns=["KEY", "PARAMCD"]).assign(GRADE=grade).merge(
        measured, left_on="MKEY", right_on="KEY", how="left", validate="many_to_one"
    )  # fmt: skip
    drawn = rows["GRADE"].ne(0).fillna(True)
    normal = rows["MKEY"].nunique() - rows.loc[drawn, "MKEY"].nunique()
    shown = rows[drawn]
    value = shown["AVALC"].astype("str").fillna("?") + " " + shown["AVALU"].astype("str").fillna("")
    start = study_day(shown["ADTMIN"], shown["TRTSDT"])
    end = study_day(shown["ADTMAX"], shown["TRTSDT"])
    bars = _bars(
        {"TRACK": LAB, "NAME": shown["PARAMCD"].fillna("(no test)"), "START": start,
         "STARTMAX": end, "END": start, "ENDMAX": end, "OPEN": False,
         "GRADE": shown["GRADE"].astype("str").fillna("n.g."),
         "TEXT": value.str.strip() + " (" + shown["TERM"].astype("str") + ")"},
        shown.index,
    )  # fmt: skip
    return bars, normal
