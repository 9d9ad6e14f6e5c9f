"""What the site enters: rows by grade, versions, errors put right, actions as doses were."""

from __future__ import annotations

from collections import defaultdict

import pytest

from safety.simulate.model import Report, Subject, Toxicity
from tests.simulate.test_trial import population

pytestmark = pytest.mark.xdist_group("reports")  # what they share is made once

Rows = list[tuple[Subject, Toxicity | None, list[Report]]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    """Every row with its versions and the toxicity it is of (None for one entered by mistake)."""
    found: Rows = []
    for subject in population("safe")[0]:
        by_row: dict[str, list[Report]] = defaultdict(list)
        for report in subject.reports:
            by_row[report.row].append(report)
        toxicities = {t.number: t for t in subject.toxicities}
        found += [(subject, toxicities.get(v[0].group), v) for v in by_row.values()]
    return found


def test_the_last_version_of_a_clinical_row_says_what_was_true(rows):
    for _, toxicity, versions in rows:
        if toxicity is not None and not toxicity.laboratory:
            assert (versions[-1].start, versions[-1].grade) in toxicity.course


def test_some_rows_are_first_entered_wrong_and_put_right(rows):
    grades = [v for _, _, v in rows if len({r.grade for r in v}) == 2]
    starts = [v for _, _, v in rows if len({r.start for r in v}) == 2]
    assert 0.002 <= len(grades) / len(rows) <= 0.05
    assert 0.002 <= len(starts) / len(rows) <= 0.06
    assert all(r.grade <= 2 for v in grades for r in v)


def test_rows_of_no_toxicity_are_deleted_later(rows):
    mistaken = [v for _, toxicity, v in rows if toxicity is None]
    assert mistaken
    assert all([r.deleted for r in v] == [False, True] for v in mistaken)


def test_a_row_that_goes_on_has_no_end_and_one_that_is_over_says_so(rows):
    for _, _, versions in rows:
        for report in versions:
            assert (report.outcome == "NOT RECOVERED/NOT RESOLVED") == (report.end is None)


def test_a_change_of_grade_ends_a_row_on_the_day_the_next_begins(rows):
    by_group: dict[tuple[str, int], list[Report]] = defaultdict(list)
    for subject, toxicity, versions in rows:
        if toxicity is not None and not toxicity.laboratory:
            by_group[subject.usubjid, toxicity.number].append(versions[-1])
    for group in by_group.values():
        ordered = sorted(group, key=lambda r: r.start)
        ends = [r.end for r in ordered[:-1]]
        assert ends == [r.start for r in ordered[1:]]


def test_related_and_unrelated_are_said_of_every_drug(rows):
    for _, toxicity, versions in rows:
        if toxicity is None:
            continue
        for drug, said in versions[0].related.items():
            related = said in {"POSSIBLE", "PROBABLE", "DEFINITE"}
            assert related == toxicity.related[drug]
        assert any(toxicity.related.values()) or versions[0].cause


def test_surufatinib_that_was_interrupted_was_not_taken_within_a_day_or_two(rows):
    seen = 0
    for subject, _, versions in rows:
        last = versions[-1]
        if last.action.get("surufatinib") != "DRUG INTERRUPTED":
            continue
        until = (80 if last.end is None else last.end) + 2
        days = [d for d in subject.doses if d.drug == "surufatinib"]
        assert any(d.reason == "ADVERSE EVENT" for d in days if last.start <= d.day <= until)
        seen += 1
    assert seen >= 5


def test_serious_rows_come_within_a_day(rows):
    for _, toxicity, versions in rows:
        if toxicity is not None and toxicity.serious and not toxicity.laboratory:
            first = versions[0]
            assert first.known - first.start <= 3
