"""Results more likely of the sample than of the patient: haemolysis, EDTA, clumps, a mix-up.

What is a sign is data with a source, `data/laboratory_errors.yaml`. Such a result is asked about
and never held: it may be true, and then it is grave.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml
from pydantic import Field, model_validator

from safety.intake import dates, texts
from safety.intake.beside.samples import numbers_in
from safety.study.parts import Days, Part, Positive, Text

DAY = np.timedelta64(1, "D")
USED = ["USUBJID", "PARAMCD", "UCUM", "COMPARATOR", "AVAL", "ADTC", "ADTMIN", "ATM"]
Mask = npt.NDArray[np.bool_]


class Beside(Part):
    """Another result of the sample."""

    test: Text
    unit: Text
    above: float | None = None
    below: float | None = None


class Change(Part):
    """How far a result is from the one before."""

    by: Positive | None = None
    times: Positive | None = None
    within_days: Days


class Between(Part):
    """What the results before and after at least are."""

    at_least: float
    within_days: Days


class Sign(Part):
    """One sign of an error, as the data file explains it."""

    id: Text
    test: Text
    unit: Text
    above: float | None = None
    below: float | None = None
    beside: list[Beside] = Field(default_factory=list)
    change: Change | None = None
    between: Between | None = None
    asks: Text
    citation: Text

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.above is None and self.below is None and self.change is None:
            raise ValueError(f"{self.id} would say it of every result: give a limit or a change")
        return self


@cache
def signs() -> tuple[Sign, ...]:
    """Return the signs of the data file."""
    text = resources.files("safety.intake.beside").joinpath("data/laboratory_errors.yaml")
    return tuple(Sign.model_validate(s) for s in yaml.safe_load(text.read_text("utf-8")))


def suspicious(frame: pd.DataFrame) -> pd.Series[str]:
    """Return what about blood results should be asked, "" for nothing.

    Missing for tests without a sign and results without a number or a day.
    """
    column = texts.nothing(frame.index)
    blood = frame["SPEC"].eq("BLOOD") & frame["ADTSTATE"].eq("complete")
    tests = {s.test for s in signs()} | {b.test for s in signs() for b in s.beside}
    rows = frame.loc[blood & frame["PARAMCD"].isin(tests) & frame["USUBJID"].notna(), USED]
    by_test = dict(list(rows.groupby("PARAMCD")))
    for sign in signs():
        if sign.test not in by_test:
            continue
        of_test = _in_time(by_test[sign.test], sign.unit)
        column[of_test.index] = column[of_test.index].fillna("")
        odd = of_test[_is_odd(of_test, sign, by_test)]
        column[odd.index] = [
            said or f"{sign.test} {x:g} {sign.unit}: {sign.asks}"
            for x, said in zip(odd["X"], column[odd.index], strict=True)
        ]
    return column


def _in_time(rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return rows with X, the number in a unit, and DAY, by subject in the order of time."""
    rows = rows.assign(X=numbers_in(rows, unit), DAY=dates.days(rows["ADTMIN"]))
    rows = rows.dropna(subset=["X"])
    return rows.sort_values(["USUBJID", "ADTMIN", "ATM"], kind="stable")


def _is_odd(rows: pd.DataFrame, sign: Sign, by_test: dict[str, pd.DataFrame]) -> Mask:
    value = rows["X"].to_numpy(np.float64)
    found = _beyond(value, sign.above, sign.below)
    for other in sign.beside:
        found &= _has_beside(rows, other, by_test.get(other.test))
    if sign.change is not None:
        found &= _changed(rows, sign.change)
    if sign.between is not None:
        found &= _stands_out(rows, sign.between)
    return found


def _beyond(value: npt.NDArray[np.float64], above: float | None, below: float | None) -> Mask:
    found = np.ones(value.shape, np.bool_)
    if above is not None:
        found &= value > above
    if below is not None:
        found &= value < below
    return found


def _has_beside(rows: pd.DataFrame, other: Beside, others: pd.DataFrame | None) -> Mask:
    if others is None:
        return np.zeros(len(rows), np.bool_)
    x = numbers_in(others, other.unit)
    fits = others[_beyond(x, other.above, other.below) & ~np.isnan(x)]
    samples = pd.MultiIndex.from_frame(fits[["USUBJID", "ADTC"]])
    return pd.MultiIndex.from_frame(rows[["USUBJID", "ADTC"]]).isin(samples)


def _neighbour(rows: pd.DataFrame, step: int, within: int) -> npt.NDArray[np.float64]:
    """Return the result before (1) or after (-1), NaN where it is too many days away."""
    same = rows.groupby("USUBJID")
    near = (rows["DAY"] - same["DAY"].shift(step)).abs() <= within * DAY
    return same["X"].shift(step).where(near).to_numpy(np.float64)


def _changed(rows: pd.DataFrame, change: Change) -> Mask:
    value, before = rows["X"].to_numpy(np.float64), _neighbour(rows, 1, change.within_days)
    found = np.zeros(len(rows), np.bool_)
    with np.errstate(invalid="ignore", divide="ignore"):
        if change.by is not None:
            found |= np.abs(value - before) > change.by
        if change.times is not None:
            found |= (value >= before * change.times) | (value * change.times <= before)
    return found & ~np.isnan(before)


def _stands_out(rows: pd.DataFrame, between: Between) -> Mask:
    sides = [_neighbour(rows, step, between.within_days) for step in (1, -1)]
    with np.errstate(invalid="ignore"):
        return (sides[0] >= between.at_least) & (sides[1] >= between.at_least)
