"""Texts of comparisons of events."""

from __future__ import annotations

import pandas as pd

from safety.intake.beside import with_beside
from tests import trial
from tests.build import event, subject


def events(*rows: dict, **domains: list[dict]) -> pd.DataFrame:
    given = {"DM": [subject(RFICDTC="2024-02-20")], "AE": list(rows)} | domains
    return with_beside([trial.intake(d, *r) for d, r in given.items()], trial.study())[1].records


def ae(seq: str, start: str, end: str | None, **changes: str | None) -> dict:
    return event(seq, AESTDTC=start, AEENDTC=end, **({"AEGRPID": None} | changes))


def doubled(*rows: dict) -> list[str]:
    return events(*rows)["DUPLICATE"].tolist()


def test_the_row_entered_later_is_the_duplicate() -> None:
    found = doubled(ae("2", "2024-03-05", "2024-03-09"), ae("1", "2024-03-06", "2024-03-08"))
    assert found == ["same term at the same time as AE|S1|1", ""]


def test_rows_that_follow_each_other_or_are_one_group_are_no_duplicates() -> None:
    changed = [ae("1", "2024-03-05", "2024-03-07"), ae("2", "2024-03-07", None, AETOXGR="3")]
    assert doubled(*changed) == ["", ""]
    group = [ae("1", "2024-03-05", None, AEGRPID="1"), ae("2", "2024-03-06", None, AEGRPID="1")]
    assert doubled(*group) == ["", ""]
    others = [ae("1", "2024-03-05", None), ae("2", "2024-03-05", None, AEDECOD="Rash"),
              ae("3", "2024-03-05", None, USUBJID="S2")]  # fmt: skip
    assert doubled(*others) == ["", "", ""]


def test_an_event_told_twice_beside_a_changing_grade_is_found() -> None:
    rows = [
        ae("1", "2024-03-05", "2024-03-07", AEGRPID="1"),
        ae("2", "2024-03-07", "2024-03-20", AEGRPID="1"),
        ae("9", "2024-03-07", "2024-03-20", AEGRPID="9"),
    ]
    assert doubled(*rows) == ["", "", "same term at the same time as AE|S1|2"]


def test_an_open_row_without_a_group_may_have_changed_its_grade() -> None:
    rows = [ae("1", "2024-03-05", None), ae("2", "2024-03-08", None, AETOXGR="3")]
    assert doubled(*rows) == ["", ""]
    rows[1]["AETOXGR"] = "2"
    assert doubled(*rows) == ["", "same term at the same time as AE|S1|1"]


def test_a_grade_that_another_follows_may_end_while_the_event_goes_on() -> None:
    open_ = {"AEOUT": "NOT RECOVERED/NOT RESOLVED"}
    rows = [ae("1", "2024-03-05", "2024-03-07", **open_), ae("2", "2024-03-08", None, **open_)]
    assert events(*rows)["ENDQUERY"].tolist() == ["", ""]
    assert events(rows[0])["ENDQUERY"].tolist() == ["is told to go on, but has an end date"]


def test_attribution_that_is_missing_is_named_by_drug() -> None:
    row = ae("1", "2024-03-05", None)
    found = events(row, SUPPAE=[trial.supplement("AESYMP", "Y")])
    assert found["NOCAUSE"].tolist() == ["attribution missing: alpha (AERELA), beta (AERELB)"]
    assert events(row)["NOCAUSE"].isna().all()  # no supplements: there is nothing to compare


def test_a_drug_withdrawn_by_its_own_word_leaves_the_others() -> None:
    row = ae("1", "2024-03-05", None, AEACN="DRUG WITHDRAWN")
    other = [trial.given("2024-03-12", ECTRT="BETA")]
    said = [trial.supplement("AEACNA", "DRUG WITHDRAWN")]
    assert events(row, EC=other, SUPPAE=said)["DOSEGOESON"].tolist() == [""]
    assert events(row, EC=other)["DOSEGOESON"].tolist() == [
        "drug withdrawn, but its doses go on"
    ]  # fmt: skip
    missed = [trial.given("2024-03-12", ECOCCUR="N")]
    assert events(row, EC=missed)["DOSEGOESON"].tolist() == [""]


def test_a_copy_of_a_row_inside_its_group_is_told_twice() -> None:
    rows = [ae(n, "2024-03-05", "2024-03-07", AEGRPID="1") for n in ("1", "2")]
    assert doubled(*rows) == ["", "same term at the same time as AE|S1|1"]
    rows[1]["AETOXGR"] = "3"  # another grade of the days: one of the two is how it developed
    assert doubled(*rows) == ["", ""]


def test_rows_of_one_start_without_groups_are_how_an_event_developed() -> None:
    """As in the CDISC pilot: a new row when it grew worse, and when it was over."""
    worse = [ae("1", "2024-03-05", None), ae("2", "2024-03-05", None, AETOXGR="3")]
    assert doubled(*worse) == ["", ""]
    open_ = ae("1", "2024-03-05", "2024-03-07", AEOUT="NOT RECOVERED/NOT RESOLVED")
    over = ae("2", "2024-03-05", "2024-03-07")
    assert doubled(open_, over) == ["", ""]
    assert events(open_, over)["ENDQUERY"].tolist()[0] == ""
    blank = ae("3", "2024-03-05", "2024-03-07", AETOXGR=None)
    assert doubled(over, blank) == ["", "same term at the same time as AE|S1|2"]


def test_a_resolved_row_that_another_of_its_grade_goes_on_with() -> None:
    rows = [
        ae("1", "2024-03-05", "2024-03-07", AEGRPID="1"),
        ae("2", "2024-03-08", "2024-03-10", AEGRPID="1"),
        ae("3", "2024-03-09", None, AEGRPID="1", AETOXGR="1"),
    ]
    text = "is told as resolved, but its next row goes on"
    assert events(*rows)["OVERBUT"].fillna("-").tolist() == [text, text, "-"]
    rows[1]["AESTDTC"] = "2024-03-09"  # a day without it lies between them
    assert events(*rows)["OVERBUT"].tolist()[0] == ""


def test_the_highest_grade_of_an_event_is_beside_its_seriousness() -> None:
    rows = [
        ae("1", "2024-03-05", "2024-03-07", AEGRPID="1", AESLIFE="Y"),
        ae("2", "2024-03-07", None, AEGRPID="1", AESLIFE="Y", AETOXGR="4"),
        ae("3", "2024-03-05", None, AEGRPID="3", AESLIFE="Y", AESHOSP="Y"),
        ae("4", "2024-03-05", None, AEGRPID="4", AESHOSP="Y", AETOXGR="1"),
        ae("5", "2024-03-05", None, AEGRPID="5", AESDTH="Y", AETOXGR=None),
    ]
    assert events(*rows)["SERIOUSGRADE"].fillna("-").tolist() == [
        "", "", "life-threatening (AESLIFE), but of grade 2",
        "in hospital for it (AESHOSP), but of grade 1", "-",
    ]  # fmt: skip
