"""Held rows from run to run: retried at each delivery, let in by a person, gone by themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import pandas as pd
import pytest
from sqlalchemy import func, select

from safety import pipeline
from safety.audit import key
from safety.errors import ToxwatchError
from safety.settings import Settings
from safety.signed import sign
from safety.store import tables
from safety.store.engine import reader
from safety.worklist import acts, listing
from safety.worklist.acts import Desk
from safety.workspace import Workspace
from tests import build, delivery

pytestmark = pytest.mark.xdist_group("worklist")  # what they share is made once

NOW = datetime(2024, 4, 2, 9, tzinfo=UTC)
LEE = sign("A. Lee", "the laboratory confirms it", NOW)
RULES = frozenset({"ME-003"})


class Seen(NamedTuple):
    """What one run left."""

    summary: dict[str, Any]
    rows: pd.DataFrame
    measured: pd.DataFrame
    findings: pd.DataFrame
    alerts: list[str]


class Story(NamedTuple):
    used: Settings
    first: Seen
    again: dict[str, Any]
    released: Seen
    withdrawn: Seen
    corrected: Seen
    sabotage: list[str]
    written_by_then: list[int]


def potassium(value: str, unit: str = "mmol/L", **changes: str | None) -> dict[str, str | None]:
    limits = {"LBORNRLO": "3.5", "LBORNRHI": "5.1"}
    return build.measurement("K", value, unit, "2024-03-20", **(limits | changes))


STRANGER = build.measurement(USUBJID="S2")
FURLONG = build.measurement("ALB", "40", "furlong", LBORNRLO="35", LBORNRHI="50")
LOW, HIGH = potassium("4.2"), potassium("7.4")


def deliver(used: Settings, *more: dict[str, str | None], subjects: tuple[str, ...] = ()) -> None:
    base = delivery.rows()
    dm = [*base["dm"], *(build.subject(s) for s in subjects)]
    delivery.write(used.home, delivery.rows(lb=[*base["lb"], *more], dm=dm))


def run(used: Settings, day: date) -> Seen:
    return seen(used, pipeline.run(used, "t1", day, now=lambda: NOW))


def seen(used: Settings, summary: dict[str, Any]) -> Seen:
    store, shot = delivery.snapshot(used)
    return Seen(
        summary,
        listing.listing(used.db_url, "T1", "held_row", ended=True).items,
        store.frame("measurement", shot.cut),
        store.frame("finding", shot.cut),
        store.alerts("T1")["TITLE"].tolist(),
    )


def key_of(rows: pd.DataFrame, start: str) -> str:
    [key] = [k for k in rows["KEY"] if k.startswith(start)]
    return key


def desk(used: Settings) -> Desk:
    return Desk(used.db_url, key.trail(used), "T1", "held_row", RULES)


def high(used: Settings) -> str:
    """The key of the held version of potassium that would be grade 4."""
    store, shot = delivery.snapshot(used)
    held = store.frame("quarantine", shot.cut)
    return held.loc[held["RAW"].str.contains('"7.4"'), "KEY"].iloc[0]


def sabotaged(used: Settings, day: date) -> tuple[list[str], list[int], Seen]:
    """Lose a row of a frame before it is published; then publish it whole.

    Returns what publishing said of the loss, what was written by then, and the run.
    """
    snapshot_id = pipeline.land(used, "t1", day, now=NOW)
    for step in (pipeline.validate, pipeline.grade, pipeline.assess):
        step(used, snapshot_id)
    space, told = Workspace(used.work, snapshot_id), []
    for name in ("measurement", "quarantine"):
        whole = space.read(name)
        space.write(name, whole.iloc[1:])
        with pytest.raises(ToxwatchError) as caught:
            pipeline.publish(used, snapshot_id, now=NOW)
        told.append(str(caught.value))
        space.write(name, whole)
    return told, counted(used), seen(used, pipeline.publish(used, snapshot_id, now=NOW))


def counted(used: Settings) -> list[int]:
    """Rows of the tables that a transaction writes first and last."""
    engine = reader(used.db_url)
    with engine.connect() as connection:
        found = [
            connection.scalar(select(func.count()).select_from(table))
            for table in (
                tables.delivery, tables.snapshot, tables.BITEMPORAL["measurement"],
                tables.work_item, tables.work_event,
            )
        ]  # fmt: skip
    engine.dispose()
    return found


@pytest.fixture(scope="module")
def story(tmp_path_factory) -> Story:
    """Four rows are held; a release, its withdrawal, and a delivery that mends what was wrong."""
    used = delivery.settings(tmp_path_factory.mktemp("story"))
    day, next_day = date(2024, 4, 1), date(2024, 4, 4)
    deliver(used, STRANGER, FURLONG, LOW, HIGH)
    told, left, first = sabotaged(used, day)
    again = pipeline.run(used, "t1", day, now=lambda: NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("safety.worklist.releases.releasable", lambda _: RULES)
        acts.perform(desk(used), high(used), "release", LEE)
        released = run(used, day)
    acts.perform(desk(used), key_of(first.rows, _released_key(released)), "withdraw", LEE)
    withdrawn = run(used, day)
    deliver(used, STRANGER, FURLONG | {"LBORRESU": "g/L"}, LOW, subjects=("S2",))
    corrected = run(used, next_day)
    return Story(used, first, again, released, withdrawn, corrected, told, left)


def _released_key(run: Seen) -> str:
    return run.rows.loc[run.rows["STATE"].eq("released"), "KEY"].iloc[0]


def states(run: Seen) -> list[tuple[str, str, int, int]]:
    told = run.rows.sort_values("KEY")[["KEY", "STATE", "TIMES SEEN", "AGE"]]
    return [(k.rsplit("#", 1)[0], *more) for k, *more in told.itertuples(index=False, name=None)]


ALB, K, S2 = "LB|S1|ALB|1|2024-03-10", "LB|S1|K|1|2024-03-20", "LB|S2|ALT|1|2024-03-10"


def test_held_rows_are_on_the_list(story) -> None:
    assert states(story.first) == [
        (ALB, "held", 1, 0), (K, "held", 1, 0), (K, "held", 1, 0), (S2, "held", 1, 0),
    ]  # fmt: skip
    assert story.first.summary["rows"]["quarantined"] == 4
    assert (story.again["changed"], story.again["snapshot_id"]) == (
        False, story.first.summary["snapshot_id"],
    )  # fmt: skip


def test_a_released_row_counts_and_its_grade_alarms(story) -> None:
    before, after = story.first, story.released
    assert after.summary["snapshot_id"] != before.summary["snapshot_id"]
    assert (before.summary["rows"]["accepted"], after.summary["rows"]["accepted"]) == (6, 7)
    assert after.summary["rows"]["quarantined"] == 3
    assert after.measured.loc[after.measured["PARAMCD"].eq("K"), "AVAL"].tolist() == [7.4]
    assert (before.summary["grades"].get("4"), after.summary["grades"].get("4")) == (None, 1)
    assert sorted(s for _, s, _, _ in states(after)) == ["held", "held", "held", "released"]
    verified = [t for t in after.alerts if "Hyperkalemia" in t and "unverified" not in t.lower()]
    assert verified
    assert set(verified).isdisjoint(before.alerts)


def test_the_finding_of_a_released_row_stays_and_says_who_let_it_in(story) -> None:
    row = story.released.findings.set_index("KEY").loc["ME-003#LB"]
    assert (row["STATUS"], row["FAILED"]) == ("fail", 2)
    told = f"{_released_key(story.released)} was released by A. Lee: the laboratory confirms it"
    assert row["NOTE"] == told


def test_a_withdrawn_release_holds_the_row_again(story) -> None:
    now, ids = story.withdrawn, {s.summary["snapshot_id"] for s in story[1:2] + story[3:6]}
    assert len(ids) == 4
    assert now.summary["changed"]
    assert now.summary["rows"] == story.first.summary["rows"]
    assert now.measured["PARAMCD"].eq("K").sum() == 0
    assert [s for _, s, _, _ in states(now)] == ["held"] * 4
    assert now.summary["result_hash"] == story.first.summary["result_hash"]


def test_rows_whose_cause_is_gone_are_let_in_by_themselves(story) -> None:
    now = story.corrected
    assert now.summary["rows"]["quarantined"] == 0
    assert now.measured.loc[now.measured["PARAMCD"].eq("K"), "AVAL"].tolist() == [4.2]
    assert "S2" in set(now.measured["USUBJID"])
    assert {(s, age) for _, s, _, age in states(now)} == {("gone", 3)}


@pytest.mark.parametrize(
    ("start", "value", "reason"),
    [
        (S2, '"30"', "the row is accepted as it was received; it was held for: subject is in dm"),
        (ALB, '"40"', "the source corrected the row, which is accepted now; it was held for: unit"),
        (K, '"4.2"', "the row is accepted as it was received; it was held for: natural key names"),
        (K, '"7.4"', "the source corrected the row, which is accepted now; it was held for: nat"),
    ],
)  # fmt: skip
def test_why_a_row_is_held_no_more_is_told(story, start, value, reason) -> None:
    store = delivery.snapshot(story.used)[0]
    first = store.snapshots("T1")[-1]
    held = store.frame("quarantine", first.cut)
    row = held[held["KEY"].str.startswith(start) & held["RAW"].str.contains(value)].iloc[0]
    events = listing.history(story.used.db_url, "T1", "held_row", row["KEY"])[1]
    assert (events["ACTOR"].iloc[-1], events["ACTION"].iloc[-1]) == ("toxwatch", "settle")
    assert events["REASON"].iloc[-1].startswith(reason)


def test_a_row_that_gets_lost_rolls_everything_back(story) -> None:
    measured, held = story.sabotage
    assert measured.startswith("LB/lb.csv: accepted: 2 rows are accounted for, but 1 are to be")
    assert held.startswith("LB/lb.csv: quarantined: 4 rows are accounted for, but 3 are to be")
    assert story.written_by_then == [0, 0, 0, 0, 0]
