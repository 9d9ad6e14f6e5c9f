"""Builders of small valid inputs. Each takes only what a test wants to differ."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from safety.ctcae.grading import grade
from safety.ctcae.scales import BaselineState
from safety.intake.records import Intake, canonical
from safety.study.feeds import Domain, Feed
from safety.study.model import Study

NAN = float("nan")
FIRST_DOSE = "2024-03-01"


def lab(
    testcd: str,
    value: float,
    unit: str = "",
    *,
    lln: float = NAN,
    uln: float = NAN,
    base: float = NAN,
    state: int = BaselineState.MISSING,
    **changes: Any,
) -> dict[str, Any]:
    """One row of what `grade` takes: a blood value of an adult, no baseline known."""
    row = {
        "PARAMCD": testcd, "SPEC": "BLOOD", "AVAL": value, "COMPARATOR": "", "UCUM": unit,
        "UNITSTATE": 0, "ANRLO": lln, "ANRHI": uln, "BASE": base, "BASESTATE": state,
        "AGE": 50.0, "REASONS": 0,
    }  # fmt: skip
    return row | changes


def vital(testcd: str, value: float, unit: str = "", **changes: Any) -> dict[str, Any]:
    """One row of what `grade` takes, without a specimen."""
    return lab(testcd, value, unit, **{"SPEC": "", **changes})


def grades(*rows: dict[str, Any], **options: Any) -> pd.DataFrame:
    """Grade rows of `lab` and `vital`."""
    return grade(pd.DataFrame(rows), **options)


def one(row: dict[str, Any], term: str, **options: Any) -> dict[str, Any]:
    """The graded row of one term; ATOXGR is an int, or None for not gradable."""
    found = grades(row, **options)
    found = found[found["TERM"].eq(term)]
    assert len(found) == 1, f"{term}: {len(found)} rows"
    record = found.iloc[0].to_dict()
    return record | {"ATOXGR": None if pd.isna(record["ATOXGR"]) else int(record["ATOXGR"])}


def study(**changes: Any) -> Study:
    """A small valid study; `changes` replace whole top-level parts."""
    return Study.model_validate(study_content() | changes)


def study_content() -> dict[str, Any]:
    """The mapping of `study.yaml` beside this file."""
    return yaml.safe_load(_study_text())


@cache
def _study_text() -> str:
    return Path(__file__).with_name("study.yaml").read_text(encoding="utf-8")


def feed() -> Feed:
    return study().feeds[0]


def text_frame(rows: list[dict[str, str | None]]) -> pd.DataFrame:
    """Rows as a reader returns them: text, missing as NaN."""
    frame = pd.DataFrame(rows).astype("object")
    return pd.DataFrame({c: pd.array(frame[c].tolist(), dtype="str") for c in frame})


def intake(
    domain: str, *rows: dict[str, str | None], domains: dict[str, Any] | None = None
) -> Intake:
    """Canonical records of SDTM rows made by `subject`, `dose`, `measurement` and `event`."""
    used = feed()
    if domains:
        changed = {k: Domain.model_validate(v) for k, v in domains.items()}
        used = used.model_copy(update={"domains": used.domains | changed})
    return canonical(text_frame(list(rows)), used, domain, f"{domain.lower()}.csv")


def records(domain: str, *rows: dict[str, str | None]) -> pd.DataFrame:
    """Canonical records with the index a store would give them back with."""
    return intake(domain, *rows).records.reset_index(drop=True)


def subject(usubjid: str = "S1", **changes: str | None) -> dict[str, str | None]:
    row = {"STUDYID": "T1", "USUBJID": usubjid, "SITEID": "01", "AGE": "60", "AGEU": "YEARS",
           "SEX": "F", "RFSTDTC": FIRST_DOSE, "DTHDTC": None, "DTHFL": None}  # fmt: skip
    return row | changes


def dose(usubjid: str = "S1", start: str | None = FIRST_DOSE, **changes: str | None) -> dict:
    row = {"STUDYID": "T1", "USUBJID": usubjid, "EXTRT": "DRUG", "EXDOSE": "10", "EXDOSU": "mg",
           "EXSTDTC": start, "EXENDTC": start}  # fmt: skip
    return row | changes


def measurement(
    testcd: str | None = "ALT",
    value: str | None = "30",
    unit: str | None = "U/L",
    day: str | None = "2024-03-10",
    **changes: str | None,
) -> dict[str, str | None]:
    """A row of LB; the range is that of ALT."""
    row = {"STUDYID": "T1", "USUBJID": "S1", "LBTESTCD": testcd, "LBSPEC": "SERUM",
           "LBORRES": value, "LBORRESU": unit, "LBORNRLO": "10", "LBORNRHI": "40",
           "LBNRIND": None, "LBSTAT": None, "VISITNUM": "1", "VISIT": "WEEK 1",
           "LBDTC": day}  # fmt: skip
    return row | changes


def sign(testcd: str, value: str, unit: str, day: str = "2024-03-10", **changes: Any) -> dict:
    """A row of VS."""
    row = {"STUDYID": "T1", "USUBJID": "S1", "VSTESTCD": testcd, "VSORRES": value,
           "VSORRESU": unit, "VSPOS": None, "VSTPT": None, "VISITNUM": "1", "VISIT": "WEEK 1",
           "VSSTAT": None, "VSDTC": day}  # fmt: skip
    return row | changes


def event(seq: str = "1", grade: str | None = "2", **changes: str | None) -> dict:
    row = {"STUDYID": "T1", "USUBJID": "S1", "AESEQ": seq, "AETERM": "sick", "AEDECOD": "Nausea",
           "AEBODSYS": "Gastrointestinal disorders", "AETOXGR": grade, "AESEV": None,
           "AESER": "N", "AESDTH": None, "AESLIFE": None, "AESHOSP": None, "AESDISAB": None,
           "AESCONG": None, "AESMIE": None, "AEREL": "POSSIBLE", "AEACN": None,
           "AEOUT": "RECOVERED/RESOLVED", "AESTDTC": "2024-03-05",
           "AEENDTC": "2024-03-07"}  # fmt: skip
    return row | changes


def exposed(usubjid: str = "S1", **changes: Any) -> dict[str, Any]:
    """A row of `exposure.by_subject`."""
    row = {"USUBJID": usubjid, "TRTSDT": FIRST_DOSE, "TRTEDT": "2024-03-20", "TRTSTM": None}
    row |= changes
    return {"TRTSDTMAX": row["TRTSDT"]} | row


def exposures(*rows: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    return frame.assign(**{c: frame[c].astype("str") for c in frame})


def graded_day(day: str, grade: int | None, **changes: Any) -> dict[str, Any]:
    """A row of `grade_measurements`: ALT of S1 on a day after the first dose, no baseline."""
    possible = "0|1|2|3|4" if grade is None else str(grade)
    study_day = 1 + int((np.datetime64(day, "D") - np.datetime64(FIRST_DOSE, "D")).astype(int))
    row = {
        "KEY": f"LB|S1|ALT|{day}#ALT#high", "MKEY": f"LB|S1|ALT|{day}", "USUBJID": "S1",
        "PARAMCD": "ALT", "TERM": "ALT increased", "SOC": "Investigations", "DIRECTION": "high",
        "ADTMIN": day, "ADTMAX": day, "ADY": study_day, "ADYMIN": study_day, "ADYMAX": study_day,
        "ATOXGR": grade, "BTOXGR": None, "POSSIBLE": possible, "NUMPOSS": possible, "REASONS": "",
        "ABLFL": "", "POSTFL": "Y", "TRTEMFL": "Y",
    }  # fmt: skip
    return row | changes


def graded_days(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rows of `graded_day` with the types `grade_measurements` gives."""
    frame = pd.DataFrame(rows)
    types = dict.fromkeys(frame, "str") | dict.fromkeys(("ADY", "ADYMIN", "ADYMAX"), "Int32")
    types |= dict.fromkeys(("ATOXGR", "BTOXGR"), "Int8")
    return frame.astype(types)
