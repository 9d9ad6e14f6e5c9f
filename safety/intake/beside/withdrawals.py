"""Drugs withdrawn for an event, beside the doses that were given after it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.intake import dates
from safety.intake.beside.links import (
    Frames,
    days_of,
    given,
    linked,
    qualifiers,
    with_events,
)
from safety.intake.records import no_records
from safety.intake.texts import nothing, said
from safety.study.model import Study

WITHDRAWN = "DRUG WITHDRAWN"
AFTER = np.timedelta64(1, "D")  # on the day after, a dose may still be in hand


def withdrawn_events(events: pd.DataFrame, frames: Frames, study: Study) -> pd.Series:
    """Say that a drug was withdrawn for an event, but is taken after it (fault 42).

    The drugs are those whose own qualifier says so, else all of them.
    """
    doses = frames.get("dose")
    if doses is None:
        return nothing(events.index)
    since = _since(events, frames.get("adverse_event", events))
    goes_on, named = _last(doses, study), qualifiers(study, "action")
    told, withdrawn = frames.get("supplement"), events["AEACN"].eq(WITHDRAWN).fillna(False)
    refs = linked(told if told is not None else no_records("supplement"), events)
    wrong, own = pd.Series(False, index=events.index), pd.Series(False, index=events.index)
    for drug, qnam in named.items():
        says = refs["QNAM"].eq(qnam) & refs["QVAL"].str.strip().str.upper().eq(WITHDRAWN)
        of_drug = events["KEY"].isin(set(refs.loc[says, "EVENT"]))
        own |= of_drug
        wrong |= of_drug & _taken_after(events, goes_on.get(drug), since)
    for last in goes_on.values():
        wrong |= withdrawn & ~own & _taken_after(events, last, since)
    where = (withdrawn | own) & ~np.isnat(since)
    return said(wrong, "drug withdrawn, but its doses go on", where=where)


def withdrawn_supplements(supplements: pd.DataFrame, frames: Frames, study: Study) -> pd.Series:
    """Say the same of the row in which a drug's own withdrawal stands."""
    named, events = qualifiers(study, "action"), frames.get("adverse_event")
    doses = frames.get("dose")
    if not named or events is None or doses is None:
        return nothing(supplements.index)
    rows = with_events(supplements, events.assign(SINCE=_since(events, events)))
    since, goes_on = rows["SINCE"].to_numpy("datetime64[D]"), _last(doses, study)
    wrong = pd.Series(False, index=rows.index)
    for drug, qnam in named.items():
        wrong |= rows["QNAM"].eq(qnam) & _taken_after(rows, goes_on.get(drug), since)
    says = rows["QVAL"].str.strip().str.upper().eq(WITHDRAWN).fillna(False)
    where = rows["QNAM"].isin(named.values()) & says & ~np.isnat(since)
    found = said(wrong, "drug withdrawn, but its doses go on", where=where)
    return found.reindex(supplements.index)


def _last(doses: pd.DataFrame, study: Study) -> dict[str, pd.Series]:
    """Return the day on which the last dose was begun, by drug and subject."""
    taken = given(doses, study)
    taken = taken[taken["TAKEN"] & taken["DAY"].notna() & taken["DRUG"].notna()]
    return {str(d): rows.groupby("USUBJID")["DAY"].max() for d, rows in taken.groupby("DRUG")}


def _since(events: pd.DataFrame, everyone: pd.DataFrame) -> np.ndarray:
    """Return from when on a drug withdrawn for an event is not taken: its end, else its start.

    Rows of one AEGRPID are one event. It was withdrawn some day of the event: nobody tells which.
    """
    rows = pd.DataFrame(
        {
            "EVENT": _event(everyone),
            "START": dates.days(everyone["STDTMAX"]),
            "END": dates.days(everyone["ENDTMAX"]),
        }
    )
    goes_on = rows["END"].isna().groupby(rows["EVENT"]).any()
    days = rows.groupby("EVENT").agg(START=("START", "max"), END=("END", "max"))
    since = days["START"].where(goes_on, days[["START", "END"]].max(axis=1))
    return days_of(_event(events), since)


def _event(events: pd.DataFrame) -> pd.Series:
    group = events["USUBJID"].fillna("") + "\x00" + events["GRPID"]
    return group.fillna(events["KEY"])


def _taken_after(rows: pd.DataFrame, last: pd.Series | None, since: np.ndarray) -> pd.Series:
    if last is None:
        return pd.Series(False, index=rows.index)
    day = days_of(rows["USUBJID"], last)
    return pd.Series(day > since + AFTER, index=rows.index)
