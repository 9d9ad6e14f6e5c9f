"""Quarantined rows still alarm: out of the statistics, not out of sight."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.assess import held
from safety.assess.held import AlarmGrades
from safety.assess.held.table import COLUMNS
from safety.intake.records import no_records
from tests import build
from tests.build import event, measurement, records

OTHER = measurement("ALT", "30", "U/L", VISITNUM="9")  # held for another fault, and harmless
PLAT = {"LBORNRLO": "150", "LBORNRHI": "400"}
NOTHING = records("LB", measurement("NOSUCH"))


def _values(*rows, accepted=NOTHING, **study) -> list[list[str]]:
    frame = records("LB", *rows).assign(REASON="held")
    found = held.measurements(frame, accepted, build.study(**study))
    return found[["TERM", "GRADES", "VALUE"]].to_numpy().tolist()


def _events(*rows) -> list[list[str]]:
    frame = records("AE", *rows).assign(REASON="held")
    return held.events(frame, build.study())[["TERM", "GRADES", "VALUE"]].to_numpy().tolist()


@pytest.mark.parametrize(
    ("value", "alarms"),
    [
        ("24", [["Platelet count decreased", "4", "24 10^9/L"]]),
        ("25", [["Platelet count decreased", "3", "25 10^9/L"]]),
        ("50", []),
        ("<30", [["Platelet count decreased", "3|4", "<30 10^9/L"]]),
    ],
)
def test_a_held_value_of_grade_3_or_4_alarms(value, alarms) -> None:
    assert _values(measurement("PLAT", value, "10^9/L", **PLAT)) == alarms


def test_an_unknown_unit_is_read_as_each_unit_the_study_uses() -> None:
    row = measurement("PLAT", "20", "plaquettes", **PLAT)
    used = records("LB", measurement("PLAT", "200", "10^9/L", **PLAT))
    expected = [["Platelet count decreased", "4", "20 plaquettes"]]
    assert _values(row, accepted=used) == expected
    # where the study uses none: as each unit CTCAE prints
    assert _values(row) == expected


@pytest.mark.parametrize(
    ("code", "value", "unit", "grades"),
    [
        ("PLAT", "20000", "plaquettes", ["4"]),  # 20 in 10^9/L if it is /mm3
        ("PLAT", "30000", "plaquettes", ["3"]),
        ("PLAT", "200000", "plaquettes", []),
        ("PLAT", "200", "plaquettes", []),  # nobody has 0.2 in 10^9/L
        ("NEUT", "300", "cells/cu.mm", ["4"]),
        ("NEUT", "900", "cells/cu.mm", ["3"]),
        ("NEUT", "3000", "cells/cu.mm", []),
    ],
)
def test_an_unknown_unit_is_read_as_each_plausible_one_not_only_the_studys(
    code, value, unit, grades
) -> None:
    limits = {"LBORNRLO": None, "LBORNRHI": None}
    used = records("LB", *(measurement(c, "150", "10^9/L", **limits) for c in ("PLAT", "NEUT")))
    found = _values(measurement(code, value, unit, **limits), accepted=used)
    assert [a[1] for a in found] == grades


def test_a_missing_unit_may_be_anything() -> None:
    found = _values(OTHER, measurement("PLAT", "200", None, **PLAT))
    assert found == [["Platelet count decreased", "0|1|2|3|4", "200 (no unit)"]]


@pytest.mark.parametrize("spec", [None, "PAXGENE TUBE", "URINE", "TISSUE", "CSF", "BONE MARROW"])
def test_a_specimen_without_criteria_is_read_as_blood(spec) -> None:
    row = measurement("PLAT", "20", "10^9/L", LBSPEC=spec, **PLAT)
    assert [a[1] for a in _values(row)] == ["4"]


@pytest.mark.parametrize(
    ("value", "unit", "alarms"),
    [
        ("9,5", "10^9/L", [["Platelet count decreased", "4", "9,5 10^9/L"]]),  # 9.5 or 95
        ("12,000", "/mm3", [["Platelet count decreased", "4", "12,000 /mm3"]]),  # 12 or 12000
        ("<9,5", "10^9/L", [["Platelet count decreased", "4", "<9,5 10^9/L"]]),
        ("200,5", "10^9/L", []),  # neither reading is low
        ("１２", "10^9/L", [["Platelet count decreased", "4", "１２ 10^9/L"]]),  # full width
        ("few", "10^9/L", []),
    ],
)
def test_text_with_a_comma_is_read_both_ways(value, unit, alarms) -> None:
    assert _values(measurement("PLAT", value, unit, **PLAT)) == alarms


@pytest.mark.parametrize(
    ("code", "value", "alarms"),
    [
        ("PLAT", "<75,0", True),  # below 75 may be grade 4
        ("PLAT", "> 75,0", False),
        ("PLAT", "75,0", False),
        ("NEUT", "<1,0", True),
        ("NEUT", ">2,0", False),
        ("ALT", "1.234,5", True),
        ("ALT", ">1.234,5", True),
        ("ALT", "1.234.567,8", True),
        ("ALT", "1 034", True),
        ("ALT", "1'034", True),
        ("ALT", "1,2E3", True),
        ("ALT", "-1234", True),
        ("ALT", "30,5", True),  # 305 with the comma as separator
        ("ALT", "3,5", False),
        ("ALT", "-34", False),
        ("ALT", "3 4", False),
        ("ALT", "34 haemolysed.", False),
    ],
)
def test_text_keeps_its_comparator_and_every_separator(code, value, alarms) -> None:
    units, low = {"ALT": "U/L"}, {"PLAT": "150", "NEUT": "1.8", "ALT": "10"}
    limits = {"LBORNRLO": low[code], "LBORNRHI": "400" if code == "PLAT" else "40"}
    found = _values(measurement(code, value, units.get(code, "10^9/L"), **limits))
    assert bool(found) is alarms


def test_a_row_without_a_code_is_read_by_the_name_of_its_test() -> None:
    row = measurement(None, "5", "10^9/L", LBTEST="Platelets ", **PLAT)
    used = records("LB", measurement("PLAT", "200", "10^9/L", LBTEST="PLATELETS", **PLAT))
    both = [measurement("WBC", "6", "10^9/L", LBTEST="Platelets")]  # a name of two tests is none
    assert [a[1] for a in _values(row, accepted=used)] == ["4"]
    assert _values(row, accepted=pd.concat([used, records("LB", *both)])) == []
    assert [a[1] for a in _values(measurement("plat ", "5", "10^9/L", **PLAT))] == ["4"]


@pytest.mark.parametrize(
    "row",
    [
        measurement("NOSUCH", "1"),
        measurement(None, "1"),
        measurement("PLAT", None, "10^9/L"),
        measurement("GLUC", "600", "mg/dL", LBSPEC="URINE"),
    ],
)
def test_rows_that_no_reading_makes_high(row) -> None:
    assert _values(row) == []


@pytest.mark.parametrize(
    ("white", "alarms"),
    [
        ("0.9", [["Neutrophil count decreased", "4", "45 10^9/L"]]),  # 45 % of 0.9 is 0.405
        ("6", []),
    ],
)
def test_a_count_that_may_be_a_percentage_is_read_as_one(white, alarms) -> None:
    limits = {"LBORNRLO": "1.8", "LBORNRHI": "6.3"}
    sample = records("LB", measurement("WBC", white, "10^9/L", LBSEQ="1"))
    count = measurement("NEUT", "45", "10^9/L", LBSEQ="2", **limits)
    told = records("LB", count).assign(REASON="held", PERCENT="may be a percentage")
    found = held.measurements(told, sample, build.study())
    assert found[["TERM", "GRADES", "VALUE"]].to_numpy().tolist() == alarms


@pytest.mark.parametrize(
    ("value", "of_white", "alarms"),
    [
        ("5", "2024-03-10T08:00", [["4", "5 10^9/L"]]),  # 5 % of 0.8 is 0.04
        ("45", "2024-03-10T08:05", [["4", "45 10^9/L"]]),
        ("45", "2024-03-10", [["4", "45 10^9/L"]]),
        ("45", "2024-03-11T08:00", []),
        ("45", None, []),
    ],
)
def test_the_share_is_of_the_white_cells_of_the_sample_or_else_the_day(
    value, of_white, alarms
) -> None:
    white = records("LB", measurement("WBC", "0.8", "10^9/L", of_white, LBSEQ="1"))
    count = measurement("NEUT", value, "10^9/L", "2024-03-10T08:00", LBSEQ="2")
    told = records("LB", count).assign(REASON="held", PERCENT="may be a percentage")
    found = held.measurements(told, white, build.study())
    assert found[["GRADES", "VALUE"]].to_numpy().tolist() == alarms


def test_the_share_is_of_white_cells_of_the_same_partial_date() -> None:
    rows = [measurement(c, v, "10^9/L", "2024-03") for c, v in (("WBC", "0.8"), ("NEUT", "45"))]
    told = records("LB", *rows).assign(REASON="held", PERCENT=["", "may be a percentage"])
    found = held.measurements(told, NOTHING, build.study())
    assert ["4", "45 10^9/L"] in found[["GRADES", "VALUE"]].to_numpy().tolist()


def _without_unit(count: int) -> list[list[str]]:
    rows = [measurement("PLAT", "200", None, VISITNUM=str(n), **PLAT) for n in range(count)]
    return _values(OTHER, *rows)


def test_many_values_without_a_unit_are_one_alarm_told_again_when_twice_as_many() -> None:
    assert len(_without_unit(9)) == 9
    told = [
        ["Platelet count decreased (10 or more values without a unit)", "0|1|2|3|4",
         "19 rows, one of them 200 (no unit) of 2024-03-10"],
        ["Platelet count decreased (20 or more values without a unit)", "0|1|2|3|4",
         "20 rows, one of them 200 (no unit) of 2024-03-10"],
    ]  # fmt: skip
    assert [*_without_unit(19), *_without_unit(20)] == told


def test_the_grade_that_alarms_is_the_studys() -> None:
    row = measurement("PLAT", "60", "10^9/L", **PLAT)
    alerts = {"recipients": ["a@example.org"], "grade": 2}
    assert (_values(row), len(_values(row, alerts=alerts))) == ([], 1)


def test_one_alarm_a_row() -> None:
    row = measurement("K", "1", None, LBORNRLO="3.5", LBORNRHI="5")
    assert len(_values(OTHER, row)) == 1  # both directions are possible


def test_a_subject_without_id_is_not_lost() -> None:
    row = measurement("PLAT", "20", "10^9/L", USUBJID=None, **PLAT)
    frame = records("LB", OTHER, row)
    found = held.measurements(frame.assign(REASON="held"), NOTHING, build.study())
    assert found["USUBJID"].tolist() == ["(no subject id)"]


def test_columns_of_held_rows_may_be_all_missing() -> None:
    changes = {"USUBJID": None, "LBSPEC": None} | PLAT
    rows = [measurement("PLAT", "20", None, VISITNUM=n, **changes) for n in ("1", "2")]
    frame = records("LB", *rows).assign(REASON="held")
    found = held.measurements(frame, NOTHING, build.study())
    assert found[["USUBJID", "GRADES", "VALUE"]].to_numpy().tolist() == [
        ["(no subject id)", "0|1|2|3|4", "20 (no unit)"],
        ["(no subject id)", "0|1|2|3|4", "20 (no unit)"],
    ]


def test_columns_of_held_events_may_be_all_missing() -> None:
    empty = dict.fromkeys(("USUBJID", "AEDECOD", "AETERM", "AETOXGR", "AESEV"))
    frame = records("AE", event(**empty)).assign(REASON="held")
    found = held.events(frame, build.study())
    assert found[["USUBJID", "TERM", "GRADES"]].to_numpy().tolist() == [
        ["(no subject id)", "(no term)", "1|2|3|4|5"]
    ]


@pytest.mark.parametrize(
    ("changes", "alarms"),
    [
        ({"grade": "4"}, [["Nausea", "4", "grade 4, severity not given"]]),
        ({"grade": "3"}, [["Nausea", "3", "grade 3, severity not given"]]),  # may be a DLT
        ({"grade": "2"}, []),
        ({"grade": None, "AESEV": "SEVERE"},
         [["Nausea", "3|4", "grade not given, severity SEVERE"]]),
        ({"grade": None, "AESEV": "MILD"}, []),
        ({"grade": "9"}, [["Nausea", "1|2|3|4|5", "grade 9, severity not given"]]),
        ({"grade": "5", "AEDECOD": None, "AETERM": None},
         [["(no term)", "5", "grade 5, severity not given"]]),
    ],
)  # fmt: skip
def test_held_events(changes, alarms) -> None:
    assert _events(event(**changes)) == alarms


def _rules(*conditions: dict, **changes) -> dict:
    """A study whose DLT rules have these conditions."""
    rules = [
        {"id": f"R{n}", "text": "t", "citation": "test", "when": when} | changes
        for n, when in enumerate(conditions, start=1)
    ]
    return {"dose_limiting": {"window": {"last_day": 21}, "rules": rules}}


LOW_PLATELETS = {"toxicity": ["Platelet count decreased"], "grade": ">=3"}
BLEEDING = {"toxicity": ["Epistaxis"], "grade": ">=2"}


def _alarms_at(study: dict, source: str, *terms: str) -> list[int]:
    return AlarmGrades(build.study(**study), source).of(pd.Series(terms)).tolist()


@pytest.mark.parametrize(
    ("study", "source", "expected"),
    [
        # of platelets, epistaxis, nausea: the rule's grade, else 3
        (_rules({**LOW_PLATELETS, "grade": ">=2"}), "measured", [2, 3, 3]),
        (_rules(LOW_PLATELETS, {**LOW_PLATELETS, "grade": ">=2"}), "measured", [2, 3, 3]),
        (_rules({"all": [LOW_PLATELETS, BLEEDING]}), "reported", [3, 2, 3]),
        (_rules({"any": [LOW_PLATELETS, {"all": [BLEEDING, LOW_PLATELETS]}]}), "reported",
         [3, 2, 3]),
        (_rules(BLEEDING | {"source": "reported"}), "measured", [3, 3, 3]),
        (_rules(BLEEDING | {"source": "measured"}), "reported", [3, 3, 3]),
        (_rules(BLEEDING | {"source": "measured"}), "measured", [3, 2, 3]),
        (_rules({"toxicity": "any", "except": ["Epistaxis"], "grade": ">=2"}), "reported",
         [2, 3, 2]),
        # what must be absent, and an exception, make nothing dose-limiting
        (_rules(LOW_PLATELETS | {"without": [BLEEDING]}), "reported", [3, 3, 3]),
        (_rules(BLEEDING, kind="exception"), "measured", [3, 3, 3]),
        # a rule of a higher grade does not raise the grade of an alarm
        (_rules({**BLEEDING, "grade": "5"}), "reported", [3, 3, 3]),
    ],
)  # fmt: skip
def test_the_grade_that_alarms_is_the_lowest_a_rule_names(study, source, expected) -> None:
    names = ("Platelet count decreased", "EPISTAXIS", "Nausea")
    assert _alarms_at(study, source, *names) == expected


def test_a_study_that_hears_of_grade_2_hears_of_it_in_held_rows_too() -> None:
    alerts = {"recipients": ["a@example.org"], "grade": 2}
    assert _alarms_at(_rules(LOW_PLATELETS) | {"alerts": alerts}, "measured", "Nausea") == [2]


def test_a_term_that_ctcae_does_not_have_may_be_any() -> None:
    study = _rules(LOW_PLATELETS, BLEEDING)
    assert _alarms_at(study, "reported", "NOSE BLEED", "(no term)", "Nausea") == [2, 2, 3]
    assert _alarms_at(_rules({"death": True}), "reported", "NOSE BLEED") == [3]


def test_a_held_value_alarms_at_the_grade_of_its_own_term() -> None:
    potassium = measurement("K", "3.2", "mmol/L", LBORNRLO="3.5", LBORNRHI="5.3")  # grade 1 or 2
    platelets = measurement("PLAT", "60", "10^9/L", **PLAT)  # grade 2
    found = _values(potassium, platelets, **_rules({**LOW_PLATELETS, "grade": ">=2"}))
    assert found == [["Platelet count decreased", "2", "60 10^9/L"]]


def test_nothing_held() -> None:
    values = no_records("measurement").assign(REASON="")
    assert held.measurements(values, values, build.study()).empty
    values = records("LB", measurement()).iloc[:0].assign(REASON="")
    events = records("AE", event()).iloc[:0].assign(REASON="")
    assert list(held.measurements(values, NOTHING, build.study()).columns) == COLUMNS
    assert list(held.events(events, build.study()).columns) == COLUMNS
