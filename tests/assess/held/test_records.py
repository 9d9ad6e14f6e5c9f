"""Held rows of every other kind alarm when they would be a death, a DLT, or be read by a rule."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

from safety.assess import held
from safety.study.model import Study
from tests import trial
from tests.build import subject
from tests.trial import disposition, given, medication, procedure, supplement

PLATELETS = {"toxicity": ["Platelet count decreased"], "grade": ">=3"}
TRANSFUSED = {"all": [PLATELETS, {"procedure": "PLATELET TRANSFUSION"}]}
TREATED = {"toxicity": ["Diarrhea"], "grade": ">=3", "treated_with": "SUPPORTIVE CARE"}


@cache
def _usual() -> Study:
    return trial.study()


def _study(*conditions: dict) -> Study:
    rules = [
        {"id": f"R{n}", "text": "t", "citation": "test", "when": when}
        for n, when in enumerate(conditions, start=1)
    ]
    return trial.study(dose_limiting={"window": {"last_day": 21}, "rules": rules})


def _alarms(kind: str, domain: str, *rows: dict, study: Study | None = None) -> list[list[str]]:
    frame = trial.records(domain, *rows).assign(REASON="held", CHECKS="X")
    found = held.others({kind: frame}, study or _usual())
    return found[["USUBJID", "TERM", "GRADES", "VALUE"]].to_numpy().tolist()


@pytest.mark.parametrize(
    ("changes", "alarms"),
    [
        ({"DTHFL": "Y"}, [["S1", "Death", "5", "date of death not given, flag Y"]]),
        ({"DTHDTC": "2024-13-40"},
         [["S1", "Death", "5", "date of death 2024-13-40, flag not given"]]),
        ({"DTHFL": "Y", "USUBJID": None},
         [["(no subject id)", "Death", "5", "date of death not given, flag Y"]]),
        ({"DTHFL": "N"}, []),
        ({}, []),
    ],
)  # fmt: skip
def test_a_held_subject_who_died(changes: dict, alarms: list) -> None:
    assert _alarms("subject", "DM", subject(**changes)) == alarms


def test_a_held_disposition() -> None:
    who = "NOBODY"  # of a subject nobody knows too
    assert _alarms("disposition", "DS", disposition(USUBJID=who)) == [
        ["NOBODY", "Death", "5", "disposition DEATH, 2024-03-20"]
    ]
    assert _alarms("disposition", "DS", disposition(DSDECOD="COMPLETED")) == []


@pytest.mark.parametrize(
    ("qnam", "value", "is_told"),
    [("AEDLT", "Y", True), ("DLT", "yes, probably", True), ("AEDLT", "N", False),
     ("AEDLT", None, False), ("AESYMP", "Y", False)],
)  # fmt: skip
def test_a_held_flag_of_the_investigator(qnam: str, value: str | None, *, is_told: bool) -> None:
    found = _alarms("supplement", "SUPPAE", supplement(qnam, value))
    told = ["S1", "Dose-limiting by the investigator", "", f"{qnam} {value} of AESEQ 1"]
    assert found == ([told] if is_told else [])


def test_held_treatments_that_a_rule_reads() -> None:
    study = _study(TRANSFUSED, TREATED)
    assert _alarms("procedure", "PR", procedure(), study=study) == [
        ["S1", "Procedure that a DLT rule reads", "",
         "Platelet transfusion for not given, 2024-03-05"]
    ]  # fmt: skip
    assert _alarms("medication", "CM", medication(), study=study) == [
        ["S1", "Medication that a DLT rule reads", "", "Imodium for DIARRHEA, 2024-03-05"]
    ]
    other = medication(CMCAT="Analgesic", CMDECOD="Aspirin")
    assert _alarms("medication", "CM", other, study=study) == []
    assert _alarms("procedure", "PR", procedure(), study=_study(PLATELETS)) == []


def test_held_doses_are_one_alarm_a_subject_and_drug() -> None:
    rows = [given(f"2024-03-0{n}", ECSEQ=str(n)) for n in (1, 2, 3)]
    rows.append(given("2024-03-01", ECSEQ="4", ECTRT="BETA", USUBJID="NOBODY"))
    rows.append(given("2024-03-01", ECSEQ="5", ECTRT="PLACEBO"))
    reads = _study({"dose_missed": ">=25%", "cycle": 1})
    assert sorted(_alarms("dose", "EC", *rows, study=reads)) == [
        ["NOBODY", "Doses of beta, which DLT rules read", "", "1 rows, the first of 2024-03-01"],
        ["S1", "Doses of alpha, which DLT rules read", "", "3 rows, the first of 2024-03-01"],
    ]
    assert _alarms("dose", "EC", *rows, study=_study(PLATELETS)) == []


def test_a_held_declaration_if_a_rule_reads_them() -> None:
    row = trial.declaration(SIGNEDBY="Jane Roe")
    told = ["S1", "Declared dose-limiting", "", f"{row['TERM']}, onset 2024-03-09"]
    reads = _study({"declared": True})
    assert _alarms("declaration", "XDLT", row, study=reads) == [told]
    assert _alarms("declaration", "XDLT", row, study=_study(PLATELETS)) == []


def test_nothing_held() -> None:
    assert held.others({}, _usual()).empty
    empty = trial.records("DS", disposition()).iloc[:0].assign(REASON="")
    found = held.others({"disposition": empty}, _usual())
    assert isinstance(found, pd.DataFrame)
    assert found.empty
