"""Replicate ECG readings: the mean is graded (D21), and only of a set that is one."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.assess import episodes, worst
from safety.assess.analysis import analysis_measurements
from safety.assess.grades import grade_measurements
from tests import build
from tests.assess.test_derivations import KEY, ecg
from tests.build import exposed, exposures, records, subject

DAY = "2024-03-10"
QTCF = "QTCFAG"


def at(time: str | None, value: str, day: str = DAY, **changes) -> dict:
    return ecg(changes.pop("testcd", QTCF), value, day=f"{day}T{time}" if time else day, **changes)


def analysed(*rows, derivations=("AVERAGE",), numbered: bool = False, **taken) -> pd.DataFrame:
    number = "EGREPNUM" if numbered else "EGSEQ"
    key = {"record": "measurement", "key": [*KEY, number]}
    some = [{number: str(i)} | r for i, r in enumerate(rows, 1)]
    return analysis_measurements(
        build.intake("EG", *some, domains={"EG": key}).records.reset_index(drop=True),
        records("DM", subject()),
        exposures(exposed(**taken)),
        build.study(derivations=list(derivations)),
    )


def means(*rows, **options) -> list[float]:
    found = analysed(*rows, **options)
    return found.query("DTYPE == 'AVERAGE'")["AVAL"].tolist()


TRIPLICATE = [at("08:30", "500"), at("08:32", "470"), at("08:34", "500")]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (TRIPLICATE, [490]),
        (TRIPLICATE[::-1], [490]),
        (TRIPLICATE[:2], [485]),
        ([at("08:30", "500"), at("09:00", "470")], [485]),
        ([at("08:30", "500"), at("08:30", "470")], [485]),
        # two sets of one visit
        ([*TRIPLICATE, at("14:00", "440"), at("14:02", "450")], [490, 445]),
        # one more reading, later
        ([*TRIPLICATE, at("14:00", "440")], [490]),
        # no times, but a time point
        ([at(None, "500", EGTPT="2 H"), at(None, "470", EGTPT="2 H")], [485]),
        ([at("08:30", "500", EGTPT="2 H"), at(None, "470", EGTPT="2 H")], [485]),
        # a bound or a text is no reading of the mean
        ([*TRIPLICATE, at("08:36", ">500"), at("08:38", "n/a")], [490]),
        ([at("08:30", "500", testcd="QTAG"), at("08:31", "470", testcd="QTAG")], [485]),
    ],
)
def test_mean_of_replicates(rows, expected) -> None:
    assert means(*rows) == [pytest.approx(x) for x in expected]


@pytest.mark.parametrize(
    "rows",
    [
        [at("08:30", "500")],
        [at("08:30", "500"), at("09:01", "470")],  # more than 30 minutes
        [at("08:30", "500"), at("08:50", "470"), at("09:10", "480")],  # 40 minutes in all
        [at(None, "500"), at(None, "470")],  # times unknown, nothing else tells
        [at("08:30", "500"), at(None, "470")],
        [at("08:30", "500", EGTPT="2 H"), at("08:31", "470", EGTPT="4 H")],
        [at("08:30", "500"), at("08:31", "470", EGTPT="4 H")],
        [at("08:30", "500"), at("08:31", "470", EGPOS="STANDING")],
        [at("08:30", "500"), at("08:31", "470", VISITNUM="2")],
        [at("08:30", "500"), at("08:31", "470", USUBJID="S2")],
        [at("08:30", "500"), at("08:30", "470", day="2024-03-11")],
        [at("08:30", "500"), at("08:31", "470", testcd="QTCBAG")],
        [at("08:30", "500"), at("08:31", "0.47", unit="s")],
        [at("08:30", "500"), at("08:31", ">470")],
        [at("08:30", "500", unit=None), at("08:31", "470", unit=None)],
        [at(None, "500", day="2024-03", EGTPT="2 H"), at(None, "470", day="2024-03", EGTPT="2 H")],
        [at("08:30", "70", testcd="EGHRMN", unit="bpm"), at("08:31", "71", testcd="EGHRMN",
                                                           unit="bpm")],  # no interval
        # the reading without a time may belong to either of two sets
        [at("08:30", "500", EGTPT="2 H"), at("10:30", "470", EGTPT="2 H"),
         at(None, "480", EGTPT="2 H")],
    ],
)  # fmt: skip
def test_no_replicates(rows) -> None:
    found = analysed(*rows)
    assert len(found) == len(rows)
    assert set(found["ANL01FL"]) == {"Y"}


@pytest.mark.parametrize(
    ("numbers", "expected"), [(("1", "2"), [485]), (("1", "1"), []), (("1", None), [])]
)
def test_replicate_numbers_stand_for_times(numbers, expected) -> None:
    rows = [at(None, v, EGREPNUM=n) for v, n in zip(("500", "470"), numbers, strict=True)]
    assert means(*rows, numbered=True) == expected


def test_nothing_is_averaged_unless_the_study_says_so() -> None:
    found = analysed(*TRIPLICATE, derivations=[])
    assert found["ANL01FL"].tolist() == ["Y", "Y", "Y"]
    graded = grade_measurements(found, build.study())
    assert graded["ATOXGR"].tolist() == [2, 1, 2]


def test_the_mean_is_graded_and_its_readings_are_not() -> None:
    rows = [at("08:30", "510"), at("08:32", "470"), at("08:34", "490")]
    found = analysed(*rows, at("08:30", "455", day="2024-03-12"))
    assert found["ANL01FL"].tolist() == ["", "", "", "Y", "Y"]
    graded = grade_measurements(found, build.study())
    shown = graded[["ATOXGR", "NUMPOSS", "POSTFL", "TRTEMFL"]].astype("object")
    assert shown.where(shown.notna(), None).to_numpy().tolist() == [
        *[[None, "", "", ""]] * 3,
        [1, "1|3", "Y", "Y"],  # without a baseline a rise of more than 60 ms is open
        [2, "2|3", "Y", "Y"],
    ]
    assert graded["CRITERION"].eq("").tolist() == [True, True, True, False, False]
    reasons = graded["REASONS"].str.split(";").tolist()
    assert reasons[:3] == [["superseded"]] * 3
    assert ("superseded" in reasons[3], "derived" in reasons[4]) == (False, True)
    # 510 ms alone would be grade 3
    assert worst.of_measurements(graded)["WORSTGR"].tolist() == [2]
    assert worst.of_measurements(graded)["VALUES"].tolist() == [2]
    found = episodes.of_measurements(graded)
    assert found[["EPISODE", "MAXGR", "SAMPLES"]].to_numpy().tolist() == [[DAY, 2, 2]]
    assert len(episodes.of_measurements(graded, at_least=3)) == 0


def test_the_mean_is_a_record_like_others() -> None:
    row = analysed(*TRIPLICATE[::-1]).query("DTYPE == 'AVERAGE'").iloc[0]
    expected = {
        "KEY": "EG|S1|QTCFAG|1||2024-03-10T08:30|3~AVERAGE", "ADTC": "2024-03-10T08:30",
        "SRCROW": 3, "AVALC": "490", "UCUM": "ms", "ANL01FL": "Y",
    }  # fmt: skip
    assert {k: row[k] for k in expected} == expected


def test_the_mean_is_the_baseline_not_its_last_reading() -> None:
    before = [at(t, v, day="2024-02-28") for t, v in (("08:30", "400"), ("08:32", "440"))]
    found = analysed(*before, at("08:30", "485"))
    assert found["ABLFL"].tolist() == ["", "", "", "Y"]
    assert found["BASE"].tolist() == [420, 420, 420, 420]
    graded = grade_measurements(found, build.study())
    late = graded[graded["ADTMIN"].eq(DAY)].iloc[0]
    assert (late["ATOXGR"], late["BTOXGR"]) == (3, 0)  # 65 ms above 420, 45 ms above 440


def test_readings_around_the_first_dose_are_not_averaged_together() -> None:
    rows = [at(t, v, day="2024-03-01") for t, v in
            (("08:30", "400"), ("08:32", "420"), ("08:40", "500"), ("08:42", "520"))]  # fmt: skip
    found = analysed(*rows, TRTSTM="08:35:00")
    mean = found.query("DTYPE == 'AVERAGE'")
    assert mean[["AVAL", "PREDOSE", "ABLFL"]].to_numpy().tolist() == [
        [410.0, True, "Y"], [510.0, False, ""],
    ]  # fmt: skip


def test_derived_qtcf_of_replicates_is_averaged() -> None:
    rows = [
        at(time, value, testcd=code)
        for time, qt, rr in (("08:30", "400", "512"), ("08:32", "405", "729"))
        for code, value in (("QTAG", qt), ("RRAG", rr))
    ]
    found = analysed(*rows, derivations=["QTCF", "AVERAGE"])
    mean = found.query("DTYPE == 'AVERAGE' and PARAMCD == 'QTCFAG'").iloc[0]
    assert mean["AVAL"] == pytest.approx(475)  # of 500 and 450
    assert mean["KEY"].endswith("~QTCF~AVERAGE")
    graded = grade_measurements(found, build.study())
    assert graded["ATOXGR"].astype("object").where(graded["ATOXGR"].notna(), None).tolist() == [
        None, None, 1,
    ]  # fmt: skip
    assert graded["REASONS"].tolist()[:2] == ["derived;superseded"] * 2
    assert found["KEY"].is_unique
