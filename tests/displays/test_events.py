"""Tables of adverse events: each subject once, at the worst grade."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.assess.worst import of_events
from safety.displays import events as display
from safety.displays.overview import overview
from safety.displays.population import Scope
from safety.displays.reported import label, reported, worst
from tests.displays.frames import event, events, everyone, frames, plain, shuffled

LEVELS = {"S1": "L1", "S2": "L1", "S3": "L2", "S4": "L2"}
TOLD = events(
    event("S1", "Nausea", "1", "e1"),
    event("S1", "Nausea", "3", "e2", REL="N"),
    event("S1", "Vomiting", "2", "e3", AESER="Y"),
    event("S2", "Nausea", "2|3", "e4", REL=""),  # attribution missing: counts as related
    event("S3", "Nausea", "1|2|3|4|5", "e5", AESER=None),
    event("S3", "Nausea", "4", "e6", TRTEMFL="N"),  # before the first dose
)
FRAMES = frames(LEVELS, **TOLD)


def _table(scope: Scope | None = None, least_percent: float = 0) -> display.EventTable:
    return display.table(FRAMES, everyone(FRAMES), scope or Scope(), least_percent)


def test_each_subject_counts_once_at_the_worst_grade() -> None:
    found = _table()
    assert plain(found.rows, "TERM", "SUBJECTS", "PERCENT", "RELATED", "SERIOUS", "EVENTS") == [
        ("any", 3, 75.0, 3, 1, 5), ("Nausea", 3, 75.0, 3, 0, 4), ("Vomiting", 1, 25.0, 1, 1, 1),
    ]  # fmt: skip
    counts = {c.field: plain(found.rows, c.field) for c in found.counts}
    assert counts == {
        "L1|2": [0, 0, 1], "L1|2 or 3": [1, 1, 0], "L1|3": [1, 1, 0], "L1|missing": [0, 0, 0],
        "L2|2": [0, 0, 0], "L2|2 or 3": [0, 0, 0], "L2|3": [0, 0, 0], "L2|missing": [1, 1, 0],
    }  # fmt: skip
    assert (found.sizes, found.size) == ({"L1": 2, "L2": 2}, 4)
    assert found.left_out == {"not treatment-emergent": 1}


def test_related_takes_the_worst_of_related_events_only() -> None:
    found = _table(Scope(related=True))
    assert plain(found.rows, "TERM", "L1|1", "L1|2 or 3")[1] == ("Nausea", 1, 1)
    assert found.left_out == {"not treatment-emergent": 1, "attributed as not related": 1}


def test_grade_3_or_more_keeps_what_may_be() -> None:
    found = _table(Scope(least_grade=3))
    assert plain(found.rows, "TERM", "SUBJECTS") == [("any", 3), ("Nausea", 3)]
    assert found.left_out["below grade 3"] == 2


def test_serious_counts_what_does_not_tell() -> None:
    found = _table(Scope(serious=True))
    assert plain(found.rows, "TERM", "SUBJECTS") == [("any", 1), ("Vomiting", 1)]
    assert found.left_out["seriousness not told"] == 1


def test_terms_under_the_cut_still_count_in_their_class() -> None:
    found = _table(least_percent=50)
    assert (plain(found.rows, "TERM", "EVENTS"), found.below) == ([("any", 5), ("Nausea", 4)], 1)


def test_an_event_without_a_grade_row_may_have_any_grade() -> None:
    record, _ = event("S1", "Nausea", "1", "e1")
    of = frames({"S1": "L1"}, adverse_event=[record])
    assert plain(reported(of, everyone(of), Scope()).rows, "LABEL", "RELATED") == [
        ("missing", True)
    ]


def test_empty_frames_keep_their_columns() -> None:
    of = frames(LEVELS)
    found = display.table(of, everyone(of), Scope())
    assert (len(found.rows), found.counts, found.size) == (0, (), 4)
    assert {"SOC", "TERM", "SUBJECTS", "PERCENT"} <= set(found.rows.columns)


def test_the_order_of_rows_does_not_matter() -> None:
    other = shuffled(FRAMES)
    again = display.table(other, everyone(other), Scope())
    pd.testing.assert_frame_equal(again.rows, _table().rows)


@pytest.mark.parametrize(
    ("possible", "text"), [("3", "3"), ("2|3", "2 or 3"), ("1|2|3|4|5", "missing")]
)
def test_possible_grades_in_words(possible, text) -> None:
    assert label(possible) == text


def test_the_worst_of_a_subject_and_term_is_that_of_the_assessment() -> None:
    rows = reported(FRAMES, everyone(FRAMES), Scope()).rows
    ours = worst(rows, ["USUBJID", "SOC", "TERM"])
    told = FRAMES["adverse_event"].merge(
        FRAMES["event_grade"][["KEY", "POSSIBLE", "REL", "TRTEMFL"]]
    )
    theirs = of_events(told)
    columns = ["USUBJID", "TERM", "MAXGR", "MINGR", "EVENTS"]
    assert plain(ours, *columns) == plain(theirs, *columns)
    assert plain(ours, "POSSIBLE") == plain(theirs, "WORST")


EVENT = st.tuples(
    st.sampled_from(list(LEVELS)), st.sampled_from(["A", "B"]),
    st.sampled_from(["1", "2", "3|4", "5", "1|2|3|4|5"]), st.sampled_from(["Gut", "Skin"]),
)  # fmt: skip


@pytest.mark.property
@settings(max_examples=12)
@given(st.lists(EVENT, max_size=12))
def test_counts_of_a_row_add_up_and_never_pass_n(told) -> None:
    rows = [event(s, t, p, f"e{i}", AEBODSYS=soc) for i, (s, t, p, soc) in enumerate(told)]
    of = frames(LEVELS, **events(*rows))
    found = display.table(of, everyone(of), Scope())
    total = found.rows[[c.field for c in found.counts]].sum(axis=1)
    assert list(total) == list(found.rows["SUBJECTS"])
    for level, size in found.sizes.items():
        own = found.rows[[c.field for c in found.counts if c.level == level]].sum(axis=1)
        assert own.le(size).all()
    assert found.rows.loc[found.rows["TERM"].ne("any"), "EVENTS"].sum() == len(told)


def _overview(of, **more) -> dict:
    found = overview(of, everyone(of), Scope(), **more).rows
    every = found[found["LEVEL"].eq("all")]
    return {k: (s, m, n) for k, s, m, n in plain(every, "KIND", "SUBJECTS", "MAYBE", "N")}


def test_overview_keeps_apart_what_cannot_be_judged() -> None:
    found = _overview(FRAMES)
    assert found["any"] == (3, 0, 4)
    assert found["grade 3 or more"] == (1, 2, 4)
    assert found["serious"] == (1, 1, 4)
    assert found["fatal"] == (0, 1, 4)
    assert found["leading to reduction"] == (0, 3, 4)  # nobody told an action


def test_overview_of_actions_by_drug() -> None:
    told = events(
        event("S1", "A", "2", "e1", AESEQ="1", AEACN="MULTIPLE"),
        event("S2", "A", "2", "e2", AESEQ="1", AEACN="DOSE NOT CHANGED"),
        event("S3", "A", "5", "e3", AESEQ="2", AEACN="MULTIPLE", AEOUT="FATAL"),
    )
    said = [
        {"USUBJID": "S1", "RDOMAIN": "AE", "IDVAR": "AESEQ", "IDVARVAL": "1", "QNAM": name,
         "QVAL": value}
        for name, value in (("ACNX", "DOSE REDUCED"), ("ACNY", "DOSE NOT CHANGED"))
    ]  # fmt: skip
    of = frames(LEVELS, supplement=said, **told)
    found = _overview(of, qualifiers={"x": "ACNX", "y": "ACNY"})
    assert found["leading to reduction"] == (1, 1, 4)
    assert found["leading to reduction of x"] == (1, 1, 4)
    assert found["leading to reduction of y"] == (0, 1, 4)
    assert found["fatal"] == (1, 0, 4)
