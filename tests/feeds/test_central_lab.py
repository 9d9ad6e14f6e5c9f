"""A laboratory's CSV: dates, times and numbers by the declared form, and nothing by a guess."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from safety.assess import held
from safety.errors import HeldDeliveryError
from safety.feeds import kinds
from safety.feeds.central_lab.forms import moment, number
from safety.feeds.dataset import FORM, Dataset
from safety.intake.fitness import AMBIGUOUS, FileFacts, Unfit, unfit
from safety.intake.records import canonical, no_records
from safety.study.cells import Cells
from safety.study.feeds import Feed
from tests import trial
from tests.feeds.test_kinds import CELLS, LAB

HEAD = "ID;SUBJECT;TEST;RESULT;UNIT;DAY"


def cells(**changes: Any) -> Cells:
    return Cells.model_validate(CELLS | changes)


def feed(**changes: Any) -> Feed:
    return Feed.model_validate(LAB | {"delimiter": ";", "cells": CELLS | changes})


def load(tmp_path: Path, *rows: str, given: Feed | None = None, head: str = HEAD) -> Dataset:
    path = tmp_path / "lb.csv"
    path.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    return kinds.load(path, "lb.csv", given or feed(), "LB")


@pytest.mark.parametrize(
    ("form", "text", "told"),
    [
        ("YYYY-MM-DD", "2024-03-05", "2024-03-05"),
        ("YYYY-MM-DD", "2024-03-05T07:30", "2024-03-05T07:30+08:00"),
        ("DD/MM/YYYY", "05/03/2024 07:30", "2024-03-05T07:30+08:00"),
        ("MM/DD/YYYY", "05/03/2024", "2024-05-03"),
        ("DD-MON-YYYY", "05-mar-2024 23:59", "2024-03-05T23:59+08:00"),
        ("YYYY/MM/DD", "2024/03/05", "2024-03-05"),
        ("DD/MM/YYYY", "2024-03-05", None),  # clear to a reader, but not what was declared
        ("DD/MM/YYYY", "5/3/2024", None),  # as a spreadsheet rewrites it
        ("DD/MM/YYYY", "05/03/24", None),
        ("DD/MM/YYYY", "31/02/2024", None),
        ("DD/MM/YYYY", "03/25/2024", None),
        ("DD/MM/YYYY", "05/03/2024T07:30", None),
        ("DD/MM/YYYY", "05/03/2024 07:30:15", None),
        ("DD/MM/YYYY", "05/03/2024 24:30", None),
        ("DD-MON-YYYY", "05-MAI-2024", None),
        ("DD/MM/YYYY", "٠٥/٠٣/٢٠٢٤", None),
    ],
)
def test_dates_are_of_one_declared_form(form, text, told) -> None:
    assert moment(text, cells(date=form)) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("31/03/2024 01:30", "2024-03-31T01:30+01:00"),
        ("31/03/2024 02:30", None),  # the clocks skipped it
        ("31/03/2024 03:30", "2024-03-31T03:30+02:00"),
        ("27/10/2024 02:30", None),  # they told it twice
        ("27/10/2024", "2024-10-27"),
    ],
)
def test_a_time_that_the_clocks_did_not_tell_once_is_none(text, told) -> None:
    assert moment(text, cells(timezone="Europe/Berlin")) == told


@pytest.mark.parametrize(
    ("decimal", "thousands", "text", "told"),
    [
        (",", ".", "1.234,5", "1234.5"), (",", ".", "1.234", "1234"), (",", ".", "<0,3", "<0.3"),
        (",", ".", "-1,5", "-1.5"), (",", ".", ",5", ".5"), (",", ".", "1,2e3", "1.2e3"),
        (",", ".", "12", "12"), (",", ".", "0.3", None), (",", ".", "12.34,5", None),
        (",", "", "1.234", None), (",", "", "1,234", "1.234"), (".", ",", "1,234", "1234"),
        (".", "", "1,234", None), (".", "", "0.3", "0.3"), (".", " ", "1\u00a0234.5", "1234.5"),
        (".", "'", "1'234.5", "1234.5"), (".", ",", "1,23", None), (".", "", "\uff11\uff12", None),
        (".", "", "\u22121.5", None), (".", "", "NEGATIVE", "NEGATIVE"), (".", "", "2+", "2+"),
        (",", ".", "0.300", None), (".", ",", "0,500", None), (",", ".", "001.234", None),
        (",", ".", "0,300", "0.300"), (",", ".", "10.300", "10300"), (",", ".", "≤0.300", None),
        (",", ".", ",", None), (".", "", ".", None), (",", ".", ".", None), (".", "", "<.", None),
        (".", ",", "5.", "5"), (".", "", "-", "-"), (".", "", "≤0.3", "≤0.3"),
        (".", "", "1" * 100_000 + "x", "1" * 100_000 + "x"),  # as fast as it is long
        (".", "", "1:40", "1:40"), (".", "", "300 mg/dL", "300 mg/dL"), (".", "", "QNS", "QNS"),
    ],
)  # fmt: skip
def test_numbers_are_of_one_declared_form(decimal, thousands, text, told) -> None:
    assert number(text, cells(decimal=decimal, thousands=thousands)) == told


@pytest.mark.parametrize(("text", "is_told"), [("0.300", False), ("1.300", True), (".", False)])
def test_a_number_of_no_declared_form_names_its_row(tmp_path, text, is_told) -> None:
    found = load(tmp_path, f"1;S1;NEUT;{text};10^9/L;05/03/2024").frame
    said = "" if is_told else f"RESULT is not of the form 1.234,5: {text}."
    assert found[FORM].tolist() == [said]
    assert found["RESULT"].tolist() == ["1300" if is_told else text]


@pytest.mark.parametrize(
    ("changes", "head", "missing"),
    [
        ({}, "ID;SUBJECT;TEST;VALUE;UNIT;DAY", "RESULT"),
        ({"time_columns": {"DAY": "AT"}}, HEAD, "AT"),
        ({"time_columns": {"REPORTED": "AT"}}, HEAD, ""),  # of another domain of the feed
    ],
)
def test_a_column_whose_form_is_declared_must_be_there(tmp_path, changes, head, missing) -> None:
    row, given = "1;S1;NEUT;0,3;10^9/L;05/03/2024", feed(**changes)
    if not missing:
        assert load(tmp_path, row, given=given, head=head).frame["RESULT"].tolist() == ["0.3"]
        return
    with pytest.raises(HeldDeliveryError, match=f"column {missing} is missing"):
        load(tmp_path, row, given=given, head=head)


def test_cells_are_told_and_what_is_of_another_form_stays_and_is_named(tmp_path) -> None:
    found = load(tmp_path, "1;S1;NEUT;0,3;10^9/L;05/03/2024 07:30",
                 "2;S1;NEUT;0.4;10^9/L;2024-03-05", "3;S1;NEUT;QNS;10^9/L;05/03/2024")  # fmt: skip
    assert found.frame["RESULT"].tolist() == ["0.3", "0.4", "QNS"]
    assert found.frame["DAY"].tolist() == ["2024-03-05T07:30+08:00", "2024-03-05", "2024-03-05"]
    day = "DAY is not of the form DD/MM/YYYY [HH:MM] in Asia/Shanghai: 2024-03-05."
    result = "RESULT is not of the form 1.234,5: 0.4."
    assert found.frame[FORM].tolist() == ["", f"{day} {result}", ""]
    assert (found.converted, found.misfit) == (3, "")


def test_times_are_told_at_the_site_whatever_the_clocks_of_the_laboratory(tmp_path) -> None:
    given = feed(timezone="America/New_York")
    raw = load(tmp_path, "1;S1;NEUT;0,3;10^9/L;05/03/2024 20:30", given=given).frame
    found = canonical(raw, given, "LB", "lb.csv", "Asia/Shanghai").records
    assert found["ADTC"].tolist() == ["2024-03-06T09:30:00"]  # the next day
    assert found["AVAL"].tolist() == [0.3]


def test_a_time_may_stand_in_a_column_of_its_own(tmp_path) -> None:
    given = feed(time_columns={"DAY": "AT"})
    rows = ("1;S1;NEUT;1;10^9/L;05/03/2024;07:30", "2;S1;NEUT;1;10^9/L;05/03/2024;",
            "3;S1;NEUT;1;10^9/L;;07:30")  # fmt: skip
    found = load(tmp_path, *rows, given=given, head=HEAD + ";AT").frame
    assert found["DAY"].fillna("-").tolist() == ["2024-03-05T07:30+08:00", "2024-03-05", "-"]


@pytest.mark.parametrize(("wrong", "is_held"), [(10, False), (11, True)])
def test_a_file_most_of_which_is_of_another_form_is_held(tmp_path, wrong, is_held) -> None:
    rows = [f"{n};S1;NEUT;1;10^9/L;{'5/3/2024' if n < wrong else '05/03/2024'}" for n in range(20)]
    found = load(tmp_path, *rows)
    said = "most cells of DAY are not of the form DD/MM/YYYY [HH:MM] in Asia/Shanghai"
    assert found.misfit == (said if is_held else "")
    facts = FileFacts(columns=("ID", "SUBJECT", "TEST", "RESULT", "UNIT", "DAY"), rows=20,
                      misfit=found.misfit)  # fmt: skip
    assert unfit(facts, None, feed(), "LB") == (Unfit(said, AMBIGUOUS) if is_held else None)


def test_a_few_rows_of_another_form_do_not_hold_a_file(tmp_path) -> None:
    found = load(tmp_path, "1;S1;NEUT;0.3;10^9/L;05/03/2024", "2;S1;NEUT;0.4;10^9/L;05/03/2024")
    assert found.misfit == ""
    assert found.frame[FORM].ne("").all()


def test_the_share_that_holds_a_file_is_declared(tmp_path) -> None:
    rows = [f"{n};S1;NEUT;{'0.5' if n < 5 else '0,5'};10^9/L;05/03/2024" for n in range(20)]
    assert load(tmp_path, *rows).misfit == ""
    assert load(tmp_path, *rows, given=feed(held_above=0.2)).misfit == (
        "most cells of RESULT are not of the form 1.234,5"
    )


def test_a_held_value_of_another_form_alarms_in_both_readings(tmp_path) -> None:
    given = feed(thousands="")
    rows = ("1;S1;TRIG;1.234;mmol/L;05/03/2024", "2;S1;TRIG;1.2;mmol/L;05/03/2024")
    found = canonical(load(tmp_path, *rows, given=given).frame, given, "LB", "lb.csv").records
    assert found["FORM"].ne("").all()
    alarms = held.measurements(found.assign(REASON=""), no_records("measurement"), trial.study())
    assert alarms["KEY"].tolist() == ["LB|1"]  # 1234 mmol/L is grade 4, 1.234 is none
