"""Why a value has no grade, or has one with a caveat: one flag a fact."""

from __future__ import annotations

from enum import IntFlag, auto


class Reason(IntFlag):
    """Flags of one graded value. Names in lower case are what users see."""

    NONE = 0
    VALUE_MISSING = auto()
    VALUE_NOT_NUMERIC = auto()
    VALUE_CENSORED = auto()
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
    FACTS_UNKNOWN = auto()
    WITHIN_REFERENCE_RANGE = auto()
    NOT_NUMERIC_IN_THIS_VERSION = auto()
    OUTSIDE_DATA_NEEDED = auto()
    POPULATION_NOT_COVERED = auto()
    CALCIUM_CORRECTED = auto()
    CALCIUM_NOT_CORRECTED = auto()


WORDING: dict[Reason, str] = {
    Reason.VALUE_MISSING: "no result",
    Reason.VALUE_NOT_NUMERIC: "the result is text, not a number",
    Reason.VALUE_CENSORED: "only a bound is known and it allows more than one grade",
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
    Reason.FACTS_UNKNOWN: "clinical facts that could raise the grade are unknown",
    Reason.WITHIN_REFERENCE_RANGE: "graded by an absolute limit inside the local normal range",
    Reason.NOT_NUMERIC_IN_THIS_VERSION: "this CTCAE version does not grade the term by number",
    Reason.OUTSIDE_DATA_NEEDED: "needs a table or level that CTCAE does not contain",
    Reason.POPULATION_NOT_COVERED: "criteria for this age are not covered",
    Reason.CALCIUM_CORRECTED: "calcium corrected for albumin",
    Reason.CALCIUM_NOT_CORRECTED: "total calcium: no albumin to correct it with",
}


def describe(text: str) -> str:
    """Return `;`-separated names of flags in words."""
    return "; ".join(WORDING[Reason[name.upper()]] for name in text.split(";") if name)


def names(flags: int) -> str:
    """Return the flags as `;`-separated lower-case names, in the order of definition."""
    return ";".join(r.name.lower() for r in Reason if r.name and r.value and flags & r.value)
