"""Every reason a grade can carry today, each produced once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from safety.ctcae.reasons import WORDING, Reason, describe, names
from safety.ctcae.scales import BaselineState as State
from safety.ctcae.table import grade_table
from tests.build import NAN, lab, one, vital

ALT = "Alanine aminotransferase increased"
PLT = "Platelet count decreased"

# reason -> (a row that has it, a row like it that has not, term); produced by `grade`
PRODUCED = {
    "value_missing": (lab("ALT", NAN, "U/L", uln=40), lab("ALT", 30, "U/L", uln=40), ALT),
    "value_not_numeric": (
        lab("PLAT", NAN, "10*9/L", lln=150, REASONS=int(Reason.VALUE_NOT_NUMERIC)),
        lab("PLAT", NAN, "10*9/L", lln=150),
        PLT,
    ),
    "value_censored": (
        lab("PLAT", 60, "10*9/L", lln=150, COMPARATOR="<"),
        lab("PLAT", 25, "10*9/L", lln=150, COMPARATOR="<"),
        PLT,
    ),
    "value_suspect": (
        lab("PLAT", 150_000, "10*9/L", lln=150),  # a count per uL in the wrong unit
        lab("PLAT", 150, "10*9/L", lln=150),
        PLT,
    ),
    "unit_missing": (
        lab("PLAT", 60, "", lln=150, UNITSTATE=1), lab("PLAT", 60, "10*9/L", lln=150), PLT,
    ),
    "unit_unknown": (
        lab("PLAT", 60, "", lln=150, UNITSTATE=2), lab("PLAT", 60, "", lln=150, UNITSTATE=1), PLT,
    ),
    "unit_not_convertible": (
        lab("PLAT", 60, "mmol/L", lln=150), lab("PLAT", 60, "10*12/L", lln=150), PLT,
    ),
    "unit_converted": (
        lab("PLAT", 0.06, "10*12/L", lln=0.15), lab("PLAT", 60, "10*6/L", lln=150), PLT,
    ),
    "range_missing": (lab("PLAT", 90, "10*9/L"), lab("PLAT", 60, "10*9/L"), PLT),
    "range_unusable": (lab("PLAT", 90, "10*9/L", lln=0), lab("PLAT", 60, "10*9/L", lln=0), PLT),
    "baseline_missing": (
        lab("ALT", 30, "U/L", uln=40), lab("ALT", 30, "U/L", uln=40, base=20, state=1), ALT,
    ),
    "baseline_range_missing": (
        lab("ALT", 30, "U/L", uln=40, base=20, state=State.RANGE_MISSING),
        lab("ALT", 30, "U/L", uln=40, base=20, state=State.NORMAL),
        ALT,
    ),
    "baseline_high_without_value": (
        lab("ALT", 30, "U/L", uln=40, state=State.HIGH_WITHOUT_VALUE),
        lab("ALT", 30, "U/L", uln=40, base=60, state=State.ABNORMAL),
        ALT,
    ),
    "baseline_record": (
        lab("ALT", 30, "U/L", uln=40, state=State.NOT_APPLICABLE),
        lab("ALT", 30, "U/L", uln=40, state=State.MISSING),
        ALT,
    ),
    "symptoms_unknown": (
        lab("K", 3.2, "mmol/L", lln=3.5), lab("K", 3.2, "mmol/L", lln=3.5, symptomatic=1),
        "Hypokalemia",
    ),
    "anticoagulation_unknown": (
        lab("INR", 2.0, "{INR}", base=1.6, state=2),
        lab("INR", 2.0, "{INR}", base=1.6, state=2, on_anticoagulation=2),
        "INR increased",
    ),
    "facts_unknown": (lab("HGB", 7, "g/dL", lln=12), lab("HGB", 13, "g/dL", lln=12), "Anemia"),
    "within_reference_range": (
        lab("NEUT", 1.3, "10*9/L", lln=1.2), lab("NEUT", 1.3, "10*9/L", lln=1.4),
        "Neutrophil count decreased",
    ),
    "not_numeric_in_this_version": (
        lab("PHOS", 1, "mg/dL", lln=2), lab("PHOS", 2, "mg/dL", lln=2), "Hypophosphatemia",
    ),
    "outside_data_needed": (
        lab("TROPONI", 50, "ng/L", uln=10), lab("TROPONI", 10, "ng/L", uln=10),
        "Cardiac troponin I increased",
    ),
    "population_not_covered": (
        vital("SYSBP", 170, "mm[Hg]", AGE=17), vital("SYSBP", 170, "mm[Hg]", AGE=18),
        "Hypertension",
    ),
    "adult_assumed": (
        vital("SYSBP", 110, "mm[Hg]", AGE=NAN), vital("SYSBP", 110, "mm[Hg]", AGE=18),
        "Hypertension",
    ),
    "single_reading": (
        vital("SYSBP", 120, "mm[Hg]"), vital("SYSBP", 119, "mm[Hg]"), "Hypertension",
    ),
    "fluid_not_excluded": (
        vital("WEIGHT", 76, "kg", base=80, state=3), vital("WEIGHT", 77, "kg", base=80, state=3),
        "Weight loss",
    ),
    # given to `grade` by the analysis records; the rest of the way is in test_analysis.py
    "calcium_corrected": (
        lab("CA", 9, "mg/dL", lln=8, REASONS=int(Reason.CALCIUM_CORRECTED)),
        lab("CA", 9, "mg/dL", lln=8), "Hypocalcemia",
    ),
    "calcium_not_corrected": (
        lab("CA", 9, "mg/dL", lln=8, REASONS=int(Reason.CALCIUM_NOT_CORRECTED)),
        lab("CA", 9, "mg/dL", lln=8), "Hypocalcemia",
    ),
    "superseded": (
        lab("CA", 9, "mg/dL", lln=8, REASONS=int(Reason.SUPERSEDED)),
        lab("CA", 9, "mg/dL", lln=8),
        "Hypocalcemia",
    ),
    # given by the command for rows of a file
    "row_unreadable": (
        lab("CA", NAN, "mg/dL", lln=8, REASONS=int(Reason.ROW_UNREADABLE)),
        lab("CA", NAN, "mg/dL", lln=8),
        "Hypocalcemia",
    ),
    "derived": (
        lab("CA", 9, "mg/dL", lln=8, REASONS=int(Reason.DERIVED)),
        lab("CA", 9, "mg/dL", lln=8), "Hypocalcemia",
    ),
}  # fmt: skip

# reason -> (a row that has it, a row like it that has not); produced by `grade_table` only
PRODUCED_IN_TABLES = {
    "diagnosis_not_assigned": (
        {"testcd": "GFRE", "value": 40, "unit": "mL/min/1.73m2"},
        {"testcd": "HGB", "value": 7, "unit": "g/dL", "ctcae_term": "Anemia"},
    ),
    "term_unknown": ({"ctcae_term": "Nausea", "value": 1}, {"ctcae_term": "Diarrhea", "value": 1}),
    "test_unknown": ({"testcd": "ZZZ", "value": 1}, {"testcd": "ALT", "value": 1}),
    "test_not_of_term": (
        {"ctcae_term": "Anemia", "testcd": "PLAT", "value": 7},
        {"ctcae_term": "Anemia", "testcd": "HGB", "value": 7},
    ),
    "test_ambiguous": (
        {"ctcae_term": "Hypertension", "value": 150, "unit": "mmHg"},
        {"ctcae_term": "Hypertension", "testcd": "SYSBP", "value": 150, "unit": "mmHg"},
    ),
    "calcium_not_corrected": (
        {"testcd": "CA", "ctcae_term": "Hypocalcemia", "value": 9, "unit": "mg/dL"},
        {"testcd": "CACR", "ctcae_term": "Hypocalcemia", "value": 9, "unit": "mg/dL"},
    ),
}


@pytest.mark.parametrize("reason", PRODUCED)
def test_reason_is_produced(reason) -> None:
    row, other, term = PRODUCED[reason]
    assert reason in one(row, term)["REASONS"].split(";")
    assert reason not in one(other, term)["REASONS"].split(";")


@pytest.mark.parametrize("reason", PRODUCED_IN_TABLES)
def test_reason_is_produced_in_a_table(reason) -> None:
    said, silent = (
        grade_table(pd.DataFrame([row]))["reasons"].iloc[0].split(";")
        for row in PRODUCED_IN_TABLES[reason]
    )
    assert reason in said
    assert reason not in silent


def test_every_reason_is_accounted_for() -> None:
    every = {r.name.lower() for r in Reason if r.value}
    assert set(PRODUCED) | set(PRODUCED_IN_TABLES) == every


@pytest.mark.parametrize(
    ("row", "said", "grade"),
    [
        ({"lln": 7.4, "uln": 9.9}, ["unit_missing", "likely_unit=mmol/L"], None),
        ({"lln": 12, "uln": 16}, ["unit_missing", "likely_unit=g/dL"], None),
        ({"lln": 12, "uln": 16, "unit": "foo"}, ["unit_unknown", "likely_unit=g/dL"], None),
        ({"lln": 12, "uln": 16, "unit": "mmol/L", "value": 60}, ["value_suspect"], 0),
        (
            {"lln": 120, "uln": 160, "unit": "g/dL", "value": 91},
            ["value_suspect", "likely_unit=g/L"],
            1,  # a hint for people: the grade is still that of 91 g/dL below 120
        ),
        ({"lln": 12, "uln": 16, "unit": "g/dL"}, [], 2),
        ({"lln": 1, "value": 5e6}, ["unit_missing"], None),  # no unit fits
    ],
)
def test_likely_units_are_a_hint_and_change_no_grade(row, said, grade) -> None:
    row = {"testcd": "HGB", "ctcae_term": "Anemia", "value": 9.1} | row
    found = grade_table(pd.DataFrame([row])).iloc[0]
    about_unit = ("unit_", "value_", "likely_unit")
    assert [x for x in found["reasons"].split(";") if x.startswith(about_unit)] == said
    assert found["grade"] is pd.NA if grade is None else found["grade"] == grade


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("value_missing", "no result"),
        (
            "unit_missing;likely_unit=10*9/L",
            "the unit is missing; the unit is likely 10*9/L",
        ),
        ("likely_unit={INR}", "the unit is likely {INR}"),
    ],
)
def test_reasons_in_words(text, words) -> None:
    assert describe(text) == words


def test_a_name_nobody_knows_has_no_words() -> None:
    with pytest.raises(KeyError):
        describe("no_such_reason")


def test_every_reason_has_words_for_users() -> None:
    assert set(WORDING) == {r for r in Reason if r.value}
    assert all(text and text == text.strip() for text in WORDING.values())


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        (0, ""),
        (1, "value_missing"),
        (int(Reason.UNIT_CONVERTED | Reason.VALUE_CENSORED), "value_censored;unit_converted"),
    ],
)
def test_names_come_in_order_of_definition(flags, text) -> None:
    assert names(flags) == text


def test_flags_fit_their_column() -> None:
    assert max(r.value for r in Reason) <= np.iinfo(np.int64).max


@pytest.mark.parametrize(
    "row",
    [
        lab("PLAT", 200, "10*9/L", lln=150),
        lab("ALT", 30, "U/L", uln=40, base=20, state=State.NORMAL),
    ],
)
def test_a_plain_value_has_no_reason(row) -> None:
    term = PLT if row["PARAMCD"] == "PLAT" else ALT
    assert one(row, term)["REASONS"] == ""
