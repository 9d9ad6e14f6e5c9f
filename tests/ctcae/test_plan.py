"""How rows are sorted into kinds, and which ladders in which unit are put to each."""

from __future__ import annotations

import numpy as np
import pytest

from safety.ctcae.answers import Answers, refusal
from safety.ctcae.kinds import POPULATION_NAMES, combine, population_codes
from safety.ctcae.ladder import Rungs
from safety.ctcae.plan import (
    AGE_MISSING,
    ANY_SPECIMEN,
    UNITSTATE_MISSING,
    UNITSTATE_OK,
    UNITSTATE_UNKNOWN,
    Choice,
    Kind,
    add_uses,
    choices,
)
from safety.ctcae.reasons import Reason
from safety.ctcae.units import Conversion


def chosen(*kind, everything: bool = False, **more) -> list[Choice]:
    found = choices(Kind(*kind, **more), "5.0", everything=everything)
    assert not isinstance(found, Reason)
    return found


# --- the unit to compare in (D23) -------------------------------------------------------------


@pytest.mark.parametrize(
    ("testcd", "specimen", "ucum", "unit", "factor"),
    [
        ("HGB", "BLOOD", "g/dL", "g/dL", 1.0),  # printed: compared as it is
        ("HGB", "BLOOD", "mmol/L", "mmol/L", 1.0),
        ("HGB", "BLOOD", "mg/dL", "g/dL", 0.001),  # of the same kind, no molar mass between
        ("HGB", "BLOOD", "umol/L", "mmol/L", 0.001),
        ("GLUC", "BLOOD", "umol/L", "mmol/L", 0.001),
        ("GLUC", "BLOOD", "g/L", "mg/dL", 100.0),
        ("SODIUM", "BLOOD", "meq/L", "mmol/L", 1.0),
        ("PLAT", "BLOOD", "10*12/L", "10*9/L", 1000.0),
        ("ALT", "BLOOD", "kat/L", "", 1.0),  # multiples of ULN need no unit of their own
    ],
)
def test_the_unit_that_is_compared(testcd, specimen, ucum, unit, factor) -> None:
    # the criteria of an increase of hemoglobin are printed in g/dL only; the others print each
    found = [c for c in chosen(testcd, specimen, ucum, UNITSTATE_OK) if "hemoglobin" not in
             c.ladder.term.lower()]  # fmt: skip
    assert {c.unit for c in found} <= {unit, ""}
    assert unit in {c.unit for c in found}
    assert all(c.conversion is not None for c in found)
    compared = next(c for c in found if c.unit == unit)
    assert compared.conversion.factor == pytest.approx(factor, rel=1e-12)


@pytest.mark.parametrize("ucum", ["Cel", "[degF]"])
def test_temperature_is_compared_on_the_scale_it_came_in(ucum) -> None:
    found = chosen("TEMP", "", ucum, UNITSTATE_OK)
    assert [(c.unit, c.conversion) for c in found] == [(ucum, Conversion(1.0, 0.0))] * 2


@pytest.mark.parametrize("state", [UNITSTATE_MISSING, UNITSTATE_UNKNOWN])
def test_no_unit_leaves_no_conversion_d29(state) -> None:
    assert [c.conversion for c in chosen("PLAT", "BLOOD", "", state)] == [None]
    assert [c.conversion for c in chosen("ALT", "BLOOD", "", state)] == [Conversion(1.0, 0.0)]


@pytest.mark.parametrize(
    ("testcd", "state", "known"),
    [("INR", UNITSTATE_MISSING, True), ("INR", UNITSTATE_UNKNOWN, False), ("PH", 1, True)],
)
def test_pure_numbers_need_no_unit_but_an_unknown_one_is_not_overlooked(
    testcd, state, known
) -> None:
    assert {c.conversion is not None for c in chosen(testcd, "BLOOD", "", state)} == {known}


# --- which ladders ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "terms"),
    [
        (("GLUC", "BLOOD", "mg/dL", 0), {"Hyperglycemia", "Hypoglycemia"}),
        (("GLUC", ANY_SPECIMEN, "mg/dL", 0), {"Hyperglycemia", "Hypoglycemia"}),
        (("GLUC", "URINE", "mg/dL", 0), {"Glucosuria"}),
        (("TEMP", "", "Cel", 0), {"Fever", "Hypothermia"}),
        (("BILI", "BLOOD", "mg/dL", 0), {"Blood bilirubin increased"}),
    ],
)
def test_terms_of_a_test(kind, terms) -> None:
    assert {c.ladder.term for c in chosen(*kind)} == terms


def test_diagnoses_are_only_suggested_when_everything_is_asked_for_d46() -> None:
    everything = {c.ladder.term for c in chosen("BILI", "BLOOD", "mg/dL", 0, everything=True)}
    assert everything == {"Blood bilirubin increased", "Sinusoidal obstruction syndrome"}
    assert choices(Kind("GFRE", "BLOOD", "", 1), "5.0", everything=False) == Reason.TEST_UNKNOWN


@pytest.mark.parametrize(
    ("ucum", "variant"), [("{plus}", "dipstick"), ("g/d", "24 h"), ("mg/d", "24 h")]
)
def test_the_unit_chooses_among_variants_d36(ucum, variant) -> None:
    assert [c.ladder.variant for c in chosen("PROT", "URINE", ucum, 0)] == [variant]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (Kind("ZZZ", "BLOOD", "", 1), Reason.TEST_UNKNOWN),
        (Kind("", ANY_SPECIMEN, "", 1, term="Nausea"), Reason.TERM_UNKNOWN),
        (Kind("HGB", "BLOOD", "", 1, term="Anemia", direction="high"), Reason.TERM_UNKNOWN),
        (Kind("PLAT", "BLOOD", "", 1, term="Anemia"), Reason.TEST_NOT_OF_TERM),
        (Kind("HGB", "URINE", "", 1, term="Anemia"), Reason.TEST_NOT_OF_TERM),
        (Kind("", ANY_SPECIMEN, "mm[Hg]", 0, term="Hypertension"), Reason.TEST_AMBIGUOUS),
        (Kind("", ANY_SPECIMEN, "%", 0, term="Growth suppression"), Reason.POPULATION_NOT_COVERED),
    ],
)
def test_why_there_is_no_ladder(kind, reason) -> None:
    assert choices(kind, "5.0", everything=True) == reason


def test_a_term_for_minors_is_read_without_an_age() -> None:
    kind = Kind("", ANY_SPECIMEN, "%", 0, AGE_MISSING, term="Growth suppression")
    assert [c.ladder.term for c in choices(kind, "5.0", everything=True)] == ["Growth suppression"]


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match="CTCAE version"):
        choices(Kind("ALT", "BLOOD", "U/L", 0), "2.0", everything=True)


def test_uses_are_in_order_of_term_and_direction_and_follow_each_other_in_the_register() -> None:
    answers = Answers()
    uses = add_uses(Kind("K", "BLOOD", "mmol/L", 0), answers, "5.0", "number_only", everything=True)
    assert [(u.term, u.direction) for u in uses] == [
        ("Hyperkalemia", "high"),
        ("Hypokalemia", "low"),
    ]
    first, second = uses
    assert first.first == 0
    assert first.no_value == len(first.outcomes)
    assert (first.text, second.first) == (first.no_value + 1, first.no_value + 2)
    register = answers.columns()
    assert register.reasons[first.no_value] == Reason.VALUE_MISSING
    assert register.reasons[second.text] == Reason.VALUE_NOT_NUMERIC
    assert answers.size == len(register.grade) == second.text + 1


def test_a_kind_without_ladders_is_refused_once_or_left_out() -> None:
    answers = Answers()
    kind = Kind("ZZZ", "BLOOD", "", 1)
    assert add_uses(kind, answers, "5.0", "number_only", everything=False) == ()
    (use,) = add_uses(kind, answers, "5.0", "number_only", everything=True)
    assert (use.outcomes, use.first, answers.size) == (None, 0, 1)


# --- the register -----------------------------------------------------------------------------


def test_a_distinct_answer_is_entered_once() -> None:
    answers = Answers()
    missing, text = refusal(Reason.VALUE_MISSING, 31), refusal(Reason.VALUE_NOT_NUMERIC, 31)
    numbers = [
        answers.intern(0, missing), answers.intern(0, text), answers.intern(0, missing),
        answers.intern(1, missing), answers.intern(0, missing, "g/L"),
        answers.intern(0, missing, "g/L"),
    ]  # fmt: skip
    assert numbers == [0, 1, 0, 2, 3, 3]
    assert answers.size == 4
    assert answers.columns().reason_texts().tolist() == [
        "value_missing", "value_not_numeric", "value_missing", "value_missing;likely_unit=g/L",
    ]  # fmt: skip


def test_an_empty_register_has_columns() -> None:
    assert [len(column) for column in Answers().columns()] == [0] * 7


def test_one_row_of_rungs() -> None:
    found = Rungs(
        np.array([1, 2], np.int8), np.array([2, 4], np.uint8), np.array([2, 4], np.uint8),
        np.zeros(2, np.uint64), np.array(["a", "b"], object),
    )  # fmt: skip
    assert (found.one(1).grade.tolist(), found.one(1).criterion.tolist()) == ([2], ["b"])


# --- kinds ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "population"),
    [
        (-1, AGE_MISSING),  # no age at all
        (131, AGE_MISSING),
        (0, "infant"),
        (0.99, "infant"),
        (1, "child"),
        (12.99, "child"),
        (13, "adolescent"),
        (17.99, "adolescent"),
        (18, "adult"),
        (120, "adult"),
        (np.nan, AGE_MISSING),
    ],
)
def test_populations(age, population) -> None:
    (code,) = population_codes(np.array([age]))
    assert POPULATION_NAMES[code] == population


def test_codes_are_combined_densely_and_told_apart() -> None:
    parts = [(np.array([1, 0, 1, 1]), 2), (np.array([2, 0, 2, 1]), 3)]
    codes, keys = combine(parts)
    assert codes.dtype == np.uint16
    assert keys == [(0, 0), (1, 1), (1, 2)]
    assert codes.tolist() == [2, 0, 2, 1]


def test_combining_sparse_codes_of_many_labels() -> None:
    wide = 1 << 15
    parts = [(np.array([wide - 1, 5, wide - 1]), wide), (np.array([7, 0, 7]), wide)]
    codes, keys = combine(parts)
    assert keys == [(5, 0), (wide - 1, 7)]
    assert codes.tolist() == [1, 0, 1]


def test_no_rows_have_no_kinds() -> None:
    codes, keys = combine([(np.zeros(0, np.int64), 3), (np.zeros(0, np.int64), 2)])
    assert (codes.tolist(), keys) == ([], [])


def test_more_kinds_than_16_bits_count() -> None:
    codes, keys = combine([(np.arange(70_000), 70_000)])
    assert (codes.dtype, len(keys)) == ("uint32", 70_000)
    assert (int(codes[-1]), keys[-1]) == (69_999, (69_999,))
