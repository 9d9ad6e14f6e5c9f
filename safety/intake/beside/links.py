"""Events with their supplemental qualifiers, and the doses of the study's drugs.

A drug's causality and action stand in supplemental qualifiers that the study names.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from safety.intake import dates
from safety.study.feeds import RecordKind
from safety.study.model import Study

Frames = Mapping[RecordKind, pd.DataFrame]
REFERENCES = {"AESEQ": "AESEQ", "AEGRPID": "GRPID"}  # IDVAR: field of the event


def qualifiers(study: Study, which: str) -> dict[str, str]:
    """Return the name of a drug's qualifier by drug, as canonical records spell it."""
    drugs = study.treatment.drugs if study.treatment else {}
    named = {d: (x.attribution if which == "attribution" else x.action) for d, x in drugs.items()}
    return {d: name.upper() for d, name in named.items() if name}


def given(doses: pd.DataFrame, study: Study) -> pd.DataFrame:
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


def days_of(names: pd.Series, days: pd.Series) -> np.ndarray:
    """Return the day of each name, NaT where there is none."""
    return days.reindex(names.to_numpy()).to_numpy("datetime64[D]")


def of_ae(supplements: pd.DataFrame) -> pd.Series:
    return supplements["RDOMAIN"].eq("AE").fillna(False)


def linked(supplements: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Return QNAM, QVAL and the KEY of the event (EVENT) of supplements of events."""
    parts = []
    for id_var, field in REFERENCES.items():
        told = supplements[of_ae(supplements) & supplements["IDVAR"].eq(id_var)]
        of = events[["USUBJID", field, "KEY"]].dropna().rename(columns={"KEY": "EVENT"})
        parts.append(
            told[["USUBJID", "IDVARVAL", "QNAM", "QVAL"]].dropna(subset=["USUBJID", "IDVARVAL"])
            .merge(of, left_on=["USUBJID", "IDVARVAL"], right_on=["USUBJID", field])
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)[["QNAM", "QVAL", "EVENT"]]


def with_events(supplements: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Return the supplements of events, once, with the event's columns."""
    rows = supplements[of_ae(supplements)].rename_axis("ROW").reset_index()
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
