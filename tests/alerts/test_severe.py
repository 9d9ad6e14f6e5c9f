"""Deaths, grades beside the baseline's, and which of two facts speaks for an alert."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from safety.alerts.fact import AlertFact, alert
from tests import build
from tests.alerts.test_assessed import kinds, raised

DEAD = pd.DataFrame({
    "USUBJID": ["S1"], "DTHFL": ["Y"], "DTHDTC": ["2024-03-10"], "SRCFILE": ["dm.csv"],
    "SRCROW": [2],
})  # fmt: skip


def event(possible: str, last_day: int) -> pd.DataFrame:
    """An event of which the grades are possible, that began by a study day at the latest."""
    row = {
        "KEY": "AE|S1|1", "USUBJID": "S1", "AEDECOD": "Sepsis", "AETERM": None,
        "POSSIBLE": possible, "AETOXGR": None, "AESEV": None, "AESER": None, "AEOUT": None,
        "STDTC": "2024-03-01", "ASTDY": last_day, "AEREL": None, "SRCFILE": "ae.csv", "SRCROW": 2,
    }  # fmt: skip
    frame = pd.DataFrame([row], dtype="object")
    return frame.assign(ASTDYMAX=pd.array([last_day], dtype="Int32"))


@pytest.mark.parametrize(
    ("possible", "last_day", "told"),
    [
        ("5", 3, [("GRADE4", "P1", True)]),
        ("5", -9, [("GRADE4", "P1", True)]),  # fatal, whenever it began
        ("1|2|3|4|5", 3, [("DEATH", "P1", True), ("GRADE4", "P2", False)]),
        ("1|2|3|4|5", -9, [("DEATH", "P1", True)]),  # an event that tells of no death
        ("4", -9, [("DEATH", "P1", True)]),
        ("1", 3, [("DEATH", "P1", True)]),
    ],
)
def test_a_death_is_always_told(possible, last_day, told) -> None:
    assert kinds(raised(subjects=DEAD, events=event(possible, last_day))) == told


@pytest.mark.parametrize(
    ("possible", "last_day", "told"), [("1", -9, 0), ("4", -9, 0), ("4", 3, 1), ("5", -9, 1)]
)
def test_an_event_of_the_living(possible, last_day, told) -> None:
    assert len(raised(events=event(possible, last_day))) == told


@pytest.mark.parametrize(
    ("grade", "base", "possible", "told"),
    [
        (3, 3, "4", 1),  # worse than at baseline
        (3, 3, "3", 0),
        (3, 3, "3|4", 1),
        (4, 3, "4", 1),
        (4, 4, "4", 0),
        (3, 2, "3", 1),
    ],
)
def test_a_value_worse_than_the_baseline_alarms(grade, base, possible, told) -> None:
    graded = pd.DataFrame({
        "USUBJID": ["S1"], "MKEY": ["LB|S1|1"], "TERM": ["Platelet count decreased"],
        "DIRECTION": ["low"], "NUMPOSS": [possible], "POSTFL": ["Y"], "ADTMIN": ["2024-03-09"],
        "BTOXGR": pd.array([base], dtype="Int8"), "ATOXGR": pd.array([None], dtype="Int8"),
        "CRITERION": [""], "REASONS": ["range_missing"], "BASE": [30.0], "ADY": [9],
    })  # fmt: skip
    values = pd.DataFrame({
        "KEY": ["LB|S1|1"], "USUBJID": ["S1"], "PARAMCD": ["PLAT"], "SPEC": ["BLOOD"],
        "AVALC": ["10"], "AVALU": ["10^9/L"], "ANRLOC": [None], "ANRHIC": [None],
        "ADTC": ["2024-03-09"], "ADTMIN": ["2024-03-09"], "SRCFILE": ["lb.csv"], "SRCROW": [2],
    })  # fmt: skip
    episodes = pd.DataFrame(columns=["USUBJID", "TERM", "DIRECTION", "EPISODE", "ENDT"])
    study = build.study(alerts=build.study_content()["alerts"] | {"grade": grade})
    found = raised(grades=graded, measurements=values, episodes=episodes, study=study)
    assert len(found) == told


def fact(tier: str, level: int, *, verified: bool = True, over: bool = False) -> AlertFact:
    made = alert(build.study(), "S1", "HELD4", "e", tier, level, verified, ["it"])
    return replace(made, over=over)


@pytest.mark.parametrize(
    ("speaks", "silent"),
    [
        (fact("P1", 4), fact("P2", 5)),  # the more urgent
        (fact("P2", 5), fact("P2", 4)),
        (fact("P2", 4), fact("P2", 4, verified=False)),
        (fact("P2", 5, verified=False), fact("P2", 4)),
        (fact("P2", 3), fact("P1", 5, over=True)),  # what holds
    ],
)
def test_which_of_two_facts_speaks(speaks, silent) -> None:
    assert max((speaks, silent), key=lambda f: f.rank) is speaks
    assert max((silent, speaks), key=lambda f: f.rank) is speaks


def test_a_level_fits_into_the_database() -> None:
    assert fact("P4", 50_000).level == 32_000
