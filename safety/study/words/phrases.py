"""Words for the small language: grades, durations, limits, days, shares."""

from __future__ import annotations

from collections.abc import Sequence

from safety.study.language import (
    IN_WORDS,
    CycleDays,
    Duration,
    DurationTest,
    GradeTest,
    Limit,
    Share,
    ValueTest,
)

HIGHEST = 5
UNITS = {
    "10*9/L": "x 10^9/L",
    "mm[Hg]": "mmHg",
    "Cel": "°C",
    "{plus}": "plus (dipstick)",
    "g/d": "g a day",
}
TESTS = {
    "NEUT": "neutrophils",
    "PLAT": "platelets",
    "HGB": "hemoglobin",
    "BILI": "bilirubin",
    "CREAT": "creatinine",
    "CRTCLRE": "creatinine clearance",
    "SYSBP": "systolic blood pressure",
    "DIABP": "diastolic blood pressure",
    "TEMP": "temperature",
    "PROT/URINE": "urine protein",
}
LENGTHS = {">=": "{} or longer", ">": "more than {}", "<=": "up to {}", "<": "less than {}"}


def listed(parts: Sequence[str], last: str = "and") -> str:
    """Return `a`, `a and b` or `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def listed_clearly(parts: Sequence[str]) -> str:
    """Return a list with semicolons where its parts are lists themselves."""
    inner = any(word in part for part in parts for word in (", ", " and ", " or "))
    return "; ".join(parts) if inner else listed(parts)


def duration(value: Duration) -> str:
    word = "hour" if value.unit == "h" else "day"
    return f"{value.amount} {word}" + ("" if value.amount == 1 else "s")


def length(test: DurationTest) -> str:
    return LENGTHS[test.sign].format(duration(test.limit))


def grade(test: GradeTest) -> str:
    """Return e.g. `grade 3 or worse`, `any grade`, `grade 1 or lower`."""
    if test.low <= 1 and test.high == HIGHEST:
        return "any grade"
    if test.low == test.high:
        return f"grade {test.low}"
    if test.high == HIGHEST:
        return f"grade {test.low} or worse"
    if test.low == 0:
        return f"grade {test.high} or lower"
    between = "or" if test.high == test.low + 1 else "to"
    return f"grade {test.low} {between} {test.high}"


def limit(value: Limit) -> str:
    of = f"x {value.of}" if value.is_relative else unit(value.of)
    return f"{IN_WORDS[value.sign]} {value.number:g} {of}"


def unit(ucum: str) -> str:
    return UNITS.get(ucum, ucum)


def comparison(test: ValueTest, up_to: Limit | None = None) -> str:
    """Return e.g. `ALT or AST above 3 x ULN and at most 5 x ULN`."""
    end = f" and {limit(up_to)}" if up_to is not None else ""
    return f"{listed(tests(test.tests), 'or')} {limit(test.limit)}{end}"


def tests(codes: Sequence[str]) -> list[str]:
    """Return what tests are called, those without a name by their code."""
    return [TESTS.get(code, code) for code in codes]


def comparisons(tests: Sequence[ValueTest]) -> str:
    return listed([comparison(t) for t in tests])


def days(value: CycleDays) -> str:
    """Return e.g. `days 2-7 of cycle 1`, `days 1-14`, `day 28 of cycle 1`."""
    cycle = f" of cycle {value.cycle}" if value.cycle else ""
    if value.first == value.last:
        return f"day {value.first}{cycle}"
    return f"days {value.first}-{value.last}{cycle}"


def windows(values: Sequence[CycleDays]) -> str:
    """Return windows in words; the cycle is named once if it is the same."""
    cycles = {v.cycle for v in values}
    if len(values) < 2 or len(cycles) > 1 or cycles == {None}:
        return listed([days(v) for v in values])
    spans = [f"{v.first}-{v.last}" if v.last > v.first else f"{v.first}" for v in values]
    return f"days {listed(spans)} of cycle {values[0].cycle}"


def share(value: Share) -> str:
    return f"{IN_WORDS[value.sign]} {value.percent:g}%"


def name(text: str) -> str:
    """Return a term set's name as words."""
    return text.replace("_", " ")


def sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
