"""Dispositions (DS): what they end, beside the events and deaths that other records tell."""

from __future__ import annotations

import pandas as pd

from safety.intake.beside.links import Frames, linked, qualifiers
from safety.intake.texts import nothing, said
from safety.study.model import Study

DEATH, EVENT, WITHDRAWN = "DEATH", "ADVERSE EVENT", "DRUG WITHDRAWN"


def ended(frames: Frames, names: set[str]) -> pd.DataFrame:
    """Return DAY (the last that it may be) and NAME of each subject's first of some dispositions.

    Index: USUBJID. One without a date ends nothing that could be compared.
    """
    told = frames.get("disposition")
    if told is None:
        return pd.DataFrame({c: pd.array([], dtype="str") for c in ("DAY", "NAME")})
    name = told["DECOD"].str.strip().str.upper()
    # before the subject was born, or not a date: nothing can be after it by mistake
    rows = told.assign(NAME=name, DAY=told["STDTMAX"])[name.isin(names)]
    rows = rows.dropna(subset=["USUBJID", "DAY"]).sort_values("DAY", kind="stable")
    return rows.drop_duplicates("USUBJID").set_index("USUBJID")[["DAY", "NAME"]]


def dispositions(frame: pd.DataFrame, frames: Frames, study: Study) -> pd.DataFrame:
    """Return dispositions with NODEATH and NOEVENT.

    NODEATH: a death of which DM knows nothing (fault 40). NOEVENT: an end of treatment by an
    adverse event, of which no event has the action that the drug was withdrawn.
    """
    return frame.assign(NODEATH=_no_death(frame, frames), NOEVENT=_no_event(frame, frames, study))


def other_reason(events: pd.DataFrame, frames: Frames, study: Study) -> pd.Series:
    """Say of events for which all treatment was withdrawn that it ended for another reason.

    A study of several drugs may go on without the one that was withdrawn: it is not judged.
    """
    told = frames.get("disposition")
    several = study.treatment is not None and len(study.treatment.drugs) > 1
    if told is None or several:
        return nothing(events.index)
    ends_ = {*study.dose_limiting.treatment_ends, *study.dose_limiting.follow_up_ends}
    name = told["DECOD"].str.strip().str.upper()
    reasons = told[name.isin(ends_)].assign(NAME=name).groupby("USUBJID")["NAME"].agg(set)
    known = {u: sorted(n) for u, n in reasons.items() if not n & {EVENT, DEATH}}
    withdrawn = events["AEACN"].eq(WITHDRAWN).fillna(False)
    others = events["USUBJID"].map({u: " and ".join(n) for u, n in known.items()}).astype("str")
    text = "drug withdrawn for it, but the disposition says " + others
    has_end = events["USUBJID"].isin(set(reasons.index))
    return text.fillna("").where(withdrawn & has_end)


def _no_death(frame: pd.DataFrame, frames: Frames) -> pd.Series:
    subjects = frames.get("subject")
    if subjects is None:
        return nothing(frame.index)
    dead = set(subjects.loc[died_by_dm(subjects), "USUBJID"])
    text = "tells a death, but DM has neither DTHFL nor DTHDTC"
    known = frame["USUBJID"].isin(set(subjects["USUBJID"].dropna()))
    tells = frame["DECOD"].eq(DEATH).fillna(False) & known
    return said(~frame["USUBJID"].isin(dead), text, where=tells)


def _no_event(frame: pd.DataFrame, frames: Frames, study: Study) -> pd.Series:
    events, told = frames.get("adverse_event"), frames.get("supplement")
    if events is None:
        return nothing(frame.index)
    withdrawn = set(events.loc[events["AEACN"].eq(WITHDRAWN).fillna(False), "USUBJID"])
    if told is not None:
        refs = linked(told, events)
        own = refs["QNAM"].isin(qualifiers(study, "action").values())
        keys = set(refs.loc[own & refs["QVAL"].str.strip().str.upper().eq(WITHDRAWN), "EVENT"])
        withdrawn |= set(events.loc[events["KEY"].isin(keys), "USUBJID"])
    return said(
        ~frame["USUBJID"].isin(withdrawn),
        "ended by an adverse event, but no event says that the drug was withdrawn",
        where=frame["DECOD"].eq(EVENT).fillna(False) & frame["USUBJID"].notna(),
    )  # fmt: skip


def died_by_dm(subjects: pd.DataFrame) -> pd.Series:
    return subjects["DTHFL"].eq("Y").fillna(False) | subjects["DTHDTC"].notna()
