"""Episodes: values and reports of one term, above the baseline, as one."""

from __future__ import annotations

import pytest

from safety.assess.toxicities import episodes
from tests.assess.engine import ANC, MET, UNKNOWN, at, case, condition, observed, reported

SEVERE = {"toxicity": [ANC], "grade": ">=3"}


def _episodes(*records, content=SEVERE, worsened_by=0, **told) -> list:
    return list(episodes(condition(content), case(*records, **told), worsened_by))


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        # (onset day, values, reports) of every episode; recovered values end at the recovery
        ([observed(ANC, 10, 3), reported(ANC, 3, 10, 12)], [(10, 1, 1)]),
        ([observed(ANC, 10, 3), reported(ANC, 3, 13, 15)], [(10, 1, 1)]),  # 3 days apart
        ([observed(ANC, 10, 3), reported(ANC, 3, 14, 15)], [(10, 1, 0), (14, 0, 1)]),  # 4
        ([reported(ANC, 3, 5, 10), observed(ANC, 13, 3)], [(5, 1, 1)]),
        ([reported(ANC, 3, 5, 10), observed(ANC, 14, 3)], [(5, 0, 1), (14, 1, 0)]),
        (
            [observed(ANC, 10, 3), observed(ANC, 11, 1), observed(ANC, 14, 3)],
            [(10, 1, 0), (14, 1, 0)],  # a recovery between
        ),
        (
            [observed(ANC, 10, 3), observed(ANC, 11, 1), observed(ANC, 14, 3),
             reported(ANC, 3, 10, 14)],
            [(10, 2, 1)],  # one report covers both
        ),
        (
            [observed(ANC, 10, 3), observed(ANC, 11, 1), observed(ANC, 15, 3)],
            [(10, 1, 0), (15, 1, 0)],
        ),
        ([observed(ANC, 10, 3), observed(ANC, 15, 3)], [(10, 1, 0)]),  # one run, however far
        ([reported(ANC, 3, 5, None), observed(ANC, 30, 3)], [(5, 1, 1)]),  # goes on
        (
            [reported(ANC, 3, 5, 6), reported(ANC, 3, 9, 10, row=1), observed(ANC, 13, 3)],
            [(5, 0, 1), (9, 1, 1)],
        ),
        # rows that touch are one run, whatever their group; a lower row between parts them
        ([reported(ANC, 3, 5, 6, group="a"), reported(ANC, 4, 7, 9, group="b", row=1)],
         [(5, 0, 1)]),
        ([reported(ANC, 3, 5, 6), reported(ANC, 3, 8, 9, row=1)], [(5, 0, 1), (8, 0, 1)]),
        ([reported(ANC, 3, 5, 6), reported(ANC, 2, 6, 7, row=1), reported(ANC, 3, 7, 9, row=2)],
         [(5, 0, 1), (7, 0, 1)]),
        ([observed(ANC, 10, 2), reported(ANC, 2, 10, 12)], []),
    ],
)  # fmt: skip
def test_what_lies_within_3_days_is_one_episode(records, expected) -> None:
    found = [(e.onset, len(e.values), len(e.reported)) for e in _episodes(*records)]
    assert found == [(at(n), v, r) for n, v, r in expected]
    backwards = [(e.onset, len(e.values), len(e.reported)) for e in _episodes(*reversed(records))]
    assert backwards == found


@pytest.mark.parametrize(
    ("source", "values", "reports"), [("both", 1, 1), ("reported", 0, 1), ("measured", 1, 0)]
)
def test_a_condition_may_ask_for_values_or_reports_alone(source, values, reports) -> None:
    records = observed(ANC, 10, 3), reported(ANC, 3, 10, 12)
    found = _episodes(*records, content=SEVERE | {"source": source})
    assert [(len(e.values), len(e.reported)) for e in found] == [(values, reports)]


@pytest.mark.parametrize(
    ("grade", "baseline", "worsened_by", "threshold"),
    [(">=3", 0, 1, 3), (">=3", 2, 1, 3), (">=3", 3, 1, 4), (">=3", 3, 0, 3), (">=1", 1, 1, 2),
     (">=1", 1, 2, 3), (">=0", 0, 0, 1), ("2", 4, 1, 5)],
)  # fmt: skip
def test_a_grade_counts_above_the_baselines(grade, baseline, worsened_by, threshold) -> None:
    """The threshold is the lowest grade that makes an episode; baseline terms in any case."""
    told = {"baseline": {ANC.upper(): baseline}, "worsened_by": worsened_by}
    content = {"toxicity": [ANC], "grade": grade}
    assert not _episodes(observed(ANC, 5, threshold - 1), content=content, **told)
    assert _episodes(observed(ANC, 5, threshold), content=content, **told)[0].truth is MET


def test_the_worse_of_both_counts() -> None:
    episode = _episodes(observed(ANC, 10, 3, 4), reported(ANC, 3, 10, 12))[0]
    assert (episode.grades, episode.truth) == ((3, 4), MET)
    assert _episodes(observed(ANC, 10, 2, 4))[0].truth is UNKNOWN


def test_it_ends_when_the_last_of_its_runs_was_over() -> None:
    values = observed(ANC, 10, 3), observed(ANC, 14, 1)
    assert _episodes(*values, reported(ANC, 3, 10, 12))[0].end == at(14)
    assert _episodes(*values, reported(ANC, 3, 10, 16))[0].end == at(16)
    assert _episodes(*values, reported(ANC, 3, 10, None))[0].end is None
    assert _episodes(values[0], reported(ANC, 3, 10, 12))[0].end is None


def test_it_shows_every_record_and_the_recovery() -> None:
    episode = _episodes(observed(ANC, 10, 3), observed(ANC, 14, 1), reported(ANC, 3, 10, 12))[0]
    assert [s.text for s in episode.evidence] == [f"{ANC} 3-3", f"{ANC} d10", f"{ANC} 1-1"]


def test_what_was_not_measured_is_no_value() -> None:
    assert not _episodes(observed(ANC, 10, 0, 4, reasons="value_not_numeric"))
    assert _episodes(observed(ANC, 10, 0, 4, reasons="unit_unknown"))[0].truth is UNKNOWN
