"""Why a value has no grade, or has one with a caveat: one flag a fact."""

from __future__ import annotations

from enum import IntFlag, auto


class Reason(IntFlag):
    """Flags of one graded value. Names in lower case are what users see."""

    NONE = 0
    VALUE_MISSING = auto()
    VALUE_NOT_NUMERIC = auto()
    VALUE_CENSORED = auto()
    VALUE_SUSPECT = auto()
    UNIT_MISSING = auto()
    UNIT_UNKNOWN = auto()
    UNIT_NOT_CONVERTIBLE = auto()
    UNIT_CONVERTED = auto()
    RANGE_MISSING = auto()
    RANGE_UNUSABLE = auto()
    BASELINE_MISSING = auto()
    BASELINE_RANGE_MISSING = auto()
    BASELINE_HIGH_WITHOUT_VALUE = auto()
    BASELINE_RECORD = auto()
    SYMPTOMS_UNKNOWN = auto()
    ANTICOAGULATION_UNKNOWN = auto()
    FACTS_UNKNOWN = auto()
    WITHIN_REFERENCE_RANGE = auto()
    NOT_NUMERIC_IN_THIS_VERSION = auto()
    DIAGNOSIS_NOT_ASSIGNED = auto()
    OUTSIDE_DATA_NEEDED = auto()
    POPULATION_NOT_COVERED = auto()
    ADULT_ASSUMED = auto()
    SINGLE_READING = auto()
    FLUID_NOT_EXCLUDED = auto()
    CALCIUM_CORRECTED = auto()
    CALCIUM_NOT_CORRECTED = auto()
    DERIVED = auto()
    TERM_UNKNOWN = auto()
    TEST_UNKNOWN = auto()
    TEST_NOT_OF_TERM = auto()
    TEST_AMBIGUOUS = auto()
    ROW_UNREADABLE = auto()
    SUPERSEDED = auto()


WORDING: dict[Reason, str] = {
    Reason.VALUE_MISSING: "no result",
    Reason.VALUE_NOT_NUMERIC: "the result is text, not a number",
    Reason.VALUE_CENSORED: "only a bound is known and it allows more than one grade",
    Reason.VALUE_SUSPECT: "outside what is plausible for this test and unit: check the result",
    Reason.UNIT_MISSING: "the unit is missing",
    Reason.UNIT_UNKNOWN: "the unit is not in the table of units",
    Reason.UNIT_NOT_CONVERTIBLE: "no factor leads from the unit to one CTCAE uses for this analyte",
    Reason.UNIT_CONVERTED: "converted to a unit CTCAE prints",
    Reason.RANGE_MISSING: "the reference limit it is compared with is missing",
    Reason.RANGE_UNUSABLE: "the reference limit it is compared with is zero, negative or reversed",
    Reason.BASELINE_MISSING: "no baseline: clauses that need one were left out",
    Reason.BASELINE_RANGE_MISSING: "the baseline cannot be called normal or abnormal",
    Reason.BASELINE_HIGH_WITHOUT_VALUE: "the baseline is flagged high but has no value",
    Reason.BASELINE_RECORD: "taken at or before baseline, so not compared with baseline",
    Reason.SYMPTOMS_UNKNOWN: "whether there are symptoms is unknown and could change the grade",
    Reason.ANTICOAGULATION_UNKNOWN: "whether on anticoagulation is unknown and changes the limits",
    Reason.FACTS_UNKNOWN: "clinical facts that could raise the grade are unknown",
    Reason.WITHIN_REFERENCE_RANGE: "graded by an absolute limit inside the local normal range",
    Reason.NOT_NUMERIC_IN_THIS_VERSION: "this CTCAE version does not grade the term by number",
    Reason.DIAGNOSIS_NOT_ASSIGNED: "a diagnosis: a number may suggest it, never assign it",
    Reason.OUTSIDE_DATA_NEEDED: "needs a table or level that CTCAE does not contain",
    Reason.POPULATION_NOT_COVERED: "criteria for this age are not covered",
    Reason.ADULT_ASSUMED: "the age is missing: read by the limits for adults",
    Reason.SINGLE_READING: "from one reading, previously normal assumed: a suggestion to confirm",
    Reason.FLUID_NOT_EXCLUDED: "edema or ascites cannot be seen in a weight",
    Reason.CALCIUM_CORRECTED: "calcium corrected for albumin",
    Reason.CALCIUM_NOT_CORRECTED: "total calcium: no albumin to correct it with",
    Reason.DERIVED: "calculated from other results of the same time",
    Reason.TERM_UNKNOWN: "CTCAE has no such term, or none that a number grades in this direction",
    Reason.TEST_UNKNOWN: "no CTCAE term grades this test",
    Reason.TEST_NOT_OF_TERM: "the term is not graded by this test",
    Reason.TEST_AMBIGUOUS: "the term is graded by several tests and the test is missing",
    Reason.ROW_UNREADABLE: "the row of the file has too few or too many columns",
    Reason.SUPERSEDED: "another record of the same day counts instead",
}
LIKELY_UNIT = "likely_unit="  # a hint for people behind the flags; never used to grade


def describe(text: str) -> str:
    """Return `;`-separated names of flags in words."""
    return "; ".join(_in_words(name) for name in text.split(";") if name)


def _in_words(name: str) -> str:
    if name.startswith(LIKELY_UNIT):
        return f"the unit is likely {name.removeprefix(LIKELY_UNIT)}"
    return WORDING[Reason[name.upper()]]


def names(flags: int) -> str:
    """Return the flags as `;`-separated lower-case names, in the order of definition."""
    return ";".join(r.name.lower() for r in Reason if r.name and r.value and flags & r.value)
