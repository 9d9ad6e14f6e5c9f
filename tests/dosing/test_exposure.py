"""First and last dose of each subject."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.dosing.exposure import by_subject
from tests.build import dose, records, subject


def _exposure(*doses, subjects=None) -> pd.DataFrame:
    people = records("DM", *(subjects or [subject(RFSTDTC=None)]))
    taken = records("EX", *(doses or [dose()]))
    return by_subject(taken if doses else taken.iloc[:0], people)


def _plain(found: pd.DataFrame) -> dict:
    row = found.astype("object").where(found.notna(), None).iloc[0].to_dict()
    row.pop("USUBJID")
    return row


def test_one_dose() -> None:
    assert _plain(_exposure(dose())) == {
        "TRTSDT": "2024-03-01", "TRTSDTMAX": "2024-03-01", "TRTEDT": "2024-03-01", "TRTSTM": None,
        "DOSES": 1, "EXPDAYS": 1, "TRTSOURCE": "EX",
    }  # fmt: skip


def test_first_and_last_of_several_in_any_order() -> None:
    found = _exposure(
        dose(start="2024-03-15", EXENDTC="2024-03-20"),
        dose(start="2024-03-01", EXENDTC="2024-03-14"),
        dose(start="2024-03-08", EXENDTC="2024-04-02"),
    )
    assert _plain(found) == {
        "TRTSDT": "2024-03-01", "TRTSDTMAX": "2024-03-01", "TRTEDT": "2024-04-02", "TRTSTM": None,
        "DOSES": 3, "EXPDAYS": 33, "TRTSOURCE": "EX",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "first", "first_max", "last"),
    [
        ("2024-03", "2024-03-20", "2024-03-01", "2024-03-31", "2024-03-20"),
        ("2024", "2024-03-20", "2024-01-01", "2024-12-31", "2024-03-20"),
        ("2024-03-05", "2024-04", "2024-03-05", "2024-03-05", "2024-04-30"),
        ("2024-03-05T08:30", "2024-03-06T09:00", "2024-03-05", "2024-03-05", "2024-03-06"),
    ],
)
def test_partial_dates(start, end, first, first_max, last) -> None:
    found = _plain(_exposure(dose(start=start, EXENDTC=end)))
    assert [found[c] for c in ("TRTSDT", "TRTSDTMAX", "TRTEDT")] == [first, first_max, last]


@pytest.mark.parametrize(
    ("starts", "latest"),
    [
        (["2024-03", "2024-03-10"], "2024-03-10"),  # by then a dose was taken for certain
        (["2024-03", "2024-05-10"], "2024-03-31"),
        (["2024-03", "2024-02-10"], "2024-02-10"),
    ],
)
def test_the_latest_day_of_the_first_dose(starts, latest) -> None:
    assert _plain(_exposure(*(dose(start=s) for s in starts)))["TRTSDTMAX"] == latest


@pytest.mark.parametrize(
    ("starts", "time"),
    [
        (["2024-03-01T08:30"], "08:30:00"),
        (["2024-03-01T08:30:00"], "08:30:00"),  # the same time
        (["2024-03-01T14:00", "2024-03-01T08:30"], "08:30:00"),
        (["2024-03-02T08:30", "2024-03-01"], None),  # the first dose has no time
        (["2024-03-01"], None),
    ],
)
def test_time_of_the_first_dose(starts, time) -> None:
    assert _plain(_exposure(*(dose(start=s) for s in starts)))["TRTSTM"] == time


def test_placebo_is_study_treatment() -> None:
    found = _exposure(dose(start="2024-02-20", EXDOSE="0", EXTRT="PLACEBO"), dose())
    assert _plain(found)["TRTSDT"] == "2024-02-20"


@pytest.mark.parametrize(
    ("declared", "source", "first"),
    [("2024-03-01", "DM", "2024-03-01"), ("2024-03", "DM", "2024-03-01"), (None, "", None)],
)
def test_no_dose_records_at_all(declared, source, first) -> None:
    latest = "2024-03-31" if declared == "2024-03" else first
    found = _plain(_exposure(subjects=[subject(RFSTDTC=declared)]))
    assert found == {
        "TRTSDT": first, "TRTSDTMAX": latest, "TRTEDT": None, "TRTSTM": None, "DOSES": 0,
        "EXPDAYS": None, "TRTSOURCE": source,
    }  # fmt: skip


def test_where_dosing_and_dm_disagree_the_first_dose_lies_between() -> None:
    found = _plain(_exposure(dose(start="2024-03-02"), subjects=[subject(RFSTDTC="2024-02-01")]))
    assert (found["TRTSDT"], found["TRTSDTMAX"]) == ("2024-02-01", "2024-03-02")
    assert found["TRTSOURCE"] == "EX"


def test_a_quarantined_dose_still_says_when_treatment_may_have_begun() -> None:
    doses = records("EX", dose(start="2024-03-22"))
    held = records("EX", dose(start="2024-03-01", EXDOSE="10 mg"))
    people = records("DM", subject(RFSTDTC=None))
    found = _plain(by_subject(doses, people, held))
    assert (found["TRTSDT"], found["TRTSDTMAX"]) == ("2024-03-01", "2024-03-22")
    found = _plain(by_subject(doses.iloc[:0], people, held))
    assert (found["TRTSDT"], found["TRTSDTMAX"]) == ("2024-03-01", "2024-03-01")


def test_a_first_day_with_an_untimed_dose_has_no_time() -> None:
    timed = dose(start="2024-03-01T08:00")
    assert _plain(_exposure(timed))["TRTSTM"] == "08:00:00"
    other = dose(start="2024-03-01", EXTRT="OTHER")
    assert _plain(_exposure(timed, other))["TRTSTM"] is None
    zoned = dose(start="2024-03-01T08:00+08:00")
    assert _plain(_exposure(zoned))["TRTSTM"] is None


def test_while_the_latest_dose_has_no_end_treatment_goes_on() -> None:
    found = _plain(_exposure(dose(), dose(start="2024-03-08", EXENDTC=None)))
    assert (found["TRTEDT"], found["EXPDAYS"]) == (None, None)
    ended = _plain(_exposure(dose(EXENDTC=None), dose(start="2024-03-08")))
    assert ended["TRTEDT"] == "2024-03-08"


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_dose_records_does_not_decide(order) -> None:
    rows = [dose(EXDOSE="5", EXENDTC=None), dose(EXDOSE="9", EXENDTC="2024-03-09")]
    assert _plain(_exposure(*rows[::order]))["TRTEDT"] is None  # one of the two may still go on


@pytest.mark.parametrize(
    ("other_ends", "end"),
    [
        (None, None),  # the older of two drugs is still taken
        ("2024-03-04", "2024-03-08"),
        ("2024-03-30", "2024-03-30"),
    ],
)
def test_while_any_drug_has_no_end_treatment_goes_on(other_ends, end) -> None:
    other = dose(EXTRT="OTHER", EXENDTC=other_ends)
    found = _plain(_exposure(other, dose(start="2024-03-08")))
    assert found["TRTEDT"] == end


def test_one_row_a_subject_of_dm() -> None:
    found = _exposure(dose("S2"), dose("S9"), subjects=[subject("S1", RFSTDTC=None), subject("S2")])
    assert found["USUBJID"].tolist() == ["S1", "S2"]
    assert found["DOSES"].tolist() == [0, 1]


@pytest.mark.parametrize("untaken", [{"EXOCCUR": "N"}, {"EXOCCUR": "n"}, {"EXMOOD": "scheduled"}])
def test_a_dose_not_taken_neither_starts_nor_ends_treatment(untaken) -> None:
    found = _plain(
        _exposure(
            dose(start="2024-02-20", **untaken),
            dose(start="2024-03-01", EXENDTC="2024-03-07"),
            dose(start="2024-03-08", EXENDTC="2024-03-21", **untaken),
            dose(start="2024-03-22", EXENDTC=None, **untaken),
        )
    )
    assert (found["TRTSDT"], found["TRTEDT"], found["DOSES"]) == ("2024-03-01", "2024-03-07", 1)


@pytest.mark.parametrize("said", [{"EXOCCUR": "Y"}, {"EXOCCUR": None}, {"EXMOOD": "PERFORMED"}])
def test_a_dose_that_is_not_said_to_be_missed_was_taken(said) -> None:
    assert _plain(_exposure(dose(start="2024-03-02", **said)))["TRTSDT"] == "2024-03-02"


def test_a_held_dose_not_taken_does_not_move_the_first_one() -> None:
    people, none = records("DM", subject(RFSTDTC=None)), records("EX", dose()).iloc[:0]
    held = records("EX", dose(start="2024-02-01", EXOCCUR="N"), dose(start="2024-02-09"))
    assert by_subject(none, people, held)["TRTSDT"].tolist() == ["2024-02-09"]
    assert by_subject(none, people, held.iloc[:1])["TRTSDT"].isna().all()
