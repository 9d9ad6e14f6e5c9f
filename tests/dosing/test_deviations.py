"""Expected against actual: each kind of deviation fires, and stays silent beside it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dosing.modifying import (
    COURSE,
    GATE,
    day,
    deviating,
    deviation,
    dose,
    event,
    lost,
    rule,
    study,
    subject,
    value,
)

NAUSEA = event("Nausea", 3, 8, 12)
LOWER = rule(resume={"grade": "<=1", "dose": "one_lower"})
NEXT = rule(action="reduce", resume=None, next_dose="one_lower")
HELD = (dose("surufatinib", 1, 8), lost("surufatinib", 9, 11))
STOP = rule(action="discontinue", resume=None)


def after(*records: Any, rules: tuple[dict[str, Any], ...] = (rule(),), **options: Any) -> Any:
    """Deviations of a subject with nausea of grade 3 from day 8 to 12."""
    return deviating(subject(study(*rules), NAUSEA, *records, **options))


class TestHold:
    """Dosing went on, or began again too early."""

    def test_dosing_went_on(self) -> None:
        doses = dose("surufatinib", 1, 21), dose("surufatinib", 22, 40)
        assert after(*doses) == [(9, "missed_hold", "surufatinib", "HOLD")]
        found = deviation(subject(study(rule()), NAUSEA, *doses), "missed_hold")
        assert found.actual == "surufatinib: 250 mg taken from 2024-03-12 to 2024-03-14 (3 days)"
        assert found.expected == (
            "surufatinib on hold from 2024-03-11; to resume: grade <=1 (seen on 2024-03-15)"
        )
        assert [s.text for s in found.evidence] == ["Nausea d8", "surufatinib"]

    def test_the_dose_of_the_day_itself_and_from_recovery_on_is_none(self) -> None:
        doses = dose("surufatinib", 1, 8), lost("surufatinib", 9, 11), dose("surufatinib", 12, 40)
        assert after(*doses) == []

    def test_dosing_began_again_too_early(self) -> None:
        doses = dose("surufatinib", 1, 8), lost("surufatinib", 9, 9), dose("surufatinib", 10, 40)
        assert after(*doses) == [(10, "dose_inside_hold", "surufatinib", "HOLD")]

    def test_a_late_stop_and_an_early_restart_are_two(self) -> None:
        doses = dose("surufatinib", 1, 9), lost("surufatinib", 10, 10), dose("surufatinib", 11, 40)
        assert [d[:2] for d in after(*doses)] == [(9, "missed_hold"), (11, "dose_inside_hold")]

    def test_what_may_have_fired_is_never_enforced(self) -> None:
        lasting = rule(when={"toxicity": "any", "grade": ">=3", "lasting": ">=9d"})
        doses = dose("surufatinib", 1, 11)
        open_ = event("Nausea", 3, 8)
        assert deviating(subject(study(lasting), open_, doses, as_of=11, cycles={})) == []

    def test_a_hold_that_an_agreement_ends_is_over_with_the_first_stop(self) -> None:
        agreed = rule(resume={"text": "once all agree"})
        doses = dose("surufatinib", 1, 8), lost("surufatinib", 9, 9), dose("surufatinib", 10, 40)
        assert after(*doses, rules=(agreed,)) == []
        on = dose("surufatinib", 1, 40)
        assert after(on, rules=(agreed,)) == [(9, "missed_hold", "surufatinib", "HOLD")]

    def test_a_hold_below_a_discontinuation_is_not_said_twice(self) -> None:
        found = after(dose("surufatinib", 1, 40), rules=(rule(), STOP | {"id": "STOP"}))
        assert found == [(9, "missed_discontinuation", "surufatinib", "STOP")]


class TestDiscontinuation:
    """Doses after a drug was to be stopped."""

    def test_doses_after_it(self) -> None:
        assert after(dose("surufatinib", 1, 40), rules=(STOP,)) == [
            (9, "missed_discontinuation", "surufatinib", "HOLD")
        ]

    def test_none_after_it(self) -> None:
        doses = dose("surufatinib", 1, 8), lost("surufatinib", 9, 40), dose("s1", 1, 14)
        assert after(*doses, rules=(STOP,)) == []

    def test_after_recovery_took_too_long(self) -> None:
        late = rule(resume={"grade": "<=1", "within": "3d", "otherwise": "discontinue"})
        doses = dose("surufatinib", 1, 8), lost("surufatinib", 9, 12), dose("surufatinib", 13, 40)
        found = after(*doses, rules=(late,))
        assert found == [(13, "missed_discontinuation", "surufatinib", "HOLD")]


class TestReduction:
    """The old dose again, although a lower one was asked for."""

    def test_resumed_at_the_old_dose(self) -> None:
        doses = *HELD, dose("surufatinib", 12, 40)
        assert after(*doses, rules=(LOWER,)) == [(12, "missed_reduction", "surufatinib", "HOLD")]
        found = deviation(subject(study(LOWER), NAUSEA, *doses), "missed_reduction")
        assert found.expected == "surufatinib: 200 mg at most from 2024-03-15"

    def test_resumed_at_the_lower_dose(self) -> None:
        assert after(*HELD, dose("surufatinib", 12, 40, 200.0), rules=(LOWER,)) == []

    def test_from_the_next_cycle_on(self) -> None:
        same = dose("surufatinib", 1, 21)
        lower = dose("surufatinib", 22, 40, 200.0)
        assert after(same, lower, rules=(NEXT,)) == []
        assert after(same, dose("surufatinib", 22, 40), rules=(NEXT,)) == [
            (22, "missed_reduction", "surufatinib", "HOLD")
        ]

    def test_with_the_next_course_of_the_same_cycle(self) -> None:
        tmz = NEXT | {"drugs": ["temozolomide"]}
        course = dose("temozolomide", 10, 14)
        assert after(course, rules=(tmz,)) == [(10, "missed_reduction", "temozolomide", "HOLD")]
        assert after(dose("temozolomide", 10, 14, 150.0), rules=(tmz,)) == []

    def test_raised_again_after_it(self) -> None:
        doses = *HELD, dose("surufatinib", 12, 30, 200.0), dose("surufatinib", 31, 40)
        assert after(*doses, rules=(LOWER,)) == [
            (31, "dose_above_level", "surufatinib", "dose ladder")
        ]
        found = deviation(subject(study(LOWER), NAUSEA, *doses), "dose_above_level")
        assert found.expected == "surufatinib: 200 mg at most after the reduction of 2024-03-15"
        allowed = study(LOWER, drugs={"surufatinib": {"re_escalation": True}})
        assert deviating(subject(allowed, NAUSEA, *doses)) == []


class TestLevel:
    """More than 110 % of the planned daily dose."""

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            (dose("s1", 1, 14, 66.0), []),
            (dose("s1", 1, 14, 67.0), [(1, "dose_above_level", "s1", "dose level")]),
            (dose("s1", 3, 3, 60.0, per_day=3), [(3, "dose_above_level", "s1", "dose level")]),
            (dose("s1", 1, 14, 60.0), []),
        ],
    )
    def test_daily_dose(self, given: Any, expected: list[Any]) -> None:
        assert deviating(subject(study(), given)) == expected

    def test_in_words(self) -> None:
        found = deviation(subject(study(), dose("s1", 1, 2, 70.0)), "dose_above_level")
        assert found.expected == "s1: 120 mg a day at level L1"
        assert found.actual == (
            "s1: 70 mg taken from 2024-03-04 to 2024-03-05 (2 days), up to 140 mg a day"
        )


class TestSchedule:
    """Doses on other days than the schedule's."""

    def test_a_course_on_day_1(self) -> None:
        found = deviating(subject(study(), dose("temozolomide", 1, 5), cycles={}, as_of=20))
        assert found == [(1, "wrong_day", "temozolomide", "schedule")]

    def test_a_course_begun_late_but_in_time(self) -> None:
        assert deviating(subject(study(), dose("temozolomide", 13, 17))) == []

    def test_every_stretch(self) -> None:
        doses = dose("s1", 1, 15), dose("s1", 18, 19)
        assert [d[0] for d in deviating(subject(study(), *doses))] == [15, 18]

    def test_not_judged_where_nobody_told_when_cycles_began(self) -> None:
        unknown = subject(
            study(), dose("surufatinib", 1, 40), cycles={}, delivered=frozenset({"dose"})
        )
        told = subject(study(), dose("surufatinib", 1, 40), cycles={})
        assert deviating(unknown) == []
        assert deviating(told) == [(22, "wrong_day", "surufatinib", "schedule")]


class TestGate:
    """The first dose although the gate was shut."""

    def test_dosed_all_the_same(self) -> None:
        low = value("NEUT", 22, 1.2), value("NEUT", 29, 2.0)
        case = subject(study(gates=(GATE,)), *low, dose("s1", 1, 14), dose("s1", 22, 35))
        assert deviating(case) == [(22, "gate_failed", "s1", "GATE")]
        found = deviation(case, "gate_failed")
        assert found.actual == "s1: 60 mg taken from 2024-03-25 to 2024-03-31 (7 days)"

    def test_waited_for(self) -> None:
        low = value("NEUT", 22, 1.2), value("NEUT", 29, 2.0)
        doses = dose("s1", 1, 14), lost("s1", 22, 28), dose("s1", 29, 40)
        assert deviating(subject(study(gates=(GATE,)), *low, *doses, cycles={2: 29})) == []

    def test_what_cannot_be_judged_is_no_deviation(self) -> None:
        doses = dose("s1", 1, 14), dose("s1", 22, 35)
        assert deviating(subject(study(gates=(GATE,)), *doses)) == []

    def test_a_course(self) -> None:
        low = value("NEUT", 10, 1.2)
        found = subject(study(gates=(COURSE,)), low, dose("temozolomide", 10, 14), cycles={})
        assert deviating(found) == [(10, "gate_failed", "temozolomide", "COURSE")]


class TestDelay:
    """Dosing after the longest delay or interruption."""

    def late(self, start: int, reason: str = "ADVERSE EVENT") -> Any:
        held = lost("surufatinib", 22, start - 1, reason)
        low = value("NEUT", 22, 1.2), value("NEUT", start, 2.0)
        doses = dose("surufatinib", 1, 21), held, dose("surufatinib", start, 40)
        return deviating(subject(study(gates=(GATE,)), *low, *doses, cycles={2: start}))

    def test_a_cycle(self) -> None:
        assert self.late(36) == []
        assert self.late(37) == [(37, "max_delay_exceeded", "surufatinib", "maximum delay")]
        assert self.late(37, "HOLIDAY") == []

    def test_a_later_cycle_has_its_own_limit(self) -> None:
        def late(start: int) -> Any:
            doses = (
                dose("surufatinib", 1, 42), lost("surufatinib", 43, start - 1),
                dose("surufatinib", start, 70),
            )  # fmt: skip
            good = [value("NEUT", n, 2.0) for n in (22, 43, start)]
            in_study = study(gates=(GATE,), max_delay_later_cycles="21d")
            cycles = {2: 22, 3: start}
            return deviating(subject(in_study, *good, *doses, cycles=cycles, as_of=70))

        assert late(64) == []
        assert late(65) == [(65, "max_delay_exceeded", "surufatinib", "maximum delay")]

    def test_a_course(self) -> None:
        samples = value("NEUT", 10, 1.0), value("NEUT", 14, 2.0)
        given = dose("temozolomide", 14, 18)
        found = deviating(subject(study(gates=(COURSE,)), *samples, given, cycles={}, as_of=21))
        assert (14, "max_delay_exceeded", "temozolomide", "COURSE") in found
        in_time = value("NEUT", 10, 1.0), value("NEUT", 13, 2.0), dose("temozolomide", 13, 17)
        assert deviating(subject(study(gates=(COURSE,)), *in_time, cycles={}, as_of=21)) == []

    def test_an_interruption(self) -> None:
        def back_on(number: int) -> Any:
            doses = (
                dose("surufatinib", 1, 7), lost("surufatinib", 8, number - 1),
                dose("surufatinib", number, 40),
            )  # fmt: skip
            limited = study(drugs={"surufatinib": {"max_interruption": "28d"}})
            return deviating(subject(limited, *doses))

        assert back_on(36) == []
        assert back_on(37) == [(37, "max_delay_exceeded", "surufatinib", "maximum interruption")]


def test_a_subject_without_toxicity_who_took_the_plan_deviates_in_nothing() -> None:
    doses = dose("surufatinib", 1, 40), dose("s1", 1, 14), dose("s1", 22, 35)
    courses = dose("temozolomide", 10, 14), dose("temozolomide", 31, 35)
    counts = [value("NEUT", n, 2.0) for n in (10, 22, 31)]
    case = subject(study(rule(), gates=(GATE, COURSE)), *doses, *courses, *counts)
    assert deviating(case) == []
    assert case.cycles[2] == day(22)
