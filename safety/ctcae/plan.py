"""Which ladders are put to a test in a unit, and how its unit meets theirs."""

from __future__ import annotations

from collections import defaultdict
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from safety.ctcae.answers import Answers, Use, refusal
from safety.ctcae.catalogue import by_name
from safety.ctcae.criteria import EVERY_UNIT, POPULATIONS, Ladder, ladders
from safety.ctcae.ladder import Policy, Rungs, grades_of
from safety.ctcae.outcomes import outcomes
from safety.ctcae.reasons import Reason
from safety.ctcae.units import Conversion, conversion, same_kind

UNITSTATE_OK, UNITSTATE_MISSING, UNITSTATE_UNKNOWN = 0, 1, 2
ADULT, AGE_MISSING = "adult", "adult?"
ANY_SPECIMEN = "*"
UNKNOWN = "?"  # a test, term, unit or direction that nobody knows
SAME = Conversion(1.0, 0.0)
# Units that are no unit: a result without one is complete.
DIMENSIONLESS = frozenset({"{INR}", "[pH]", "{score}"})
_UNIT_REASONS = {
    UNITSTATE_OK: Reason.UNIT_NOT_CONVERTIBLE,
    UNITSTATE_MISSING: Reason.UNIT_MISSING,
    UNITSTATE_UNKNOWN: Reason.UNIT_UNKNOWN,
}


class Kind(NamedTuple):
    """What rows of one slice have in common.

    specimen: BLOOD, URINE ..., "" for what has none, ANY_SPECIMEN where nobody tells. population:
    of POPULATIONS, or AGE_MISSING. term, direction: the only ones asked for, or "".
    """

    testcd: str
    specimen: str
    ucum: str
    unitstate: int
    population: str = ADULT
    term: str = ""
    direction: str = ""


class Choice(NamedTuple):
    """A ladder and how the unit of the rows meets its limits; None if it does not."""

    ladder: Ladder
    unit: str
    conversion: Conversion | None


def choices(kind: Kind, version: str, *, everything: bool) -> list[Choice] | Reason:
    """Return the ladders for rows of a kind, or why there is none.

    Of a term with variants (24-hour urine, dipstick) the one the unit fits is taken.
    everything: with the terms that a number may only suggest (D46).
    """
    found = _of_term(kind, version) if kind.term else _of_test(kind, version, everything=everything)
    return found if isinstance(found, Reason) else _one_a_term(found, kind)


def _of_term(kind: Kind, version: str) -> tuple[Ladder, ...] | Reason:
    """Ladders of the one term asked for, whose variant the test code may tell."""
    populations = ("adult", "child") if kind.population == AGE_MISSING else (kind.population,)
    key = (kind.term.casefold(), kind.direction)
    # a term for children only needs no age to be read as theirs
    of_age = next((x for p in populations if (x := _by_term(version, p).get(key))), ())
    fitting = tuple(x for x in of_age if _fits(x, kind))
    if fitting:
        return fitting
    of_any_age = [x for p in POPULATIONS for x in _by_term(version, p).get(key, ())]
    if any(_fits(x, kind) for x in of_any_age):
        return Reason.POPULATION_NOT_COVERED
    return Reason.TEST_NOT_OF_TERM if of_any_age else Reason.TERM_UNKNOWN


def _fits(ladder: Ladder, kind: Kind) -> bool:
    return (not kind.testcd or ladder.testcd in (kind.testcd, "")) and (
        kind.specimen in (ANY_SPECIMEN, ladder.specimen) or not ladder.specimen
    )


def _of_test(kind: Kind, version: str, *, everything: bool) -> tuple[Ladder, ...] | Reason:
    """Ladders of every term a test is graded by."""
    population = ADULT if kind.population == AGE_MISSING else kind.population
    found = tuple(x for x in _by_test(version, population).get(kind.testcd, ()) if _fits(x, kind))
    if kind.specimen == ANY_SPECIMEN and any(x.specimen == "BLOOD" for x in found):
        found = tuple(x for x in found if x.specimen == "BLOOD")  # unless told, blood is meant
    kept = tuple(x for x in found if everything or x.assign != "diagnosis")
    return kept or (Reason.TEST_UNKNOWN if found else _why_no_test(kind, version))


def _one_a_term(found: tuple[Ladder, ...], kind: Kind) -> list[Choice] | Reason:
    by_term: dict[tuple[str, str], list[Choice]] = defaultdict(list)
    for ladder in found:
        by_term[ladder.term, ladder.direction].append(_met_by(ladder, kind))
    chosen: list[Choice] = []
    for variants in by_term.values():
        fitting = [c for c in variants if c.conversion is not None] or variants
        same = {(c.ladder.variant, c.ladder.clauses) for c in fitting}
        if kind.term and not kind.testcd and len(same) > 1:
            return Reason.TEST_AMBIGUOUS
        chosen.append(fitting[0])
    return chosen


def _met_by(ladder: Ladder, kind: Kind) -> Choice:
    """Choose the unit to compare in (D23).

    The reported one if the criteria are stated in it; else convert exactly to one NCI prints, of
    the same kind if there is one, so that no molar mass comes between.
    """
    stated = ladder.stated_units()
    if not stated:  # multiples of a limit need no unit of their own
        return Choice(ladder, "", SAME)
    if kind.unitstate == UNITSTATE_OK:
        if kind.ucum in stated:
            return Choice(ladder, kind.ucum, SAME)
        for target in sorted(stated, key=lambda u: (not stated[u], not same_kind(kind.ucum, u))):
            found = conversion(ladder.testcd or kind.testcd, kind.ucum, target)
            if found is not None:
                return Choice(ladder, target, found)
    first = next(iter(stated))
    if set(stated) <= DIMENSIONLESS and kind.unitstate == UNITSTATE_MISSING:
        return Choice(ladder, first, SAME)
    return Choice(ladder, EVERY_UNIT, None)


@lru_cache(maxsize=64)
def _by_test(version: str, population: str) -> dict[str, tuple[Ladder, ...]]:
    found: dict[str, list[Ladder]] = defaultdict(list)
    for ladder in ladders(version, population):
        if ladder.testcd:
            found[ladder.testcd].append(ladder)
    return {key: tuple(value) for key, value in found.items()}


@lru_cache(maxsize=64)
def _by_term(version: str, population: str) -> dict[tuple[str, str], tuple[Ladder, ...]]:
    found: dict[tuple[str, str], list[Ladder]] = defaultdict(list)
    for ladder in ladders(version, population):
        # a direction that is not told is every one; what is composite has none
        told = ("high", "low") if ladder.direction == "composite" else ()
        for direction in (ladder.direction, *told, ""):
            found[ladder.term.casefold(), direction].append(ladder)
    return {key: tuple(value) for key, value in found.items()}


def add_uses(
    kind: Kind, answers: Answers, version: str, policy: Policy, *, everything: bool
) -> tuple[Use, ...]:
    """Enter every use of a kind's ladders into the register and return them, in order of term."""
    found = choices(kind, version, everything=everything)
    if isinstance(found, Reason):
        return (_refused(kind, answers, found, version),) if everything else ()
    found.sort(key=lambda choice: (choice.ladder.term, choice.ladder.direction))
    return tuple(_add_use(kind, choice, answers, policy, everything=everything) for choice in found)


@cache
def known_terms(version: str) -> dict[str, str]:
    """Return the terms that a number may grade, by name without case and by MedDRA code."""
    every = [x for population in POPULATIONS for x in ladders(version, population)]
    return {name: x.term for x in every for name in (x.term.casefold(), x.meddra_code)}


@cache
def known_tests(version: str) -> frozenset[str]:
    """Return the test codes that some term is graded by."""
    return frozenset(test for p in POPULATIONS for test in _by_test(version, p))


def _why_no_test(kind: Kind, version: str) -> Reason:
    of_any_age = [x for p in POPULATIONS for x in _by_test(version, p).get(kind.testcd, ())]
    if any(_fits(x, kind) for x in of_any_age):
        return Reason.POPULATION_NOT_COVERED
    return Reason.TEST_UNKNOWN


def _refused(kind: Kind, answers: Answers, reason: Reason, version: str) -> Use:
    number = len(answers.uses)
    first = answers.append(number, refusal(reason, possible=0))
    term = by_name(kind.term, version)
    code, soc = (term.meddra_code, term.soc) if term else ("", "")
    use = Use(
        number,
        kind.term,
        code,
        soc,
        kind.direction,
        None,
        None,
        None,
        "",
        SAME,
        first,
        first,
        first,
    )
    answers.uses.append(use)
    return use


def _add_use(
    kind: Kind, choice: Choice, answers: Answers, policy: Policy, *, everything: bool
) -> Use:
    ladder, unit_known = choice.ladder, choice.conversion is not None
    table = outcomes(ladder, choice.unit, policy, unit_known=unit_known)
    rungs = _with_kind_reasons(table.rungs, kind, choice, everything=everything)
    index = len(answers.uses)
    use = Use(
        index, ladder.term, ladder.meddra_code, ladder.soc, ladder.direction, ladder, table, rungs,
        choice.unit if unit_known else "", choice.conversion or SAME,
        first=answers.append(index, rungs),
        no_value=answers.append(index, refusal(Reason.VALUE_MISSING, grades_of(ladder))),
        text=answers.append(index, refusal(Reason.VALUE_NOT_NUMERIC, grades_of(ladder))),
    )  # fmt: skip
    answers.uses.append(use)
    return use


def _with_kind_reasons(rungs: Rungs, kind: Kind, choice: Choice, *, everything: bool) -> Rungs:
    """The answers of a table with the flags that hold for every row of the slice."""
    reasons = rungs.reasons.copy()
    if choice.conversion is None:  # D29: only what needs no unit could be judged
        reasons[rungs.grade < 0] |= np.uint64(_UNIT_REASONS[kind.unitstate])
    elif choice.conversion != SAME:
        reasons |= np.uint64(Reason.UNIT_CONVERTED)
    if kind.testcd == "CA" and everything:  # D24: a table of single values holds no albumin
        reasons |= np.uint64(Reason.CALCIUM_NOT_CORRECTED)
    if kind.population == AGE_MISSING and any(
        "adult" in c.population.split() for c in choice.ladder.clauses
    ):
        reasons |= np.uint64(Reason.ADULT_ASSUMED)
    return Rungs(rungs.grade, rungs.possible, rungs.numeric, reasons, rungs.criterion)
