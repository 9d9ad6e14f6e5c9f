"""Every reason a grade can carry today, each produced once."""

from __future__ import annotations

import numpy as np
import pytest

from safety.ctcae.clauses import BaselineState as State
from safety.ctcae.reasons import WORDING, Reason, names
from tests.build import NAN, lab, one, vital

ALT = "Alanine aminotransferase increased"
PLT = "Platelet count decreased"

# reason -> (row, term); produced by `grade`
PRODUCED = {
    "value_missing": (lab("ALT", NAN, "U/L", uln=40), ALT),
    "value_not_numeric": (
        lab("PLAT", NAN, "10*9/L", lln=150, REASONS=int(Reason.VALUE_NOT_NUMERIC)),
        PLT,
    ),
    "value_censored": (lab("PLAT", 60, "10*9/L", lln=150, COMPARATOR="<"), PLT),
    "unit_missing": (lab("PLAT", 60, "", lln=150, UNITSTATE=1), PLT),
    "unit_unknown": (lab("PLAT", 60, "", lln=150, UNITSTATE=2), PLT),
    "unit_not_convertible": (lab("PLAT", 60, "mmol/L", lln=150), PLT),
    "unit_converted": (lab("PLAT", 0.06, "10*12/L", lln=0.15), PLT),
    "range_missing": (lab("PLAT", 90, "10*9/L"), PLT),
    "range_unusable": (lab("PLAT", 90, "10*9/L", lln=0), PLT),
    "baseline_missing": (lab("ALT", 30, "U/L", uln=40), ALT),
    "baseline_range_missing": (
        lab("ALT", 30, "U/L", uln=40, base=20, state=State.RANGE_MISSING),
        ALT,
    ),
    "baseline_high_without_value": (
        lab("ALT", 30, "U/L", uln=40, state=State.HIGH_WITHOUT_VALUE),
        ALT,
    ),
    "baseline_record": (lab("ALT", 30, "U/L", uln=40, state=State.NOT_APPLICABLE), ALT),
    "facts_unknown": (lab("HGB", 7, "g/dL", lln=12), "Anemia"),
    "within_reference_range": (lab("NEUT", 1.3, "10*9/L", lln=1.2), "Neutrophil count decreased"),
    "not_numeric_in_this_version": (lab("PHOS", 1, "mg/dL", lln=2), "Hypophosphatemia"),
    "outside_data_needed": (lab("TROPONI", 50, "ng/L", uln=10), "Cardiac troponin I increased"),
    "population_not_covered": (vital("TEMP", 39, "Cel", AGE=17), "Fever"),
    # given to `grade` by the analysis records; the rest of the way is in test_analysis.py
    "calcium_corrected": (
        lab("CA", 9, "mg/dL", lln=8, REASONS=int(Reason.CALCIUM_CORRECTED)),
        "Hypocalcemia",
    ),
    "calcium_not_corrected": (
        lab("CA", 9, "mg/dL", lln=8, REASONS=int(Reason.CALCIUM_NOT_CORRECTED)),
        "Hypocalcemia",
    ),
}


@pytest.mark.parametrize("reason", PRODUCED)
def test_reason_is_produced(reason) -> None:
    row, term = PRODUCED[reason]
    assert reason in one(row, term)["REASONS"].split(";")


def test_every_reason_is_accounted_for() -> None:
    assert set(PRODUCED) == {r.name.lower() for r in Reason if r.value}


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
    assert max(r.value for r in Reason) <= np.iinfo(np.uint32).max


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
