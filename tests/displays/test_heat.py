"""Worst grade by subject and term."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.displays.heat import Heat, heat
from safety.displays.population import Scope
from tests.displays.frames import event, events, everyone, frames, plain, shuffled

LEVELS = {"S1": "L1", "S2": "L1", "S3": "L2"}
ANEMIA = "Anemia"


def measured(subject: str, worst, *, term=ANEMIA, base=0, emergent=None, possible=None, ungraded=0):
    return {
        "USUBJID": subject, "TERM": term, "SOC": "Blood", "DIRECTION": "low", "BASEGR": base,
        "WORSTGR": worst, "TEGR": emergent, "WORSTPOS": possible if possible is not None else worst,
        "VALUES": 2, "GRADED": 0 if worst is None else 2 - ungraded, "UNGRADED": ungraded,
    }  # fmt: skip


def _heat(of, scope: Scope | None = None, most: int = 40) -> Heat:
    return heat(of, everyone(of), scope or Scope(), most)


def _cell(of, subject: str, *columns: str, scope: Scope | None = None) -> tuple:
    cells = _heat(of, scope).cells
    return plain(cells[cells["USUBJID"].eq(subject)], *columns)[0]


BOTH = {
    **events(event("S1", "anemia", "2", "e1"), event("S2", "Rash", "3|4", "e2", AESER="Y")),
    "worst_grade": [measured("S1", 3, emergent=3), measured("S2", 1, base=1)],
}


def test_the_worse_of_what_was_reported_and_measured() -> None:
    of = frames(LEVELS, **BOTH)
    columns = ("STATE", "TEXT", "LOW", "HIGH", "SOURCE", "RELATED")
    found = _heat(of)
    cells = found.cells.set_index(["TERM", "USUBJID"])[list(columns)].astype("object")
    assert tuple(cells.loc[(ANEMIA, "S1")]) == ("graded", "3", 3, 3, "both", True)
    assert tuple(cells.loc[("Rash", "S2")]) == ("graded", "3 or 4", 3, 4, "reported", True)
    assert plain(found.terms, "TERM", "WORST", "SUBJECTS") == [("Rash", 4, 1), (ANEMIA, 3, 1)]


def test_no_data_is_not_grade_0() -> None:
    of = frames(LEVELS, **{**BOTH, "worst_grade": [*BOTH["worst_grade"], measured("S3", 0)]})
    states = _heat(of).cells.set_index(["TERM", "USUBJID"])[["STATE", "TEXT"]]
    assert tuple(states.loc[(ANEMIA, "S3")]) == ("graded", "0")
    assert tuple(states.loc[("Rash", "S3")]) == ("not reported", "")
    of = frames(LEVELS, **BOTH)
    states = _heat(of).cells.set_index(["TERM", "USUBJID"])[["STATE", "TEXT"]]
    assert tuple(states.loc[(ANEMIA, "S3")]) == ("no data", "")
    assert tuple(states.loc[(ANEMIA, "S2")]) == ("not worse than baseline", "1b")


def test_every_grade_after_whether_worse_than_baseline_or_not() -> None:
    of = frames(LEVELS, worst_grade=[measured("S1", 2, base=2)])
    assert _heat(of).quiet == 1
    assert _cell(of, "S1", "STATE", "TEXT", scope=Scope(emergent=False)) == ("graded", "2")


def test_values_without_a_grade_are_told() -> None:
    of = frames(
        LEVELS,
        worst_grade=[
            measured("S1", None, ungraded=2),
            measured("S2", 1, emergent=1, possible=3, ungraded=1),
        ],
    )  # fmt: skip
    assert _cell(of, "S1", "STATE", "UNGRADED") == ("not gradable", 2)
    assert _cell(of, "S2", "TEXT", "UNGRADED", "MAYBE") == ("1", 1, 3)


def test_a_term_that_nobody_could_grade_is_undecided_not_quiet() -> None:
    rows = [measured("S1", None, ungraded=2), measured("S1", 0, term="Hypokalemia")]
    found = _heat(frames(LEVELS, worst_grade=rows))
    assert (len(found.terms), found.undecided, found.quiet) == (0, 1, 1)


def test_least_grade_chooses_terms_also_by_what_a_value_may_be() -> None:
    rows = [
        measured("S1", 1, emergent=1, possible=3, ungraded=1),
        measured("S1", 2, term="Hypokalemia", emergent=2),
    ]
    found = _heat(frames(LEVELS, worst_grade=rows), Scope(least_grade=3))
    assert plain(found.terms, "TERM") == [ANEMIA]
    assert found.quiet == 1


def test_serious_leaves_events_only() -> None:
    of = frames(LEVELS, **BOTH)
    found = _heat(of, Scope(serious=True))
    assert (plain(found.terms, "TERM"), found.left_out) == (["Rash"], {"not serious": 1})
    assert plain(_heat(of, Scope(related=True)).terms, "TERM") == ["Rash", ANEMIA]


def test_terms_beyond_the_number_are_counted() -> None:
    found = _heat(frames(LEVELS, **BOTH), most=1)
    assert (plain(found.terms, "TERM"), found.not_shown) == (["Rash"], 1)
    assert len(found.cells) == 3


def test_dlt_is_marked_at_its_term_or_told_beside() -> None:
    verdicts = [{"USUBJID": s, "DOSELVL": "L1", "VERDICT": "DLT"} for s in ("S1", "S2")]
    rules = [
        {"USUBJID": who, "STATE": "met", "KIND": "dose_limiting", "LATE": late, "TERMS": terms}
        for who, late, terms in (
            ("S1", "", '["ANEMIA"]'), ("S2", "", '["Death"]'), ("S2", "Y", '["Rash"]'),
        )
    ]  # fmt: skip
    of = frames({"S1": "L1", "S2": "L1"}, verdict=verdicts, rule_result=rules, **BOTH)
    found = _heat(of)
    marked = found.cells[found.cells["DLT"]]
    assert plain(marked, "TERM", "USUBJID") == [(ANEMIA, "S1")]
    assert found.dlt_elsewhere == ("S2",)


def test_nothing_told() -> None:
    found = _heat(frames(LEVELS))
    assert (len(found.terms), len(found.cells), len(found.columns)) == (0, 0, 3)
    assert {"STATE", "TEXT", "DLT"} <= set(found.cells.columns)
    assert len(_heat(frames()).columns) == 0


def test_the_order_of_rows_does_not_matter() -> None:
    of = frames(LEVELS, **BOTH)
    pd.testing.assert_frame_equal(_heat(of).cells, _heat(shuffled(of)).cells)


ROW = st.tuples(
    st.sampled_from(list(LEVELS)), st.sampled_from(["A", "a", "B"]), st.sampled_from(["1", "3|4"])
)


@pytest.mark.property
@settings(max_examples=12)
@given(st.lists(ROW, max_size=8))
def test_a_cell_for_each_subject_and_term(told) -> None:
    rows = [event(s, t, p, f"e{i}") for i, (s, t, p) in enumerate(told)]
    found = _heat(frames(LEVELS, **events(*rows)))
    assert len(found.cells) == 3 * len(found.terms)
    assert not found.cells.duplicated(["TERM", "USUBJID"]).any()
