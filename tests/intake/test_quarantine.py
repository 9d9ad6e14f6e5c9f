"""Every received row is in one place."""

from __future__ import annotations

import dataclasses
import json
import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.check import Finding
from safety.errors import ToxwatchError
from safety.intake.beside import with_beside
from safety.intake.quarantine import TABLE, Accounting, split, unchanged
from safety.manifest import Release
from safety.store.sync import prepare
from tests.build import event, intake, measurement, study, subject


def _finding(check: str, rows: tuple[int, ...], handling: str = "reject") -> Finding:
    return Finding(
        check, "LB", "lb.csv", "fail", "critical", handling, f"Title {check}", "fault 1", 9, rows
    )


def test_rejected_rows_are_held_with_reason_and_raw_content() -> None:
    received = intake("LB", measurement(), measurement(value="äé", LBORNRLO=None))
    found = [_finding("ME-001", (2,)), _finding("ME-007", (2,))]
    accepted, held, (account,), *_ = split(received, found)
    assert accepted["SRCROW"].tolist() == [1]
    row = held.iloc[0]
    assert (row["SRCROW"], row["CHECKS"]) == (2, "ME-001;ME-007")
    assert row["REASON"] == (
        "not so: title me-001 (ME-001, fault 1); not so: title me-007 (ME-007, fault 1)"
    )
    raw = json.loads(row["RAW"])
    assert (raw["LBORRES"], raw["LBORNRLO"], raw["LBTESTCD"]) == ("äé", None, "ALT")
    assert set(TABLE) <= set(held.columns)
    assert (account.received, account.accepted, account.quarantined) == (2, 1, 1)


@pytest.mark.parametrize("handling", ["query", "warn"])
def test_a_query_or_warning_holds_nothing(handling) -> None:
    accepted, held, (account,), *_ = split(
        intake("LB", measurement()), [_finding("X", (1,), handling)]
    )
    assert (len(accepted), len(held), account.quarantined) == (1, 0, 0)


def test_every_row_may_be_held() -> None:
    accepted, held, (account,), *_ = split(intake("LB", measurement()), [_finding("X", (1,))])
    assert (len(accepted), len(held), account.accepted) == (0, 1, 0)


def test_held_rows_of_one_key_keep_keys_of_their_own() -> None:
    received = intake("LB", measurement(value="1"), measurement(value="2"))
    _, held, *_ = split(received, [_finding("ME-003", (1, 2))])
    assert held["KEY"].nunique() == 2
    assert held["KEY"].str.startswith("LB|S1|ALT|1|2024-03-10#").all()


def test_a_held_row_has_the_same_key_in_every_delivery() -> None:
    first = split(intake("LB", measurement()), [_finding("X", (1,))])[1]
    later = split(intake("LB", measurement(value="9"), measurement()), [_finding("X", (2,))])[1]
    assert first["KEY"].tolist() == later["KEY"].tolist()


def test_held_rows_that_differ_in_what_is_masked_keep_keys_of_their_own() -> None:
    calls = ["fever, call 13812345678", "fever, call 13912345678", "fever, call 13712345678"]
    rows = [event("1", "4", AETERM=text) for text in calls]
    given = with_beside([intake("DM", subject()), intake("AE", *rows)], study())[1]
    held = split(given, [_finding("AE-003", (1, 2, 3))])[1]
    first = held["KEY"].iloc[0]
    assert held["KEY"].tolist() == [first, f"{first}#2", f"{first}#3"]
    assert re.fullmatch(r"AE\|S1\|1#[0-9a-f]{12}", first)
    assert len(set(held["RAW"])) == 1
    assert len(prepare("quarantine", held[TABLE])) == 3
    alone = with_beside([intake("DM", subject()), intake("AE", rows[0])], study())[1]
    assert split(alone, [_finding("AE-003", (1,))])[1]["KEY"].tolist() == [first]


IMPLAUSIBLE = frozenset({"ME-003", "ME-007"})


def _released(row: pd.Series, by: str = "A. Lee") -> Release:
    return Release(row["KEY"], row["FINGERPRINT"], by, "confirmed by the laboratory")


def test_a_released_row_is_accepted_and_its_finding_says_who_let_it_in() -> None:
    received = intake("LB", measurement(), measurement(value="900", LBSEQ="2"))
    found = [_finding("ME-007", (2,)), _finding("ME-008", (2,), "query")]
    row = split(received, found, (), IMPLAUSIBLE).held.iloc[0]
    placed = split(received, found, [_released(row)], IMPLAUSIBLE)
    assert placed.accepted["SRCROW"].tolist() == [1, 2]
    assert (len(placed.held), placed.accounts[0].accepted) == (0, 2)
    assert placed.passed[["KEY", "USUBJID"]].values.tolist() == [[row["KEY"], "S1"]]
    said = f"{row['KEY']} was released by A. Lee: confirmed by the laboratory"
    assert [(f.check_id, f.rows, f.note) for f in placed.findings] == [
        ("ME-007", (2,), said), ("ME-008", (2,), ""),
    ]  # fmt: skip


def test_a_release_does_not_overrule_every_check() -> None:
    received = intake("LB", measurement(USUBJID="NOBODY"))
    found = [_finding("ME-002", (1,)), _finding("ME-007", (1,))]
    release = _released(split(received, found, (), IMPLAUSIBLE).held.iloc[0])
    placed = split(received, found, [release], IMPLAUSIBLE)
    assert (len(placed.accepted), len(placed.passed)) == (0, 0)
    assert placed.held["REFUSED"].tolist() == ["a check fails that nobody may overrule"]
    assert placed.findings[0].note == ""


def test_a_release_does_not_hold_for_other_content_or_another_check() -> None:
    found = [_finding("ME-007", (1,))]
    before = intake("LB", measurement(value="900"))
    release = _released(split(before, found, (), IMPLAUSIBLE).held.iloc[0])
    other = split(intake("LB", measurement(value="901")), found, [release], IMPLAUSIBLE)
    assert other.held["REFUSED"].tolist() == [""]
    more = split(before, [*found, _finding("ME-003", (1,))], [release], IMPLAUSIBLE)
    assert more.held["REFUSED"].tolist() == [
        "other checks fail, or other versions came, since it was released"
    ]


def test_of_two_versions_one_may_be_released_and_a_third_ends_that() -> None:
    rows = [measurement(value=v) for v in ("1", "2", "3")]
    two, found = intake("LB", *rows[:2]), [_finding("ME-003", (1, 2))]
    held = split(two, found, (), IMPLAUSIBLE).held
    first, second = (_released(row) for _, row in held.iterrows())
    placed = split(two, found, [first], IMPLAUSIBLE)
    assert placed.accepted["AVALC"].tolist() == ["1"]
    assert placed.held["AVALC"].tolist() == ["2"]
    both = split(two, found, [first, second], IMPLAUSIBLE)
    assert both.held["REFUSED"].tolist() == ["two versions of one row were released"] * 2
    third = split(intake("LB", *rows), [_finding("ME-003", (1, 2, 3))], [first], IMPLAUSIBLE)
    assert len(third.held) == 3
    assert third.held["REFUSED"].iloc[0].startswith("other checks fail, or other versions came")


def test_rows_that_nothing_tells_apart_are_not_released_singly() -> None:
    received = intake("LB", measurement(value="1"), measurement(value="2"))
    alike = dataclasses.replace(received, raw=received.raw.assign(LBORRES="[masked]"))
    found = [_finding("ME-003", (1, 2))]
    held = split(alike, found, (), IMPLAUSIBLE).held
    assert held["KEY"].tolist() == [held["KEY"].iloc[0], held["KEY"].iloc[0] + "#2"]
    for _, row in held.iterrows():
        placed = split(alike, found, [_released(row)], IMPLAUSIBLE)
        assert len(placed.held) == 2
        assert "other rows look the same: none of them can be let in alone" in set(
            placed.held["REFUSED"]
        )


def test_what_was_held_and_is_accepted_is_known_by_its_content() -> None:
    before = split(intake("LB", measurement()), [_finding("ME-002", (1,))]).held["KEY"].tolist()
    same, other = intake("LB", measurement()), intake("LB", measurement(value="9"))
    assert unchanged(same, same.records, before) == before
    assert unchanged(other, other.records, before) == []
    assert unchanged(same, same.records.iloc[:0], before) == []


def test_an_account_that_does_not_add_up_is_an_error() -> None:
    with pytest.raises(ToxwatchError, match="Rows were lost"):
        Accounting("sdtm", "lb.csv", "LB", received=3, accepted=1, quarantined=1, duplicates=0)


@pytest.mark.property
@settings(max_examples=30)
@given(
    results=st.lists(st.sampled_from(["1", "2", "3", None]), min_size=1, max_size=8),
    data=st.data(),
)
def test_received_is_accepted_and_quarantined_and_duplicates(results, data) -> None:
    received = intake("LB", *(measurement(value=r) for r in results))
    rows = received.records.index.tolist()
    rejected = data.draw(st.lists(st.sampled_from(rows), unique=True))
    accepted, held, (account,), *_ = split(received, [_finding("X", tuple(rejected))])
    assert account.received == len(results)
    assert len(results) == len(accepted) + len(held) + account.duplicates
    assert account.duplicates == len(results) - len(set(results))
    assert sorted([*accepted["SRCROW"], *held["SRCROW"]]) == rows
