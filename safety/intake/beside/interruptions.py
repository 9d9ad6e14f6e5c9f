"""Doses that were left out or lowered, beside the reasons for it that rows and events tell."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd

from safety.intake.beside.actions import (
    INTERRUPTED,
    LONG_AFTER,
    REDUCED,
    SETTLED,
    STOPS,
    Told,
    told,
)
from safety.intake.beside.diary import course_of, holes, last_told
from safety.intake.beside.links import Frames
from safety.intake.texts import nothing
from safety.study.model import Study

DAY = pd.Timedelta(days=1)
LONG = np.timedelta64(LONG_AFTER, "D")
Actions = dict[tuple[str, str], list[Told]]


def compared(rows: pd.DataFrame, frames: Frames, study: Study) -> dict[str, pd.Series]:
    """Return NOREASON and LOWERED of rows with USUBJID, DRUG, START, END and TAKEN.

    NOREASON: not taken (or no row for longer than `longest_diary_gap`), and neither the row nor an
    event by which the drug was interrupted or withdrawn says why. LOWERED: less than the two doses
    before, of a drug whose dose is fixed, and neither the row nor an event says why. Of days that
    follow each other only the first is asked about, and only once a week has gone by.
    """
    if study.treatment is None or rows.empty:
        return {name: nothing(rows.index) for name in ("NOREASON", "LOWERED")}
    actions: Actions = defaultdict(list)
    for said in told(frames.get("adverse_event"), frames, study):
        actions[said.usubjid, said.drug].append(said)
    ordered = rows.sort_values(["USUBJID", "DRUG", "START", "END"], kind="stable")
    last = ordered["USUBJID"].map(last_told(rows))
    judged = ordered["START"] + SETTLED * DAY <= last
    return {
        "NOREASON": _no_reason(ordered, judged, last, actions, study),
        "LOWERED": _lowered(ordered, judged, actions, study),
    }


def _no_reason(
    ordered: pd.DataFrame, judged: pd.Series, last: pd.Series, actions: Actions, study: Study
) -> pd.Series:
    text = nothing(ordered.index)
    text[judged] = ""
    same = [ordered["USUBJID"], ordered["DRUG"]]
    before = ordered["TAKEN"].groupby(same).shift(fill_value=True)
    bare = _says_nothing(ordered) & ~ordered["TAKEN"] & before & judged
    for row in ordered.index[bare]:
        if not _explained(actions, ordered.loc[row], STOPS, ordered["START"][row]):
            text[row] = "not taken, and nothing says why"
    for row, days in _breaks(ordered, study).items():
        first = ordered["END"][row] + DAY
        is_over = first + days * DAY <= last[row]
        if is_over and not _explained(actions, ordered.loc[row], STOPS, first, days):
            text[row] = f"no dose for {days} days after it, and nothing says why"
    return text


def _breaks(ordered: pd.DataFrame, study: Study) -> dict[int, int]:
    """Return by row for how many days nothing follows, of drugs taken every day of a cycle."""
    treatment, longest = study.treatment, study.checks.parameters.longest_diary_gap
    found: dict[int, int] = {}
    for (_, drug), own in ordered.groupby(["USUBJID", "DRUG"], sort=False):
        if treatment is not None and course_of(treatment, str(drug)).off == 0:
            found |= {row: days for row, days in holes(own).items() if days > longest}
    return found


def _lowered(ordered: pd.DataFrame, judged: pd.Series, actions: Actions, study: Study) -> pd.Series:
    text = nothing(ordered.index)
    rows = ordered[ordered["TAKEN"] & ordered["DRUG"].isin(_fixed(study)) & ordered["DOSE"].notna()]
    mg = rows["DOSE"].groupby([rows["USUBJID"], rows["DRUG"]])
    before = np.fmin(mg.shift(1), mg.shift(2))  # one that was too high alone is no dose to keep
    text[rows.index[before.notna() & judged.reindex(rows.index)]] = ""
    lower = rows["DOSE"].lt(before) & _says_nothing(rows) & judged.reindex(rows.index)
    for row in rows.index[lower]:
        if not _explained(actions, rows.loc[row], (REDUCED,), rows["START"][row]):
            text[row] = f"{rows['DOSE'][row]:g} mg after {before[row]:g} mg, and nothing says why"
    return text


def _fixed(study: Study) -> set[str]:
    """Return the drugs whose dose does not follow body surface or renal function."""
    if study.treatment is None:
        return set()
    levels = study.treatment.levels
    return {
        drug
        for drug in study.treatment.drugs
        if all(x.doses[drug].fixed is not None and not x.doses[drug].renal for x in levels)
    }


def _says_nothing(rows: pd.DataFrame) -> pd.Series:
    texts = rows["REASON"].fillna("") + rows["ADJ"].fillna("")
    return texts.str.strip().eq("")


def _explained(
    actions: Actions, row: pd.Series, which: tuple[str, ...], day: pd.Timestamp, days: int = 1
) -> bool:
    """Whether an event with one of some actions had begun by then, and was not long over."""
    first, last = (np.datetime64(d, "D") for d in (day, day + days * DAY))
    return any(
        said.action in which
        and not np.isnat(said.start)
        and said.start <= last
        and (said.action != INTERRUPTED or np.isnat(said.end) or first <= said.end + LONG)
        for said in actions.get((row["USUBJID"], row["DRUG"]), ())
    )
