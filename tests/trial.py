"""A small trial of two drugs, and builders of the rows that such trials have besides."""

from __future__ import annotations

from typing import Any

import pandas as pd

from safety.intake.records import Intake, canonical
from safety.study.model import Study
from tests.build import study_content, text_frame

Row = dict[str, str | None]

DOMAINS: dict[str, dict[str, Any]] = {
    "DM": {"record": "subject", "key": ["USUBJID"]},
    "EC": {"record": "dose", "key": ["USUBJID", "ECSEQ"]},
    "LB": {"record": "measurement", "key": ["USUBJID", "LBSEQ"]},
    "VS": {"record": "measurement", "key": ["USUBJID", "VSSEQ"]},
    "AE": {
        "record": "adverse_event", "key": ["USUBJID", "AESEQ"], "coding": {"term": "AEDECOD"},
    },
    "SUPPAE": {
        "record": "supplement", "key": ["USUBJID", "RDOMAIN", "IDVAR", "IDVARVAL", "QNAM"],
    },
    "CM": {"record": "medication", "key": ["USUBJID", "CMSEQ"], "optional": True},
    "PR": {"record": "procedure", "key": ["USUBJID", "PRSEQ"], "optional": True},
    "DS": {"record": "disposition", "key": ["USUBJID", "DSSEQ"], "optional": True},
    "SV": {"record": "visit", "key": ["USUBJID", "VISIT", "SVSTDTC"]},
    "MH": {"record": "history", "key": ["USUBJID", "MHSEQ"], "optional": True},
    "XDLT": {"record": "declaration", "key": ["USUBJID", "TERM"], "optional": True},
}  # fmt: skip
KINDS = {name: domain["record"] for name, domain in DOMAINS.items()}


def study(**changes: Any) -> Study:
    """Two drugs, alpha daily and beta twice a day, of 21-day cycles."""
    drug = {"steps": [100], "citation": "test"}
    content = study_content() | {
        "feeds": [{"id": "sdtm", "kind": "sdtm_folder", "path": "f", "domains": DOMAINS}],
        "baseline": {"same_day_visits": ["CYCLE 1 DAY 1"]},
        "attribution": {"related": ["POSSIBLE", "PROBABLE"], "unrelated": ["UNLIKELY"]},
        "supplements": {
            "symptomatic": "AESYMP", "other_cause": "AEALTCS", "investigator_dlt": ["AEDLT", "DLT"],
        },
        "treatment": {
            "cycle_length": "21d",
            "drugs": {
                "alpha": drug | {
                    "names": ["ALPHA"], "attribution": "AERELA", "action": "AEACNA",
                    "schedule": {"days": "D1-D21", "frequency": "QD"},
                },
                "beta": drug | {
                    "names": ["BETA", "B-1"], "attribution": "AERELB",
                    "schedule": {"days": "D1-D14", "frequency": "BID"},
                },
            },
            "levels": [{"id": "L1", "doses": {"alpha": {"fixed": 100}, "beta": {"fixed": 40}}}],
            "start_level": "L1",
            "reasons": {"toxicity": ["ADVERSE EVENT"]},
            "citation": "test",
        },
    }  # fmt: skip
    return Study.model_validate(content | changes)


def intake(name: str, *rows: Row) -> Intake:
    """What is taken in of rows of one domain."""
    return canonical(text_frame(list(rows)), study().feeds[0], name, f"{name.lower()}.csv")


def records(name: str, *rows: Row) -> pd.DataFrame:
    """Canonical records of rows of one domain."""
    return intake(name, *rows).records.reset_index(drop=True)


def _row(values: Row, changes: Row) -> Row:
    return {"STUDYID": "T1", "USUBJID": "S1"} | values | changes


def given(start: str | None = "2024-03-01", end: str | None = None, **changes: str | None) -> Row:
    """A row of EC: alpha taken daily."""
    values = {"ECSEQ": "1", "ECTRT": "ALPHA", "ECDOSE": "100", "ECDOSU": "mg", "ECDOSFRQ": "QD",
              "ECOCCUR": "Y", "ECREASOC": None, "ECSTDTC": start, "ECENDTC": end}  # fmt: skip
    return _row(values, changes)


def supplement(qnam: str | None, qval: str | None, **changes: str | None) -> Row:
    """A row of SUPPAE on event 1."""
    values = {"RDOMAIN": "AE", "IDVAR": "AESEQ", "IDVARVAL": "1", "QNAM": qnam, "QVAL": qval}
    return _row(values, changes)


def medication(start: str | None = "2024-03-05", **changes: str | None) -> Row:
    values = {"CMSEQ": "1", "CMTRT": "Imodium", "CMDECOD": "Loperamide", "CMCAT": "Supportive care",
              "CMINDC": "Diarrhea", "CMOCCUR": None, "CMSTDTC": start,
              "CMENDTC": "2024-03-07"}  # fmt: skip
    return _row(values, changes)


def procedure(start: str | None = "2024-03-05", **changes: str | None) -> Row:
    values = {"PRSEQ": "1", "PRTRT": "Platelet transfusion", "PRSTDTC": start}
    return _row(values, changes)


def disposition(start: str | None = "2024-03-20", **changes: str | None) -> Row:
    values = {"DSSEQ": "1", "DSDECOD": "Death", "DSTERM": "Died", "DSSTDTC": start}
    return _row(values, changes)


def visit(
    name: str | None = "CYCLE 2 DAY 1", start: str | None = "2024-03-22", **changes: str | None
) -> Row:
    return _row({"VISIT": name, "SVSTDTC": start}, changes)


def history(start: str | None = "2020", **changes: str | None) -> Row:
    values = {"MHSEQ": "1", "MHTERM": "Liver mets", "MHDECOD": "Metastases to liver",
              "MHSTDTC": start}  # fmt: skip
    return _row(values, changes)


def declaration(start: str | None = "2024-03-09", **changes: str | None) -> Row:
    values = {"TERM": "Fatigue", "TEXT": "grade 2 for the whole cycle", "STDTC": start,
              "SIGNEDBY": "chair", "SIGNEDDTC": "2024-03-25"}  # fmt: skip
    return _row(values, changes)
