"""Derived records: QTcF, ANC, creatinine clearance and eGFR; each derived and not derived."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.assess.analysis import analysis_measurements, with_derived
from safety.assess.grades import grade_measurements
from safety.ctcae.derive import DERIVATIONS
from safety.ctcae.reasons import Reason
from tests import build
from tests.build import exposed, exposures, measurement, records, sign, subject

EVERY = ["QTCF", "ANC", "CRCL_CG", "EGFR_CKDEPI_2021", "AVERAGE"]
NO_RANGE = {"LBORNRLO": None, "LBORNRHI": None}
KEY = ["USUBJID", "EGTESTCD", "VISITNUM", "EGTPT", "EGDTC"]
TIMED = "2024-03-10T08:30"


def ecg(testcd: str, value: str, unit: str = "ms", day: str = TIMED, **changes) -> dict:
    row = {"STUDYID": "T1", "USUBJID": "S1", "EGTESTCD": testcd, "EGTEST": testcd,
           "EGORRES": value, "EGORRESU": unit, "EGPOS": None, "EGTPT": None, "EGSTAT": None,
           "VISITNUM": "1", "VISIT": "WEEK 1", "EGDTC": day}  # fmt: skip
    return row | changes


def analysed(*rows, people=None, derivations=EVERY, **taken) -> pd.DataFrame:
    """Analysis records of ECG, laboratory and vital sign rows."""
    by_domain: dict[str, list] = {}
    for row in rows:
        by_domain.setdefault(next(c[:2] for c in row if c.endswith("TESTCD")), []).append(row)
    eg = {"EG": {"record": "measurement", "key": KEY}}
    frames = [build.intake(domain, *some, domains=eg).records for domain, some in by_domain.items()]
    return analysis_measurements(
        pd.concat(frames, ignore_index=True),
        records("DM", *(people or [subject()])),
        exposures(exposed(**taken)),
        build.study(derivations=derivations),
    )


def derived(*rows, **options) -> pd.DataFrame:
    return analysed(*rows, **options).query("DTYPE != ''").reset_index(drop=True)


def lab(testcd: str, value: str, unit: str, **changes) -> dict:
    return measurement(testcd, value, unit, **NO_RANGE | changes)


def wbc(value: str = "4", unit: str = "10^9/L", **changes) -> dict:
    return measurement("WBC", value, unit, LBORNRLO="4", LBORNRHI="11", **changes)


def percent(value: str = "20", unit: str = "%", **changes) -> dict:
    return lab("NEUTLE", value, unit, **changes)


def bands(value: str = "5", unit: str = "%", **changes) -> dict:
    return lab("NEUTBLE", value, unit, **changes)


def creatinine(value: str = "1.8", unit: str = "mg/dL", **changes) -> dict:
    return measurement("CREAT", value, unit, LBORNRLO="0.6", LBORNRHI="1.2", **changes)


def weight(value: str = "72", unit: str = "kg", day: str = "2024-03-10", **changes) -> dict:
    return sign("WEIGHT", value, unit, day, **changes)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # 400 ms / (0.512 s)^(1/3) = 400 / 0.8
        ([ecg("QTAG", "400"), ecg("RRAG", "512")], 500),
        ([ecg("QTSB", "400"), ecg("RRSB", "0.512", "sec")], 500),
        ([ecg("QT", "0.4", "s"), ecg("RR", "512", "msec")], 500),
        ([ecg("QTAG", "410"), ecg("EGHRMN", "60", "beats/min")], 410),
        ([ecg("QTAG", "400"), ecg("RRAG", "512"), ecg("EGHRMN", "117", "bpm")], 500),
        ([ecg("QTAG", "400"), ecg("RRAG", "NOT READABLE"), ecg("HR", "60", "bpm")], 400),
    ],
)
def test_qtcf(rows, expected) -> None:
    found = derived(*rows)
    assert found["PARAMCD"].tolist() == ["QTCFAG"]
    assert found["UCUM"].tolist() == ["ms"]
    assert found["AVAL"].tolist() == [pytest.approx(expected)]


@pytest.mark.parametrize(
    "rows",
    [
        [ecg("QTAG", "400")],
        [ecg("QTAG", "400"), ecg("RRAG", "512", day="2024-03-10T09:30")],  # another ECG
        [ecg("QTAG", "400"), ecg("RRAG", "512", USUBJID="S2")],
        [ecg("QTAG", "400"), ecg("RRAG", "512", EGTPT="2 H")],
        [ecg("QTAG", "400"), ecg("RRAG", "512", VISITNUM="2", VISIT="WEEK 2")],
        [ecg("QTAG", "400"), ecg("RRAG", "512", EGPOS="STANDING")],
        [ecg("QTAG", "400"), ecg("RRAG", "512", "furlong")],
        [ecg("QTAG", "400", unit=None), ecg("RRAG", "512")],
        [ecg("QTAG", ">400"), ecg("RRAG", "512")],
        [ecg("QTAG", "400"), ecg("RRAG", "0")],
        [ecg("QTAG", "400", day="2024-03"), ecg("RRAG", "512", day="2024-03")],
        [ecg("QTAG", "400"), sign("HR", "60", "beats/min", TIMED)],  # a pulse is not of the ECG
        # which RR belongs to which QT is not guessed
        [ecg("QTAG", "400"), ecg("RRAG", "512"), ecg("RRSB", "530")],
        # RR and heart rate that contradict each other: 512 ms is 117 beats/min
        [ecg("QTAG", "400"), ecg("RRAG", "512"), ecg("EGHRMN", "72", "beats/min")],
        # the ECG has a QTcF of its own
        [ecg("QTAG", "400"), ecg("RRAG", "512"), ecg("QTCFAG", "498")],
        [ecg("QTAG", "400"), ecg("RRAG", "512"), ecg("QTCFSB", "498")],
        [ecg("QTAG", "400"), ecg("RRAG", "512"), ecg("QTCFAG", "UNREADABLE")],
    ],
)
def test_no_qtcf(rows) -> None:
    assert len(derived(*rows)) == 0


@pytest.mark.parametrize(
    "other",
    [
        ecg("QTCFAG", None, None, EGSTAT="NOT DONE"),
        ecg("QTCFAG", None),
        ecg("QTCFAG", "498", day="2024-03-10T09:30"),
        ecg("QTCBAG", "559"),
    ],
)
def test_qtcf_where_the_ecg_has_none_of_its_own(other) -> None:
    found = derived(ecg("QTAG", "400"), ecg("RRAG", "512"), other)
    assert found["AVAL"].tolist() == [pytest.approx(500)]


def test_replicate_numbers_tell_ecgs_of_one_date_apart() -> None:
    rows = [
        ecg(code, value, day="2024-03-10", EGREPNUM=n)
        for n, qt, rr in (("1", "400", "512"), ("2", "405", "729"))
        for code, value in (("QTAG", qt), ("RRAG", rr))
    ]
    key = {"record": "measurement", "key": [*KEY, "EGREPNUM"], "columns": {"REPNUM": "EGREPNUM"}}
    frame = build.intake("EG", *rows, domains={"EG": key}).records.reset_index(drop=True)
    found = analysis_measurements(
        frame, records("DM", subject()), exposures(exposed()), build.study(derivations=["QTCF"])
    )
    assert found.query("DTYPE == 'QTCF'")["AVAL"].tolist() == [
        pytest.approx(500), pytest.approx(450),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "expected", "unit"),
    [
        ([wbc(), percent()], 0.8, "10*9/L"),
        ([wbc("4000", "10^6/L"), percent()], 800, "10*6/L"),
        ([wbc(), percent("0.2", "1")], 0.8, "10*9/L"),
        ([wbc(), percent(), bands()], 1.0, "10*9/L"),
        ([wbc(), percent(), bands(value=None, LBSTAT="NOT DONE")], 0.8, "10*9/L"),
        ([wbc(), percent("0")], 0.0, "10*9/L"),
        ([wbc(), percent(), lab("NEUT", None, None, LBSTAT="NOT DONE")], 0.8, "10*9/L"),
        ([wbc(), percent(), lab("NEUT", "1.1", "10^9/L", day="2024-03-09")], 0.8, "10*9/L"),
    ],
)
def test_anc(rows, expected, unit) -> None:
    found = derived(*rows)
    assert found[["PARAMCD", "UCUM"]].to_numpy().tolist() == [["NEUT", unit]]
    assert found["AVAL"].tolist() == [pytest.approx(expected)]
    assert found[["ANRLO", "ANRHI", "ANRLOC", "ANRHIC", "NRIND"]].isna().all(axis=None)


@pytest.mark.parametrize(
    "rows",
    [
        [wbc()],
        [percent()],
        [wbc(), percent(day="2024-03-09")],
        [wbc(), percent(LBSPEC="URINE")],
        [wbc(LBSPEC="URINE"), percent(LBSPEC="URINE")],
        [wbc(unit=None), percent()],
        [wbc("<4"), percent()],
        [wbc(), percent("101")],
        [wbc(), percent("20", None)],  # 20 % or a fraction is not guessed
        [wbc(), percent(), bands("few")],  # bands that cannot be read are not none
        [wbc(), percent(), bands("90")],  # more than all white cells
        [wbc(), percent(), lab("NEUT", "1.1", "10^9/L")],  # its own result stands
        [wbc(), percent(), lab("NEUT", "<1.1", "10^9/L")],
        [wbc(), percent(), lab("NEUT", "CLUMPED", "10^9/L")],
    ],
)
def test_no_anc(rows) -> None:
    assert len(derived(*rows)) == 0


def test_a_derived_count_is_graded_and_says_so() -> None:
    found = analysed(wbc("2"), percent("20"))
    grade = grade_measurements(found, build.study()).query("PARAMCD == 'NEUT'")
    assert grade["MKEY"].tolist() == ["LB|S1|WBC|1|2024-03-10~ANC"]
    assert grade["TERM"].tolist() == ["Neutrophil count decreased"]
    assert (grade["ATOXGR"].tolist(), grade["TRTEMFL"].tolist()) == ([4], ["Y"])  # 0.4 < 0.5
    assert grade["REASONS"].tolist() == ["derived"]


@pytest.mark.parametrize(
    ("sex", "value", "unit", "expected"),
    [
        # 142 x 0.9938^60 = 97.775; x 2^-1.2 = 42.559; x 1.012 = 98.948
        ("M", "0.9", "mg/dL", 97.775),
        ("M", "1.8", "mg/dL", 42.559),
        ("M", "159.123055", "umol/L", 42.559),  # 1.8 mg/dL
        ("F", "0.7", "mg/dL", 98.948),
        ("f", "0.7", "mg/dL", 98.948),
    ],
)
def test_egfr(sex, value, unit, expected) -> None:
    found = derived(creatinine(value, unit), people=[subject(SEX=sex)])
    assert found[["PARAMCD", "UCUM"]].to_numpy().tolist() == [["GFRBSCRT", "mL/min/{1.73_m2}"]]
    assert found["AVAL"].tolist() == [pytest.approx(expected, abs=0.001)]


@pytest.mark.parametrize(
    ("row", "person"),
    [
        (creatinine(), subject(SEX="U")),
        (creatinine(), subject(SEX=None)),
        (creatinine(), subject(AGE="17")),
        (creatinine(), subject(AGE=None)),
        (creatinine(), subject("S2")),
        (creatinine("<1.8"), subject()),
        (creatinine("0"), subject()),
        (creatinine(unit="furlong"), subject()),
        (creatinine(LBSPEC="URINE"), subject()),
    ],
)
def test_no_egfr(row, person) -> None:
    assert len(derived(row, weight(), people=[person])) == 0


@pytest.mark.parametrize(
    ("testcd", "left"),
    [("GFRBSCRT", ["CRCL_CG"]), ("CRTCLRE", ["EGFR_CKDEPI_2021"]), ("BUN", EVERY[2:4])],
)
def test_a_sample_with_its_own_result_gets_none(testcd, left) -> None:
    own = lab(testcd, "60", "mL/min", LBSPEC=None)
    assert derived(creatinine(), weight(), own)["DTYPE"].tolist() == left


@pytest.mark.parametrize(
    ("sex", "creat", "weights", "expected"),
    [
        # (140 - 60) x 72 / (72 x 1.8); x 0.85
        ("M", "1.8", [weight()], 44.4444),
        ("F", "1.8", [weight()], 37.7778),
        ("M", "1", [weight("158.732829", "LB")], 80.0),  # 72 kg
        # the last one on or before the sample
        ("M", "1", [weight("90", day="2024-01-01"), weight(day="2024-03-09")], 80.0),
        ("M", "1", [weight(day="2024-03-09"), weight("90", day="2024-03-11")], 80.0),
        ("M", "1", [weight("90", VISITNUM="1"), weight("72", VISITNUM="2")], 80.0),
        ("M", "1", [weight(day="2024-03-09"), weight("90", day="2024-03")], 80.0),
        ("M", "1", [weight(day="2024-03-09"), weight("90", day="2024-03-10", USUBJID="S2")], 80.0),
    ],
)
def test_creatinine_clearance(sex, creat, weights, expected) -> None:
    found = derived(creatinine(creat), *weights, people=[subject(SEX=sex)], derivations=EVERY[2:3])
    assert found[["PARAMCD", "UCUM"]].to_numpy().tolist() == [["CRTCLRE", "mL/min"]]
    assert found["AVAL"].tolist() == [pytest.approx(expected, abs=0.0001)]


@pytest.mark.parametrize(
    "row",
    [
        weight(day="2024-03-11"),
        weight(day="2024-03"),
        weight(USUBJID="S2"),
        weight(unit="stone"),
        weight("about 72"),
    ],
)
def test_no_clearance_without_a_weight(row) -> None:
    assert derived(creatinine(), row)["DTYPE"].tolist() == ["EGFR_CKDEPI_2021"]


def test_each_creatinine_has_the_weight_of_its_time() -> None:
    rows = [creatinine("1", day=d) for d in ("2024-03-20", "2024-03-10")]
    weights = [weight("72", day="2024-03-10"), weight("90", day="2024-03-20")]
    found = derived(*rows, *weights, people=[subject(SEX="M")], derivations=["CRCL_CG"])
    assert found[["ADTC", "AVAL"]].to_numpy().tolist() == [
        ["2024-03-20", pytest.approx(100.0)], ["2024-03-10", pytest.approx(80.0)],
    ]  # fmt: skip


def test_clearance_is_a_diagnosis_and_gets_no_grade_d46() -> None:
    found = analysed(creatinine("9"), weight())
    assert {"CRTCLRE", "GFRBSCRT"} <= set(found["PARAMCD"])
    graded = grade_measurements(found, build.study())
    assert set(graded["PARAMCD"]) == {"CREAT", "WEIGHT"}


def test_a_derived_record_keeps_where_it_comes_from() -> None:
    row = derived(ecg("RRAG", "512"), ecg("QTAG", "400", EGTPT=None)).iloc[0]
    expected = {
        "KEY": "EG|S1|QTAG|1||2024-03-10T08:30~QTCF", "USUBJID": "S1", "DOMAIN": "EG",
        "SRCFILE": "eg.csv", "SRCROW": 2, "FEED": "sdtm", "ADTC": TIMED, "ADY": 10,
        "VISIT": "WEEK 1", "AVALC": "500", "AVALU": "ms", "UNITSTATE": 0, "VALUESTATE": "number",
        "COMPARATOR": "", "DTYPE": "QTCF", "REASONS": int(Reason.DERIVED), "ANL01FL": "Y",
        "PARAM": "QTcF Interval, Aggregate", "AGE": 60.0,
    }  # fmt: skip
    assert {k: row[k] for k in expected} == expected


def test_derived_records_have_a_baseline_of_their_series() -> None:
    def both(qt: str, day: str) -> list[dict]:
        return [ecg("QTAG", qt, day=day), ecg("RRAG", "1000", day=day)]

    own = ecg("QTCFAG", "410", day="2024-02-28")
    found = analysed(*both("400", "2024-02-20"), own, *both("475", "2024-03-10"))
    series = found.query("PARAMCD == 'QTCFAG'").sort_values("ADTC")
    assert series["ABLFL"].tolist() == ["", "Y", ""]  # the last before the dose, own or derived
    assert series["BASE"].tolist() == [410, 410, 410]
    graded = grade_measurements(found, build.study())
    assert graded.sort_values("ADTMIN")["ATOXGR"].tolist() == [0, 0, 3]  # > 60 ms above it


@pytest.mark.parametrize("chosen", [[], ["AVERAGE"]])
def test_nothing_is_derived_that_the_study_does_not_name(chosen) -> None:
    rows = [ecg("QTAG", "400"), ecg("RRAG", "512"), wbc(), percent(), creatinine(), weight()]
    assert len(derived(*rows, derivations=chosen)) == 0
    assert sorted(derived(*rows)["DTYPE"]) == ["ANC", "CRCL_CG", "EGFR_CKDEPI_2021", "QTCF"]
    assert analysed(*rows)["KEY"].is_unique


def test_types_stay_as_they_are() -> None:
    rows = [ecg("QTAG", "400"), ecg("RRAG", "512"), wbc(), percent()]
    without, with_ = analysed(*rows, derivations=[]), analysed(*rows)
    assert with_.dtypes.to_dict() == without.dtypes.to_dict()


def test_what_is_kept_with_the_measurements_can_be_analysed_again() -> None:
    rows = [measurement(), wbc(), percent()]
    received, people = records("LB", *rows), records("DM", subject())
    study, taken = build.study(derivations=["ANC"]), exposures(exposed())
    once = with_derived(received, analysis_measurements(received, people, taken, study))
    again = analysis_measurements(once, people, taken, study)
    assert once["KEY"].tolist() == [*received["KEY"], "LB|S1|WBC|1|2024-03-10~ANC"]
    assert once.columns.tolist() == received.columns.tolist()
    pd.testing.assert_frame_equal(with_derived(once, again), once)


def test_the_choices_of_a_study_are_derivations() -> None:
    assert set(build.study(derivations=EVERY).derivations) <= set(DERIVATIONS)
