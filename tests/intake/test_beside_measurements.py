"""Measurements beside what is possible, their subject, and its other measurements."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.intake.beside import with_beside
from safety.intake.beside.measurements import COMPARISONS
from safety.intake.records import canonical
from tests import build
from tests.build import measurement, sign

SUBJECT = build.subject(RFICDTC="2024-02-20")  # first dose on 2024-03-01
NO_RANGE = {"LBORNRLO": None, "LBORNRHI": None}


def beside(domain, *rows):
    """The frame of one domain after it was compared."""
    intakes = [build.intake("DM", SUBJECT), build.intake(domain, *rows)]
    return with_beside(intakes, build.study())[1].records


def said(frame, column):
    return [None if pd.isna(x) else x for x in frame[column]]


def lab(testcd, value, unit, low=None, high=None, day="2024-03-10", **changes):
    return measurement(testcd, value, unit, day, LBORNRLO=low, LBORNRHI=high, **changes)


@pytest.mark.parametrize(
    ("testcd", "value", "unit"),
    [
        ("PLAT", "3", "10^9/L"),
        ("PLAT", "0", "10^9/L"),
        ("NEUT", "0.02", "10^9/L"),
        ("ALT", "3000", "U/L"),
        ("BILI", "500", "umol/L"),
        ("CREAT", "900", "umol/L"),
        ("K", "7.5", "mmol/L"),
        ("SODIUM", "112", "mmol/L"),
        ("TRIG", "40", "mmol/L"),
        ("HGB", "40", "g/L"),
        ("WBC", "150", "10^9/L"),
        ("LIPASET", "5000", "U/L"),
        ("HGB", "<1", "g/dL"),  # a bound on what was measured, no value
    ],
)
def test_a_result_that_a_patient_can_have_is_possible(testcd, value, unit):
    assert said(beside("LB", lab(testcd, value, unit)), "IMPLAUSIBLE")[0] in {"", None}
    if not value.startswith("<"):
        assert said(beside("LB", lab(testcd, value, unit)), "IMPLAUSIBLE") == [""]


@pytest.mark.parametrize(
    ("testcd", "value", "unit", "expected"),
    [
        ("HGB", "14.1", "g/L", "HGB 14.1 g/L: possible is 20 to 250 g/L; usual would be 14.1 g/dL"),
        (
            "HGB", "12", "g/L",
            "HGB 12 g/L: possible is 20 to 250 g/L; usual would be 12 g/dL or mmol/L",
        ),
        (
            "CREAT", "70", "mg/dL",
            "CREAT 70 mg/dL: possible is 0.1 to 35 mg/dL; usual would be 70 umol/L",
        ),
        ("PLAT", "0.2", "10^9/L", "PLAT 0.2 10*9/L: possible is 1 to 3000 10*9/L"),
        (
            "PLAT", "200000", "10^9/L",
            "PLAT 200000 10*9/L: possible is 1 to 3000 10*9/L; usual would be 200000 10*6/L",
        ),
        (
            "PLAT", ">200000", "10^9/L",
            "PLAT 200000 10*9/L: possible is 1 to 3000 10*9/L; usual would be 200000 10*6/L",
        ),
    ],
)  # fmt: skip
def test_a_result_nobody_can_have_is_told_with_its_likely_unit(testcd, value, unit, expected):
    assert said(beside("LB", lab(testcd, value, unit)), "IMPLAUSIBLE") == [expected]


@pytest.mark.parametrize(
    ("testcd", "value", "unit", "possible"),
    [
        ("SYSBP", "230", "mmHg", True),
        ("DIABP", "130", "mmHg", True),
        ("SYSBP", "16", "mmHg", False),
        ("SYSBP", "16", "kPa", True),
        ("TEMP", "34.5", "C", True),
        ("TEMP", "98.6", "F", True),
        ("TEMP", "98.6", "C", False),
        ("TEMP", "20", "C", False),
        ("WEIGHT", "70", "kg", True),
        ("HEIGHT", "170", "cm", True),
        ("HEIGHT", "1.7", "cm", False),
        ("HEIGHT", "170", "in", False),
    ],
)
def test_vital_signs_that_are_possible(testcd, value, unit, possible):
    (text,) = said(beside("VS", sign(testcd, value, unit)), "IMPLAUSIBLE")
    assert (text == "") is possible


def test_without_a_unit_or_limits_nothing_is_said_of_a_result():
    frame = beside("LB", lab("HGB", "14.1", None), lab("NOSUCH", "1", "g/L"))
    assert said(frame, "IMPLAUSIBLE") == [None, None]


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        ("3.4", "20.5", ""),
        (None, "20.5", ""),
        ("0.2", "1.2", "range 0.2 to 1.2 umol/L of BILI: usual would be mg/dL"),
        (None, "1.2", "range up to 1.2 umol/L of BILI: usual would be mg/dL"),
        ("20.5", "3.4", "range 20.5 to 3.4: the lower limit is above the upper one"),
        (None, None, None),
        ("3.4", "60", ""),  # unusual, and in no other unit either
    ],
)
def test_a_wrong_range_is_not_used_and_the_value_is_kept(low, high, text):
    frame = beside("LB", lab("BILI", "12", "umol/L", low, high))
    assert said(frame, "RANGEFAULT") == [text]
    assert frame["AVAL"].tolist() == [12]
    used = [None if pd.isna(x) else x for x in frame[["ANRLO", "ANRHI"]].iloc[0]]
    told = [None if x is None else float(x) for x in (low, high)]
    assert used == ([None, None] if text else told)
    assert frame["ANRHIC"].isna().tolist() == [high is None]


def test_a_range_that_differs_from_the_others_of_the_subject_is_told():
    days = ["2024-03-01", "2024-03-02", "2024-03-03"]
    rows = [lab("ALT", "30", "U/L", "10", "40", day=d, VISITNUM=d) for d in days]
    odd = lab("ALT", "30", "U/L", "9", "44", day="2024-03-04", VISITNUM="4")
    text = "ALT 9 to 44 U/L; most results of the subject have 10 to 40 U/L"
    assert said(beside("LB", *rows, odd), "RANGEDIFFERS") == ["", "", "", text]
    assert said(beside("LB", *rows), "RANGEDIFFERS") == ["", "", ""]
    other = {**odd, "USUBJID": "S2"}
    assert said(beside("LB", *rows, other), "RANGEDIFFERS") == ["", "", "", ""]


def test_the_same_range_in_two_units_is_the_same():
    rows = [
        lab("BILI", "10", "umol/L", "3.4", "20.5", VISITNUM="1"),
        lab("BILI", "10", "umol/L", "3.4", "20.5", VISITNUM="2"),
        lab("BILI", "0.6", "mg/dL", "0.2", "1.2", VISITNUM="3"),
        lab("BILI", "0.6", "mg/dL", "0.2", "1.4", VISITNUM="4"),
    ]
    text = "BILI 0.2 to 1.4 mg/dL; most results of the subject have 3.4 to 20.5 umol/L"
    assert said(beside("LB", *rows), "RANGEDIFFERS") == ["", "", "", text]


@pytest.mark.parametrize(
    ("day", "text"),
    [
        ("2024-02-19", "before consent"),
        ("2024-02-20", ""),
        ("2024-02", ""),  # may be after consent
        ("2024-01", "before consent"),
        (None, None),
    ],
)
def test_a_sample_from_before_consent(day, text):
    assert said(beside("LB", lab("ALT", "30", "U/L", day=day)), "TOOEARLY") == [text]


@pytest.mark.parametrize(
    ("day", "text"),
    [("2024-02-02", ""), ("2024-02-01", "more than 28 days before the first dose")],
)
def test_a_sample_from_long_before_the_first_dose(monkeypatch, day, text):
    monkeypatch.setitem(SUBJECT, "RFICDTC", None)
    assert said(beside("LB", lab("ALT", "30", "U/L", day=day)), "TOOEARLY") == [text]


def test_vital_signs_from_before_consent_are_not_asked_for():
    assert said(beside("VS", sign("TEMP", "37", "C", day="2024-01-01")), "TOOEARLY") == [None]


def test_a_first_result_after_the_first_dose_needs_one_before():
    rows = [lab("BILI", "10", "umol/L", day=d) for d in ("2024-03-08", "2024-03-02")]
    assert said(beside("LB", *rows), "NOBASELINE") == [
        None, "BILI: no result up to the first dose"
    ]  # fmt: skip
    for day in ("2024-02-25", "2024-03-01"):
        before = lab("BILI", "10", "umol/L", day=day)
        assert said(beside("LB", *rows, before), "NOBASELINE") == [None, "", None]


@pytest.mark.parametrize(("value", "unit"), [("<5", "umol/L"), ("10", None), ("9000", "umol/L")])
def test_what_cannot_be_compared_with_is_no_baseline(value, unit):
    rows = [lab("BILI", "10", "umol/L"), lab("BILI", value, unit, day="2024-02-25")]
    text = "BILI: no result up to the first dose"
    assert said(beside("LB", *rows), "NOBASELINE") == [text, None]


def test_platelets_are_not_compared_with_baseline():
    assert said(beside("LB", lab("PLAT", "200", "10^9/L")), "NOBASELINE") == [None]


def test_a_result_in_another_unit_than_most_is_told():
    rows = [sign("TEMP", "37", "C", day=f"2024-03-0{n}") for n in (1, 2)]
    odd = sign("TEMP", "98.6", "F", day="2024-03-03")
    text = "TEMP in [degF], converted; most results of the test are in Cel"
    assert said(beside("VS", *rows, odd), "OTHERUNIT") == ["", "", text]
    assert said(beside("VS", odd), "OTHERUNIT") == [""]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({}, "SYSBP: another reading of the occasion"),
        ({"VSDTC": "2024-03-10T10:30"}, "SYSBP: another reading of the occasion"),
        ({"VSDTC": "2024-03-10T10:31"}, ""),
        ({"VSDTC": "2024-03-10"}, "SYSBP: another reading of the occasion"),
        ({"VSPOS": "STANDING"}, ""),
        ({"VSTPT": "2 H"}, ""),
        ({"VISITNUM": "2"}, ""),
        ({"VSDTC": "2024-03-11T10:00"}, ""),
        ({"VSREPNUM": "2"}, None),
        ({"USUBJID": "S2"}, ""),
    ],
)
def test_a_pressure_read_again_on_one_occasion(change, text):
    rows = [
        sign("SYSBP", "120", "mmHg", "2024-03-10T10:00", VSREPNUM=None),
        sign("SYSBP", "123", "mmHg", "2024-03-10T10:00", VSREPNUM=None) | change,
    ]
    assert said(beside("VS", *rows), "READAGAIN") == ["", text]


@pytest.mark.parametrize(
    ("systolic", "diastolic", "text"),
    [
        (("120", "mmHg"), ("80", "mmHg"), ""),
        (("16", "kPa"), ("80", "mmHg"), ""),
        (("120", "mmHg"), ("11", "kPa"), ""),
        (("68", "mmHg"), ("72", "mmHg"), "systolic 68 mm[Hg] is not above diastolic 72"),
        (("72", "mmHg"), ("72", "mmHg"), "systolic 72 mm[Hg] is not above diastolic 72"),
        (("68", None), ("72", "mmHg"), None),
    ],
)
def test_systolic_and_diastolic_pressure_of_one_reading(systolic, diastolic, text):
    rows = [sign("SYSBP", *systolic), sign("DIABP", *diastolic)]
    assert said(beside("VS", *rows), "PRESSURE") == [text, text]


def test_pressures_of_two_places_or_readings_are_not_mixed():
    standing = sign("DIABP", "130", "mmHg", VSPOS="STANDING")
    assert said(beside("VS", sign("SYSBP", "120", "mmHg"), standing), "PRESSURE") == [None, None]
    rows = [
        sign("SYSBP", "120", "mmHg", VSSEQ="1"), sign("DIABP", "80", "mmHg", VSSEQ="2"),
        sign("SYSBP", "70", "mmHg", VSSEQ="3"), sign("DIABP", "75", "mmHg", VSSEQ="4"),
    ]  # fmt: skip
    text = "systolic 70 mm[Hg] is not above diastolic 75"
    assert said(beside("VS", *rows), "PRESSURE") == ["", "", text, text]


@pytest.mark.parametrize(
    ("weights", "changed"),
    [
        (["70", "76", "70"], [2, 2, 2]),
        (["70", "154.3", "70", "71"], [0, 1, 0, 0]),  # pounds called kg, then right again
        (["70", "60", "60"], [0, 1, 0]),
        (["154.3", "70", "70"], [0, 1, 0]),
    ],
)
def test_a_weight_far_from_the_one_before(weights, changed):
    rows = [sign("WEIGHT", w, "kg", day=f"2024-03-{n:02}") for n, w in enumerate(weights, 1)]
    texts = said(beside("VS", *rows[::-1]), "BODYCHANGE")[::-1]
    assert texts[0] is None
    assert [bool(t) for t in texts] == [c == 1 for c in changed]


@pytest.mark.parametrize(
    ("weights", "mixed"),
    [
        (["70", "154.3"], [2, 1]),
        (["70", "154.3", "70.5", "155"], [2, 1, 0, 1]),
        (["70", "66", "31.8"], [2, 0, 1]),  # told in pounds before it was converted twice
        (["70", "140"], [2, 0]),
        (["70", "40"], [2, 0]),
        (["70", "71", "72"], [2, 0, 0]),
    ],
)
def test_pounds_among_kilograms(weights, mixed):
    rows = [sign("WEIGHT", w, "kg", day=f"2024-03-{n:02}") for n, w in enumerate(weights, 1)]
    texts = said(beside("VS", *rows[::-1]), "POUNDS")[::-1]
    assert texts[0] is None
    assert [bool(t) for t in texts[1:]] == [m == 1 for m in mixed[1:]]


def test_pounds_are_compared_within_a_subject_and_said():
    rows = [sign("WEIGHT", "70", "kg", day="2024-03-01"), sign("WEIGHT", "154.3", "kg")]
    text = "WEIGHT 154.3 kg, 70 kg before: kilograms and pounds seem mixed"
    assert said(beside("VS", *rows), "POUNDS") == [None, text]
    assert said(beside("VS", rows[0], rows[1] | {"USUBJID": "S2"}), "POUNDS") == [None, None]
    assert said(beside("LB", lab("NEUT", "5", "10^9/L")), "POUNDS") == [None]


def test_the_change_of_weight_is_told_whatever_the_unit():
    rows = [sign("WEIGHT", "70", "kg", day="2024-03-01"), sign("WEIGHT", "154.3", "LB")]
    assert said(beside("VS", *rows), "BODYCHANGE") == [None, ""]
    rows = [sign("WEIGHT", "70", "kg", day="2024-03-01"), sign("WEIGHT", "80", "kg")]
    text = "WEIGHT 80 kg, 70 kg before: check the unit, and doses by body surface"
    assert said(beside("VS", *rows), "BODYCHANGE") == [None, text]


def test_what_is_not_known_is_not_compared():
    frame = beside("LB", lab("ALT", "30", "U/L"))
    assert frame.index.tolist() == [1]
    assert len(beside("VS", sign("NOSUCH", "x", ""))) == 1


@pytest.mark.parametrize(
    ("domain", "row"), [("LB", measurement()), ("VS", sign("TEMP", "37", "C"))]
)
def test_no_rows_have_every_comparison_and_no_text(domain, row):
    with_rows, feed = build.intake(domain, row), build.feed()
    given = feed.domains[domain].model_copy(update={"optional": True})
    optional = feed.model_copy(update={"domains": feed.domains | {domain: given}})
    raw = pd.DataFrame({c: pd.array([], dtype="str") for c in with_rows.raw})
    received = canonical(raw, optional, domain, "header.csv")
    frame = with_beside([build.intake("DM", SUBJECT), received], build.study())[1].records
    assert (len(frame), list(frame)) == (0, list(beside(domain, row)))
    assert {str(t) for t in frame[list(COMPARISONS)].dtypes} == {"str"}


def test_a_single_high_pressure_is_confirmed_on_the_same_or_the_next_day():
    high = sign("DIABP", "100", "mmHg", "2024-03-10")
    later = sign("DIABP", "80", "mmHg", "2024-03-12")
    assert said(beside("VS", high, later), "HIGHONCE") == [
        "DIABP 100 mm[Hg] was read once: confirm it within 24 h", "",
    ]  # fmt: skip
    again = [sign("DIABP", "80", "mmHg", day) for day in ("2024-03-10", "2024-03-11")]
    for reading in again:
        assert said(beside("VS", high, reading | {"VSPOS": "SITTING"}), "HIGHONCE") == ["", ""]
    assert said(beside("VS", sign("SYSBP", "21.4", "kPa")), "HIGHONCE")[0].startswith("SYSBP 160.")


def test_a_height_in_another_unit_does_not_fit_the_weight():
    weights = [sign("WEIGHT", kg, "kg", f"2024-03-0{n}") for n, kg in enumerate("678", 1)]
    assert said(beside("VS", sign("HEIGHT", "67", "cm"), *weights), "BODYMASS")[0] == ""
    heavy = sign("WEIGHT", "70", "kg")
    assert said(beside("VS", sign("HEIGHT", "67", "cm"), heavy), "BODYMASS") == [
        "HEIGHT 67 cm with a usual weight of 70 kg: check the units of both", None,
    ]  # fmt: skip
    assert said(beside("VS", sign("HEIGHT", "67", "cm")), "BODYMASS") == [None]


def test_heights_that_drift_apart_in_small_steps_are_told_once():
    rows = [
        sign("HEIGHT", cm, "cm", day=f"2024-03-{n:02}")
        for n, cm in enumerate(["170", "164", "159.5", "159"], 1)
    ]
    text = "HEIGHT 159.5 cm, 164 cm before: check the unit, and doses by body surface"
    assert said(beside("VS", *rows), "BODYCHANGE") == [None, "", text, ""]
