"""Whole trials: the same everywhere, whole in themselves, and as their scenario says."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from functools import cache
from statistics import median, quantiles

import pytest

from safety.errors import WrongUseError
from safety.simulate.cohorts import Place
from safety.simulate.model import Options, Subject, Trial
from safety.simulate.scenario import scenarios
from safety.simulate.trial import _Maker, simulate
from safety.simulate.verdict import Outcome
from tests import build
from tests.simulate.test_calibration import GRADES
from tests.study.samples import study, treatment, trial

pytestmark = pytest.mark.xdist_group("reports")  # what they share is made once
SCENARIOS = list(scenarios().scenarios)
PRINT = """
import hashlib
from safety.simulate.model import Options
from tests.simulate.test_trial import made
print(hashlib.sha256(repr(made("at_target", 4)).encode()).hexdigest())
"""


@cache
def made(scenario: str = "at_target", seed: int = 2, days: int = 130, subjects: int = 14) -> Trial:
    return simulate(trial(), Options(seed, subjects, days, scenario, accrual_per_month=12.0))


@pytest.fixture(params=SCENARIOS, scope="module")
def whole(request) -> Trial:
    return made(request.param)


def each(of: Trial, what: str) -> list[tuple[Subject, object]]:
    return [(subject, item) for subject in of.subjects for item in getattr(subject, what)]


# -------------------------------------------------------------------- determinism


def test_another_process_with_another_hash_seed_makes_the_same_trial():
    here = hashlib.sha256(repr(made("at_target", 4)).encode()).hexdigest()
    env = os.environ | {"PYTHONHASHSEED": "4711"}
    there = subprocess.run([sys.executable, "-c", PRINT], env=env, capture_output=True, check=True)
    assert there.stdout.decode().strip() == here


def test_another_seed_makes_another_trial():
    assert made(seed=2).subjects != made(seed=3).subjects


def test_more_subjects_move_none_that_were_there():
    assert made(subjects=14).subjects[:5] == made(subjects=5).subjects


def test_a_longer_trial_begins_with_the_same_curves():
    long, short = made(days=130).subjects[0], made(days=80).subjects[0]
    for test, curve in short.curves.items():
        assert long.curves[test].values[: len(curve.values)] == curve.values


# -------------------------------------------------------------------- refusals


def test_a_study_without_levels_is_refused():
    with pytest.raises(WrongUseError, match="no treatment with dose levels"):
        simulate(build.study(), Options(1))


def test_an_unknown_scenario_is_refused():
    with pytest.raises(WrongUseError, match="known: safe"):
        simulate(trial(), Options(1, scenario="nice"))


@pytest.mark.parametrize("change", [{"subjects": 0}, {"days": 0}, {"accrual_per_month": 0.0}])
def test_nothing_to_simulate_is_refused(change):
    with pytest.raises(WrongUseError, match="above 0"):
        simulate(trial(), Options(**({"seed": 1} | change)))


# -------------------------------------------------------------------- whole in itself


def test_it_says_that_it_is_simulated(whole):
    assert whole.studyid == "SIM-NCT06038461"
    assert all(s.usubjid == f"SIM-NCT06038461-001-{s.number}" for s in whole.subjects)


def test_every_row_has_one_version_a_day_and_samples_share_none(whole):
    for subject in whole.subjects:
        kinds = ("reports", "doses", "visits", "medicines", "procedures", "dispositions")
        rows = [(r.row, r.known) for kind in kinds for r in getattr(subject, kind)]
        rows += [(row, sample.known) for sample in subject.samples for row in sample.rows.values()]
        assert [row for row, count in Counter(rows).items() if count > 1] == []


def test_nothing_is_known_before_it_happened(whole):
    assert all(r.known >= r.start for _, r in each(whole, "reports"))
    assert all(r.known >= (r.end or 0) for _, r in each(whole, "reports"))
    for kind in ("samples", "doses", "visits", "procedures", "dispositions"):
        assert all(item.known >= item.day for _, item in each(whole, kind))


def test_a_row_is_changed_in_the_order_of_days(whole):
    for subject in whole.subjects:
        by_row: dict[str, list[int]] = {}
        for report in subject.reports:
            by_row.setdefault(report.row, []).append(report.known)
        assert all(days == sorted(set(days)) for days in by_row.values())


def test_grades_are_those_of_the_term(whole):
    for _, toxicity in each(whole, "toxicities"):
        assert {g for _, g in toxicity.course} - {0} <= GRADES[toxicity.term], toxicity.term
    for _, report in each(whole, "reports"):
        assert report.grade in GRADES[report.term], report.term


def test_toxicities_begin_after_the_first_dose_and_lie_in_follow_up(whole):
    for subject, toxicity in each(whole, "toxicities"):
        assert subject.first_dose <= toxicity.onset <= subject.last
        assert toxicity.ended is None or toxicity.course[-1][0] <= toxicity.ended <= subject.last
        assert any(toxicity.related.values()) or toxicity.cause


def test_reports_belong_to_toxicities_that_are_reported(whole):
    for subject in whole.subjects:
        entered = {r.group for r in subject.reports if r.group < 900}
        assert entered == {t.number for t in subject.toxicities if t.reported}


def test_laboratory_reports_have_the_grade_of_a_sample_of_their_first_day(whole):
    for subject in whole.subjects:
        sampled = {(s.day, test) for s in subject.samples for test in s.rows}
        tests = {t.number: t.laboratory for t in subject.toxicities if t.laboratory}
        for report in subject.reports:
            test = tests.get(report.group, "")
            if test and test != "PROT24":
                assert (report.start, test) in sampled


def test_doses_say_why_when_something_was_missed(whole):
    for subject, dose in each(whole, "doses"):
        assert 0 <= dose.taken <= dose.due
        assert bool(dose.reason) == (dose.taken < dose.due)
        assert subject.cycles[0] <= dose.day <= subject.last


def test_no_cycle_begins_with_counts_below_the_gate(whole):
    for subject in whole.subjects:
        for day in subject.cycles[1:]:
            assert subject.curves["NEUT"].at(day) >= 1.5
            assert subject.curves["PLAT"].at(day) >= 100


def test_a_delayed_cycle_has_rows_for_drugs_of_day_1_only(whole):
    for subject in whole.subjects:
        for start, after in zip(subject.cycles, subject.cycles[1:], strict=False):
            late = {d.drug for d in subject.doses if start + 21 <= d.day < after}
            assert late <= {"surufatinib", "s1"}


def test_each_cycle_has_the_visit_that_begins_it(whole):
    for subject in whole.subjects:
        named = {v.name: v.day for v in subject.visits}
        for number, day in enumerate(subject.cycles, 1):
            assert named[f"CYCLE {number} DAY 1"] == day


def test_the_dead_and_those_who_left_have_nothing_after(whole):
    for subject in whole.subjects:
        assert subject.last == min(
            d for d in (subject.death, subject.withdrawn, whole.options.days) if d is not None
        )
        for kind in ("samples", "doses", "visits"):
            assert all(item.day <= subject.last for item in getattr(subject, kind))


def test_the_trial_ends_with_subjects_in_follow_up():
    last = made(days=60).subjects[-1]
    assert last.first_dose is None or made(days=60).options.days - last.first_dose < 21


# -------------------------------------------------------------------- as the scenario says


@cache
def population(scenario: str, count: int = 60) -> tuple[list[Subject], list[Outcome]]:
    """So many subjects of level 1 who all begin on day 5 of 80, and how cycle 1 ended."""
    maker = _Maker(trial(), Options(9, count, 80, scenario))
    outcomes = [maker.live(Place(n, "L1", 1, 0, 5)) for n in range(1, count + 1)]
    return maker.subjects, outcomes


@pytest.mark.parametrize(
    ("scenario", "low", "high"),  # about two standard errors of 60 subjects
    [("safe", 0.02, 0.18), ("at_target", 0.10, 0.31), ("too_toxic", 0.22, 0.48)],
)
def test_dose_limiting_toxicity_is_as_frequent_as_the_scenario_says(scenario, low, high):
    outcomes = population(scenario)[1]
    assert low <= sum(o.dlt is not None for o in outcomes) / len(outcomes) <= high


def test_a_site_enters_most_within_ten_days_and_half_within_three():
    delays = []
    for subject in population("safe")[0]:
        mild = {t.number for t in subject.toxicities if not t.serious and not t.laboratory}
        first = {r.row: r for r in reversed(subject.reports)}
        delays += [r.known - r.start for r in first.values() if r.group in mild]
    assert median(delays) in {2, 3, 4}
    assert quantiles(delays, n=10)[-1] == pytest.approx(10, abs=3)


def test_a_site_that_under_reports_enters_fewer_than_half():
    def share(name: str) -> float:
        told = [t.reported for _, t in each(made(name), "toxicities")]
        return sum(told) / len(told)

    assert share("under_reporting") < 0.5 < share("at_target")


def test_a_liver_signal_has_hys_law_cases():
    cases = 0
    for subject in population("liver_signal")[0]:
        alt, bili, alp = (subject.curves[t] for t in ("ALT", "BILI", "ALP"))
        triples = zip(alt.values, bili.values, alp.values, strict=True)
        cases += any(
            a > 3 * alt.high and b > 2 * bili.high and p < 2 * alp.high for a, b, p in triples
        )
    assert cases >= 5


def test_late_toxicity_comes_after_the_window():
    severe = [
        day - subject.first_dose + 1
        for subject in population("late_toxicity")[0]
        for toxicity in subject.toxicities
        if toxicity.laboratory in {"NEUT", "PLAT"}
        for day, grade in toxicity.course[:40]
        if grade == 4
    ]
    assert sum(day > 22 for day in severe) >= 10
    assert sum(day <= 22 for day in severe) <= len(severe) / 4


# -------------------------------------------------------------------- any study


def test_a_made_up_study_of_one_drug_works():
    of = simulate(study(treatment=treatment()), Options(1, 6, 120, accrual_per_month=8.0))
    assert of.drugs == {"tmz": "TMZ"}
    days = {(d.day - s.cycles[0]) % 21 + 1 for s, d in each(of, "doses") if s.cycles[1:] == ()}
    assert days <= set(range(10, 19))
    taken = [d.taken_mg for _, d in each(of, "doses") if d.taken]
    assert max(taken) == 200
    assert each(of, "toxicities")
