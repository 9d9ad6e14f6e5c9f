"""Whether values hold by their newest samples in some days: for gates and for resuming."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from safety.assess.case import Case
from safety.assess.facts import Sample, Source
from safety.assess.moments import Moment
from safety.assess.occurrence import merged_evidence
from safety.assess.samples import comparable, holds, of_tests
from safety.assess.truth import Truth, all_of, any_of
from safety.study.language import ValueTest


@dataclass(frozen=True, slots=True)
class Span:
    """From one day to another; and after one moment and not surely after another."""

    first: date
    last: date
    after: Moment | None = None
    before: Moment | None = None

    def holds(self, when: Moment) -> bool:
        return (
            self.first <= when.first_day
            and when.last_day <= self.last
            and (self.after is None or when > self.after)
            and (self.before is None or when.earliest <= self.before.latest)
        )

    def __str__(self) -> str:
        if self.first == self.last:
            return f"on {self.first}"
        return f"from {self.first} to {self.last}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What some tests say. sampled: False if one of them was not taken at all."""

    truth: Truth
    sampled: bool
    evidence: tuple[Source, ...] = ()
    missing: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


def read(tests: Iterable[ValueTest], case: Case, span: Span) -> Reading:
    """Return whether every one of some tests holds by its newest samples in a span."""
    found = [_of_test(test, case, span) for test in tests]
    return Reading(
        all_of(r.truth for r in found),
        all(r.sampled for r in found),
        merged_evidence(*(r.evidence for r in found)),
        tuple(dict.fromkeys(m for r in found for m in r.missing)),
        tuple(dict.fromkeys(f for r in found for f in r.failed)),
    )


def _of_test(test: ValueTest, case: Case, span: Span) -> Reading:
    """Any of a test's codes may hold; one that was not taken in the span says nothing."""
    by_code = [_newest(code, test, case, span) for code in test.tests]
    taken = [samples for samples in by_code if samples]
    if not taken:
        return Reading(Truth.UNKNOWN, sampled=False, missing=(f"{test}: a sample {span}",))
    truth = any_of(all_of(holds(s, test.limit) for s in samples) for samples in taken)
    evidence = tuple(s.source for samples in taken for s in samples)
    words = ", ".join(s.text for s in evidence)
    return Reading(
        truth,
        sampled=True,
        evidence=evidence,
        missing=(f"{words} against {test}",) if truth is Truth.UNKNOWN else (),
        failed=(f"{words}, {test} asked for",) if truth is Truth.NOT_MET else (),
    )


def _newest(code: str, test: ValueTest, case: Case, span: Span) -> list[Sample]:
    found = [s for s in comparable(of_tests([code], case), test.limit) if span.holds(s.when)]
    last = max((s.when for s in found), default=None)
    return [s for s in found if s.when == last]


def days_of(tests: Iterable[ValueTest], case: Case) -> list[date]:
    """Return the days on which any of some tests was taken, in order."""
    codes = {code for test in tests for code in test.tests}
    return sorted({s.when.last_day for s in of_tests(codes, case)})
