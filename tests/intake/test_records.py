"""Canonical records: fields, keys, accounting, and what holds a file."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.errors import HeldDeliveryError
from safety.intake.records import canonical
from tests import build
from tests.build import event, intake, measurement, sign

parts = st.text(alphabet="A|\\", max_size=4)  # what a key is joined and escaped with


def test_a_measurement() -> None:
    row = intake("LB", measurement("PLAT", "<75", "10^9/L", "2024-03-10T08:30")).records.loc[1]
    expected = {
        "PARAMCD": "PLAT", "SPEC": "BLOOD", "AVALC": "<75", "AVAL": 75.0, "COMPARATOR": "<",
        "VALUESTATE": "bound", "UCUM": "10*9/L", "UNITSTATE": 0, "ANRLO": 10.0, "ANRHI": 40.0,
        "ADTMIN": "2024-03-10", "ADTMAX": "2024-03-10", "ADTSTATE": "complete", "ATM": "08:30:00",
        "DOMAIN": "LB", "FEED": "sdtm", "SRCFILE": "lb.csv", "SRCROW": 1,
        "KEY": "LB|S1|PLAT|1|2024-03-10T08:30",
    }  # fmt: skip
    assert {k: row[k] for k in expected} == expected


@pytest.mark.parametrize(
    ("spec", "unit"), [("URINE", "{plus}"), ("urine", "{plus}"), ("SERUM", "")]
)
def test_a_dipstick_is_read_where_the_specimen_is_urine(spec, unit) -> None:
    row = intake("LB", measurement("PROT", "3+", None, LBSPEC=spec)).records.loc[1]
    assert (row["UCUM"], row["AVALC"], row["DTYPE"]) == (unit, "3+", "")


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("SERUM", "BLOOD"),
        ("plasma", "BLOOD"),
        ("WHOLE BLOOD", "BLOOD"),
        ("BLOOD, VENOUS", "BLOOD"),
        ("Venous blood", "BLOOD"),
        ("PAXGENE TUBE", "PAXGENE TUBE"),  # not guessed; ME-012 names it
        ("BLOOD", "BLOOD"),
        ("URINE", "URINE"),
        (None, ""),  # not guessed
    ],
)
def test_specimen(spec, expected) -> None:
    assert intake("LB", measurement(LBSPEC=spec)).records["SPEC"].tolist() == [expected]


def test_specimen_by_another_column() -> None:
    values = {"CHEMISTRY": "BLOOD", "URINALYSIS": "URINE"}
    domain = {
        "record": "measurement", "key": ["USUBJID"],
        "specimen": {"column": "LBCAT", "values": values},
    }  # fmt: skip
    rows = [measurement(LBCAT=c) for c in ("CHEMISTRY", "URINALYSIS", "OTHER", None)]
    found = intake("LB", *rows, domains={"LB": domain}).records
    assert found["SPEC"].tolist() == ["BLOOD", "URINE", "", ""]


def test_vital_signs_have_no_specimen() -> None:
    assert intake("VS", sign("TEMP", "38.5", "C")).records["SPEC"].tolist() == [""]


def test_columns_and_constants_of_the_study_win() -> None:
    domain = {
        "record": "measurement", "key": ["USUBJID"],
        "columns": {"AVALC": "LBSTRESC", "AVALU": "LBORRESU", "ANRLOC": "", "ANRHIC": ""},
        "constants": {"SPEC": "urine"},
    }  # fmt: skip
    found = intake("LB", measurement(LBSTRESC="99"), domains={"LB": domain}).records
    assert (found["AVAL"].tolist(), found["SPEC"].tolist()) == ([99.0], ["URINE"])


@pytest.mark.parametrize(
    ("reported", "expected"),
    [("1", 1.0), ("5", 5.0), ("0", None), ("6", None), ("3.5", None), ("III", None), (None, None)],
)
def test_reported_grade(reported, expected) -> None:
    found = intake("AE", event(grade=reported)).records["AETOXGRN"].iloc[0]
    assert (None if pd.isna(found) else found) == expected


def test_exact_copies_are_set_aside_and_counted() -> None:
    row = measurement()
    found = intake("LB", row, measurement(value="31"), row, row)
    assert (found.received, len(found.records), found.duplicates) == (4, 2, 2)
    assert found.records.index.tolist() == found.records["SRCROW"].tolist() == [1, 2]


def test_rows_are_numbered_as_in_the_file() -> None:
    row = measurement()
    found = intake("LB", row, row, measurement(value="31"))
    assert found.records["SRCROW"].tolist() == [1, 3]


def test_rows_that_only_lack_values_are_copies_too() -> None:
    empty = dict.fromkeys(measurement(), None)
    found = intake("LB", empty, empty)
    assert (found.received, found.duplicates, found.records["KEY"].tolist()) == (2, 1, ["LB||||"])


def test_a_separator_inside_a_key_is_escaped() -> None:
    found = intake("LB", measurement(testcd="A|B"), measurement(testcd="A"), measurement("A\\"))
    assert found.records["KEY"].tolist() == [
        r"LB|S1|A\|B|1|2024-03-10", "LB|S1|A|1|2024-03-10", r"LB|S1|A\\|1|2024-03-10",
    ]  # fmt: skip


@pytest.mark.property
@given(pairs=st.lists(st.tuples(parts, parts), min_size=2, max_size=6, unique=True))
def test_different_key_columns_never_give_one_key(pairs) -> None:
    rows = [measurement(testcd=code, VISITNUM=visit) for code, visit in pairs]
    assert intake("LB", *rows).records["KEY"].nunique() == len(pairs)


@pytest.mark.parametrize(
    ("age", "unit", "years"),
    [
        ("30", "MONTHS", 2.5),
        ("30", "months", 2.5),
        ("60", "YEARS", 60.0),
        ("60", None, 60.0),
        ("104", "WEEKS", 1.993),
        ("3652", "DAYS", 9.999),
        ("60", "DECADES", None),  # not guessed
        ("sixty", "YEARS", None),
    ],
)
def test_age_in_years(age, unit, years) -> None:
    found = intake("DM", build.subject(AGE=age, AGEU=unit)).records["AGE"].iloc[0]
    assert (None if pd.isna(found) else found) == (years and pytest.approx(years, abs=0.001))


def test_fields_whose_column_was_not_delivered_are_named() -> None:
    delivered = dict.fromkeys(("ARMCD", "ARM", "ACTARMCD", "ACTARM", "RFENDTC", "RFICDTC"))
    complete = intake("DM", build.subject() | delivered)
    without = {k: v for k, v in build.subject().items() if k not in ("AGEU", "DTHFL")} | delivered
    assert complete.absent == frozenset()
    assert intake("DM", without).absent == {"AGEU", "DTHFL"}


@pytest.mark.parametrize(
    "filled",
    [
        {"specimen": {"column": "LBCAT", "values": {"CHEMISTRY": "BLOOD"}}},
        {"constants": {"SPEC": "BLOOD"}},
        {"columns": {"SPEC": "LBCAT"}},
    ],
)
def test_a_field_that_the_study_fills_another_way_is_not_absent(filled) -> None:
    row = {k: v for k, v in measurement(LBCAT="CHEMISTRY").items() if k != "LBSPEC"}
    domain = {"record": "measurement", "key": ["USUBJID"]} | filled
    found = intake("LB", row, domains={"LB": domain})
    assert ("SPEC" in found.records, "SPEC" in found.absent) == (True, False)


@pytest.mark.parametrize(
    "column", ["USUBJID", "LBTESTCD", "LBORRES", "LBORRESU", "LBDTC", "VISITNUM"]
)
def test_a_file_without_a_needed_column_is_held(column) -> None:
    row = {k: v for k, v in measurement().items() if k != column}
    with pytest.raises(HeldDeliveryError, match=f"lb.csv: column {column} is missing"):
        intake("LB", row)


def test_a_file_without_rows_is_held() -> None:
    frame = build.text_frame([measurement()]).iloc[:0]
    with pytest.raises(HeldDeliveryError, match="no rows"):
        canonical(frame, build.feed(), "LB", "lb.csv")


def test_a_column_that_was_not_delivered_is_missing_not_invented() -> None:
    row = {k: v for k, v in event().items() if k not in ("AETOXGR", "AESLIFE")}
    found = intake("AE", row).records
    assert found[["AETOXGR", "AESLIFE", "AETOXGRN"]].isna().all(axis=None)


def test_delivered_rows_are_kept_as_text() -> None:
    found = intake("LB", measurement(value=" 7,5 "))
    assert found.raw["LBORRES"].tolist() == [" 7,5 "]
    assert found.records["VALUESTATE"].tolist() == ["text"]


def test_subject_and_dose() -> None:
    person = intake("DM", build.subject(AGE="sixty", RFSTDTC="2024-03", DTHDTC="2024")).records
    assert person["AGE"].isna().all()
    assert person[["RFSTMIN", "RFSTMAX", "DTHMAX"]].iloc[0].tolist() == [
        "2024-03-01", "2024-03-31", "2024-12-31",
    ]  # fmt: skip
    taken = intake("EX", build.dose(EXDOSE="0.5", EXENDTC=None)).records
    assert (taken["DOSE"].tolist(), taken["ENDTSTATE"].tolist()) == ([0.5], ["missing"])
