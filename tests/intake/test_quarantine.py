"""Every received row is in one place."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.check import Finding
from safety.errors import ToxwatchError
from safety.intake.beside import with_beside
from safety.intake.quarantine import TABLE, Accounting, split
from safety.store.sync import prepare
from tests.build import event, intake, measurement, study, subject


def _finding(check: str, rows: tuple[int, ...], handling: str = "reject") -> Finding:
    return Finding(
        check, "LB", "lb.csv", "fail", "critical", handling, f"Title {check}", "fault 1", 9, rows
    )


def test_rejected_rows_are_held_with_reason_and_raw_content() -> None:
    received = intake("LB", measurement(), measurement(value="äé", LBORNRLO=None))
    found = [_finding("ME-001", (2,)), _finding("ME-007", (2,))]
    accepted, held, (account,) = split(received, found)
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
    accepted, held, (account,) = split(intake("LB", measurement()), [_finding("X", (1,), handling)])
    assert (len(accepted), len(held), account.quarantined) == (1, 0, 0)


def test_every_row_may_be_held() -> None:
    accepted, held, (account,) = split(intake("LB", measurement()), [_finding("X", (1,))])
    assert (len(accepted), len(held), account.accepted) == (0, 1, 0)


def test_held_rows_of_one_key_keep_keys_of_their_own() -> None:
    received = intake("LB", measurement(value="1"), measurement(value="2"))
    _, held, _ = split(received, [_finding("ME-003", (1, 2))])
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
    assert held["RAW"].nunique() == 1
    assert len(prepare("quarantine", held[TABLE])) == 3
    alone = with_beside([intake("DM", subject()), intake("AE", rows[0])], study())[1]
    assert split(alone, [_finding("AE-003", (1,))])[1]["KEY"].tolist() == [first]


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
    accepted, held, (account,) = split(received, [_finding("X", tuple(rejected))])
    assert account.received == len(results)
    assert len(results) == len(accepted) + len(held) + account.duplicates
    assert account.duplicates == len(results) - len(set(results))
    assert sorted([*accepted["SRCROW"], *held["SRCROW"]]) == rows
