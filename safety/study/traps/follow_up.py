"""Traps of looking too early or too seldom: nadirs, durations, tests that nobody must do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from safety.study.conditions import Toxicity, Value
from safety.study.dlt import DltRule
from safety.study.language import HOURS_A_DAY, DurationTest
from safety.study.looked_at import assessments_of, days_between, measured_terms, value_tests
from safety.study.model import Study
from safety.study.names import as_list
from safety.study.places import inside
from safety.study.traps.trap import Trap


def follow_up_traps(study: Study) -> Iterator[Trap]:
    """Yield the traps of a study's window and of its required assessments."""
    yield from _nadirs(study)
    if not study.dose_limiting.surveillance:
        yield Trap(
            "dose_limiting.surveillance",
            "no assessment is required: silence cannot be told from nobody having looked",
        )
        return
    for rule in study.dose_limiting.rules:
        yield from _unresolved(rule, study)
        if rule.kind == "dose_limiting":
            yield from _never_required(rule, study)


def _nadirs(study: Study) -> Iterator[Trap]:
    window = study.dose_limiting.window
    drugs = study.treatment.drugs if study.treatment else {}
    for name, drug in drugs.items():
        for nadir in drug.nadirs:
            first = drug.schedule.days.first
            day, early, late = (first + d - 1 for d in (nadir.day, nadir.earliest, nadir.latest))
            if day <= window.last_day:
                continue
            enough = [str(p) for p in sorted(window.presets) if p >= day]
            other = f"; a window of {enough[0]} days would hold it" if enough else ""
            yield Trap(
                "dose_limiting.window",
                f"closes on day {window.last_day}, before {nadir.of} are lowest under {name}: "
                f"cycle day {day} (range {early}-{late}){other}",
            )


def _unresolved(rule: DltRule, study: Study) -> Iterator[Trap]:
    """A duration that samples taken as required need not settle."""
    for _, part in inside(rule.when):
        limit = _limit(part)
        if limit is None:
            continue
        tests_by_gap: dict[tuple[str, int], list[str]] = {}
        for tests in sorted(_tests(part, study)):
            done = assessments_of(tests, study)
            gap = min((days_between(a) for a in done), default=None)
            if gap is not None and _undecided(limit, gap):
                names = " or ".join(a.id for a in done)
                tests_by_gap.setdefault((names, gap), []).append(" or ".join(tests))
        for (names, gap), tests_told in tests_by_gap.items():
            yield Trap(
                f"rule {rule.id}",
                f"{_words(part, limit)} of {', '.join(tests_told)} cannot be told from {names}, "
                f"due once in {gap} days: seen once, it can stay undecided until samples are "
                "closer",
            )


def _limit(part: Any) -> DurationTest | None:
    if isinstance(part, Toxicity | Value) and part.lasting is not None:
        return part.lasting
    if isinstance(part, Toxicity) and part.resolving is not None:
        return DurationTest("<=", part.resolving.within)
    return None


def _words(part: Any, limit: DurationTest) -> str:
    resolving = isinstance(part, Toxicity) and part.lasting is None
    return f"recovery within {limit.limit}" if resolving else f"a duration {limit}"


def _tests(part: Any, study: Study) -> set[tuple[str, ...]]:
    """Return, for all that a part is about, the tests of which any one tells."""
    if isinstance(part, Toxicity):
        return set(measured_terms(part, study).values())
    return {tuple(v.tests) for v in value_tests(part)}


def _undecided(limit: DurationTest, gap: int) -> bool:
    """Whether a finding seen once and gone `gap` days later may lie on either side of a limit."""
    hours = gap * HOURS_A_DAY
    return hours >= limit.limit.hours if limit.sign in {">=", "<"} else hours > limit.limit.hours


def _never_required(rule: DltRule, study: Study) -> Iterator[Trap]:
    for _, part in inside(rule.when):
        for test in sorted({t for v in value_tests(part) for t in v.tests}):
            if not assessments_of((test,), study):
                text = f"no required assessment includes {test}: it may never be looked at"
                yield Trap(f"rule {rule.id}", text)
        if isinstance(part, Toxicity) and "any" not in as_list(part.toxicity):
            for term, tests in measured_terms(part, study).items():
                if not assessments_of(tests, study):
                    text = (
                        f"no required assessment includes {' or '.join(tests)}, which {term} needs"
                    )
                    yield Trap(f"rule {rule.id}", text)
