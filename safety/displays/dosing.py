"""Dose records as stretches of days with one drug at one dose."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from safety.displays.days import days, study_day
from safety.displays.population import Chosen, Frames

TAKEN, REDUCED, NOT_TAKEN, UNKNOWN = "taken", "reduced", "not taken", "dose not known"
_STRETCH = ["USUBJID", "TRT", "STATE", "DOSE", "DOSU", "DOSFRQ", "REASON"]
COLUMNS = ["USUBJID", "LEVEL", "DRUG", "START", "END", "STATE", "DOSE", "TEXT", "OPEN"]


def stretches(
    frames: Frames, chosen: Chosen, as_of: str, drugs: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return stretches of dosing, and the dose records that have no place. Frame: dose.

    drugs: the study's name of a drug by TRT as received; a TRT that is not there keeps its own.
    Stretches: USUBJID, LEVEL, DRUG, START and END (study days, both included), STATE, DOSE
    (per intake), TEXT (`60 mg BID`), OPEN (no end date: drawn up to as_of). STATE is taken;
    reduced (less per intake than that subject's first dose of the drug); not taken (with the
    reason in TEXT); dose not known. Days of one dose that follow each other are one stretch; a
    day without a record is in none. No place: USUBJID, KIND "dose", TEXT, where a date is partial,
    missing, or the end lies before the start. Doses that are only planned are neither.
    """
    told = chosen.of(frames["dose"])
    told = told[told["MOOD"].astype("str").fillna("").ne("SCHEDULED")]
    told = told.assign(TRT=told["TRT"].astype("str").replace(dict(drugs or {})))
    end = told["ENDTMAX"].astype("str")
    open_ = told["ENDTC"].astype("str").fillna("").eq("")
    told = told.assign(ENDDT=end.mask(open_, as_of), OPEN=open_)
    whole = told["STDTMIN"].notna() & told["STDTMIN"].eq(told["STDTMAX"])
    ends_well = open_ | (told["ENDTMIN"].eq(told["ENDTMAX"]) & told["ENDTMAX"].ge(told["STDTMIN"]))
    placed = whole & ends_well & told["ENDDT"].ge(told["STDTMIN"]).fillna(False)
    return _joined(_rows(told[placed])), _without_place(told[~placed])


def holds(frames: Frames, chosen: Chosen, as_of: str) -> pd.DataFrame:
    """Return when a rule asks to hold a drug, for doses to be seen against. Frame: trigger.

    USUBJID, LEVEL, DRUG, RULE, START, END (study days), OPEN (the resume condition was not seen to
    hold: up to as_of), STATE (met, or not_evaluable: it may have fired). A discontinuation is a
    hold without end. Only the most conservative action in force is told.
    """
    told = chosen.of(frames["trigger"])
    asked = told[told["ACTION"].isin(["hold", "discontinue"]) & told["WINS"].eq("Y")]
    until = asked["UNTILDT"].astype("str").replace("", np.nan)
    open_ = until.isna() | asked["ACTION"].eq("discontinue")
    table = asked.assign(
        START=study_day(asked["ONDT"].astype("str"), asked["TRTSDT"]),
        END=study_day(until.mask(open_, as_of), asked["TRTSDT"]),
        OPEN=open_,
    )
    columns = ["USUBJID", "LEVEL", "DRUG", "RULE", "START", "END", "OPEN", "STATE"]
    order = table[columns].sort_values(["USUBJID", "DRUG", "START", "RULE"])
    return order.reset_index(drop=True)


def _rows(rows: pd.DataFrame) -> pd.DataFrame:
    texts = {c: rows[c].astype("str").fillna("") for c in ("TRT", "DOSU", "DOSFRQ")}
    reason = rows["REASON"].astype("str").fillna("")
    missed = rows["OCCUR"].astype("str").fillna("").eq("N")
    table = rows.assign(**texts, DOSE=rows["DOSE"].astype("float64"))
    first = _first_doses(table[~missed])
    usual = pd.Series(list(zip(table["USUBJID"], table["TRT"], table["DOSU"], strict=True)),
                      index=table.index, dtype="object").map(first).astype("float64")  # fmt: skip
    state = pd.Series(TAKEN, index=table.index, dtype="str")
    state = state.mask(table["DOSE"].lt(usual), REDUCED).mask(table["DOSE"].isna(), UNKNOWN)
    return table.assign(STATE=state.mask(missed, NOT_TAKEN), REASON=reason.where(missed, ""))


def _first_doses(taken: pd.DataFrame) -> dict[tuple[str, str, str], float]:
    """The first dose of each subject, drug and unit; of one day the highest."""
    known = taken[taken["DOSE"].notna()]
    ordered = known.sort_values(["STDTMIN", "DOSE"], ascending=[True, False])
    keys = ["USUBJID", "TRT", "DOSU"]
    first = ordered.drop_duplicates(keys)
    return dict(zip(first[keys].itertuples(index=False, name=None), first["DOSE"], strict=True))


def _joined(rows: pd.DataFrame) -> pd.DataFrame:
    """Join the days of one state and dose that touch or overlap."""
    rows = rows.assign(A=days(rows["STDTMIN"]).astype("int64"),
                       B=days(rows["ENDDT"]).astype("int64"))  # fmt: skip
    rows = rows.sort_values([*_STRETCH, "A", "B"], na_position="first").reset_index(drop=True)
    number = rows.groupby(_STRETCH, dropna=False, sort=False).ngroup()
    until = rows.groupby(number)["B"].cummax().shift()
    new = number.ne(number.shift()) | rows["A"].gt(until + 1)
    table = rows.groupby(new.cumsum()).agg(
        USUBJID=("USUBJID", "first"), LEVEL=("LEVEL", "first"), DRUG=("TRT", "first"),
        STDT=("STDTMIN", "min"), ENDT=("ENDDT", "max"), TRTSDT=("TRTSDT", "first"),
        STATE=("STATE", "first"), DOSE=("DOSE", "first"), DOSU=("DOSU", "first"),
        DOSFRQ=("DOSFRQ", "first"), REASON=("REASON", "first"), OPEN=("OPEN", "max"),
    )  # fmt: skip
    table = table.assign(
        START=study_day(table["STDT"], table["TRTSDT"]),
        END=study_day(table["ENDT"], table["TRTSDT"]),
        TEXT=pd.Series([_text(r) for r in table.to_dict("records")], table.index, "str"),
    )
    order = table.sort_values(["USUBJID", "DRUG", "START", "STATE", "TEXT"])
    return order[COLUMNS].astype({"OPEN": "bool"}).reset_index(drop=True)


def _text(row: dict[str, object]) -> str:
    dose = row["DOSE"]
    amount = f"{dose:g}" if isinstance(dose, float) and not np.isnan(dose) else "?"
    said = " ".join(str(x) for x in (amount, row["DOSU"], row["DOSFRQ"]) if x)
    if row["STATE"] != NOT_TAKEN:
        return said
    return f"{said} not taken: {row['REASON'] or 'reason not given'}"


def _without_place(rows: pd.DataFrame) -> pd.DataFrame:
    dates = rows[["STDTC", "ENDTC"]].astype("str").fillna("no date")
    texts = rows["TRT"].astype("str").fillna("?") + ", " + dates["STDTC"] + " to " + dates["ENDTC"]
    table = pd.DataFrame({"USUBJID": rows["USUBJID"], "KIND": "dose", "TEXT": texts}, dtype="str")
    return table.sort_values(["USUBJID", "TEXT"]).reset_index(drop=True)
