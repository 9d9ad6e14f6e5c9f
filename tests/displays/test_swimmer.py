"""Bars, stretches of dosing and markers."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.displays.dosing import holds, stretches
from safety.displays.population import Scope
from safety.displays.profile import profile
from safety.displays.swimmer import swimmer
from tests.displays.frames import AS_OF, event, events, everyone, frames, plain, shuffled


def dose(day: str, mg: float | None = 60.0, end: str | None = "", **more) -> dict:
    """Return a dose of a day of March; end: its last day, None for none."""
    start = f"2024-03-{day}"
    last = start if end == "" else end and f"2024-03-{end}"
    return {
        "USUBJID": "S1", "TRT": "S-1", "DOSE": mg, "DOSU": "mg", "DOSFRQ": "BID", "STDTC": start,
        "STDTMIN": start, "STDTMAX": start, "ENDTC": last, "ENDTMIN": last, "ENDTMAX": last,
    } | more  # fmt: skip


def _stretches(*doses: dict) -> tuple[pd.DataFrame, pd.DataFrame]:
    of = frames({"S1": "L1"}, dose=doses)
    return stretches(of, everyone(of), AS_OF)


def test_days_that_follow_each_other_are_one_stretch() -> None:
    found, lost = _stretches(
        dose("01"), dose("02"), dose("04"), dose("05", OCCUR="N", REASON="RASH"),
        dose("06", 50.0, "09"), dose("09", 50.0, "12"), dose("20", None), dose("21", end=None),
    )  # fmt: skip
    assert plain(found, "START", "END", "STATE", "TEXT", "OPEN") == [
        (1, 2, "taken", "60 mg BID", False),
        (4, 4, "taken", "60 mg BID", False),
        (5, 5, "not taken", "60 mg BID not taken: RASH", False),
        (6, 12, "reduced", "50 mg BID", False),
        (20, 20, "dose not known", "? mg BID", False),
        (21, 92, "taken", "60 mg BID", True),
    ]
    assert len(lost) == 0


def test_what_is_only_planned_is_no_dose_and_a_missed_one_tells_no_usual_dose() -> None:
    found, _ = _stretches(
        dose("01", 90.0, OCCUR="N"), dose("02"), dose("03", MOOD="SCHEDULED")
    )  # fmt: skip
    assert plain(found, "STATE", "TEXT") == [
        ("not taken", "90 mg BID not taken: reason not given"), ("taken", "60 mg BID"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [
        {"STDTMIN": "2024-03-01", "STDTMAX": "2024-03-31"},
        {"STDTMIN": None, "STDTMAX": None},
        {"ENDTMIN": "2024-03-01", "ENDTMAX": "2024-03-01", "ENDTC": "2024-03-01"},
        {"ENDTMIN": None, "ENDTMAX": None, "ENDTC": "??"},
    ],
)
def test_a_dose_without_a_place_is_listed(more) -> None:
    found, lost = _stretches(dose("07", **more))
    assert (len(found), plain(lost, "USUBJID", "KIND")) == (0, [("S1", "dose")])
    assert plain(lost, "TEXT")[0].startswith("S-1, 2024-03-07 to ")


@pytest.mark.property
@settings(max_examples=12)
@given(st.sets(st.integers(1, 28), min_size=1))
def test_no_day_is_lost_or_won(days) -> None:
    found, _ = _stretches(*(dose(f"{d:02}") for d in days))
    covered = [d for a, b in plain(found, "START", "END") for d in range(a, b + 1)]
    assert covered == sorted(days)


def test_two_names_of_a_drug_are_one_line() -> None:
    of = frames({"S1": "L1"}, dose=[dose("01"), dose("02", 50.0, TRT="TEYSUNO")])
    found, _ = stretches(of, everyone(of), AS_OF, {"S-1": "s1", "TEYSUNO": "s1"})
    assert plain(found, "DRUG", "START", "STATE") == [("s1", 1, "taken"), ("s1", 2, "reduced")]


def test_holds_that_a_rule_asks_for() -> None:
    hold = {"USUBJID": "S1", "DRUG": "s1", "WINS": "Y", "STATE": "met"}
    told = [
        hold | {"RULE": "F3", "ACTION": "hold", "ONDT": "2024-03-05", "UNTILDT": "2024-03-09"},
        hold | {"RULE": "F4", "ACTION": "hold", "ONDT": "2024-03-20"},
        hold | {"RULE": "F5", "ACTION": "discontinue", "ONDT": "2024-04-01",
                "UNTILDT": "2024-04-02"},
        hold | {"RULE": "F6", "ACTION": "hold", "ONDT": "2024-03-06", "WINS": ""},
        hold | {"RULE": "F7", "ACTION": "continue", "ONDT": "2024-03-06"},
    ]  # fmt: skip
    of = frames({"S1": "L1"}, trigger=told)
    assert plain(holds(of, everyone(of), AS_OF), "RULE", "START", "END", "OPEN") == [
        ("F3", 5, 9, False), ("F4", 20, 92, True), ("F5", 32, 92, True),
    ]  # fmt: skip
    assert len(holds(frames(), everyone(of), AS_OF)) == 0


LEVELS = {"S1": "L1", "S2": "L1", "S3": "L2"}
FRAMES = frames(
    LEVELS,
    dose=[dose("01", end="10")],
    exposure=[
        {"USUBJID": "S1", "TRTSDT": "2024-03-01", "TRTEDT": "2024-03-10"},
        {"USUBJID": "S2", "TRTSDT": "2024-02-01"},
        {"USUBJID": "S3", "TRTSDT": "2024-03-01"},
    ],
    subject=[{"USUBJID": "S1"}, {"USUBJID": "S2", "DTHDTC": "2024-02-20T08:00"},
             {"USUBJID": "S3", "DTHFL": "Y", "DTHDTC": "2024"}],
    verdict=[
        {"USUBJID": "S1", "DOSELVL": "L1", "VERDICT": "DLT", "ONSETDY": 5, "CLOSES": "2024-03-21"},
        {"USUBJID": "S2", "DOSELVL": "L1", "VERDICT": "NO_DLT", "CLOSES": ""},
        {"USUBJID": "S3", "DOSELVL": "L2", "VERDICT": "DLT"},
    ],
    disposition=[
        {"USUBJID": "S1", "DECOD": "Adverse event", "STDTMIN": "2024-03-11",
         "STDTMAX": "2024-03-12"},
        {"USUBJID": "S1", "DECOD": "INFORMED CONSENT", "STDTMIN": "2024-02-01",
         "STDTMAX": "2024-02-01"},
    ],
    **events(
        event("S1", "Rash", "3", "e1", AESER="Y"),
        event("S1", "Itch", "2|3", "e2", ASTDY=None, ASTDYMIN=4, ASTDYMAX=9),
        event("S1", "Cough", "2", "e3"),
        event("S1", "Pain", "4", "e4", ASTDY=None, ASTDYMIN=None, ASTDYMAX=None),
    ),
)  # fmt: skip


def _swimmer(of=FRAMES):
    return swimmer(of, everyone(of), Scope(), AS_OF, ends={"ADVERSE EVENT"})


def test_bars_by_level_and_start() -> None:
    assert plain(_swimmer().bars, "USUBJID", "LASTDOSE", "WINDOWEND", "ONGOING") == [
        ("S2", None, None, False), ("S1", 10, 21, False), ("S3", None, None, False),
    ]  # fmt: skip


def test_marks_with_bounds() -> None:
    assert plain(_swimmer().marks, "USUBJID", "DAY", "DAYMIN", "DAYMAX", "KIND") == [
        ("S1", 1, 1, 1, "cycle"),
        ("S1", None, 4, 9, "grade 3 or more"),
        ("S1", 5, 5, 5, "DLT"),
        ("S1", 5, 5, 5, "grade 3 or more"),
        ("S1", 5, 5, 5, "serious"),
        ("S1", None, 11, 12, "end of treatment"),
        ("S2", 1, 1, 1, "cycle"),
        ("S2", 20, 20, 20, "death"),
        ("S3", 1, 1, 1, "cycle"),
    ]


def test_what_has_no_day_stands_beside() -> None:
    assert plain(_swimmer().unplaced, "USUBJID", "KIND", "TEXT") == [
        ("S1", "grade 3 or more", "Pain, grade 4"),
        ("S3", "DLT", "proposed by the rules"),
        ("S3", "death", "death"),
    ]


def test_nobody_and_the_order_of_rows() -> None:
    nobody = _swimmer(frames())
    assert [len(f) for f in (nobody.bars, nobody.segments, nobody.marks, nobody.unplaced)] == [
        0
    ] * 4
    pd.testing.assert_frame_equal(_swimmer(shuffled(FRAMES)).marks, _swimmer().marks)


def _profile(**tables):
    of = frames({"S1": "L1"}, **tables)
    return profile(of, everyone(of), AS_OF)


def test_a_profile_has_every_track() -> None:
    course = {"USUBJID": "S1", "STDTMIN": "2024-02-28", "STDTMAX": "2024-02-28"}
    found = _profile(
        dose=[dose("01", end="10")],
        **events(event("S1", "Rash", "3|4", "e1", AESER="Y")),
        measurement=[
            {"KEY": "m1", "USUBJID": "S1", "PARAMCD": "HGB", "AVALC": "80", "AVALU": "g/L"}
        ],
        grade=[
            {"USUBJID": "S1", "MKEY": "m1", "TERM": "Anemia", "ATOXGR": g, "ADTMIN": "2024-03-04",
             "ADTMAX": "2024-03-04"}
            for g in (3, None)
        ]
        + [{"USUBJID": "S1", "MKEY": "m2", "TERM": "Anemia", "ATOXGR": 0}],
        medication=[course | {"TRT": "loperamide", "INDC": "DIARRHEA"},
                    course | {"TRT": "never", "OCCUR": "N"}],
        procedure=[course | {"DECOD": "CT"}, {"USUBJID": "S1", "TRT": "biopsy"}],
    )  # fmt: skip
    assert plain(found.bars, "TRACK", "NAME", "START", "END", "OPEN", "GRADE", "TEXT") == [
        ("milestone", "cycle", 1, 1, False, "", "cycle 1"),
        ("dosing", "S-1", 1, 10, False, "", "60 mg BID"),
        ("adverse event", "Rash", 5, 92, True, "3 or 4", "Rash, grade 3 or 4, serious"),
        ("laboratory and vital signs", "HGB", 4, 4, False, "3", "80 g/L (Anemia)"),
        ("laboratory and vital signs", "HGB", 4, 4, False, "n.g.", "80 g/L (Anemia)"),
        ("medication", "loperamide", -2, 92, True, "", "loperamide for DIARRHEA"),
        ("procedure", "CT", -2, -2, False, "", "CT"),
    ]
    assert plain(found.unplaced, "TRACK", "NAME", "TEXT") == [("procedure", "biopsy", "biopsy")]
    assert (found.normal, found.ungraded) == (1, 1)


def test_a_profile_of_nothing_and_of_too_many() -> None:
    assert plain(_profile().bars, "TEXT") == ["cycle 1"]
    nobody = frames()
    assert len(profile(nobody, everyone(nobody), AS_OF).bars) == 0
    with pytest.raises(ValueError, match="of one subject, not of 3"):
        profile(FRAMES, everyone(FRAMES), AS_OF)
