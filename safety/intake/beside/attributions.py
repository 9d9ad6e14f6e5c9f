"""What events say of their cause, beside the doses: none told, or a drug not yet given."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from safety.intake import dates
from safety.intake.beside.links import (
    Frames,
    days_of,
    given,
    linked,
    of_ae,
    qualifiers,
    with_events,
)
from safety.intake.texts import nothing, said
from safety.study.model import Study


def missing(events: pd.DataFrame, frames: Frames, study: Study) -> pd.Series:
    """Say which drugs' attribution an event lacks altogether (fault 38)."""
    named, told = qualifiers(study, "attribution"), frames.get("supplement")
    if not named or told is None:
        return nothing(events.index)
    texts = pd.Series("", index=events.index, dtype="str")
    refs = linked(told, events)
    for drug, qnam in named.items():
        has = set(refs.loc[refs["QNAM"].eq(qnam), "EVENT"])
        lacks = ~events["KEY"].isin(has)
        texts = texts.mask(lacks, texts.mask(texts.ne(""), texts + ", ") + f"{drug} ({qnam})")
    return ("attribution missing: " + texts).where(texts.ne(""), "")


def blank(supplements: pd.DataFrame, study: Study) -> pd.Series:
    """Say that a drug's attribution has a row but no value (fault 38)."""
    of_drug = supplements["QNAM"].isin(qualifiers(study, "attribution").values())
    empty = supplements["QVAL"].fillna("").str.strip().eq("")
    return said(empty, "attribution is blank", where=of_drug & of_ae(supplements))


def not_given(supplements: pd.DataFrame, frames: Frames, study: Study) -> pd.Series:
    """Say that an event is related to a drug that was first given after its start (fault 39).

    A drug of which no dose is known counts as not given once later doses of others are.
    """
    named, events = qualifiers(study, "attribution"), frames.get("adverse_event")
    doses = frames.get("dose")
    if not named or events is None or doses is None:
        return nothing(supplements.index)
    rows = with_events(supplements, events)
    taken, start = given(doses, study), dates.days(rows["STDTMAX"])
    seen = days_of(rows["USUBJID"], taken.groupby("USUBJID")["DAY"].max())
    first, is_unsure = _first_given(rows, taken[taken["TAKEN"]], named)
    related = rows["QVAL"].str.strip().str.upper().isin(study.attribution.related)
    comparable = rows["QNAM"].isin(named.values()) & related & ~np.isnat(start) & ~is_unsure
    comparable &= ~rows["STDTMAX"].lt(rows["BORNAFTER"]).fillna(False)  # an impossible date
    comparable &= ~np.isnat(first) | (seen > start)
    never = np.isnat(first) & (seen > start)
    found = said(
        pd.Series((first > start) | never, index=rows.index),
        "related to a drug that was not yet given", where=comparable,
    )  # fmt: skip
    return found.reindex(supplements.index)


def before_any_dose(events: pd.DataFrame, frames: Frames, study: Study) -> pd.Series:
    """Say that an event is related to study drug, but began before the first dose (fault 39).

    Only where one attribution (AEREL) speaks for all drugs: of several each has its own.
    """
    doses = frames.get("dose")
    if qualifiers(study, "attribution") or doses is None:
        return nothing(events.index)
    taken, start = given(doses, study), dates.days(events["STDTMAX"])
    taken = taken[taken["TAKEN"]]
    undated = set(taken.loc[taken["DAY"].isna(), "USUBJID"])
    first = days_of(events["USUBJID"], taken.groupby("USUBJID")["DAY"].min())
    related = events["AEREL"].isin(study.attribution.related) & ~events["USUBJID"].isin(undated)
    comparable = related & ~np.isnat(first) & ~np.isnat(start)
    comparable &= ~events["STDTMAX"].lt(events["BORNAFTER"]).fillna(False)  # an impossible date
    return said(
        pd.Series(first > start, index=events.index),
        "related to study drug, but began before its first dose", where=comparable,
    )  # fmt: skip


def _first_given(
    rows: pd.DataFrame, taken: pd.DataFrame, named: Mapping[str, str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the first day of the drug each row is about, and whether a dose of it has no day."""
    first = np.full(len(rows), np.datetime64("NaT"), "datetime64[D]")
    is_unsure = np.zeros(len(rows), bool)
    for drug, qnam in named.items():
        of_drug, here = taken[taken["DRUG"].eq(drug)], rows["QNAM"].eq(qnam).to_numpy(bool)
        days = days_of(rows["USUBJID"], of_drug.groupby("USUBJID")["DAY"].min())
        first = np.where(here, days, first)
        undated = of_drug.loc[of_drug["DAY"].isna(), "USUBJID"]
        is_unsure |= here & rows["USUBJID"].isin(undated).to_numpy(bool)
    return first, is_unsure
