"""Deaths as DM, the disposition (DS) and adverse events (AE) tell them, beside each other."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from safety.intake.beside.ends import DEATH, died_by_dm
from safety.intake.beside.identities import lost_zeros
from safety.intake.beside.links import Frames
from safety.intake.texts import said
from safety.study.model import Study


def subjects(frame: pd.DataFrame, frames: Frames, _: Study) -> pd.DataFrame:
    """Return subjects with UNTOLDDEATH, DEATHDATES (fault 40) and LOSTZEROS (fault 54).

    UNTOLDDEATH: one who died by DM, of whom nothing else tells it; missing where neither adverse
    events nor dispositions are delivered. DEATHDATES: days of one death that cannot be the same.
    """
    return frame.assign(
        UNTOLDDEATH=_untold(frame, frames),
        DEATHDATES=_dates_differ(frame, frames),
        LOSTZEROS=lost_zeros(frame),
    )


def no_death(events: pd.DataFrame, frames: Frames) -> pd.Series:
    """Say where an event is fatal and the subject is not dead by DM or DS."""
    dead: set[str] = set()
    told, ends = frames.get("subject"), frames.get("disposition")
    if told is not None:
        dead |= set(told.loc[died_by_dm(told), "USUBJID"])
    if ends is not None:
        dead |= set(ends.loc[ends["DECOD"].eq(DEATH), "USUBJID"])
    return said(
        ~events["USUBJID"].isin(dead), "is fatal, but neither DM nor DS tells a death",
        where=is_fatal(events),
    )  # fmt: skip


def is_fatal(events: pd.DataFrame) -> pd.Series:
    told = events["AESDTH"].eq("Y").fillna(False) | events["AEOUT"].eq("FATAL").fillna(False)
    return told | events["AETOXGRN"].eq(5)


def _untold(frame: pd.DataFrame, frames: Frames) -> pd.Series:
    died = died_by_dm(frame)
    events, ends = frames.get("adverse_event"), frames.get("disposition")
    told: set[str] = set()
    if events is not None:
        told |= set(events.loc[is_fatal(events), "USUBJID"])
    if ends is not None:
        told |= set(ends.loc[ends["DECOD"].eq(DEATH), "USUBJID"])
    where = died if events is not None or ends is not None else died & False
    text = "died by DM, but there is no fatal adverse event and DS tells no death"
    return said(~frame["USUBJID"].isin(told), text, where=where)


def _dates_differ(frame: pd.DataFrame, frames: Frames) -> pd.Series:
    """Compare every two days a death is told of; partial dates differ only if they surely do."""
    told = pd.concat(list(_told(frame, frames)), ignore_index=True).dropna()
    told = told[told["USUBJID"].isin(set(frame["USUBJID"].dropna()))].drop_duplicates()
    of_subject = told.groupby("USUBJID")
    last_first, first_last = of_subject["FROM"].max(), of_subject["TO"].min()
    differ = set(last_first.index[last_first > first_last])
    texts = {u: "death " + _days(told[told["USUBJID"].eq(u)]) for u in sorted(differ)}
    several = of_subject.size()
    judged = frame["USUBJID"].isin(set(several.index[several > 1]))
    return frame["USUBJID"].map(texts).astype("str").fillna("").where(judged)


def _told(frame: pd.DataFrame, frames: Frames) -> Iterator[pd.DataFrame]:
    """Yield USUBJID, FROM and TO (the days it may be) and BY of deaths that have a date."""
    columns = ["USUBJID", "FROM", "TO"]
    dm = frame[["USUBJID", "DTHMIN", "DTHMAX"]]
    yield dm.set_axis(columns, axis=1).assign(BY="DM")
    ends = frames.get("disposition")
    if ends is not None:
        ds = ends.loc[ends["DECOD"].eq(DEATH).fillna(False), ["USUBJID", "STDTMIN", "STDTMAX"]]
        yield ds.set_axis(columns, axis=1).assign(BY="DS")
    events = frames.get("adverse_event")
    if events is not None:
        # AEENDTC of a fatal event is the day of the death; earlier grades of it have none of it
        fatal = events["AEOUT"].eq("FATAL").fillna(False)
        ae = events.loc[fatal, ["USUBJID", "ENDTMIN", "ENDTMAX"]]
        yield ae.set_axis(columns, axis=1).assign(BY="AE")


def _days(told: pd.DataFrame) -> str:
    return ", ".join(
        f"on {r.FROM} by {r.BY}" if r.FROM == r.TO else f"from {r.FROM} to {r.TO} by {r.BY}"
        for r in told.itertuples()
    )
