"""Which held values a rule on dose-limiting toxicity may read, whatever their grade.

Hy's law asks for 3 times ULN, where CTCAE has grade 2; febrile neutropenia for 38.3 degrees.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from safety.assess.held.limits import positive_parts
from safety.ctcae.units import conversion
from safety.study.conditions import HysLaw, Value
from safety.study.language import COMPARE, Limit, ValueTest
from safety.study.model import Study

URINE = "/URINE"


def value_tests(study: Study) -> Iterator[tuple[str, ValueTest]]:
    """Yield the values that make a condition of a DLT rule, each with the rule; not the absences.

    Limits relative to the baseline are left out: a held row has none.
    """
    for rule in study.dose_limiting.rules:
        if rule.kind == "dose_limiting":
            for part in positive_parts(rule.when):
                for test in _tests(part):
                    if test.limit.of != "baseline":
                        yield rule.id, test


def _tests(part: object) -> list[ValueTest]:
    if isinstance(part, HysLaw):
        return [part.aminotransferase, part.bilirubin]
    return [part.value] if isinstance(part, Value) else []


def tests_read(study: Study) -> frozenset[str]:
    """Return the tests, as `ALT` or `PROT/URINE`, whose values DLT rules read."""
    return frozenset(name for _, test in value_tests(study) for name in test.tests)


def name_of(code: str, specimen: str) -> str:
    """Return a test as rules name it."""
    return code + (URINE if specimen == "URINE" else "")


def condition(readings: pd.DataFrame, study: Study) -> pd.Series[str]:
    """Return, for each reading, the condition of a DLT rule that it may meet, "" for none."""
    names = [name_of(c, s) for c, s in zip(readings["PARAMCD"], readings["SPEC"], strict=True)]
    told = pd.Series("", index=readings.index, dtype="str")
    for rule, test in value_tests(study):
        rows = readings[np.isin(names, test.tests)]
        may = [_may_hold(row, test.limit) for row in rows.to_dict("records")]
        told = told.mask(
            told.eq("") & told.index.isin(rows.index[may]), f"DLT rule {rule} ({test})"
        )
    return told


def _may_hold(row: dict[str, object], limit: Limit) -> bool:
    """Whether a reading is or may be beyond a limit: what is missing may be anything."""
    found = _in_unit_of(row, limit)
    if found is None:
        return False
    value, bound = found
    if np.isnan(value) or np.isnan(bound):
        return True
    sign = str(row["COMPARATOR"])
    low = -np.inf if sign in {"<", "<="} else value
    high = np.inf if sign in {">", ">="} else value
    if limit.sign == "=":
        return bool(low <= bound <= high)
    return COMPARE[limit.sign](high if limit.sign in {">", ">="} else low, bound)


def _in_unit_of(row: dict[str, object], limit: Limit) -> tuple[float, float] | None:
    """Return a value and what it is compared with; NaN is unknown, None where no factor leads."""
    value = float(str(row["AVAL"]))
    if limit.is_relative:
        end = row["ANRHI"] if limit.of == "ULN" else row["ANRLO"]
        return value, limit.number * float(str(end))
    if row["UCUM"] == "":
        return np.nan, limit.number
    step = conversion(str(row["PARAMCD"]), str(row["UCUM"]), limit.of)
    return None if step is None else (step.factor * value + step.offset, limit.number)
