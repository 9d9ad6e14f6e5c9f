"""Onset, duration, and time to the first event of a grade."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from safety.displays.first_event import ALL, at_risk, first_events
from safety.displays.onset import onsets
from safety.displays.population import Scope
from tests.displays.frames import AS_OF, event, events, everyone, frames, plain, shuffled

MAY = {"STDTMIN": "2024-05-01", "STDTMAX": "2024-05-31", "ASTDY": None, "ASTDYMIN": 62,
       "ASTDYMAX": 92}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"ENDTMIN": "2024-03-07", "ENDTMAX": "2024-03-07"}, (3, 3, "dated")),
        ({"ENDTMIN": "2024-03-01", "ENDTMAX": "2024-03-31"}, (1, 27, "dated")),
        (MAY | {"ENDTMIN": "2024-05-20", "ENDTMAX": "2024-05-20"}, (1, 20, "dated")),
        ({}, (88, None, "ongoing")),
        ({"AEOUT": "RECOVERED/RESOLVED"}, (1, None, "not told")),
        ({"ENDTMIN": "2024-03-01", "ENDTMAX": "2024-03-02"}, (None, None, "contradicted")),
        ({"STDTMIN": None, "STDTMAX": None}, (None, None, "ongoing")),
    ],
)
def test_duration_has_bounds(more, expected) -> None:
    of = frames({"S1": "L1"}, **events(event("S1", "Rash", "3", "e1", **more)))
    found = onsets(of, everyone(of), Scope(), AS_OF)
    assert plain(found.rows, "DURMIN", "DURMAX", "END") == [expected]
    assert found.undated == int("STDTMIN" in more and more["STDTMIN"] is None)


def test_onset_keeps_its_bounds() -> None:
    of = frames({"S1": "L1"}, **events(event("S1", "Rash", "3", "e1", **MAY)))
    found = onsets(of, everyone(of), Scope(), AS_OF)
    assert plain(found.rows, "ASTDY", "ASTDYMIN", "ASTDYMAX") == [(None, 62, 92)]


LEVELS = {"S1": "L1", "S2": "L1", "S3": "L1", "S4": "L2", "S5": "L2"}
TOLD = events(
    event("S1", "Rash", "3", "e1"),
    event("S1", "Rash", "4", "e2", ASTDYMIN=2, ASTDY=2, TRTEMFL="N"),
    event("S2", "Rash", "2|3", "e3"),
    event("S4", "Rash", "3", "e4", ASTDY=None, ASTDYMIN=8, ASTDYMAX=20),
    event("S5", "Rash", "4", "e5", ASTDY=None, ASTDYMIN=None, STDTMIN=None, STDTMAX=None),
)
SEEN = [{"USUBJID": s, "STDTMIN": "2024-03-10"} for s in ("S1", "S2", "S4")]
FRAMES = frames(LEVELS, visit=SEEN, **TOLD)


def _first(of=FRAMES, **more):
    return first_events(of, everyone(of), Scope(least_grade=3), AS_OF, **more)


def test_the_first_event_or_the_last_known_day() -> None:
    found = _first()
    assert plain(found.subjects, "USUBJID", "DAY", "EVENT", "INEXACT") == [
        ("S1", 5, True, False), ("S2", 10, False, False), ("S3", 1, False, False),
        ("S4", 8, True, True),
    ]  # fmt: skip
    assert (found.maybe, found.undated) == (("S2",), ("S5",))


def test_cumulative_incidence_by_hand() -> None:
    found = _first()
    steps = found.steps[found.steps["LEVEL"].eq(ALL)]
    assert plain(steps, "DAY", "ATRISK", "EVENTS", "CENSORED") == [
        (0, 4, 0, 0), (1, 4, 0, 1), (5, 3, 1, 0), (8, 2, 1, 0), (10, 1, 0, 1),
    ]  # fmt: skip
    assert plain(steps, "INCIDENCE") == pytest.approx([0, 0, 1 / 3, 2 / 3, 2 / 3])
    assert found.medians == {"all": 8, "L1": 5, "L2": 8}
    assert at_risk(found.subjects, [1, 6, 11]) == [4, 2, 0]


def test_a_grade_that_is_only_possible_counts_if_asked_for() -> None:
    found = _first(possible=True)
    assert (list(found.subjects["EVENT"]), found.maybe) == ([True, True, False, True], ())


def test_nobody_and_nothing() -> None:
    nobody = _first(frames())
    assert plain(nobody.steps, "LEVEL", "DAY", "ATRISK") == [(ALL, 0, 0)]
    nothing = _first(frames(LEVELS))
    assert (list(nothing.subjects["DAY"]), nothing.medians[ALL]) == ([1] * 5, None)


def test_the_order_of_rows_does_not_matter() -> None:
    assert _first(shuffled(FRAMES)).steps.equals(_first().steps)


DAYS = st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=12)


@pytest.mark.property
@settings(max_examples=12)
@given(DAYS)
def test_it_is_kaplan_meier(told) -> None:
    levels = {f"S{i:02}": "L1" for i in range(len(told))}
    rows = [event(f"S{i:02}", "Rash", "3", f"e{i}", ASTDY=d, ASTDYMIN=d, ASTDYMAX=d,
                  STDTMIN=None) for i, (d, is_event) in enumerate(told) if is_event]  # fmt: skip
    seen = [{"USUBJID": f"S{i:02}", "STDTMIN": f"2024-03-{d:02}"} for i, (d, _) in enumerate(told)]
    steps = _first(frames(levels, visit=seen, **events(*rows))).steps
    own = steps[steps["LEVEL"].eq(ALL) & steps["DAY"].gt(0)]
    data = stats.CensoredData(
        uncensored=[d for d, is_event in told if is_event],
        right=[d for d, is_event in told if not is_event],
    )
    expected = stats.ecdf(data).cdf.evaluate(own["DAY"].to_numpy())
    assert np.allclose(own["INCIDENCE"], expected)
    assert own["EVENTS"].sum() + own["CENSORED"].sum() == len(told)
