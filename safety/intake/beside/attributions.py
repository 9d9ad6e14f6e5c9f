"""What events say of the study drugs, beside the doses: causality and action taken.

A drug's causality and action stand in supplemental qualifiers that the study names.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from safety.intake import dates
from safety.intake.beside.subjects import said
from safety.intake.records import no_records
from safety.study.feeds import RecordKind
from safety.study.model import Study

Frames = Mapping[RecordKind, pd.DataFrame]
WITHDRAWN = "DRUG WITHDRAWN"
AFTER = np.timedelta64(1, "D")  # on the day after, a dose may still be in hand
REFERENCES = {"AESEQ": "AESEQ", "AEGRPID": "GRPID"}  # IDVAR: field of the event


def missing(events: pd.DataFrame, frames: Frames, study: Study) -> pd.Series:
    """Say which drugs' attribution an event lacks altogether (fault 38)."""
    named, told = _qualifiers(study, "attribution"), frames.get("supplement")
    if not named or told is None:
        return _nothing(events)
    texts = pd.Series("", index=events.index, dtype="str")
    refs = _linked(told, events)
    for drug, qnam in named.items():
        has = set(refs.loc[refs["QNAM"].eq(qnam), "EVENT"])
        lacks = ~events["KEY"].isin(has)
        texts = texts.mask(lacks, texts.mask(texts.ne(""), texts + ", ") + f"{drug} ({qnam})")
    return ("attribution missing: " + texts).where(texts.ne(""), "")


def blank(supplements: pd.DataFrame, study: Study) -> pd.Series:
    """Say that a drug's attribution has a row but no value (fault 38)."""
    of_drug = supplements["QNAM"].isin(_qualifiers(study, "attribution").values())
    empty = supplements["QVAL"].fillna("").str.strip().eq("")
    return said(empty, "attribution is blank", where=of_drug & _of_ae(supplements))


def not_given(supplements: pd.DataFrame, frames: Frames, study: Study) -> pd.Series:
    """Say that an event is related to a drug that was first given after its start (fault 39).

    A drug of which no dose is known counts as not given once later doses of others are.
    """
    named, events = _qualifiers(study, "attribution"), frames.get("adverse_event")
    doses = frames.get("dose")
    if not named or events is None or doses is None:
        return _nothing(supplements)
    rows = _with_events(supplements, events)
    given, start = _given(doses, study), dates.days(rows["STDTMAX"])
    horizon = given.groupby("USUBJID")["DAY"].max()
    seen = _days_of(rows["USUBJID"], horizon)
    first = np.full(len(rows), np.datetime64("NaT"), "datetime64[D]")
    unsure = np.zeros(len(rows), bool)
    for drug, qnam in named.items():
        taken = given[given["DRUG"].eq(drug) & given["TAKEN"]]
        of_drug = _days_of(rows["USUBJID"], taken.groupby("USUBJID")["DAY"].min())
        here = rows["QNAM"].eq(qnam).to_numpy(bool)
        first = np.where(here, of_drug, first)
        undated = taken.loc[taken["DAY"].isna(), "USUBJID"]
        unsure |= here & rows["USUBJID"].isin(undated).to_numpy(bool)
    related = rows["QVAL"].str.strip().str.upper().isin(study.attribution.related)
    comparable = rows["QNAM"].isin(named.values()) & related & ~np.isnat(start) & ~unsure
    comparable &= ~rows["STDTMAX"].lt(rows["BORNAFTER"]).fillna(False)  # an impossible date
    comparable &= ~np.isnat(first) | (seen > start)
    never = np.isnat(first) & (seen > start)
    found = said(
        pd.Series((first > start) | never, index=rows.index),
        "related to a drug that was not yet given", where=comparable,
    )  # fmt: skip
    return found.reindex(supplements.index)


def withdrawn_events(events: pd.DataFrame, frames: Frames, study: Study) -> pd.Series:
    """Say that a drug was withdrawn for an event, but is taken after it (fault 42).

    The drugs are those whose own qualifier says so, else all of them.
    """
    doses = frames.get("dose")
    if doses is None:
        return _nothing(events)
    since = _since(events, frames.get("adverse_event", events))
    goes_on, named = _last(doses, study), _qualifiers(study, "action")
    told, withdrawn = frames.get("supplement"), events["AEACN"].eq(WITHDRAWN).fillna(False)
    refs = _linked(told if told is not None else no_records("supplement"), events)
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
    named, events = _qualifiers(study, "action"), frames.get("adverse_event")
    doses = frames.get("dose")
    if not named or events is None or doses is None:
        return _nothing(supplements)
    rows = _with_events(supplements, events.assign(SINCE=_since(events, events)))
    since, goes_on = rows["SINCE"].to_numpy("datetime64[D]"), _last(doses, study)
    wrong = pd.Series(False, index=rows.index)
    for drug, qnam in named.items():
        wrong |= rows["QNAM"].eq(qnam) & _taken_after(rows, goes_on.get(drug), since)
    says = rows["QVAL"].str.strip().str.upper().eq(WITHDRAWN).fillna(False)
    where = rows["QNAM"].isin(named.values()) & says & ~np.isnat(since)
    found = said(wrong, "drug withdrawn, but its doses go on", where=where)
    return found.reindex(supplements.index)


def _qualifiers(study: Study, which: str) -> dict[str, str]:
    """Return the name of a drug's qualifier by drug, as canonical records spell it."""
    drugs = study.treatment.drugs if study.treatment else {}
    named = {d: (x.attribution if which == "attribution" else x.action) for d, x in drugs.items()}
    return {d: name.upper() for d, name in named.items() if name}


def _given(doses: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return USUBJID, DRUG, DAY and TAKEN of dose records; a study without drugs has one."""
    treatment = study.treatment
    names = doses["TRT"].fillna("").unique()
    drugs = {n: (treatment.drug_named(n) if treatment else "") for n in names}
    taken = doses["OCCUR"].ne("N").fillna(True) & (doses["DOSE"].gt(0) | doses["DOSE"].isna())
    return pd.DataFrame(
        {
            "USUBJID": doses["USUBJID"], "DRUG": doses["TRT"].fillna("").map(drugs),
            "DAY": dates.days(doses["STDTMIN"]), "TAKEN": taken,
        }
    )  # fmt: skip


def _last(doses: pd.DataFrame, study: Study) -> dict[str, pd.Series]:
    """Return the day on which the last dose was begun, by drug and subject."""
    given = _given(doses, study)
    given = given[given["TAKEN"] & given["DAY"].notna() & given["DRUG"].notna()]
    return {str(d): rows.groupby("USUBJID")["DAY"].max() for d, rows in given.groupby("DRUG")}


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
    return _days_of(_event(events), since)


def _event(events: pd.DataFrame) -> pd.Series:
    group = events["USUBJID"].fillna("") + "\x00" + events["GRPID"]
    return group.fillna(events["KEY"])


def _taken_after(rows: pd.DataFrame, last: pd.Series | None, since: np.ndarray) -> pd.Series:
    if last is None:
        return pd.Series(False, index=rows.index)
    day = _days_of(rows["USUBJID"], last)
    return pd.Series(day > since + AFTER, index=rows.index)


def _days_of(names: pd.Series, days: pd.Series) -> np.ndarray:
    """Return the day of each name, NaT where there is none."""
    return days.reindex(names.to_numpy()).to_numpy("datetime64[D]")


def _of_ae(supplements: pd.DataFrame) -> pd.Series:
    return supplements["RDOMAIN"].eq("AE").fillna(False)


def _linked(supplements: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Return QNAM, QVAL and the KEY of the event (EVENT) of supplements of events."""
    parts = []
    for id_var, field in REFERENCES.items():
        told = supplements[_of_ae(supplements) & supplements["IDVAR"].eq(id_var)]
        of = events[["USUBJID", field, "KEY"]].dropna().rename(columns={"KEY": "EVENT"})
        parts.append(
            told[["USUBJID", "IDVARVAL", "QNAM", "QVAL"]].dropna(subset=["USUBJID", "IDVARVAL"])
            .merge(of, left_on=["USUBJID", "IDVARVAL"], right_on=["USUBJID", field])
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)[["QNAM", "QVAL", "EVENT"]]


def _with_events(supplements: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Return the supplements of events, once, with the event's columns."""
    rows = supplements[_of_ae(supplements)].rename_axis("ROW").reset_index()
    rows = rows[["ROW", "USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QVAL", "BORNAFTER"]]
    kept = [c for c in ("STDTMAX", "SINCE") if c in events]
    parts = []
    for id_var, field in REFERENCES.items():
        of = events[["USUBJID", field, *kept]].dropna(subset=["USUBJID", field])
        # rows of one event: the last start is the one that is surely not before the dose
        of = of.sort_values("STDTMAX").drop_duplicates(["USUBJID", field], keep="last")
        told = rows[rows["IDVAR"].eq(id_var)].dropna(subset=["USUBJID", "IDVARVAL"])
        parts.append(told.merge(of, left_on=["USUBJID", "IDVARVAL"], right_on=["USUBJID", field]))
    return pd.concat(parts).set_index("ROW")


def _nothing(frame: pd.DataFrame) -> pd.Series:
    return pd.Series(np.nan, index=frame.index, dtype="str")
