"""The small language: every text is read, printed back alike, and refused with an example."""

from __future__ import annotations

import re

import pytest

from safety.study.language import (
    CycleDays,
    Duration,
    DurationTest,
    GradeTest,
    Limit,
    Share,
    ValueTest,
)

KINDS = {
    Duration: ["72h", "7d"],
    DurationTest: [">=7d", "<=72h", ">14d", "<1h"],
    GradeTest: [">=3", "<=1", "2-3", "3", "0"],
    Limit: ["> 3 x ULN", "< 1 10*9/L", ">= 2 x baseline", "<= 0.5 x LLN"],
    ValueTest: ["NEUT < 1 10*9/L", "ALT|AST > 3 x ULN", "PROT/URINE >= 2 {plus}"],
    CycleDays: ["C1D2-C1D7", "C1D28", "D1-D14", "D10"],
    Share: [">=25%", "<33.3%"],
}


@pytest.mark.parametrize(("kind", "text"), [(k, t) for k, texts in KINDS.items() for t in texts])
def test_what_is_read_is_printed_alike(kind, text) -> None:
    assert str(kind.parse(text)) == text
    assert kind.parse(str(kind.parse(text))) == kind.parse(text)


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (Duration, "3 weeks", '\'3 weeks\' cannot be read; write it as "72h" or "7d"'),
        (DurationTest, "7d", "'7d' cannot be read"),
        (DurationTest, "=7d", "a duration is bounded, not matched exactly; write >= or <="),
        (GradeTest, "3-2", "grades 3-2 are the wrong way round"),
        (GradeTest, ">=6", "'>=6' cannot be read"),
        (GradeTest, "> 3", "'> 3' cannot be read"),
        (Limit, "> 3 ULN ULN", "cannot be read"),
        (Limit, "3 x ULN", "cannot be read"),
        (ValueTest, "neut < 1 10*9/L", "cannot be read"),
        (ValueTest, "NEUT < 1", "cannot be read"),
        (CycleDays, "C1D2-C2D7", "both days must be of one cycle"),
        (CycleDays, "D14-D1", "days count from 1 and the first comes first"),
        (CycleDays, "D0", "days count from 1"),
        (Share, ">=25", "'>=25' cannot be read"),
    ],
)
def test_what_cannot_be_read_says_how_to_write_it(kind, text, message) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        kind.parse(text)


@pytest.mark.parametrize(
    ("text", "grades"),
    [("3", (3, 3)), (">=3", (3, 5)), ("<=1", (0, 1)), ("2-4", (2, 4)), (">=0", (0, 5))],
)
def test_a_grade_test_is_an_interval(text, grades) -> None:
    test = GradeTest.parse(text)
    assert (test.low, test.high) == grades


def test_durations_count_hours_and_whole_days() -> None:
    assert (Duration.parse("7d").hours, Duration.parse("7d").whole_days) == (168, 7)
    assert (Duration.parse("72h").hours, Duration.parse("72h").whole_days) == (72, 3)
    assert Duration.parse("25h").whole_days == 2


def test_a_value_test_names_its_tests_and_its_limit() -> None:
    test = ValueTest.parse("ALT|AST > 3 x ULN")
    assert (test.tests, test.limit) == (("ALT", "AST"), Limit(">", 3.0, "ULN"))
    assert test.limit.is_relative
    assert not ValueTest.parse("TEMP > 38.3 Cel").limit.is_relative


def test_days_of_a_cycle() -> None:
    window = CycleDays.parse("C1D8-C1D14")
    assert (window.cycle, window.first, window.last, window.days) == (1, 8, 14, 7)
    assert CycleDays.parse("D10").days == 1
