"""Amounts beside level and capsule, courses of the diary, and reasons for what was not taken."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.intake.beside import with_beside
from tests import trial
from tests.build import event, subject

STUDY = trial.study()
SHORT_COURSE = {"days": "D10-D14", "frequency": "QD"}


def beside(*rows: dict, study=None, subjects=None, **domains: list[dict]) -> pd.DataFrame:
    given = {"DM": subjects or [subject(ACTARMCD="L1")], "EC": list(rows)} | domains
    found = with_beside([trial.intake(d, *r) for d, r in given.items()], study or STUDY)
    return found[1].records


def said(frame: pd.DataFrame, column: str) -> list[str | None]:
    return [None if pd.isna(x) else x for x in frame[column]]


def ec(day: str, drug: str = "ALPHA", **changes: str | None) -> dict:
    return trial.given(day, day, **({"ECSEQ": drug + day, "ECTRT": drug} | changes))


def march(*days: int, drug: str = "ALPHA", **changes: str | None) -> list[dict]:
    return [ec(f"2024-03-{d:02}", drug, **changes) for d in days]


def _one_course() -> object:
    """Alpha is taken on five days of a cycle, as temozolomide."""
    treatment = trial.study().treatment.model_dump(mode="json", exclude_defaults=True)
    treatment["drugs"]["alpha"]["schedule"] = SHORT_COURSE
    return trial.study(treatment=treatment)


@pytest.mark.parametrize(
    ("mg", "freq", "expected"),
    [
        ("100", "QD", ""),
        ("110", "QD", ""),
        ("111", "QD", "111 mg on the day, level L1 has 100"),
        ("60", "BID", "120 mg on the day, level L1 has 100"),
        ("50", "BID", ""),
    ],
)
def test_the_dose_of_a_day_beside_the_level(mg, freq, expected) -> None:
    assert said(beside(ec("2024-03-01", ECDOSE=mg, ECDOSFRQ=freq)), "ABOVELEVEL") == [expected]


def test_rows_of_one_day_add_up() -> None:
    rows = [ec("2024-03-01"), ec("2024-03-01", ECSEQ="2", ECDOSE="50"), ec("2024-03-02")]
    text = "150 mg on the day, level L1 has 100"
    assert said(beside(*rows), "ABOVELEVEL") == ["", text, ""]


def test_the_level_is_the_actual_one_and_a_share_is_the_study_s() -> None:
    row = ec("2024-03-01", ECDOSE="140")
    unknown = [subject(ARMCD="L1", ACTARMCD="SCRNFAIL")]
    assert said(beside(row, subjects=unknown), "ABOVELEVEL") == [None]
    planned = [subject(ARMCD="L1", ACTARMCD=None)]
    assert said(beside(row, subjects=planned), "ABOVELEVEL") == [
        "140 mg on the day, level L1 has 100"
    ]  # fmt: skip
    study = trial.study(checks={"parameters": {"overdose_share": 1.5}})
    assert said(beside(row, study=study), "ABOVELEVEL") == [""]


def test_a_lower_first_dose_is_of_another_level_unless_the_row_says_why() -> None:
    low = [ec("2024-03-01", ECDOSE="50"), ec("2024-03-02", ECDOSE="50")]
    text = "first dose of 50 mg, level L1 has 100"
    assert said(beside(*low), "OTHERLEVEL") == [text, None]
    low[0]["ECADJ"] = "RENAL IMPAIRMENT"
    assert said(beside(*low), "OTHERLEVEL") == [None, None]


def test_capsules_of_the_study() -> None:
    rows = [ec("2024-03-01", ECDOSE="20"), ec("2024-03-02", ECDOSE="30")]
    assert said(beside(*rows), "CAPSULE") == [None, None]
    study = trial.study(checks={"parameters": {"capsule_mg": {"alpha": 20}}})
    text = "no multiple of the smallest capsule"
    assert said(beside(*rows, study=study), "CAPSULE") == ["", text]


def test_an_interval_inside_another_and_two_that_meet() -> None:
    long = ec("2024-03-01", ECENDTC="2024-03-10")
    text = "its first day is told of by a row that began before it"
    frame = beside(long, ec("2024-03-05"), ec("2024-03-10", ECOCCUR="N"), ec("2024-03-11"))
    assert said(frame, "OVERLAP") == ["", text, "", ""]
    # twice a day, a morning and an evening row of the same days are the schedule
    halves = [ec("2024-03-01", "BETA", ECENDTC="2024-03-14", ECSEQ=s) for s in ("1", "2")]
    assert said(beside(*halves), "OVERLAP") == ["", ""]
    third = ec("2024-03-03", "BETA", ECENDTC="2024-03-05")
    assert said(beside(*halves, third), "OVERLAP") == ["", "", text]


def test_a_course_that_began_late_and_one_in_time_are_no_gap() -> None:
    late, on_time = range(13, 18), range(31, 36)  # D13 of cycle 1, D10 of cycle 2
    days = [pd.Timestamp("2024-02-29") + pd.Timedelta(days=d) for d in (*late, *on_time, 45)]
    rows = [ec(f"{d:%Y-%m-%d}") for d in days]
    told = said(beside(*rows, study=_one_course()), "DIARYGAP")
    assert [t for t in told if t] == []
    # one that lacks a day has a gap there
    told = said(beside(*rows[:2], *rows[3:], study=_one_course()), "DIARYGAP")
    assert [t for t in told if t] == ["no row for 1 day after it"]


def test_one_dose_in_the_future_settles_nothing() -> None:
    rows = [*march(1, 2, 4, 5), ec("2027-03-05")]
    assert said(beside(*rows), "DIARYGAP") == ["", "", "", "", None]
    assert said(beside(*rows[:-1], *march(6, 7)), "DIARYGAP") == [
        "", "no row for 1 day after it", "", "", "", None,
    ]  # fmt: skip
    assert said(beside(*rows), "NOREASON") == [None, None, None, None, None]


def test_other_subjects_settle_nothing() -> None:
    rows = [*march(1, 3), *(r | {"USUBJID": "S2", "ECSEQ": "x"} for r in march(20))]
    assert said(beside(*rows), "DIARYGAP")[:2] == ["", None]


def test_what_was_not_taken_needs_a_reason_once_a_week_has_gone_by() -> None:
    rows = [*march(1), *march(2, 3, ECOCCUR="N"), *march(9)]
    text = "not taken, and nothing says why"
    assert said(beside(*rows), "NOREASON") == ["", text, None, None]
    assert said(beside(*rows[:3], *march(8)), "NOREASON")[1] is None
    rows[1]["ECREASOC"] = "ADVERSE EVENT"
    assert said(beside(*rows), "NOREASON") == ["", "", None, None]


@pytest.mark.parametrize(
    ("action", "end", "expected"),
    [
        ("DRUG INTERRUPTED", None, ""),
        ("DRUG INTERRUPTED", "2024-03-12", ""),
        ("DRUG WITHDRAWN", None, ""),
        ("DOSE NOT CHANGED", None, "no dose for 13 days after it, and nothing says why"),
    ],
)
def test_a_long_break_needs_an_event_with_that_action(action, end, expected) -> None:
    sick = event(AESTDTC="2024-03-10", AEENDTC=end, AEACN=action, AEGRPID=None)
    frame = beside(*march(9, 10, 24, 31), AE=[sick])
    assert said(frame, "NOREASON")[1] == expected


def test_the_action_of_the_drug_itself_counts_before_that_of_all() -> None:
    sick = event(AESTDTC="2024-03-10", AEENDTC=None, AEACN="MULTIPLE", AEGRPID=None)
    own = [trial.supplement("AEACNA", "DRUG INTERRUPTED")]
    told = said(beside(*march(9, 10, 24, 31), AE=[sick], SUPPAE=own), "NOREASON")
    assert told[1] == ""


def test_a_dose_that_falls_and_one_that_only_stood_out() -> None:
    text = "50 mg after 100 mg, and nothing says why"
    low = march(3, 12, ECDOSE="50")
    assert said(beside(*march(1, 2), *low), "LOWERED") == [None, "", text, None]
    spike = [*march(1), *march(2, ECDOSE="200"), *march(3, 12)]
    assert said(beside(*spike), "LOWERED") == [None, "", "", None]
    low[0]["ECADJ"] = "TOXICITY"
    assert said(beside(*march(1, 2), *low), "LOWERED") == [None, "", "", None]
